#include "store/store.h"

#include "base/alloc.h"
#include "store/clock.h"
#include "store/engine.h"
#include "store/reader.h"
#include "store/request.h"
#include "store/thread.h"
#include "store/worker.h"

/* A lane: one thread, with the requests that are in its hands.
 *
 *     queue ──take──► fresh ─► worker ─► done ──deliver──► mailboxes
 *            └───────────── taken ────────────┘
 *
 * `fresh` and the worker's lists are the thread's own and change without a lock.
 * `taken` holds the same requests once more, for the other lanes and the
 * metrics to look at: from the queue until the answer is in its mailbox, or for
 * good when the lane has given up. */
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

void store_mailbox_init(struct store_mailbox *box, void (*wake)(struct store_mailbox *), void *owner)
{
    *box = (struct store_mailbox){.wake = wake, .owner = owner};
    list_init(&box->done);
    list_init(&box->to_wake);
}

/* ---- the callers' side ------------------------------------------------- */

static struct lane *lane_of(struct store *s, const struct store_request *req)
{
    return &s->lanes[s->lane_count == 1 ? 0 : s->engine->ops->lane_of(req)];
}

static void post_to_reader(struct store *s, struct store_request *req)
{
    pthread_mutex_lock(&s->lock);
    s->unanswered++;
    pthread_mutex_unlock(&s->lock);
    reader_post(s->reader, req);
}

void store_post(struct store *s, struct store_request *req)
{
    struct lane *lane = lane_of(s, req);
    req->posted_us = clock_us();
    if (s->reader && request_is_read_aside(req)) {
        post_to_reader(s, req);
        return;
    }
    pthread_mutex_lock(&s->lock);
    list_append(&s->queue, &req->link);
    s->unanswered++;
    req->number = ++s->posted;
    req->life = s->life;
    bool must_wake = lane->is_asleep;
    lane->is_asleep = false;
    pthread_mutex_unlock(&s->lock);
    if (must_wake)
        pthread_cond_signal(&lane->work);
}

/* ---- at once, on the caller's thread -------------------------------------- */

enum {
    LENT_BYTES_MAX = 16 * 1024,
    LENT_MAX = 64,               /* then the lane's own thread looks after log and clock */
    LENT_SLOW_US = 20 * 1000,    /* the disk is busy */
    LENT_PAUSE_US = 1000 * 1000, /* after that */
};

static bool may_be_tried(const struct store *s, const struct store_request *req)
{
    return s->lane_count == 1 && s->engine->ops->try_at_once && s->config.durability == STORE_JOURNAL &&
           req->kind == STORE_APPEND && req->row_count == 1 && request_bytes(req) <= LENT_BYTES_MAX;
}

/* Takes the lane from its thread, if that is at rest and nothing waits for it. */
static bool borrow(struct lane *lane, int64_t now_us)
{
    struct store *s = lane->store;
    pthread_mutex_lock(&s->lock);
    bool is_at_rest = lane->is_asleep && !lane->is_lent && list_is_empty(&s->queue) && !s->is_closing;
    bool may_lend =
        is_at_rest && s->state.failing_lanes == 0 && lane->lent < LENT_MAX && now_us >= lane->lend_again_us;
    if (may_lend) {
        lane->is_lent = true;
        lane->lent++;
    }
    pthread_mutex_unlock(&s->lock);
    return may_lend;
}

/* The thread may have been woken meanwhile: then it waits for this. */
static void give_back(struct lane *lane, int64_t spent_us)
{
    struct store *s = lane->store;
    pthread_mutex_lock(&s->lock);
    lane->is_lent = false;
    if (spent_us >= LENT_SLOW_US)
        lane->lend_again_us = clock_us() + LENT_PAUSE_US;
    bool must_wake = !lane->is_asleep;
    pthread_mutex_unlock(&s->lock);
    if (must_wake)
        pthread_cond_signal(&lane->work);
}

bool store_try(struct store *s, struct store_request *req)
{
    struct lane *lane = &s->lanes[0];
    int64_t begun_us = clock_us();
    if (!may_be_tried(s, req) || !borrow(lane, begun_us))
        return false;
    enum error err = worker_try_at_once(&lane->worker, req);
    give_back(lane, clock_us() - begun_us);
    return err == OK;
}

