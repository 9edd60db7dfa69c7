/* lane.h - what one lane works with: its connection, and memory that it uses again
 * and again. The lane's thread only. */
#ifndef KOLABPAD_STORE_POSTGRES_LANE_H
#define KOLABPAD_STORE_POSTGRES_LANE_H

#include "store/postgres/connection.h"
#include "store/request.h"

enum { LANE_ARRAYS = 9 };

struct pg_lane {
    struct pg_config config;
    struct pg_connection connection;
    int16_t number;
    uint64_t incarnation; /* of the life that the connection was opened for */
    bool is_fenced;       /* found by the latest group: that life is over, and nothing was written */
    bool writes;          /* the latest group */
    bool is_unknown;      /* nobody knows whether the latest group that did not succeed was committed */
    bool keeps_history;   /* store/history.h */
    uint32_t claims;      /* of documents, that the latest group made */
    struct array arrays[LANE_ARRAYS];
    struct buf rows;   /* struct append_ref of appends.c */
    struct link trims; /* struct trim of trims.c */
    uint32_t trim_count;
};

/* Sets the fields; connects nothing. The configuration is copied, what it points at borrowed. */
void pg_lane_init(struct pg_lane *lane, int16_t number, const struct pg_config *config, bool keeps_history);
/* Closes the connection and frees the memory, but for the trims (trims_forget). */
void pg_lane_deinit(struct pg_lane *lane);

/* Connects for that life, under a name by which other servers find the connection. 0: this server's next life
 * has not begun yet, REPLY_NOT_NOW. Else like pg_open. */
enum reply pg_lane_connect(struct pg_lane *lane, uint64_t incarnation);

/* Sends what locks this lane's row, and fails the round trip with `division_by_zero` when the life is over:
 * before whatever a round trip changes (docs/decisions/092). One statement. */
void pg_lane_send_guard(struct pg_lane *lane);

/* Begins an array of the lane's; it is free again when the statement has been sent. */
static inline struct array *lane_array(struct pg_lane *lane, int i, enum array_type type)
{
    array_begin(&lane->arrays[i], type);
    return &lane->arrays[i];
}

/* The requests of a group that are still to be carried out: those of an earlier life
 * have their answer already. */
static inline bool lane_skips(const struct store_request *req)
{
    return req->result == ERR_MOVED;
}

#endif
