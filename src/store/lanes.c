/* The functions of store.h, but store_try (lending.c), store_mailbox_init (answers.c) and what is about a
 * single request (request.c): posting, taking answers, numbers, opening and closing. */
#include "store/store.h"

#include "base/alloc.h"
#include "store/answers.h"
#include "store/clock.h"
#include "store/lane.h"
#include "store/queue.h"
#include "store/reader.h"
#include "store/request.h"

/* ---- the callers' side ------------------------------------------------- */

static void post_to_reader(struct store *s, struct store_request *req)
{
    pthread_mutex_lock(&s->lock);
    s->unanswered++;
    pthread_mutex_unlock(&s->lock);
    reader_post(s->reader, req);
}

void store_post(struct store *s, struct store_request *req)
{
    struct lane *lane = queue_lane_of(s, req);
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

struct store_stats store_stats(const struct store *s)
{
    /* Const for the caller; a lock is not part of what he sees. */
    pthread_mutex_t *lock = (pthread_mutex_t *)(uintptr_t)&s->lock;
    struct store_stats stats = {0};

    pthread_mutex_lock(lock);
    stats.queued_requests = s->unanswered;
    int64_t oldest = queue_oldest_posted_us(s);
    pthread_mutex_unlock(lock);

    if (oldest != INT64_MAX)
        stats.oldest_wait_ms = (uint64_t)(clock_us() - oldest) / 1000;
    s->engine->ops->stats(s->engine, &stats);
    return stats;
}

/* ---- open and close ---------------------------------------------------- */

/* On the reader's thread. */
static void answered_aside(void *arg, struct store_request *req)
{
    struct store *s = arg;
    bool is_wanted = req->reply_to != NULL; /* from the answer on it is its owner's */
    pthread_mutex_lock(&s->lock);
    s->unanswered--;
    if (is_wanted)
        answers_put(s, req);
    answers_wake(s);
    pthread_mutex_unlock(&s->lock);
    if (!is_wanted)
        store_request_free(req);
}

/* Lets the first `started` lanes write what they have, and ends them. */
static void stop_lanes(struct store *s, uint32_t started, int64_t timeout_ms)
{
    pthread_mutex_lock(&s->lock);
    s->is_closing = true;
    s->deadline_us = clock_us() + timeout_ms * 1000;
    lanes_wake(s);
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
        lane_deliver(&s->lanes[i]);
    }
    return unwritten;
}

static void free_store(struct store *s)
{
    reader_stop(s->reader);
    s->engine->ops->close(s->engine);
    for (uint32_t i = 0; i < s->lane_count; i++)
        lane_deinit(&s->lanes[i]);
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
        lane_init(&s->lanes[i], s, i);
    if (ops->reads_aside && ops->reads_aside(s->engine))
        err = reader_start(s->engine, answered_aside, s, &s->reader);
    uint32_t started = 0;
    while (!err && started < s->lane_count && lane_start(&s->lanes[started]))
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