/* ---- answers taken ------------------------------------------------------- */

void store_take(struct store *s, struct store_mailbox *box, struct link *out)
{
    if (s)
        pthread_mutex_lock(&s->lock);
    requests_move(&box->done, out);
    if (s)
        pthread_mutex_unlock(&s->lock);
}

bool store_is_failing(const struct store *s)
{
    return s->state.outage_lanes > 0;
}

/* ---- the other servers --------------------------------------------------- */

bool store_is_shared(const struct store *s)
{
    return s->engine->ops->is_shared;
}

uint32_t store_peers(const struct store *s, struct store_peer out[STORE_PEERS_MAX])
{
    return store_is_shared(s) ? s->engine->ops->peers(s->engine, out) : 0;
}

struct store_identity store_identity(const struct store *s)
{
    return s->engine->ops->identity ? s->engine->ops->identity(s->engine) : (struct store_identity){0};
}

int64_t store_lease_left_ms(const struct store *s)
{
    return store_is_shared(s) ? s->engine->ops->lease_left_ms(s->engine) : INT64_MAX;
}

void store_set_draining(struct store *s)
{
    if (store_is_shared(s))
        s->engine->ops->set_draining(s->engine);
}

void store_resign(struct store *s)
{
    if (store_is_shared(s))
        s->engine->ops->resign(s->engine);
}

void store_rejoin(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    uint32_t life = ++s->life;
    pthread_mutex_unlock(&s->lock);
    if (store_is_shared(s))
        s->engine->ops->rejoin(s->engine, life);
}

/* ---- numbers ------------------------------------------------------------- */

static struct store_request *taken_of(struct link *l)
{
    return LIST_ITEM(l, struct store_request, lane_link);
}

static int64_t earlier(int64_t a_us, int64_t b_us)
{
    return a_us < b_us ? a_us : b_us;
}

/* When the oldest request that has no answer was posted; INT64_MAX: all have one. */
static int64_t oldest_posted_us(const struct store *s)
{
    int64_t oldest = INT64_MAX;
    if (!list_is_empty(&s->queue))
        oldest = request_of(s->queue.next)->posted_us;
    for (uint32_t i = 0; i < s->lane_count; i++)
        if (!list_is_empty(&s->lanes[i].taken))
            oldest = earlier(oldest, taken_of(s->lanes[i].taken.next)->posted_us);
    return oldest;
}

struct store_stats store_stats(const struct store *s)
{
    /* Const for the caller; a lock is not part of what he sees. */
    pthread_mutex_t *lock = (pthread_mutex_t *)(uintptr_t)&s->lock;
    struct store_stats stats = {0};

    pthread_mutex_lock(lock);
    stats.queued_requests = s->unanswered;
    int64_t oldest = oldest_posted_us(s);
    pthread_mutex_unlock(lock);

    if (oldest != INT64_MAX)
        stats.oldest_wait_ms = (uint64_t)(clock_us() - oldest) / 1000;
    s->engine->ops->stats(s->engine, &stats);
    return stats;
}

/* ---- answers ----------------------------------------------------------- */

/* Puts an answer into its mailbox. An owner who has not yet taken earlier
 * answers is awake already, or about to be woken. */
static void put_answer(struct store *s, struct store_request *req)
{
    struct store_mailbox *box = req->reply_to;
    if (list_is_empty(&box->done) && list_is_empty(&box->to_wake))
        list_append(&s->to_wake, &box->to_wake);
    list_append(&box->done, &req->link);
}

/* Wakes owners without the lock, which they may want to take at once. */
static void wake_owners(struct store *s)
{
    while (!list_is_empty(&s->to_wake)) {
        struct store_mailbox *box = LIST_ITEM(s->to_wake.next, struct store_mailbox, to_wake);
        list_remove(&box->to_wake);
        if (!box->wake)
            continue;
        pthread_mutex_unlock(&s->lock);
        box->wake(box);
        pthread_mutex_lock(&s->lock);
    }
}

static void wake_lanes(struct store *s)
{
    for (uint32_t i = 0; i < s->lane_count; i++)
        if (s->lanes[i].is_asleep)
            pthread_cond_signal(&s->lanes[i].work);
}

