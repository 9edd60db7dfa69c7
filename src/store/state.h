/* state.h - a store and its lanes from the inside, for the files that carry requests about: lanes.c,
 * lane.c, queue.c, answers.c, lending.c.
 *
 *     callers ──store_post──► queue ──queue_take──► fresh ─► worker ─► done ──► mailboxes ──► callers
 *                               └──────────────── taken ────────────────┘
 *
 * One lock, the store's, guards the queue, every lane's guarded part and the lists of every mailbox. No
 * request is carried out under it, and no owner of a mailbox is woken under it. */
#ifndef KOLABPAD_STORE_STATE_H
#define KOLABPAD_STORE_STATE_H

#include "store/engine.h"
#include "store/worker.h"

#include <pthread.h>

struct reader;

/* One thread, with the requests that are in its hands. `fresh` (lane.c) and the worker's lists are the
 * thread's own and change without a lock. `taken` holds the same requests once more, for the other lanes and
 * the metrics to look at: from the queue until the answer is in its mailbox, or for good when the lane has
 * given up. */
struct lane {
    struct store *store;
    uint32_t number;
    pthread_t thread;
    struct worker worker;     /* the thread's */
    bool has_noticed_closing; /* the thread's: its retries were made due when it saw is_closing */
    int64_t idle_at_us;       /* the thread's: when housekeeping is due though nothing happens */
    uint32_t snapshots_max;   /* the thread's: that it takes at once, where there are other lanes */

    /* Guarded by the store's lock. */
    struct link taken;   /* store_request.lane_link: taken and not yet delivered, in order */
    pthread_cond_t work; /* signalled when the lane is asleep and may have something to do */
    bool is_asleep;
    /* Of lending.c: */
    bool is_lent;          /* store_try uses worker and engine; the lane's thread waits until it has done */
    uint32_t lent;         /* how often since the thread's last round, and so since its housekeeping */
    int64_t lend_again_us; /* not before: the last time took long, and callers have other things to do */
};

struct store {
    struct store_config config;
    struct engine *engine;
    uint32_t lane_count;
    struct lane lanes[ENGINE_LANES_MAX];
    struct reader *reader;     /* of histories and images; NULL: a lane reads those, too */
    struct worker_state state; /* kept by the workers; any thread may read it */

    pthread_mutex_t lock; /* guards what follows, the lanes' part, and every mailbox's lists */
    struct link queue;    /* posted and not yet taken by a lane, in order */
    struct link to_wake;  /* mailboxes that got an answer into an empty `done` and were not woken yet */
    uint64_t posted;      /* so far: the number of the latest */
    uint64_t unanswered;  /* posted and not delivered */
    uint32_t life;        /* how often this server has rejoined the others */
    bool is_closing;
    bool has_given_up;   /* while closing: a lane ended without having written everything */
    int64_t deadline_us; /* while closing: until when failing writes are tried */
};

#endif
