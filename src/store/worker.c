#include "store/worker.h"

#include "store/clock.h"
#include "store/event.h"
#include "store/request.h"

enum {
    GROUP_REQUESTS = 512,
    GROUP_BYTES = 8 << 20,
    BACKOFF_FIRST_US = 50 * 1000,
    BACKOFF_MAX_US = 5 * 1000 * 1000,
    REPORT_EVERY_US = 10 * 1000 * 1000,
};

void worker_init(struct worker *w, struct engine *engine, uint32_t lane, const struct store_config *config,
                 atomic_uint *failing_lanes)
{
    *w = (struct worker){.engine = engine,
                         .lane = lane,
                         .config = config,
                         .failing_lanes = failing_lanes,
                         .backoff_us = BACKOFF_FIRST_US};
    list_init(&w->retry_queue);
    list_init(&w->done);
}

static void tell(const struct worker *w, enum store_event event, int64_t duration_us, uint32_t count,
                 struct slice id, const char *text)
{
    event_tell(w->config, event, duration_us, count, id, text);
}

static const char *why(const struct worker *w)
{
    return w->engine->ops->why(w->engine, w->lane);
}

static bool probe(const struct worker *w)
{
    return w->engine->ops->probe(w->engine, w->lane);
}

/* ---- failing and recovering -------------------------------------------- */

static void note_failure(struct worker *w, struct slice id)
{
    int64_t now = clock_us();
    if (!w->is_failing) {
        w->is_failing = true;
        atomic_fetch_add(w->failing_lanes, 1);
        w->backoff_us = BACKOFF_FIRST_US;
        w->retry_at_us = now + w->backoff_us;
        w->reported_at_us = now - REPORT_EVERY_US;
        w->engine->ops->set_failing(w->engine, w->lane, true);
    }
    if (now - w->reported_at_us >= REPORT_EVERY_US) {
        w->reported_at_us = now;
        tell(w, STORE_EVENT_FAILED, 0, w->retry_count, id, why(w));
    }
}

static void recover(struct worker *w)
{
    w->is_failing = w->is_outage = false;
    w->engine->ops->set_failing(w->engine, w->lane, false);
    if (atomic_fetch_sub(w->failing_lanes, 1) == 1)
        tell(w, STORE_EVENT_RECOVERED, 0, 0, (struct slice){0}, "");
}

void worker_take_retries(struct worker *w, struct link *again)
{
    w->backoff_us = w->backoff_us * 2 < BACKOFF_MAX_US ? w->backoff_us * 2 : BACKOFF_MAX_US;
    w->retry_at_us = clock_us() + w->backoff_us;
    /* A write that waits tells more than a probe, so while there is any it is tried itself. */
    w->is_outage = list_is_empty(&w->retry_queue) && !probe(w);
    requests_move(&w->retry_queue, again);
    w->retry_count = 0;
}

void worker_check_recovery(struct worker *w)
{
    if (w->is_failing && !w->is_outage && list_is_empty(&w->retry_queue))
        recover(w);
}

void worker_retry_now(struct worker *w)
{
    w->backoff_us = BACKOFF_FIRST_US;
    w->retry_at_us = clock_us();
}

uint32_t worker_give_up(struct worker *w)
{
    uint32_t given_up = w->retry_count;
    LIST_EACH (pos, following, &w->retry_queue) {
        request_of(pos)->result = ERR_STORAGE;
    }
    requests_move(&w->retry_queue, &w->done);
    w->retry_count = 0;
    return given_up;
}

/* ---- one request's end ------------------------------------------------- */

static void finish(struct worker *w, struct store_request *req)
{
    list_remove(&req->link);
    list_append(&w->done, &req->link);
}

void worker_refuse(struct worker *w, struct store_request *req)
{
    request_clear_answer(req);
    req->result = ERR_STORAGE;
    finish(w, req);
}

/* The request cannot be carried out now: it waits for another try if it may. */
static void retry_or_refuse(struct worker *w, struct store_request *req)
{
    if (!request_may_wait(req)) {
        worker_refuse(w, req);
        return;
    }
    list_remove(&req->link);
    list_append(&w->retry_queue, &req->link);
    w->retry_count++;
}

