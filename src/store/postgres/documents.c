#include "store/postgres/documents.h"

#include "store/arena.h"
#include "store/postgres/columns.h"
#include "store/postgres/comments.h"
#include "store/postgres/history.h"
#include "store/postgres/images.h"
#include "store/postgres/rights.h"
#include "store/postgres/statements.h"
#include "text/utf8.h"

#include <string.h>

enum { RUN_MAX = 64 };
static const char DEAD[] = "22012"; /* division_by_zero: see GUARD */

/* Neighbours in the group that share their statements. */
struct run {
    struct store_request *at[RUN_MAX];
    uint32_t count;
};

static int64_t max_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* ---- sending: parts of statements ---------------------------------------------- */

static struct array *ids_of(struct pg_lane *lane, const struct run *run)
{
    struct array *ids = lane_array(lane, 0, ARRAY_TEXT);
    for (uint32_t i = 0; i < run->count; i++)
        array_add_bytes(ids, run->at[i]->id);
    return ids;
}

static void send_with_ids(struct pg_lane *lane, enum statement statement, const struct run *run)
{
    struct parameters p = {0};
    put_array(&p, ids_of(lane, run));
    pg_send(&lane->connection, statement, &p);
}

static void send_own_with_ids(struct pg_lane *lane, enum statement statement, const struct run *run)
{
    struct parameters p = {0};
    put_int8(&p, (int64_t)lane->incarnation);
    put_array(&p, ids_of(lane, run));
    pg_send(&lane->connection, statement, &p);
}

static bool has_epochs(const struct run *run)
{
    for (uint32_t i = 0; i < run->count; i++)
        if (run->at[i]->has_epoch)
            return true;
    return false;
}

/* The epoch of a LOAD begins where the history ends, which the statement works out. */
static void send_epochs(struct pg_lane *lane, const struct run *run, bool is_load)
{
    struct array *ids = lane_array(lane, 0, ARRAY_TEXT), *epochs = lane_array(lane, 1, ARRAY_BYTEA);
    struct array *begins = lane_array(lane, 2, ARRAY_INT8);
    for (uint32_t i = 0; i < run->count; i++) {
        const struct store_request *req = run->at[i];
        if (!req->has_epoch)
            continue;
        array_add_bytes(ids, req->id);
        array_add_bytes(epochs, slice_of(req->epoch.id.bytes, sizeof req->epoch.id.bytes));
        if (is_load)
            array_add_bytes(begins, (struct slice){0});
        else
            array_add_int8(begins, (int64_t)req->epoch.first_revision);
    }
    struct parameters p = {0}, trim = {0};
    put_int8(&p, (int64_t)lane->incarnation);
    put_array(&p, ids);
    put_array(&p, epochs);
    put_array(&p, begins);
    put_bool(&p, is_load);
    pg_send(&lane->connection, STATEMENT_ADD_EPOCHS, &p);
    put_array(&trim, ids);
    pg_send(&lane->connection, STATEMENT_TRIM_EPOCHS, &trim);
}

static void send_opened(struct pg_lane *lane, const struct run *run, bool is_load)
{
    struct parameters p = {0};
    put_int8(&p, (int64_t)lane->incarnation);
    put_array(&p, ids_of(lane, run));
    put_bool(&p, is_load);
    pg_send(&lane->connection, STATEMENT_OPENED, &p);
}

/* Drops results that nobody needs: that the statements worked is known at the end. */
static void skip(struct pg_lane *lane, int results)
{
    while (results-- > 0)
        pg_next(&lane->connection);
}

/* ---- reading: parts of answers --------------------------------------------------- */

/* The request that a row belongs to, by its first column. */
static struct store_request *request_at(const struct run *run, const PGresult *r, int row)
{
    int64_t n = column_int(r, row, 0);
    return n >= 1 && n <= run->count ? run->at[n - 1] : NULL;
}

