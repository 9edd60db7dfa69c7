#include "store/worker.h"

#include "store/clock.h"
#include "store/request.h"
#include "store/sqlite/documents.h"

enum {
    GROUP_REQUESTS = 512,
    GROUP_BYTES = 8 << 20,
    PATIENCE_MS = 5000,       /* for another program's lock */
    FAILING_PATIENCE_MS = 50, /* while failing: reads wait behind it */
    BACKOFF_FIRST_US = 50 * 1000,
    BACKOFF_MAX_US = 5 * 1000 * 1000,
    REPORT_EVERY_US = 10 * 1000 * 1000,
};

void worker_init(struct worker *w, struct database *db, const struct store_config *config)
{
    *w = (struct worker){.db = db, .config = config, .backoff_us = BACKOFF_FIRST_US};
    list_init(&w->stuck);
    list_init(&w->done);
}

static void tell(const struct worker *w, enum store_event event, int64_t duration_us, uint32_t count,
                 struct slice id, const char *text)
{
    if (w->config->on_event)
        w->config->on_event(w->config->arg, event, (uint64_t)duration_us, count, id, text);
}

/* The document a request is about; the first, of several. */
static struct slice subject(const struct store_request *req)
{
    return req->row_count > 0 ? req->rows[0].id : req->id;
}

/* ---- failing and recovering -------------------------------------------- */

static void note_failure(struct worker *w, struct slice id)
{
    int64_t now = clock_us();
    if (!w->is_failing) {
        w->is_failing = true;
        w->backoff_us = BACKOFF_FIRST_US;
        w->retry_at_us = now + w->backoff_us;
        w->reported_at_us = now - REPORT_EVERY_US;
        connection_set_lock_timeout_ms(&w->db->connection, FAILING_PATIENCE_MS);
    }
    if (now - w->reported_at_us >= REPORT_EVERY_US) {
        w->reported_at_us = now;
        tell(w, STORE_EVENT_FAILED, 0, w->stuck_count, id, w->db->connection.why);
    }
}

static void recover(struct worker *w)
{
    w->is_failing = w->is_outage = false;
    connection_set_lock_timeout_ms(&w->db->connection, PATIENCE_MS);
    tell(w, STORE_EVENT_RECOVERED, 0, 0, (struct slice){0}, "");
}

void worker_take_stuck(struct worker *w, struct link *again)
{
    w->backoff_us = w->backoff_us * 2 < BACKOFF_MAX_US ? w->backoff_us * 2 : BACKOFF_MAX_US;
    w->retry_at_us = clock_us() + w->backoff_us;
    w->is_outage = list_is_empty(&w->stuck) && !database_probe(w->db);
    requests_move(&w->stuck, again);
    w->stuck_count = 0;
}

void worker_settle(struct worker *w)
{
    if (w->is_failing && !w->is_outage && list_is_empty(&w->stuck))
        recover(w);
}

void worker_hurry(struct worker *w)
{
    w->backoff_us = BACKOFF_FIRST_US;
    w->retry_at_us = clock_us();
}

uint32_t worker_give_up(struct worker *w)
{
    uint32_t given_up = w->stuck_count;
    LIST_EACH (pos, following, &w->stuck) {
        request_of(pos)->result = ERR_STORAGE;
    }
    requests_move(&w->stuck, &w->done);
    w->stuck_count = 0;
    return given_up;
}

/* ---- one request's end ------------------------------------------------- */

static void finish(struct worker *w, struct store_request *req)
{
    list_remove(&req->link);
    list_append(&w->done, &req->link);
}

/* It cannot be carried out now: reads and those in a hurry are told so, other
 * writes wait. */
static void set_aside(struct worker *w, struct store_request *req)
{
    if (!request_is_write(req) || req->fail_fast) {
        request_clear_answer(req);
        req->result = ERR_STORAGE;
        finish(w, req);
        return;
    }
    list_remove(&req->link);
    list_append(&w->stuck, &req->link);
    w->stuck_count++;
}

static bool must_wait(const struct worker *w, const struct store_request *req)
{
    if (w->is_outage && request_is_write(req) && !req->fail_fast)
        return true;
    for (struct link *l = w->stuck.next; l != &w->stuck; l = l->next)
        if (request_shares_document(req, request_of(l)))
            return true;
    return false;
}

/* ---- one transaction --------------------------------------------------- */

/* A failed read is its own affair, unless it took the transaction along. */
static enum error carry_out_read(struct worker *w, struct store_request *req)
{
    int64_t begun = clock_us();
    enum error err = documents_carry_out(w->db, req);
    req->duration_us = (uint64_t)(clock_us() - begun);
    if (!err) {
        tell(w, STORE_EVENT_READ, (int64_t)req->duration_us, 1, (struct slice){0}, "");
        return OK;
    }
    request_clear_answer(req);
    req->result = err;
    tell(w, STORE_EVENT_READ_FAILED, (int64_t)req->duration_us, 1, subject(req), w->db->connection.why);
    return connection_in_transaction(&w->db->connection) ? OK : err;
}

static enum error carry_out_all(struct worker *w, struct link *group)
{
    enum error err = OK;
    LIST_EACH (pos, following, group) {
        struct store_request *req = request_of(pos);
        request_clear_answer(req);
        err = request_is_write(req) ? documents_carry_out(w->db, req) : carry_out_read(w, req);
        if (err)
            break;
    }
    return err;
}

static uint32_t count_writes(struct link *group)
{
    uint32_t writes = 0;
    LIST_EACH (pos, following, group) {
        writes += request_is_write(request_of(pos));
    }
    return writes;
}

static const struct store_request *first_write(struct link *group)
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

/* All of the group in one transaction, or nothing of it. */
static enum error try_group(struct worker *w, struct link *group)
{
    uint32_t writes = count_writes(group);
    int64_t begun = clock_us();
    enum error err = database_begin(w->db, writes > 0);
    if (!err)
        err = carry_out_all(w, group);
    if (!err)
        err = database_commit(w->db);
    if (err) {
        database_rollback(w->db);
        return err;
    }
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
            set_aside(w, req);
            continue;
        }
        list_remove(pos);
        list_append(group, pos);
        bytes += request_bytes(req);
        if (++count == GROUP_REQUESTS || bytes >= GROUP_BYTES)
            return;
    }
}

/* The only request of a transaction failed. */
static void fail(struct worker *w, struct store_request *req, enum error err)
{
    if (!request_is_write(req)) {
        /* Not even a read transaction could begin. */
        req->result = err;
        tell(w, STORE_EVENT_READ_FAILED, 0, 1, subject(req), w->db->connection.why);
        finish(w, req);
        return;
    }
    set_aside(w, req);
    note_failure(w, subject(req));
    w->is_outage = !database_probe(w->db);
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
            set_aside(w, req);
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
        if (count_writes(&group) > 0)
            note_failure(w, subject(first_write(&group)));
        one_by_one(w, &group);
    }
    /* A write in a hurry got through: the others need not wait for their date. */
    if (was_outage && !w->is_outage && !list_is_empty(&w->stuck))
        w->retry_at_us = clock_us();
}
