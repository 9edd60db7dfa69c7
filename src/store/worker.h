/* worker.h - carries requests out: groups writes, sets failing ones aside,
 * tries them again. No thread, no lock: store.c brings both.
 *
 *            fresh ──► worker_step ──► done (answered)
 *                        │    ▲
 *              a write fails  │ worker_take_stuck, when the time has come
 *                        ▼    │
 *                        stuck
 *
 * Invariant: requests of one document are carried out in the order in which
 * they came. So a request waits when an earlier one of the same document is
 * stuck; others go past. While nothing at all can be written (an outage: the
 * probe fails too), writes wait without being tried, all but fail_fast ones. */
#ifndef KOLABPAD_STORE_WORKER_H
#define KOLABPAD_STORE_WORKER_H

#include "store/sqlite/database.h"

#include <stdatomic.h>

struct worker {
    struct database *db;
    const struct store_config *config;
    struct link stuck; /* writes, in order */
    uint32_t stuck_count;
    struct link done; /* with their answers; the caller takes them out */
    bool is_outage;
    atomic_bool is_failing; /* from the first failure to the recovery; any thread may look */
    int64_t retry_at_us;    /* while failing */
    int64_t backoff_us;
    int64_t reported_at_us;
};

void worker_init(struct worker *w, struct database *db, const struct store_config *config);

/* Carries out one group from the head of `fresh`. */
void worker_step(struct worker *w, struct link *fresh);

/* While failing: moves what is stuck to the (empty) list `again`, to be
 * stepped through once more, and sets the next date. With nothing stuck it only
 * looks whether writes work again. */
void worker_take_stuck(struct worker *w, struct link *again);

/* After all of a list was stepped through: have writes recovered? */
void worker_settle(struct worker *w);

/* Begins the retries anew, at once: the store is closing. */
void worker_hurry(struct worker *w);

/* Answers what is stuck with ERR_STORAGE. The number of writes given up. */
uint32_t worker_give_up(struct worker *w);

#endif