static bool must_wait(const struct worker *w, const struct store_request *req)
{
    if (w->is_outage && request_may_wait(req))
        return true;
    for (struct link *l = w->retry_queue.next; l != &w->retry_queue; l = l->next)
        if (request_shares_document(req, request_of(l)))
            return true;
    return false;
}

/* ---- one transaction --------------------------------------------------- */

static struct store_request *first_write(struct link *group)
{
    LIST_EACH (pos, following, group) {
        if (request_is_write(request_of(pos)))
            return request_of(pos);
    }
    return NULL;
}

static void answer_group(struct worker *w, struct link *group, int64_t duration_us)
{
    LIST_EACH (pos, following, group) {
        struct store_request *req = request_of(pos);
        if (request_is_write(req))
            req->duration_us = (uint64_t)duration_us;
    }
    requests_move(group, &w->done);
}

static enum error try_group(struct worker *w, struct link *group)
{
    uint32_t writes = requests_count_writes(group);
    LIST_EACH (pos, following, group) {
        request_clear_answer(request_of(pos));
    }
    int64_t begun = clock_us();
    enum error err = w->engine->ops->try_group(w->engine, w->lane, group);
    if (err)
        return err;
    int64_t duration = clock_us() - begun;
    if (writes) {
        w->is_outage = false;
        tell(w, STORE_EVENT_WROTE, duration, writes, (struct slice){0}, "");
    }
    answer_group(w, group, duration);
    return OK;
}

/* ---- groups ------------------------------------------------------------ */

/* Moves the head of `fresh` into a group, leaving out what cannot be carried
 * out now. */
static void gather(struct worker *w, struct link *fresh, struct link *group)
{
    size_t bytes = 0;
    uint32_t count = 0;
    LIST_EACH (pos, following, fresh) {
        struct store_request *req = request_of(pos);
        if (must_wait(w, req)) {
            retry_or_refuse(w, req);
            continue;
        }
        list_remove(pos);
        list_append(group, pos);
        bytes += request_bytes(req);
        if (++count == GROUP_REQUESTS || bytes >= GROUP_BYTES)
            return;
    }
}

/* The only request of a transaction failed. The probe tells whether it is the
 * request's fault or an outage. */
static void fail(struct worker *w, struct store_request *req, enum error err)
{
    if (!request_is_write(req)) {
        /* An engine answers a failed read by itself, so not even the transaction could begin. */
        request_clear_answer(req);
        req->result = err;
        tell(w, STORE_EVENT_READ_FAILED, 0, 1, request_subject(req), why(w));
        finish(w, req);
        return;
    }
    retry_or_refuse(w, req);
    note_failure(w, request_subject(req));
    w->is_outage = !probe(w);
}

static void try_alone(struct worker *w, struct store_request *req)
{
    struct link alone;
    list_init(&alone);
    list_remove(&req->link);
    list_append(&alone, &req->link);
    enum error err = try_group(w, &alone);
    if (err)
        fail(w, req, err);
}

static void one_by_one(struct worker *w, struct link *group)
{
    LIST_EACH (pos, following, group) {
        struct store_request *req = request_of(pos);
        if (must_wait(w, req))
            retry_or_refuse(w, req);
        else
            try_alone(w, req);
    }
}

void worker_step(struct worker *w, struct link *fresh)
{
    struct link group;
    list_init(&group);
    bool was_outage = w->is_outage;
    gather(w, fresh, &group);
    if (list_is_empty(&group))
        return;

    enum error err = try_group(w, &group);
    if (err && group.next->next == &group) {
        fail(w, request_of(group.next), err);
    } else if (err) {
        if (requests_count_writes(&group) > 0)
            note_failure(w, request_subject(first_write(&group)));
        one_by_one(w, &group);
    }
    /* A write that may not wait was tried in spite of the outage, and succeeded: it is over. */
    if (was_outage && !w->is_outage && !list_is_empty(&w->retry_queue))
        w->retry_at_us = clock_us();
}
