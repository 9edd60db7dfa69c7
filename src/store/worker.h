/* worker.h - carries the requests of one lane out: groups writes, queues those
 * that failed for another try, answers the others. No thread, no lock: lanes.c
 * brings both.
 *
 *            fresh ──► worker_step ──► done (answered)
 *                        │    ▲
 *              a write fails  │ worker_take_retries, when the time has come
 *                        ▼    │
 *                     retry_queue
 *
 * Invariant: requests of one document are carried out in the order in which
 * they came. So a request waits when an earlier one of the same document is in
 * the retry queue; others go past. During an outage (nothing at all can be
 * written, the probe fails too) writes wait without being tried, all but those
 * that are answered at once when they fail: loads with an epoch, and fail_fast
 * ones. */
#ifndef KOLABPAD_STORE_WORKER_H
#define KOLABPAD_STORE_WORKER_H

#include "store/engine.h"

#include <stdatomic.h>

/* All of it is the lane's thread's own, but for `is_failing`, which any thread
 * may read, and the number that the lanes share. */
struct worker {
    struct engine *engine;
    uint32_t lane;
    const struct store_config *config;
    atomic_uint *failing_lanes; /* of the store: RECOVERED is told when the last lane has recovered */

    struct link done;        /* requests with their answers; the caller takes them out */
    struct link retry_queue; /* writes that failed and those behind them, in order */
    uint32_t retry_count;

    /* Two states that look alike. is_failing lasts from the first failed write
     * until the retry queue is empty again, even if one bad request is all that
     * fails; retries and their dates exist only while it is set. is_outage says
     * that the latest probe failed as well, so that trying is of no use. */
    atomic_bool is_failing;
    bool is_outage;
    int64_t retry_at_us;    /* when the retry queue is due */
    int64_t backoff_us;     /* from one try to the next; doubles */
    int64_t reported_at_us; /* when FAILED was told last; it is not told for every failure */
};

void worker_init(struct worker *w, struct engine *engine, uint32_t lane, const struct store_config *config,
                 atomic_uint *failing_lanes);

/* Carries out one group from the head of `fresh`. */
void worker_step(struct worker *w, struct link *fresh);

/* Answers a request with ERR_STORAGE instead of carrying it out. */
void worker_refuse(struct worker *w, struct store_request *req);

/* While failing: moves the retry queue to the (empty) list `again`, to be
 * stepped through once more, and sets the next date. With an empty queue it only
 * looks whether writes work again. */
void worker_take_retries(struct worker *w, struct link *again);

/* After all of a list was stepped through: notices that writes work again. */
void worker_check_recovery(struct worker *w);

/* Makes the retry queue due at once and begins the backoff anew: the store is closing. */
void worker_retry_now(struct worker *w);

/* Answers what is in the retry queue with ERR_STORAGE. The number of writes given up. */
uint32_t worker_give_up(struct worker *w);

#endif