/* What the rest of the program relies on is checked, as a damaged page may say anything. */
static struct slice copy_text(const PGresult *r, int row, int column, struct store_request *req,
                              enum error *err)
{
    bool failed = false;
    struct slice text = column_copy(r, row, column, req->arena, &failed);
    if (failed)
        *err = ERR_NO_MEMORY;
    else if (utf8_check(text, NULL))
        *err = ERR_STORAGE;
    return text;
}

/* The columns with which LOAD and PEEK begin. */
static enum error read_row(const PGresult *r, int row, struct store_request *req)
{
    enum error err = OK;
    req->found = true;
    req->revision = (uint64_t)column_int(r, row, 1);
    req->created_ms = column_int(r, row, 2) * 1000;
    req->updated_ms = column_int(r, row, 3) * 1000;
    req->accessed_ms = column_int(r, row, 4) * 1000;
    req->language = copy_text(r, row, 5, req, &err);
    req->password = copy_text(r, row, 6, req, &err);
    req->text_bytes = (uint64_t)column_int(r, row, 7);
    return err;
}

static void note_owner(const struct pg_lane *lane, const PGresult *r, int row, struct store_request *req,
                       bool *failed)
{
    uint64_t owner = (uint64_t)column_int(r, row, 1);
    if (owner == lane->incarnation || !column_bool(r, row, 2))
        return;
    req->owner.incarnation = owner;
    req->owner.address = column_copy(r, row, 3, req->arena, failed);
}

/* ---- LOAD -------------------------------------------------------------------------- */

static void send_load(struct pg_lane *lane, const struct run *run)
{
    struct array *ids = ids_of(lane, run), *begins = lane_array(lane, 1, ARRAY_BOOL);
    for (uint32_t i = 0; i < run->count; i++)
        array_add_bool(begins, run->at[i]->may_begin);
    struct parameters p = {0};
    put_int8(&p, (int64_t)lane->incarnation);
    put_array(&p, ids);
    put_array(&p, begins);
    pg_send(&lane->connection, STATEMENT_CLAIM, &p);
    send_with_ids(lane, STATEMENT_OWNERS, run);
    send_own_with_ids(lane, STATEMENT_LOAD, run);
    send_own_with_ids(lane, STATEMENT_LOAD_EPOCHS, run);
    send_own_with_ids(lane, STATEMENT_LOAD_JOURNAL, run);
    send_with_ids(lane, STATEMENT_RIGHTS, run);
    if (!has_epochs(run))
        return;
    send_epochs(lane, run, true);
    send_opened(lane, run, true);
}

/* Who died between the claim and the look at the owners owned it for the claim still:
 * the group is tried again, and finds the owner dead. */
static enum reply read_owners(struct pg_lane *lane, const struct run *run)
{
    bool failed = false;
    const PGresult *r = pg_next(&lane->connection);
    for (int i = 0; i < PQntuples(r); i++) {
        struct store_request *req = request_at(run, r, i);
        if (!req || (uint64_t)column_int(r, i, 1) == lane->incarnation)
            continue;
        note_owner(lane, r, i, req, &failed);
        if (req->owner.incarnation == 0)
            return REPLY_AGAIN;
        req->result = ERR_ELSEWHERE;
    }
    return failed ? REPLY_NO_MEMORY : REPLY_OK;
}

static void read_texts(struct pg_lane *lane, const struct run *run)
{
    const PGresult *r = pg_next(&lane->connection);
    for (int i = 0; i < PQntuples(r); i++) {
        struct store_request *req = request_at(run, r, i);
        if (!req)
            continue;
        bool failed = false;
        enum error err = read_row(r, i, req);
        req->clients = column_copy(r, i, 8, req->arena, &failed);
        req->text = copy_text(r, i, 9, req, &err);
        if (!err && !failed)
            err = pg_comments_read_columns(r, i, 13, req);
        req->result = failed ? ERR_NO_MEMORY : err;
        req->unused_ms = max_of(0, column_int(r, i, 10) - req->accessed_ms);
        req->last_author = (uint64_t)max_of(0, column_int(r, i, 11));
        req->history_is_off = column_bool(r, i, 12);
        if (req->has_epoch)
            req->epoch.first_revision = req->revision; /* or where the journal ends: add_batch */
    }
}

