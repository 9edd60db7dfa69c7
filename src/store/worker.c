#include "store/worker.h"

#include "store/clock.h"
#include "store/event.h"
#include "store/request.h"

enum {
    GROUP_REQUESTS = 512,
    GROUP_BYTES = 8 << 20,
    BACKOFF_FIRST_US = 50 * 1000,
    REPORT_EVERY_US = 10 * 1000 * 1000,
};

void worker_init(struct worker *w, struct engine *engine, uint32_t lane, const struct store_config *config,
                 struct worker_state *state)
{
    *w = (struct worker){.engine = engine,
                         .lane = lane,
                         .config = config,
                         .state = state,
                         .backoff_us = BACKOFF_FIRST_US,
                         .answers_reported_at_us = clock_us() - REPORT_EVERY_US};
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

static void begin_failing(struct worker *w)
{
    if (w->is_failing)
        return;
    w->is_failing = true;
    atomic_fetch_add(&w->state->failing_lanes, 1);
    w->backoff_us = BACKOFF_FIRST_US;
    w->retry_at_us = clock_us() + w->backoff_us;
    w->reported_at_us = clock_us() - REPORT_EVERY_US;
    w->engine->ops->set_failing(w->engine, w->lane, true);
}

static void report(struct worker *w, int64_t *reported_at_us, struct slice id)
{
    int64_t now = clock_us();
    if (now - *reported_at_us < REPORT_EVERY_US)
        return;
    *reported_at_us = now;
    tell(w, STORE_EVENT_FAILED, 0, w->retry_count, id, why(w));
}

/* A write failed that waits, or worked when it was tried again. */
static void report_failure(struct worker *w, struct slice id)
{
    w->state->owes_recovery = true;
    report(w, &w->reported_at_us, id);
}

static void set_outage(struct worker *w, bool is_outage)
{
    if (w->is_outage == is_outage)
        return;
    w->is_outage = is_outage;
    if (is_outage && atomic_fetch_add(&w->state->outage_lanes, 1) == 0)
        tell(w, STORE_EVENT_OUTAGE, 0, 0, (struct slice){0}, why(w));
    else if (!is_outage && atomic_fetch_sub(&w->state->outage_lanes, 1) == 1)
        tell(w, STORE_EVENT_OUTAGE_OVER, 0, 0, (struct slice){0}, "");
}

/* Looks whether anything can be written at the moment. */
static void look_for_outage(struct worker *w)
{
    w->is_blocked = !probe(w);
    set_outage(w, w->is_blocked);
}

static void recover(struct worker *w)
{
    w->is_failing = false;
    set_outage(w, false);
    w->engine->ops->set_failing(w->engine, w->lane, false);
    if (atomic_fetch_sub(&w->state->failing_lanes, 1) == 1 &&
        atomic_exchange(&w->state->owes_recovery, false))
        tell(w, STORE_EVENT_RECOVERED, 0, 0, (struct slice){0}, "");
}

static int64_t backoff_max_us(const struct worker *w)
{
    return (w->engine->retry_ms ? w->engine->retry_ms : WORKER_BACKOFF_MAX_MS) * 1000;
}

void worker_take_retries(struct worker *w, struct link *again)
{
    const int64_t most_us = backoff_max_us(w);
    w->backoff_us = w->backoff_us * 2 < most_us ? w->backoff_us * 2 : most_us;
    w->retry_at_us = clock_us() + w->backoff_us;
    /* A write that waits tells more than a probe, so while there is any it is tried itself. */
    if (list_is_empty(&w->retry_queue))
        look_for_outage(w);
    else
        w->is_blocked = false;
    requests_move(&w->retry_queue, again);
    w->retry_count = 0;
}

void worker_check_recovery(struct worker *w)
{
    if (w->is_failing && !w->is_blocked && list_is_empty(&w->retry_queue))
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

static bool is_behind(const struct worker *w, const struct store_request *req)
{
    for (struct link *l = w->retry_queue.next; l != &w->retry_queue; l = l->next)
        if (request_shares_document(req, request_of(l)))
            return true;
    return false;
}

static bool must_wait(const struct worker *w, const struct store_request *req)
{
    return (w->is_blocked && request_may_wait(req)) || is_behind(w, req);
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

typedef enum error attempt(const struct worker *w, struct link *group);

static enum error as_lane(const struct worker *w, struct link *group)
{
    return w->engine->ops->try_group(w->engine, w->lane, group);
}

static enum error at_once(const struct worker *w, struct link *group)
{
    return w->engine->ops->try_at_once(w->engine, group);
}

/* Has the engine carry the group out; *duration_us is what it took. */
static enum error try_engine(struct worker *w, attempt *attempt_it, struct link *group, int64_t *duration_us)
{
    uint32_t writes = requests_count_writes(group);
    LIST_EACH (pos, following, group) {
        request_clear_answer(request_of(pos));
    }
    int64_t begun = clock_us();
    enum error err = attempt_it(w, group);
    *duration_us = clock_us() - begun;
    if (err || writes == 0)
        return err;
    w->is_blocked = false;
    set_outage(w, false);
    tell(w, STORE_EVENT_WROTE, *duration_us, writes, (struct slice){0}, "");
    return OK;
}

static enum error try_group(struct worker *w, struct link *group)
{
    int64_t duration_us;
    enum error err = try_engine(w, as_lane, group, &duration_us);
    if (err)
        return err;
    LIST_EACH (pos, following, group) {
        struct store_request *req = request_of(pos);
        if (request_is_write(req))
            req->duration_us = (uint64_t)duration_us;
    }
    requests_move(group, &w->done);
    return OK;
}

/* ---- one request's transaction failed ------------------------------------- */

/* An engine answers a failed read by itself, so not even the transaction could begin. */
static void fail_read(struct worker *w, struct store_request *req, enum error err)
{
    request_clear_answer(req);
    req->result = err;
    tell(w, STORE_EVENT_READ_FAILED, 0, 1, request_subject(req), why(w));
    finish(w, req);
}

/* Carries it out alone; it is in no list then. After a failure the probe tells
 * whether it is the request's fault or an outage. */
static enum error try_request(struct worker *w, struct store_request *req)
{
    struct link alone;
    int64_t duration_us;
    list_init(&alone);
    list_remove(&req->link);
    list_append(&alone, &req->link);
    enum error err = try_engine(w, as_lane, &alone, &duration_us);
    list_remove(&req->link);
    if (err)
        look_for_outage(w);
    else if (request_is_write(req))
        req->duration_us = (uint64_t)duration_us;
    return err;
}

/* The same as if the request had that row only. Other lanes look at the documents of
 * the request meanwhile, so it is a copy that has only the row. */
static enum error try_row(struct worker *w, struct store_request *req, uint32_t row)
{
    struct store_request part = *req;
    list_init(&part.link);
    list_init(&part.lane_link);
    part.rows = &req->rows[row];
    part.row_count = 1;
    enum error err = try_request(w, &part);
    req->result = err ? OK : part.result;
    req->duration_us = part.duration_us;
    return err;
}

/* The caller hears of it, and may ask for the same again. */
static void answer_failure(struct worker *w, struct slice id, enum error err, enum error *answer)
{
    *answer = err;
    w->failures++;
    report(w, &w->answers_reported_at_us, id);
}

/* It waits, if it may, until something can be written again. */
static void wait_for_recovery(struct worker *w, struct store_request *req, struct slice id)
{
    retry_or_refuse(w, req);
    w->failures++;
    report_failure(w, id);
}

/* Gives each row a transaction and an outcome of its own. When an outage comes in
 * between, the request waits, and goes on with the row that met it. */
static void try_rows(struct worker *w, struct store_request *req)
{
    for (; req->rows_tried < req->row_count; req->rows_tried++) {
        struct store_append_row *row = &req->rows[req->rows_tried];
        enum error err = try_row(w, req, req->rows_tried);
        if (err && w->is_blocked) {
            wait_for_recovery(w, req, row->id);
            return;
        }
        if (err)
            answer_failure(w, row->id, err, &row->outcome);
        if (req->result)
            break; /* the engine answered it as a whole: its life is over */
    }
    finish(w, req);
}

static void try_again(struct worker *w, struct store_request *req)
{
    enum error err = try_request(w, req);
    if (err && w->is_blocked) {
        wait_for_recovery(w, req, req->id);
        return;
    }
    if (err) {
        request_clear_answer(req);
        answer_failure(w, req->id, err, &req->result);
    }
    finish(w, req);
}

/* The only request of a transaction failed. If others can be written it is tried
 * once more, and then its caller has to know. */
static void fail(struct worker *w, struct store_request *req, enum error err)
{
    if (!request_is_write(req)) {
        fail_read(w, req, err);
        return;
    }
    uint32_t failures = w->failures;
    begin_failing(w);
    look_for_outage(w);
    if (w->is_blocked)
        wait_for_recovery(w, req, request_subject(req));
    else if (req->kind == STORE_APPEND)
        try_rows(w, req);
    else
        try_again(w, req);
    if (w->failures == failures)
        report_failure(w, request_subject(req));
}

/* ---- groups ------------------------------------------------------------ */

/* Moves the head of `fresh` into a group, leaving out what cannot be carried
 * out now. An APPEND that goes row by row is not for a group, nor overtakes one. */
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
        if (req->rows_tried > 0 && count > 0)
            return;
        if (req->rows_tried > 0) {
            try_rows(w, req);
            continue;
        }
        list_remove(pos);
        list_append(group, pos);
        bytes += request_bytes(req);
        if (++count == GROUP_REQUESTS || bytes >= GROUP_BYTES)
            return;
    }
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

/* What failed together is tried one by one. A failure that does not come back is
 * reported too, under the first write's name. */
static void fail_group(struct worker *w, struct link *group)
{
    const struct store_request *first = first_write(group);
    uint32_t failures = w->failures;
    if (first)
        begin_failing(w);
    LIST_EACH (pos, following, group) {
        struct store_request *req = request_of(pos);
        if (must_wait(w, req))
            retry_or_refuse(w, req);
        else
            try_alone(w, req);
    }
    if (first && w->failures == failures)
        report_failure(w, request_subject(first));
}

void worker_step(struct worker *w, struct link *fresh)
{
    struct link group;
    list_init(&group);
    bool was_blocked = w->is_blocked;
    gather(w, fresh, &group);
    if (list_is_empty(&group))
        return;

    enum error err = try_group(w, &group);
    if (err && group.next->next == &group)
        fail(w, request_of(group.next), err);
    else if (err)
        fail_group(w, &group);
    /* A write that may not wait was tried in spite of the outage, and succeeded: it is over. */
    if (was_blocked && !w->is_blocked && !list_is_empty(&w->retry_queue))
        w->retry_at_us = clock_us();
}

enum error worker_try_at_once(struct worker *w, struct store_request *req)
{
    struct link alone;
    int64_t duration_us;
    list_init(&alone);
    list_append(&alone, &req->link);
    enum error err = try_engine(w, at_once, &alone, &duration_us);
    list_remove(&req->link);
    req->duration_us = (uint64_t)duration_us;
    return err;
}
