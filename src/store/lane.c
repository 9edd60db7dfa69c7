#include "store/lane.h"

#include "store/answers.h"
#include "store/clock.h"
#include "store/queue.h"
#include "store/request.h"
#include "store/thread.h"

/* Three dates may wake a lane that is asleep: a retry (worker.retry_at_us), housekeeping (idle_at_us) and the
 * end of the time for closing (deadline_us). Three flags say that it ends: `is_closing` of the store, that
 * this is wanted; `has_noticed_closing`, that the retries were made due for it, once; `has_given_up` of the
 * store, that some lane ended with writes left, for which no other lane must wait any more. */

/* ---- delivering ----------------------------------------------------------- */

void lanes_wake(struct store *s)
{
    for (uint32_t i = 0; i < s->lane_count; i++)
        if (s->lanes[i].is_asleep)
            pthread_cond_signal(&s->lanes[i].work);
}

void lane_deliver(struct lane *lane)
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
            answers_put(s, req);
        else
            list_append(&to_free, &req->link);
    }
    if (!list_is_empty(&s->queue))
        lanes_wake(s); /* they may have waited for what this one has answered, or failed to write */
    answers_wake(s);
    pthread_mutex_unlock(&s->lock);

    LIST_EACH (pos, following, &to_free) {
        list_remove(pos);
        store_request_free(request_of(pos));
    }
}

/* ---- carrying out --------------------------------------------------------- */

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
        lane_deliver(lane);
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
    bool has_work = lane->worker.retry_count > 0 || queue_has_for(lane);
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
    lanes_wake(s);
}

/* Sleeps until there may be work, a retry is due or the time for closing is
 * over; holds the lock. */
static void sleep_until_work(struct lane *lane, int64_t now_us)
{
    struct store *s = lane->store;
    int64_t until = lane->worker.is_failing ? clock_earlier_us(lane->worker.retry_at_us, lane->idle_at_us)
                                            : lane->idle_at_us;
    if (s->is_closing && now_us < s->deadline_us)
        until = clock_earlier_us(until, s->deadline_us);
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
        queue_take(lane, fresh);
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
            lane_deliver(lane);
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

/* ---- making ----------------------------------------------------------------- */

void lane_init(struct lane *lane, struct store *s, uint32_t number)
{
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

void lane_deinit(struct lane *lane)
{
    pthread_cond_destroy(&lane->work);
}

bool lane_start(struct lane *lane)
{
    return thread_start(&lane->thread, "store", run, lane);
}