static void read_epochs(struct pg_lane *lane, const struct run *run)
{
    const PGresult *r = pg_next(&lane->connection);
    for (int i = 0; i < PQntuples(r); i++) {
        struct store_request *req = request_at(run, r, i);
        if (req && req->found && request_add_epoch(req, column_bytes(r, i, 1), (uint64_t)column_int(r, i, 2)))
            req->result = ERR_NO_MEMORY;
    }
}

static void add_batch(const PGresult *r, int row, struct store_request *req)
{
    struct store_batch batch = {.first_revision = (uint64_t)column_int(r, row, 1),
                                .time_ms = column_int(r, row, 3),
                                .batch = column_bytes(r, row, 4)};
    if (request_add_batch(req, &batch))
        req->result = ERR_NO_MEMORY;
    req->updated_ms = max_of(req->updated_ms, batch.time_ms);
    uint64_t end = (uint64_t)column_int(r, row, 2);
    if (req->has_epoch && req->epoch.first_revision < end)
        req->epoch.first_revision = end;
}

static void read_journals(struct pg_lane *lane, const struct run *run)
{
    const PGresult *r = pg_next(&lane->connection);
    for (int i = 0; i < PQntuples(r); i++) {
        struct store_request *req = request_at(run, r, i);
        if (req && req->found)
            add_batch(r, i, req);
    }
}

static void read_rights(struct pg_lane *lane, const struct run *run)
{
    const PGresult *r = pg_next(&lane->connection);
    for (int i = 0; i < PQntuples(r); i++) {
        struct store_request *req = request_at(run, r, i);
        if (req && req->found && !req->result)
            req->result = rights_read_row(r, i, req);
    }
}

static enum reply read_load(struct pg_lane *lane, const struct run *run)
{
    lane->claims += (uint32_t)result_changed(pg_next(&lane->connection));
    enum reply reply = read_owners(lane, run);
    if (reply)
        return reply;
    read_texts(lane, run);
    read_epochs(lane, run);
    read_journals(lane, run);
    read_rights(lane, run);
    skip(lane, has_epochs(run) ? 3 : 0);
    return REPLY_OK;
}

/* ---- PEEK -------------------------------------------------------------------------- */

static void send_peek(struct pg_lane *lane, const struct run *run)
{
    send_with_ids(lane, STATEMENT_PEEK, run);
    send_with_ids(lane, STATEMENT_OWNERS, run);
    send_with_ids(lane, STATEMENT_RIGHTS, run);
}

static enum reply read_peek(struct pg_lane *lane, const struct run *run)
{
    const PGresult *r = pg_next(&lane->connection);
    for (int i = 0; i < PQntuples(r); i++) {
        struct store_request *req = request_at(run, r, i);
        if (!req)
            continue;
        req->result = read_row(r, i, req);
        req->updated_ms = max_of(req->updated_ms, column_int(r, i, 8));
    }
    bool failed = false;
    r = pg_next(&lane->connection);
    for (int i = 0; i < PQntuples(r); i++) {
        struct store_request *req = request_at(run, r, i);
        if (req)
            note_owner(lane, r, i, req, &failed);
    }
    read_rights(lane, run);
    return failed ? REPLY_NO_MEMORY : REPLY_OK;
}

/* ---- OPEN -------------------------------------------------------------------------- */

static void send_open(struct pg_lane *lane, const struct run *run)
{
    send_opened(lane, run, false);
    if (has_epochs(run))
        send_epochs(lane, run, false);
}

static enum reply read_open(struct pg_lane *lane, const struct run *run)
{
    const PGresult *r = pg_next(&lane->connection);
    for (int i = 0; i < PQntuples(r); i++) {
        struct store_request *req = request_at(run, r, i);
        if (req)
            req->found = true;
    }
    skip(lane, has_epochs(run) ? 2 : 0);
    return REPLY_OK;
}

