#include "store/sqlite/documents.h"

#include "store/sqlite/comments.h"
#include "store/sqlite/deletions.h"
#include "store/sqlite/history.h"
#include "store/sqlite/images.h"
#include "store/sqlite/loads.h"
#include "store/sqlite/query.h"
#include "store/sqlite/rights.h"

/* ---- writing ----------------------------------------------------------- */

static enum error put_epoch(struct database *db, struct slice id, const struct store_epoch *epoch)
{
    struct query add = query_start(&db->connection, STATEMENT_ADD_EPOCH);
    query_put_text(&add, id);
    query_put_blob(&add, slice_of(epoch->id.bytes, sizeof epoch->id.bytes));
    query_put_int(&add, (int64_t)epoch->first_revision);
    enum error err = query_run(&add);
    if (err || sqlite3_changes(db->connection.handle) == 0)
        return err;
    struct query trim = query_start(&db->connection, STATEMENT_TRIM_EPOCHS);
    query_put_text(&trim, id);
    return query_run(&trim);
}

/* Runs an upsert and counts the row when it is a new one: SQLite sets the last
 * rowid for an INSERT, and leaves it for an UPDATE. */
static enum error run_upsert(struct database *db, struct query *q)
{
    sqlite3_set_last_insert_rowid(db->connection.handle, 0);
    enum error err = query_run(q);
    if (!err && sqlite3_last_insert_rowid(db->connection.handle) != 0)
        db->documents_added++;
    return err;
}

static enum error touch_row(struct database *db, const struct store_append_row *row, int64_t now_ms)
{
    struct query touch = query_start(&db->connection, STATEMENT_TOUCH);
    query_put_text(&touch, row->id);
    query_put_int(&touch, now_ms / 1000);
    query_put_int(&touch, database_now_s(db));
    return run_upsert(db, &touch);
}

static enum error append_row(struct database *db, const struct store_append_row *row, int64_t now_ms)
{
    enum error err = row->touch ? touch_row(db, row, now_ms) : OK;
    if (err)
        return err;
    struct query append = query_start(&db->connection, STATEMENT_APPEND);
    query_put_text(&append, row->id);
    query_put_int(&append, (int64_t)row->first_revision);
    query_put_int(&append, (int64_t)row->end_revision);
    query_put_blob(&append, row->batch);
    query_put_int(&append, now_ms);
    err = query_run(&append);
    if (!err && row->author_count > 0)
        err = sqlite_history_add_authors(db, row);
    if (err || !row->has_epoch)
        return err;
    return put_epoch(db, row->id, &row->epoch);
}

static enum error carry_out_append(struct database *db, struct store_request *req)
{
    enum error err = OK;
    for (uint32_t i = 0; !err && i < req->row_count; i++)
        err = append_row(db, &req->rows[i], req->now_ms);
    return err;
}

static enum error put_row(struct database *db, const struct store_request *req)
{
    struct query q = query_start(&db->connection, STATEMENT_SNAPSHOT);
    query_put_text(&q, req->id);
    query_put_text(&q, req->language);
    query_put_text(&q, req->password);
    query_put_int(&q, (int64_t)req->revision);
    query_put_int(&q, req->now_ms / 1000);
    query_put_blob(&q, req->clients);
    query_put_text(&q, req->text.ptr ? req->text : slice_of("", 0));
    query_put_int(&q, database_now_s(db));
    return run_upsert(db, &q);
}

static enum error carry_out_snapshot(struct database *db, struct store_request *req)
{
    enum error err = sqlite_history_before_snapshot(db, req);
    if (!err)
        err = put_row(db, req);
    if (!err)
        err = sqlite_comments_put_places(db, req);
    if (!err)
        err = sqlite_history_after_snapshot(db, req);
    if (!err && req->has_epoch)
        err = put_epoch(db, req->id, &req->epoch);
    return err;
}

static enum error carry_out_open(struct database *db, struct store_request *req)
{
    struct query q = query_start(&db->connection, STATEMENT_OPENED);
    query_put_text(&q, req->id);
    query_put_int(&q, database_now_s(db));
    enum error err = query_run(&q);
    if (err)
        return err;
    req->found = sqlite3_changes(db->connection.handle) == 1;
    return req->found && req->has_epoch ? put_epoch(db, req->id, &req->epoch) : OK;
}

