#include "store/sqlite/loads.h"

#include "store/request.h"
#include "store/sqlite/comments.h"
#include "store/sqlite/edit_time.h"
#include "store/sqlite/history.h"
#include "store/sqlite/query.h"
#include "store/sqlite/rights.h"

static int64_t max_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The columns with which LOAD and PEEK begin. */
static void read_row(struct query *q, struct store_request *req)
{
    req->found = true;
    req->revision = (uint64_t)query_int(q, 0);
    req->created_ms = query_int(q, 1) * 1000;
    req->updated_ms = query_int(q, 2) * 1000;
    req->accessed_ms = query_int(q, 3) * 1000;
    req->language = query_copy_text(q, 4, req->arena);
    req->password = query_copy_text(q, 5, req->arena);
}

/* The row's times are those of its last change; edits since are in the journal. */
static void note_edit(const struct database *db, struct store_request *req, int64_t time_ms)
{
    req->updated_ms = max_of(req->updated_ms, time_ms);
    req->accessed_ms = max_of(req->accessed_ms, edit_time_in_calendar_ms(db, time_ms));
}

static enum error load_row(struct database *db, struct store_request *req)
{
    struct query q = query_start(&db->connection, STATEMENT_LOAD);
    query_put_text(&q, req->id);
    if (query_next(&q)) {
        read_row(&q, req);
        req->clients = query_copy(&q, 6, req->arena);
        req->places = (struct store_places){(uint64_t)query_int(&q, 7), query_copy(&q, 8, req->arena)};
        req->text = query_copy_text(&q, 9, req->arena);
        req->text_bytes = req->text.len;
    }
    return query_end(&q);
}

static enum error load_epochs(struct database *db, struct store_request *req)
{
    struct query q = query_start(&db->connection, STATEMENT_EPOCHS);
    query_put_text(&q, req->id);
    while (query_next(&q))
        if (request_add_epoch(req, query_bytes(&q, 0), (uint64_t)query_int(&q, 1)))
            query_fail(&q, SQLITE_NOMEM);
    return query_end(&q);
}

static void add_batch(const struct database *db, struct query *q, struct store_request *req)
{
    struct store_batch row = {
        .first_revision = (uint64_t)query_int(q, 0), .time_ms = query_int(q, 1), .batch = query_bytes(q, 2)};
    if (request_add_batch(req, &row))
        query_fail(q, SQLITE_NOMEM);
    else
        note_edit(db, req, row.time_ms);
}

static enum error load_journal(struct database *db, struct store_request *req)
{
    struct query q = query_start(&db->connection, STATEMENT_JOURNAL);
    query_put_text(&q, req->id);
    while (query_next(&q))
        add_batch(db, &q, req);
    return query_end(&q);
}

enum error loads_load(struct database *db, struct store_request *req)
{
    enum error err = load_row(db, req);
    if (err || !req->found)
        return err;
    err = load_epochs(db, req);
    if (!err)
        err = load_journal(db, req);
    if (!err)
        err = rights_load(db, req);
    if (!err)
        err = sqlite_comments_load(db, req);
    if (!err)
        err = sqlite_history_load(db, req);
    req->unused_ms = max_of(0, calendar_ms(&db->keeper.calendar) - req->accessed_ms);
    return err;
}

/* The size of a row's text without reading it. */
static void measure_text(struct query *q, int64_t rowid, uint64_t *bytes)
{
    sqlite3_blob *text = NULL;
    int code = sqlite3_blob_open(q->connection->handle, "main", "documents", "text", rowid, 0, &text);
    if (code != SQLITE_OK)
        query_fail(q, code);
    else
        *bytes = (uint64_t)sqlite3_blob_bytes(text);
    sqlite3_blob_close(text);
}

enum error loads_peek(struct database *db, struct store_request *req)
{
    struct query q = query_start(&db->connection, STATEMENT_PEEK);
    query_put_text(&q, req->id);
    if (query_next(&q)) {
        read_row(&q, req);
        measure_text(&q, query_int(&q, 6), &req->text_bytes);
    }
    enum error err = query_end(&q);
    if (err || !req->found)
        return err;
    int64_t edited_ms;
    err = edit_time_last(db, req->id, &edited_ms);
    if (err)
        return err;
    note_edit(db, req, edited_ms);
    return rights_load(db, req);
}
