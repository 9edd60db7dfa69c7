/* pad_v1_room.h - a pad with somebody in it before the first v1 client, for tests. */
#ifndef KOLABPAD_TESTS_PAD_V1_ROOM_H
#define KOLABPAD_TESTS_PAD_V1_ROOM_H

#include "support/pad_script.h"

#include "pad/past.h"

static struct pad_limits limits;

struct room {
    struct pad pad;
    struct pad_peer ada; /* v2, who was here before any v1 client */
};

static inline int room_open(void **state)
{
    struct room *room = calloc(1, sizeof *room);
    limits = pad_limits_default(1000);
    pad_init(&room->pad, &limits, id(1));
    join(&room->pad, &room->ada, hello_v2(10), 0);
    *state = room;
    return 0;
}

static inline int room_close(void **state)
{
    struct room *room = *state;
    pad_leave(&room->ada, 0);
    pad_deinit(&room->pad);
    free(room);
    return 0;
}

static inline void type(struct room *room, const char *line)
{
    assert_int_equal(edit(&room->ada, room->pad.revision, line), OK);
    commit(&room->pad);
}

#endif
