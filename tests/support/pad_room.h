/* pad_room.h - a pad with the people in it, for tests. */
#ifndef KOLABPAD_TESTS_PAD_ROOM_H
#define KOLABPAD_TESTS_PAD_ROOM_H

#include "support/pad_script.h"

static struct pad_limits limits;

/* A pad with three people in it, everything told. */
struct room {
    struct pad pad;
    struct pad_peer ada, bob, eve;
};

static inline int room_open(void **state)
{
    struct room *room = calloc(1, sizeof *room);
    limits = pad_limits_default(1000);
    pad_init(&room->pad, &limits, id(1));
    join(&room->pad, &room->ada, hello_v2(10), 0);
    join(&room->pad, &room->bob, hello_v2(11), 0);
    join(&room->pad, &room->eve, hello_v2(12), 0);
    tell(&room->ada);
    tell(&room->bob);
    tell(&room->eve);
    *state = room;
    return 0;
}

static inline int room_close(void **state)
{
    struct room *room = *state;
    pad_leave(&room->ada, 0);
    pad_leave(&room->bob, 0);
    pad_leave(&room->eve, 0);
    pad_deinit(&room->pad);
    free(room);
    return 0;
}

#endif