static void deliver(struct lane *lane)
{
    struct store *s = lane->store;
    struct link to_free;
    list_init(&to_free);

    pthread_mutex_lock(&s->lock);
    LIST_EACH (pos, following, &lane->worker.done) {
        struct store_request *req = request_of(pos);
        list_remove(&req->link);
        list_remove(&req->lane_link);
        s->unanswered--;
        if (req->reply_to)
            put_answer(s, req);
        else
            list_append(&to_free, &req->link);
    }
    if (!list_is_empty(&s->queue))
        wake_lanes(s); /* they may have waited for what this one has answered, or failed to write */
    wake_owners(s);
    pthread_mutex_unlock(&s->lock);

    LIST_EACH (pos, following, &to_free) {
        list_remove(pos);
        store_request_free(request_of(pos));
    }
}

/* On the reader's thread. */
static void answered_aside(void *arg, struct store_request *req)
{
    struct store *s = arg;
    bool is_wanted = req->reply_to != NULL; /* from the answer on it is its owner's */
    pthread_mutex_lock(&s->lock);
    s->unanswered--;
    if (is_wanted)
        put_answer(s, req);
    wake_owners(s);
    pthread_mutex_unlock(&s->lock);
    if (!is_wanted)
        store_request_free(req);
}

/* ---- the order between lanes --------------------------------------------- */

/* Is a request that must be carried out before this one still with another lane, or
 * ahead in the queue? Only what was posted earlier counts, so lanes never wait for each
 * other in a circle, and a request that others may overtake is not overtaken for ever. */
static bool is_held_up(const struct lane *lane, const struct store_request *req)
{
    const struct store *s = lane->store;
    for (uint32_t i = 0; i < s->lane_count; i++) {
        const struct link *taken = &s->lanes[i].taken;
        for (struct link *l = taken->next; &s->lanes[i] != lane && l != taken; l = l->next)
            if (taken_of(l)->number < req->number && request_must_follow(req, taken_of(l)))
                return true;
    }
    for (struct link *l = s->queue.next; l != &req->link; l = l->next)
        if (request_must_follow(req, request_of(l)))
            return true;
    return false;
}

/* Moves what this lane may carry out now from the queue to `fresh`. With a
 * single lane that is everything. Of several, one leaves the snapshots that would be
 * too many at once in the queue: whoever opens a document is not to wait for all. */
static void take(struct lane *lane, struct link *fresh)
{
    struct store *s = lane->store;
    uint32_t room = s->lane_count > 1 && !s->is_closing ? lane->snapshots_max : UINT32_MAX;
    LIST_EACH (pos, following, &s->queue) {
        struct store_request *req = request_of(pos);
        bool may_be_left = req->kind == STORE_SNAPSHOT && !req->fail_fast;
        if (lane_of(s, req) != lane || (may_be_left && room == 0))
            continue;
        if (s->is_closing && req->fail_fast) {
            worker_refuse(&lane->worker, req); /* nobody is there any more to be told that it is written */
            continue;
        }
        if (s->lane_count > 1 && is_held_up(lane, req)) {
            /* The earlier request may be in a retry queue, too long for one that may not wait. */
            if (s->state.failing_lanes > 0 && !request_may_wait(req))
                worker_refuse(&lane->worker, req);
            continue;
        }
        list_remove(pos);
        list_append(fresh, pos);
        list_append(&lane->taken, &req->lane_link);
        room -= may_be_left;
    }
}

static bool has_queued(const struct lane *lane)
{
    struct store *s = lane->store;
    LIST_EACH (pos, following, &s->queue) {
        if (lane_of(s, request_of(pos)) == lane)
            return true;
    }
    return false;
}

/* ---- a lane's thread ----------------------------------------------------- */

enum {
    SNAPSHOTS_AT_FIRST = 64,
    SNAPSHOTS_AT_LEAST = 4,
    SNAPSHOTS_AT_MOST = 512,
    SLOW_US = 100 * 1000, /* for all that is taken at once */
    QUICK_US = 25 * 1000,
    STEP_PAUSE_US = 2 * 1000, /* between two steps of housekeeping */
};

