/* worker.h - carries the requests of one lane out: groups writes, queues those
 * that meet an outage for another try, answers the others. No thread, no lock:
 * lane.c brings both.
 *
 *            fresh ──► worker_step ──► done (answered)
 *                        │    ▲
 *    nothing can be written   │ worker_take_retries, when the time has come
 *                        ▼    │
 *                     retry_queue
 *
 * A transaction that fails is taken apart: a group into its requests, an APPEND
 * that fails alone into its rows. What fails by itself then is told apart by the
 * probe. While others can be written it is that request's or row's own fault: it
 * is tried once more and answered, so that nobody waits for it. If the probe fails
 * too it is an outage: writes wait without being tried, all but those that are
 * answered at once when they fail (loads with an epoch, and fail_fast ones).
 *
 * Invariant: requests of one document are carried out in the order in which
 * they came. So a request waits when an earlier one of the same document is in
 * the retry queue; others go past. */
#ifndef KOLABPAD_STORE_WORKER_H
#define KOLABPAD_STORE_WORKER_H

#include "store/engine.h"

#include <stdatomic.h>

enum { WORKER_BACKOFF_MAX_MS = 5000 };

/* What the lanes of a store share; any thread may read it. */
struct worker_state {
    atomic_uint
        failing_lanes;        /* with is_failing set: RECOVERED is told when the last of them has recovered */
    atomic_uint outage_lanes; /* with is_outage set: nothing can be written on them */
    atomic_bool owes_recovery; /* a failure was told that RECOVERED has to follow */
};

/* All of it is the lane's thread's own, but for the state that the lanes share. */
struct worker {
    struct engine *engine;
    uint32_t lane;
    const struct store_config *config;
    struct worker_state *state;

    struct link done;        /* requests with their answers; the caller takes them out */
    struct link retry_queue; /* writes that failed and those behind them, in order */
    uint32_t retry_count;
    uint32_t failures; /* requests and rows that failed alone, counted to see whether any did */

    /* Three states that look alike. is_failing lasts from the first failed write
     * until everything that came after it was carried out or answered; retries and
     * their dates exist only while it is set. is_outage is what others are told:
     * from the first failed probe until a write or a probe succeeds. is_blocked
     * keeps writes from being tried during an outage: it is lifted for each retry,
     * so that a write can find out that the outage is over. */
    bool is_failing;
    bool is_outage;
    bool is_blocked;
    int64_t retry_at_us;            /* when the retry queue is due */
    int64_t backoff_us;             /* from one try to the next; doubles */
    int64_t reported_at_us;         /* when FAILED was told last; it is not told for every failure */
    int64_t answers_reported_at_us; /* the same of what was answered, which RECOVERED does not follow */
};

void worker_init(struct worker *w, struct engine *engine, uint32_t lane, const struct store_config *config,
                 struct worker_state *state);

/* Carries out one group from the head of `fresh`. */
void worker_step(struct worker *w, struct link *fresh);

/* Carries out one request at once (engine.h, try_at_once), while nothing fails. An
 * error says that nothing was done. Instead of the lane's thread, which must not be
 * in here meanwhile, on the caller's. */
enum error worker_try_at_once(struct worker *w, struct store_request *req);

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