/* ---- SNAPSHOT ------------------------------------------------------------------------ */

static void send_snapshot(struct pg_lane *lane, const struct run *run)
{
    const struct store_request *req = run->at[0];
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
    if (req->has_epoch)
        send_epochs(lane, run, false);
}

static enum reply read_snapshot(struct pg_lane *lane, const struct run *run)
{
    struct store_request *req = run->at[0];
    pg_history_read_before(lane, req);
    skip(lane, req->places.bytes.ptr ? 2 : 1);
    pg_history_read_after(lane, req);
    skip(lane, req->has_epoch ? 2 : 0);
    return REPLY_OK;
}

/* ---- history ------------------------------------------------------------------------- */

static void send_history_put(struct pg_lane *lane, const struct run *run)
{
    pg_history_send_put(lane, run->at[0]);
}

static enum reply read_history_put(struct pg_lane *lane, const struct run *run)
{
    skip(lane, pg_history_count_put(run->at[0]));
    return REPLY_OK;
}

static void send_history_age(struct pg_lane *lane, const struct run *run)
{
    pg_history_send_age(lane, run->at[0]);
}

static enum reply read_history_age(struct pg_lane *lane, const struct run *run)
{
    (void)run;
    skip(lane, 2);
    return REPLY_OK;
}

/* ---- DELETE and EXPIRED ---------------------------------------------------------------- */

static const enum statement CLEARING[] = {STATEMENT_DELETE_JOURNAL, STATEMENT_DELETE_EPOCHS,
                                          STATEMENT_RELEASE_GONE};
enum {
    CLEARING_COUNT = sizeof CLEARING / sizeof CLEARING[0],
};

/* Its tabs may come back after weeks, with what they did not send. */
static void send_bury(struct pg_lane *lane, const struct store_request *req)
{
    struct parameters bury = {0}, sweep = {0};
    put_int8(&bury, (int64_t)lane->incarnation);
    put_bytes(&bury, req->id);
    put_bytes(&bury, slice_of(req->epoch.id.bytes, sizeof req->epoch.id.bytes));
    pg_send(&lane->connection, STATEMENT_BURY, &bury);
    put_int8(&sweep, (int64_t)DELETED_KEPT_DAYS * 24 * 60 * 60);
    pg_send(&lane->connection, STATEMENT_SWEEP_DELETED, &sweep);
}

static void send_delete(struct pg_lane *lane, const struct run *run)
{
    const struct store_request *req = run->at[0];
    struct parameters exists = {0}, old = {0}, gone = {0};
    put_bytes(&exists, req->id);
    pg_send(&lane->connection, STATEMENT_EXISTS, &exists);
    put_int8(&old, (int64_t)lane->incarnation);
    put_bytes(&old, req->id);
    put_int8(&old, req->cutoff_ms / 1000);
    pg_send(&lane->connection, STATEMENT_CLAIM_EXPIRED, &old);
    if (req->for_good)
        send_bury(lane, req);
    pg_send(&lane->connection, STATEMENT_DELETE, &old);
    put_int8(&gone, (int64_t)lane->incarnation);
    put_bytes(&gone, req->id);
    for (int i = 0; i < CLEARING_COUNT; i++)
        pg_send(&lane->connection, CLEARING[i], &gone);
}

/* What is there and was not deleted is fresh, or another server has it in memory. */
static enum reply read_delete(struct pg_lane *lane, const struct run *run)
{
    struct store_request *req = run->at[0];
    req->found = PQntuples(pg_next(&lane->connection)) > 0;
    skip(lane, req->for_good ? 3 : 1);
    const PGresult *deleted = pg_next(&lane->connection);
    bool is_deleted = result_changed(deleted) > 0;
    req->unused_ms = max_of(0, column_int(deleted, 0, 0));
    if (req->found && !is_deleted)
        req->result = ERR_FORBIDDEN;
    skip(lane, CLEARING_COUNT);
    return REPLY_OK;
}