static enum error journal_end(struct database *db, struct slice id, uint64_t *end_revision)
{
    struct query q = query_start(&db->connection, STATEMENT_JOURNAL_END);
    query_put_text(&q, id);
    *end_revision = query_next(&q) ? (uint64_t)query_int(&q, 0) : 0;
    return query_end(&q);
}

/* The second half of a LOAD with an epoch: the document is opened in the same
 * transaction. The epoch begins where the stored history ends. */
static enum error carry_out_load_open(struct database *db, struct store_request *req)
{
    if (!req->found)
        return OK;
    uint64_t end;
    enum error err = journal_end(db, req->id, &end);
    if (err)
        return err;
    req->epoch.first_revision = req->revision > end ? req->revision : end;
    return carry_out_open(db, req);
}

/* Edits, if there are any, find the row that this made. */
static enum error make_row(struct database *db, const struct store_request *req)
{
    struct query q = query_start(&db->connection, STATEMENT_MAKE_ROW);
    query_put_text(&q, req->id);
    query_put_int(&q, req->now_ms / 1000);
    query_put_int(&q, database_now_s(db));
    return run_upsert(db, &q);
}

static enum error put_language(struct database *db, const struct store_request *req)
{
    struct query q = query_start(&db->connection, STATEMENT_PUT_LANGUAGE);
    query_put_text(&q, req->id);
    query_put_text(&q, req->language);
    query_put_int(&q, req->now_ms / 1000);
    return query_run(&q);
}

static enum error carry_out_rights(struct database *db, const struct store_request *req)
{
    enum error err = make_row(db, req);
    if (!err)
        err = rights_put(db, req);
    if (!err && req->language.ptr)
        err = put_language(db, req);
    return !err && req->has_epoch ? put_epoch(db, req->id, &req->epoch) : err;
}

/* Where there is no room, no row is made either. */
static enum error carry_out_image_put(struct database *db, struct store_request *req)
{
    enum error err = sqlite_image_put(db, req);
    if (err || req->result)
        return err;
    err = make_row(db, req);
    return !err && req->has_epoch ? put_epoch(db, req->id, &req->epoch) : err;
}

/* ---- by kind ------------------------------------------------------------- */

enum error documents_read(struct database *db, struct store_request *req)
{
    switch (req->kind) {
    case STORE_LOAD:
        return loads_load(db, req);
    case STORE_PEEK:
        return loads_peek(db, req);
    case STORE_EXPIRED:
        return deletions_expired(db, req);
    case STORE_FIND_LINK:
        return rights_find_link(db, req);
    case STORE_FIND_DELETED:
        return deletions_find(db, req);
    case STORE_HISTORY: /* of a database in memory; else the reader's thread does it */
        return sqlite_history_read(&db->connection, req, database_now_s(db));
    case STORE_IMAGE: /* the same */
        return sqlite_image_read(&db->connection, req);
    case STORE_IMAGE_PUT:
    case STORE_APPEND:
    case STORE_SNAPSHOT:
    case STORE_OPEN:
    case STORE_DELETE:
    case STORE_RIGHTS:
    case STORE_LINK_USED:
    case STORE_RELEASE:
    case STORE_HISTORY_PUT:
    case STORE_HISTORY_AGE:
    case STORE_COMMENT:
        break;
    }
    return OK;
}

enum error documents_write(struct database *db, struct store_request *req)
{
    switch (req->kind) {
    case STORE_LOAD:
        return carry_out_load_open(db, req);
    case STORE_APPEND:
        return carry_out_append(db, req);
    case STORE_SNAPSHOT:
        return carry_out_snapshot(db, req);
    case STORE_OPEN:
        return carry_out_open(db, req);
    case STORE_DELETE:
        return deletions_delete(db, req);
    case STORE_RIGHTS:
        return carry_out_rights(db, req);
    case STORE_LINK_USED:
        return rights_note_use(db, req);
    case STORE_HISTORY_PUT:
        return sqlite_history_put(db, req);
    case STORE_HISTORY_AGE:
        return sqlite_history_age(db, req);
    case STORE_COMMENT:
        return sqlite_comments_put(db, req);
    case STORE_IMAGE_PUT:
        return carry_out_image_put(db, req);
    case STORE_IMAGE:
    case STORE_PEEK:
    case STORE_EXPIRED:
    case STORE_FIND_LINK:
    case STORE_FIND_DELETED:
    case STORE_HISTORY:
    case STORE_RELEASE: /* nobody else could have it */
        break;
    }
    return OK;
}
