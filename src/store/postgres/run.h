/* run.h - neighbours of one kind in a group, which share their statements.
 *
 * A run of 64 LOADs takes as many statements as a single one: each statement is given all ids as an
 * array, and each row of its result says by its first column which request of the run it belongs to.
 * No document is in a run twice, since a statement does not see what it changes itself.
 *
 * The requests are borrowed from the group for as long as it is being carried out. The lane's thread. */
#ifndef KOLABPAD_STORE_POSTGRES_RUN_H
#define KOLABPAD_STORE_POSTGRES_RUN_H

#include "store/postgres/lane.h"
#include "store/postgres/statements.h"

enum { RUN_MAX = 64 };

struct run {
    struct store_request *at[RUN_MAX]; /* all of one kind, in the group's order */
    uint32_t count;
};

/* ---- look ---- */

bool run_has(const struct run *run, struct slice id);
/* Does any of its requests bring an epoch? */
bool run_has_epochs(const struct run *run);

/* The request that a row of a result belongs to, by its first column, which counts from 1; NULL if the
 * database says a number that is none of the run's. */
struct store_request *run_request_at(const struct run *run, const PGresult *r, int row);

/* ---- send ---- */

/* An array of all ids, in the lane's array number 0. */
struct array *run_ids(struct pg_lane *lane, const struct run *run);
/* A statement with the ids as its only parameter; or behind the number of the lane's life. */
void run_send_ids(struct pg_lane *lane, enum statement statement, const struct run *run);
void run_send_own_ids(struct pg_lane *lane, enum statement statement, const struct run *run);

/* What records that documents were opened, by a LOAD or an OPEN. One statement. */
void run_send_opened(struct pg_lane *lane, const struct run *run, bool is_load);
/* Stores the epochs that the requests bring, and forgets those that are one too many. The epoch of a LOAD
 * begins where the stored history ends, which the statement works out. RUN_EPOCH_STATEMENTS statements. */
enum { RUN_EPOCH_STATEMENTS = 2 };
void run_send_epochs(struct pg_lane *lane, const struct run *run, bool is_load);

#endif