static void send_expired(struct pg_lane *lane, const struct run *run)
{
    const struct store_request *req = run->at[0];
    struct parameters p = {0}, kept = {0};
    put_int8(&p, (int64_t)lane->incarnation);
    put_int8(&p, req->unused_ms);
    put_int8(&p, req->max_ids);
    if (req->unused_ms < INT64_MAX)
        pg_send(&lane->connection, STATEMENT_EXPIRED, &p);
    put_int8(&kept, (int64_t)lane->incarnation);
    put_int8(&kept, req->max_ids);
    pg_send(&lane->connection, STATEMENT_EXPIRED_KEPT, &kept);
}

static bool add_ids(const PGresult *r, int column, struct store_request *req)
{
    for (int i = 0; i < PQntuples(r) && req->id_count < req->max_ids; i++)
        if (!column_is_null(r, i, column) && request_add_id(req, column_bytes(r, i, column)))
            return false;
    return true;
}

static enum reply read_expired(struct pg_lane *lane, const struct run *run)
{
    struct store_request *req = run->at[0];
    bool has_all = true;
    if (req->unused_ms < INT64_MAX) {
        const PGresult *r = pg_next(&lane->connection);
        req->cutoff_ms = column_int(r, 0, 0);
        has_all = add_ids(r, 1, req);
    }
    has_all = add_ids(pg_next(&lane->connection), 0, req) && has_all;
    return has_all ? REPLY_OK : REPLY_NO_MEMORY;
}

/* ---- RIGHTS and links ------------------------------------------------------------------- */

static void send_rights(struct pg_lane *lane, const struct run *run)
{
    rights_send_put(lane, run->at[0]);
    if (has_epochs(run))
        send_epochs(lane, run, false);
}

static enum reply read_rights_put(struct pg_lane *lane, const struct run *run)
{
    skip(lane, rights_statements(run->at[0]) + (has_epochs(run) ? 2 : 0));
    return REPLY_OK;
}

static void send_find_link(struct pg_lane *lane, const struct run *run)
{
    struct parameters p = {0};
    put_bytes(&p, run->at[0]->link_hash);
    pg_send(&lane->connection, STATEMENT_FIND_LINK, &p);
}

static enum reply read_find_link(struct pg_lane *lane, const struct run *run)
{
    struct store_request *req = run->at[0];
    req->max_ids = 1;
    bool has_all = add_ids(pg_next(&lane->connection), 0, req);
    req->found = req->id_count > 0;
    return has_all ? REPLY_OK : REPLY_NO_MEMORY;
}

static void send_find_deleted(struct pg_lane *lane, const struct run *run)
{
    struct parameters p = {0};
    put_bytes(&p, slice_of(run->at[0]->epoch.id.bytes, sizeof run->at[0]->epoch.id.bytes));
    pg_send(&lane->connection, STATEMENT_FIND_DELETED, &p);
}

static enum reply read_find_deleted(struct pg_lane *lane, const struct run *run)
{
    run->at[0]->found = PQntuples(pg_next(&lane->connection)) > 0;
    return REPLY_OK;
}

static void send_link_used(struct pg_lane *lane, const struct run *run)
{
    struct parameters p = {0};
    put_bytes(&p, run->at[0]->link_hash);
    put_int8(&p, run->at[0]->now_ms);
    pg_send(&lane->connection, STATEMENT_LINK_USED, &p);
}

static enum reply read_link_used(struct pg_lane *lane, const struct run *run)
{
    (void)run;
    skip(lane, 1);
    return REPLY_OK;
}

/* ---- COMMENT -------------------------------------------------------------------------- */

static void send_comment(struct pg_lane *lane, const struct run *run)
{
    pg_comments_send_put(lane, run->at[0]);
}

static enum reply read_comment(struct pg_lane *lane, const struct run *run)
{
    skip(lane, pg_comments_statements(run->at[0]));
    return REPLY_OK;
}

/* ---- images -------------------------------------------------------------------------- */

static void send_image_put(struct pg_lane *lane, const struct run *run)
{
    pg_image_send_put(lane, run->at[0]);
    if (has_epochs(run))
        send_epochs(lane, run, false);
}

