#include "store/postgres/loads.h"

#include "store/postgres/columns.h"
#include "store/postgres/comments.h"
#include "store/postgres/rights.h"
#include "text/utf8.h"

static int64_t max_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* ---- parts of answers -------------------------------------------------------------- */

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

void loads_send(struct pg_lane *lane, const struct run *run)
{
    struct array *ids = run_ids(lane, run), *begins = lane_array(lane, 1, ARRAY_BOOL);
    for (uint32_t i = 0; i < run->count; i++)
        array_add_bool(begins, run->at[i]->may_begin);
    struct parameters p = {0};
    put_int8(&p, (int64_t)lane->incarnation);
    put_array(&p, ids);
    put_array(&p, begins);
    pg_send(&lane->connection, STATEMENT_CLAIM, &p);
    run_send_ids(lane, STATEMENT_OWNERS, run);
    run_send_own_ids(lane, STATEMENT_LOAD, run);
    run_send_own_ids(lane, STATEMENT_LOAD_EPOCHS, run);
    run_send_own_ids(lane, STATEMENT_LOAD_JOURNAL, run);
    run_send_ids(lane, STATEMENT_RIGHTS, run);
    if (!run_has_epochs(run))
        return;
    run_send_epochs(lane, run, true);
    run_send_opened(lane, run, true);
}

/* Who died between the claim and the look at the owners owned it for the claim still:
 * the group is tried again, and finds the owner dead. */
static enum reply read_owners(struct pg_lane *lane, const struct run *run)
{
    bool failed = false;
    const PGresult *r = pg_next(&lane->connection);
    for (int i = 0; i < PQntuples(r); i++) {
        struct store_request *req = run_request_at(run, r, i);
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
        struct store_request *req = run_request_at(run, r, i);
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
        struct store_request *req = run_request_at(run, r, i);
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
        struct store_request *req = run_request_at(run, r, i);
        if (req && req->found)
            add_batch(r, i, req);
    }
}

static void read_rights(struct pg_lane *lane, const struct run *run)
{
    const PGresult *r = pg_next(&lane->connection);
    for (int i = 0; i < PQntuples(r); i++) {
        struct store_request *req = run_request_at(run, r, i);
        if (req && req->found && !req->result)
            req->result = rights_read_row(r, i, req);
    }
}

enum reply loads_read(struct pg_lane *lane, const struct run *run)
{
    lane->claims += (uint32_t)result_changed(pg_next(&lane->connection));
    enum reply reply = read_owners(lane, run);
    if (reply)
        return reply;
    read_texts(lane, run);
    read_epochs(lane, run);
    read_journals(lane, run);
    read_rights(lane, run);
    pg_skip(&lane->connection, run_has_epochs(run) ? RUN_EPOCH_STATEMENTS + 1 : 0);
    return REPLY_OK;
}

/* ---- PEEK -------------------------------------------------------------------------- */

void loads_send_peek(struct pg_lane *lane, const struct run *run)
{
    run_send_ids(lane, STATEMENT_PEEK, run);
    run_send_ids(lane, STATEMENT_OWNERS, run);
    run_send_ids(lane, STATEMENT_RIGHTS, run);
}

enum reply loads_read_peek(struct pg_lane *lane, const struct run *run)
{
    const PGresult *r = pg_next(&lane->connection);
    for (int i = 0; i < PQntuples(r); i++) {
        struct store_request *req = run_request_at(run, r, i);
        if (!req)
            continue;
        req->result = read_row(r, i, req);
        req->updated_ms = max_of(req->updated_ms, column_int(r, i, 8));
    }
    bool failed = false;
    r = pg_next(&lane->connection);
    for (int i = 0; i < PQntuples(r); i++) {
        struct store_request *req = run_request_at(run, r, i);
        if (req)
            note_owner(lane, r, i, req, &failed);
    }
    read_rights(lane, run);
    return failed ? REPLY_NO_MEMORY : REPLY_OK;
}