static bool has_snapshots(const struct link *requests)
{
    for (struct link *l = requests->next; l != requests; l = l->next)
        if (request_of(l)->kind == STORE_SNAPSHOT)
            return true;
    return false;
}

/* How long snapshots take depends on their journals and on the database. */
static void learn_from(struct lane *lane, int64_t spent_us)
{
    if (spent_us > SLOW_US && lane->snapshots_max > SNAPSHOTS_AT_LEAST)
        lane->snapshots_max /= 2;
    else if (spent_us < QUICK_US && lane->snapshots_max < SNAPSHOTS_AT_MOST)
        lane->snapshots_max *= 2;
}

static void carry_out(struct lane *lane, struct link *requests)
{
    while (!list_is_empty(requests)) {
        worker_step(&lane->worker, requests);
        deliver(lane);
    }
    worker_check_recovery(&lane->worker);
}

static bool is_retry_due(const struct lane *lane, int64_t now_us)
{
    return lane->worker.is_failing && now_us >= lane->worker.retry_at_us;
}

static int64_t next_idle_us(const struct engine *engine)
{
    return engine->idle_ms > 0 ? clock_us() + engine->idle_ms * 1000 : INT64_MAX;
}

/* When the store is closing, a long backoff is not waited out. */
static void notice_closing(struct lane *lane)
{
    if (lane->store->is_closing && !lane->has_noticed_closing)
        worker_retry_now(&lane->worker);
    lane->has_noticed_closing = lane->store->is_closing;
}

/* Will there be anything to do for this lane, now or later? Holds the lock. */
static bool is_needed(const struct lane *lane)
{
    const struct store *s = lane->store;
    bool has_work = lane->worker.retry_count > 0 || has_queued(lane);
    return !s->is_closing || (has_work && !s->has_given_up);
}

/* Is the time for closing over, and are there writes that failed? */
static bool must_give_up(const struct lane *lane, int64_t now_us)
{
    const struct store *s = lane->store;
    return s->is_closing && lane->worker.retry_count > 0 && now_us >= s->deadline_us;
}

/* The lane ends, and what it has taken stays with it: a later request of the
 * same document must not be carried out without the earlier one. So other lanes
 * need not wait for it any more. */
static void note_giving_up(struct store *s)
{
    s->has_given_up = true;
    wake_lanes(s);
}

/* Sleeps until there may be work, a retry is due or the time for closing is
 * over; holds the lock. */
static void sleep_until_work(struct lane *lane, int64_t now_us)
{
    struct store *s = lane->store;
    int64_t until =
        lane->worker.is_failing ? earlier(lane->worker.retry_at_us, lane->idle_at_us) : lane->idle_at_us;
    if (s->is_closing && now_us < s->deadline_us)
        until = earlier(until, s->deadline_us);
    lane->is_asleep = true;
    if (until == INT64_MAX) {
        pthread_cond_wait(&lane->work, &s->lock);
    } else {
        struct timespec at = {.tv_sec = until / 1000000, .tv_nsec = until % 1000000 * 1000};
        pthread_cond_timedwait(&lane->work, &s->lock, &at);
    }
    lane->is_asleep = false;
}

/* Waits for something to do: fresh requests, answers to deliver, a retry, or housekeeping.
 * False when it is time to end. */
static bool next_work(struct lane *lane, struct link *fresh)
{
    struct store *s = lane->store;
    bool is_open = true;
    pthread_mutex_lock(&s->lock);
    for (;;) {
        while (lane->is_lent)
            pthread_cond_wait(&lane->work, &s->lock);
        lane->lent = 0;
        take(lane, fresh);
        if (!list_is_empty(fresh) || !list_is_empty(&lane->worker.done))
            break;
        notice_closing(lane);
        int64_t now = clock_us();
        if (must_give_up(lane, now))
            note_giving_up(s);
        is_open = is_needed(lane);
        if (!is_open || is_retry_due(lane, now) || now >= lane->idle_at_us)
            break;
        sleep_until_work(lane, now);
    }
    pthread_mutex_unlock(&s->lock);
    return is_open;
}

