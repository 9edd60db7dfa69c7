/* There is no state here but the lane's. A group is walked through twice, by next_run, once to send and
 * once to read, so both walks must form the same runs: `result` of a request is ERR_MOVED before the first
 * (lane_skips) or not at all. */
#include "store/postgres/documents.h"

#include "store/postgres/comments.h"
#include "store/postgres/deletions.h"
#include "store/postgres/history.h"
#include "store/postgres/images.h"
#include "store/postgres/loads.h"
#include "store/postgres/rights.h"

#include <string.h>

static const char DEAD[] = "22012"; /* division_by_zero: see GUARD */

/* ---- OPEN and RELEASE ------------------------------------------------------------------ */

static void send_open(struct pg_lane *lane, const struct run *run)
{
    run_send_opened(lane, run, false);
}

static enum reply read_open(struct pg_lane *lane, const struct run *run)
{
    const PGresult *r = pg_next(&lane->connection);
    for (int i = 0; i < PQntuples(r); i++) {
        struct store_request *req = run_request_at(run, r, i);
        if (req)
            req->found = true;
    }
    return REPLY_OK;
}

static void send_release(struct pg_lane *lane, const struct run *run)
{
    run_send_own_ids(lane, STATEMENT_RELEASE, run);
}

static enum reply read_release(struct pg_lane *lane, const struct run *run)
{
    (void)run;
    pg_skip(&lane->connection, 1);
    return REPLY_OK;
}

/* ---- SNAPSHOT --------------------------------------------------------------------------- */

static void send_snapshot(struct pg_lane *lane, const struct store_request *req)
{
    struct parameters p = {0};
    pg_history_send_before(lane, req);
    put_bytes(&p, req->id);
    put_bytes(&p, req->language);
    put_bytes(&p, req->password);
    put_int8(&p, (int64_t)req->revision);
    put_int8(&p, req->now_ms / 1000);
    put_bytes(&p, req->clients);
    put_bytes(&p, req->text.ptr ? req->text : SLICE(""));
    pg_send(&lane->connection, STATEMENT_SNAPSHOT, &p);
    pg_comments_send_places(lane, req);
    pg_history_send_after(lane, req);
}

static enum reply read_snapshot(struct pg_lane *lane, struct store_request *req)
{
    pg_history_read_before(lane, req);
    pg_skip(&lane->connection, req->places.bytes.ptr ? 2 : 1);
    pg_history_read_after(lane, req);
    return REPLY_OK;
}

/* ---- groups ----------------------------------------------------------------------------- */

static const struct kind {
    bool is_guarded;    /* it changes something, or claims to own something */
    bool stores_epochs; /* those that its requests bring, behind everything else; LOAD does it in its own way
                         */
    /* Neighbours of the kind share statements, or each request has its own. Either way `read` takes all
     * results that `send` has asked for. */
    void (*send_run)(struct pg_lane *lane, const struct run *run);
    enum reply (*read_run)(struct pg_lane *lane, const struct run *run);
    void (*send)(struct pg_lane *lane, const struct store_request *req);
    enum reply (*read)(struct pg_lane *lane, struct store_request *req);
} KINDS[] = {
#define RUNS(send, read) .send_run = (send), .read_run = (read)
#define ALONE(send_one, read_one) .send = (send_one), .read = (read_one)
    [STORE_LOAD] = {true, false, RUNS(loads_send, loads_read)},
    [STORE_PEEK] = {false, false, RUNS(loads_send_peek, loads_read_peek)},
    [STORE_SNAPSHOT] = {true, true, ALONE(send_snapshot, read_snapshot)},
    [STORE_OPEN] = {true, true, RUNS(send_open, read_open)},
    [STORE_DELETE] = {true, false, ALONE(deletions_send, deletions_read)},
    [STORE_EXPIRED] = {false, false, ALONE(deletions_send_expired, deletions_read_expired)},
    [STORE_RIGHTS] = {true, true, ALONE(rights_send_put, rights_read_put)},
    [STORE_FIND_LINK] = {false, false, ALONE(rights_send_find_link, rights_read_found_link)},
    [STORE_FIND_DELETED] = {false, false, ALONE(deletions_send_find, deletions_read_found)},
    [STORE_LINK_USED] = {true, false, ALONE(rights_send_link_used, rights_read_link_used)},
    [STORE_RELEASE] = {true, false, RUNS(send_release, read_release)},
    [STORE_HISTORY_PUT] = {true, false, ALONE(pg_history_send_put, pg_history_read_put)},
    [STORE_HISTORY_AGE] = {true, false, ALONE(pg_history_send_age, pg_history_read_age)},
    [STORE_COMMENT] = {true, false, ALONE(pg_comments_send_put, pg_comments_read_put)},
    [STORE_IMAGE_PUT] = {true, true, ALONE(pg_image_send_put, pg_image_read_put)},
#undef RUNS
#undef ALONE
};

/* May a request become part of the run, which is not empty? */
static bool may_join(const struct run *run, const struct store_request *req)
{
    return req->kind == run->at[0]->kind && KINDS[req->kind].send_run && run->count < RUN_MAX &&
           !run_has(run, req->id);
}

/* Takes the next run, from *pos on; false at the end. */
static bool next_run(struct link *group, struct link **pos, struct run *run)
{
    run->count = 0;
    for (; *pos != group; *pos = (*pos)->next) {
        struct store_request *req = request_of(*pos);
        if (lane_skips(req))
            continue;
        if (run->count > 0 && !may_join(run, req))
            break;
        run->at[run->count++] = req;
    }
    return run->count > 0;
}

static bool is_guarded(struct link *group)
{
    LIST_EACH (pos, following, group) {
        if (!lane_skips(request_of(pos)) && KINDS[request_of(pos)->kind].is_guarded)
            return true;
    }
    return false;
}

static void send_run(struct pg_lane *lane, const struct run *run)
{
    const struct kind *kind = &KINDS[run->at[0]->kind];
    if (kind->send_run)
        kind->send_run(lane, run);
    else
        kind->send(lane, run->at[0]);
    if (kind->stores_epochs && run_has_epochs(run))
        run_send_epochs(lane, run, false);
}

static enum reply read_run(struct pg_lane *lane, const struct run *run)
{
    const struct kind *kind = &KINDS[run->at[0]->kind];
    enum reply reply = kind->read_run ? kind->read_run(lane, run) : kind->read(lane, run->at[0]);
    if (!reply && kind->stores_epochs && run_has_epochs(run))
        pg_skip(&lane->connection, RUN_EPOCH_STATEMENTS);
    return reply;
}

static enum reply read_all(struct pg_lane *lane, struct link *group)
{
    struct run run;
    for (struct link *pos = group->next; next_run(group, &pos, &run);) {
        enum reply reply = read_run(lane, &run);
        if (reply)
            return reply;
    }
    return REPLY_OK;
}

enum reply documents_carry_out(struct pg_lane *lane, struct link *group)
{
    struct run run;
    bool guarded = is_guarded(group);
    lane->is_fenced = false;
    lane->claims = 0;
    if (guarded)
        pg_lane_send_guard(lane);
    for (struct link *pos = group->next; next_run(group, &pos, &run);)
        send_run(lane, &run);
    if (guarded && !pg_next(&lane->connection))
        lane->is_fenced = strcmp(lane->connection.sqlstate, DEAD) == 0;
    enum reply reply = read_all(lane, group);
    enum reply end = pg_end(&lane->connection);
    if (lane->is_fenced)
        return REPLY_OK;
    return end ? end : reply;
}