static enum reply read_image_put(struct pg_lane *lane, const struct run *run)
{
    pg_image_read_put(lane, run->at[0]);
    skip(lane, has_epochs(run) ? 2 : 0);
    return REPLY_OK;
}

/* ---- RELEASE -------------------------------------------------------------------------- */

static void send_release(struct pg_lane *lane, const struct run *run)
{
    send_own_with_ids(lane, STATEMENT_RELEASE, run);
}

static enum reply read_release(struct pg_lane *lane, const struct run *run)
{
    (void)run;
    skip(lane, 1);
    return REPLY_OK;
}

/* ---- groups ----------------------------------------------------------------------------- */

static const struct kind {
    uint32_t run_max;
    bool is_guarded; /* it changes something, or claims to own something */
    void (*send)(struct pg_lane *lane, const struct run *run);
    enum reply (*read)(struct pg_lane *lane, const struct run *run); /* all results that `send` asked for */
} KINDS[] = {
    [STORE_LOAD] = {RUN_MAX, true, send_load, read_load},
    [STORE_PEEK] = {RUN_MAX, false, send_peek, read_peek},
    [STORE_SNAPSHOT] = {1, true, send_snapshot, read_snapshot},
    [STORE_OPEN] = {RUN_MAX, true, send_open, read_open},
    [STORE_DELETE] = {1, true, send_delete, read_delete},
    [STORE_EXPIRED] = {1, false, send_expired, read_expired},
    [STORE_RIGHTS] = {1, true, send_rights, read_rights_put},
    [STORE_FIND_LINK] = {1, false, send_find_link, read_find_link},
    [STORE_FIND_DELETED] = {1, false, send_find_deleted, read_find_deleted},
    [STORE_LINK_USED] = {1, true, send_link_used, read_link_used},
    [STORE_RELEASE] = {RUN_MAX, true, send_release, read_release},
    [STORE_HISTORY_PUT] = {1, true, send_history_put, read_history_put},
    [STORE_HISTORY_AGE] = {1, true, send_history_age, read_history_age},
    [STORE_COMMENT] = {1, true, send_comment, read_comment},
    [STORE_IMAGE_PUT] = {1, true, send_image_put, read_image_put},
};

static bool has(const struct run *run, struct slice id)
{
    for (uint32_t i = 0; i < run->count; i++)
        if (slice_equal(run->at[i]->id, id))
            return true;
    return false;
}

/* Takes the next run, from *pos on; false at the end. No document is in a run twice, as a
 * statement does not see what it changes itself. */
static bool next_run(struct link *group, struct link **pos, struct run *run)
{
    run->count = 0;
    for (; *pos != group; *pos = (*pos)->next) {
        struct store_request *req = request_of(*pos);
        if (lane_skips(req))
            continue;
        if (run->count > 0 &&
            (req->kind != run->at[0]->kind || run->count == KINDS[req->kind].run_max || has(run, req->id)))
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

static void send_guard(struct pg_lane *lane)
{
    struct parameters p = {0};
    put_int8(&p, (int64_t)lane->incarnation);
    put_int2(&p, lane->number);
    pg_send(&lane->connection, STATEMENT_GUARD, &p);
}

static enum reply read_all(struct pg_lane *lane, struct link *group)
{
    struct run run;
    for (struct link *pos = group->next; next_run(group, &pos, &run);) {
        enum reply reply = KINDS[run.at[0]->kind].read(lane, &run);
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
        send_guard(lane);
    for (struct link *pos = group->next; next_run(group, &pos, &run);)
        KINDS[run.at[0]->kind].send(lane, &run);
    if (guarded && !pg_next(&lane->connection))
        lane->is_fenced = strcmp(lane->connection.sqlstate, DEAD) == 0;
    enum reply reply = read_all(lane, group);
    enum reply end = pg_end(&lane->connection);
    if (lane->is_fenced)
        return REPLY_OK;
    return end ? end : reply;
}