static void *run(void *arg)
{
    struct lane *lane = arg;
    struct engine *engine = lane->store->engine;
    struct link fresh, again;
    list_init(&fresh);
    list_init(&again);
    while (next_work(lane, &fresh)) {
        if (!list_is_empty(&lane->worker.done))
            deliver(lane);
        if (is_retry_due(lane, clock_us())) {
            worker_take_retries(&lane->worker, &again);
            carry_out(lane, &again);
        }
        int64_t begun_us = clock_us();
        bool has_learned = has_snapshots(&fresh);
        carry_out(lane, &fresh);
        if (has_learned)
            learn_from(lane, clock_us() - begun_us);
        bool has_more = engine->ops->after_answers(engine, lane->number);
        lane->idle_at_us = has_more ? clock_us() + STEP_PAUSE_US : next_idle_us(engine);
    }
    return NULL;
}

/* ---- open and close ---------------------------------------------------- */

static void init_lane(struct store *s, uint32_t number)
{
    struct lane *lane = &s->lanes[number];
    *lane = (struct lane){.store = s,
                          .number = number,
                          .idle_at_us = next_idle_us(s->engine),
                          .snapshots_max = SNAPSHOTS_AT_FIRST};
    list_init(&lane->taken);
    worker_init(&lane->worker, s->engine, number, &s->config, &s->state);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&lane->work, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

static bool start_lane(struct lane *lane)
{
    return thread_start(&lane->thread, "store", run, lane);
}

/* Lets the first `started` lanes write what they have, and ends them. */
static void stop_lanes(struct store *s, uint32_t started, int64_t timeout_ms)
{
    pthread_mutex_lock(&s->lock);
    s->is_closing = true;
    s->deadline_us = clock_us() + timeout_ms * 1000;
    wake_lanes(s);
    pthread_mutex_unlock(&s->lock);
    for (uint32_t i = 0; i < started; i++)
        pthread_join(s->lanes[i].thread, NULL);
}

/* Answers what no lane could write, when all have ended. The number of those requests. */
static uint32_t give_up(struct store *s)
{
    uint32_t unwritten = 0;
    LIST_EACH (pos, following, &s->queue) {
        unwritten++;
        worker_refuse(&s->lanes[0].worker, request_of(pos));
    }
    for (uint32_t i = 0; i < s->lane_count; i++) {
        unwritten += worker_give_up(&s->lanes[i].worker);
        deliver(&s->lanes[i]);
    }
    return unwritten;
}

static void free_store(struct store *s)
{
    reader_stop(s->reader);
    s->engine->ops->close(s->engine);
    for (uint32_t i = 0; i < s->lane_count; i++)
        pthread_cond_destroy(&s->lanes[i].work);
    pthread_mutex_destroy(&s->lock);
    mem_free(s);
}

enum error store_open_with(const struct engine_ops *ops, const struct store_config *config,
                           struct store **out, char message[MESSAGE_BYTES])
{
    struct store *s = mem_alloc(sizeof *s);
    if (!s) {
        message_error(message, "%s", error_text(ERR_NO_MEMORY));
        return ERR_NO_MEMORY;
    }
    *s = (struct store){.config = *config, .lane_count = ops->lanes};
    enum error err = ops->open(&s->config, &s->engine, message);
    if (err) {
        mem_free(s);
        return err;
    }
    list_init(&s->queue);
    list_init(&s->to_wake);
    pthread_mutex_init(&s->lock, NULL);
    for (uint32_t i = 0; i < s->lane_count; i++)
        init_lane(s, i);
    if (ops->reads_aside && ops->reads_aside(s->engine))
        err = reader_start(s->engine, answered_aside, s, &s->reader);
    uint32_t started = 0;
    while (!err && started < s->lane_count && start_lane(&s->lanes[started]))
        started++;
    if (started < s->lane_count) {
        stop_lanes(s, started, 0);
        free_store(s);
        return message_error(message, "Cannot start a thread for the database.");
    }
    *out = s;
    return OK;
}

uint32_t store_close(struct store *s, int64_t timeout_ms)
{
    stop_lanes(s, s->lane_count, timeout_ms);
    uint32_t unwritten = give_up(s);
    free_store(s);
    return unwritten;
}
