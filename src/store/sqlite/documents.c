#include "store/sqlite/documents.h"

#include "store/request.h"
#include "store/sqlite/comments.h"
#include "store/sqlite/history.h"
#include "store/sqlite/images.h"
#include "store/sqlite/query.h"
#include "store/sqlite/rights.h"

#include <string.h>

static int64_t max_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* ---- the calendar ------------------------------------------------------ */

enum {
    LATER_MS = 60 * 1000, /* how much later than the look an edit's time may be */
    DAY_S = 24 * 60 * 60,
};
static const int64_t NO_EDIT = INT64_MIN;

static int64_t now_s(const struct database *db)
{
    return calendar_ms(&db->keeper.calendar) / 1000;
}

static int64_t offset_ms(const struct database *db)
{
    return db->keeper.calendar.offset_ms;
}

/* The calendar's time of an edit, of which only the wall time is known, if the
 * clock has not jumped since; INT64_MIN for one that would be in the future, so
 * that the clock must have. Of such a one accessed_at tells, to the minute. */
static int64_t edit_in_calendar_ms(const struct database *db, int64_t time_ms)
{
    const struct calendar *c = &db->keeper.calendar;
    bool is_known = time_ms != NO_EDIT && time_ms - c->offset_ms <= calendar_ms(c) + LATER_MS;
    return is_known ? time_ms - c->offset_ms : INT64_MIN;
}

/* ---- reading ----------------------------------------------------------- */

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
    req->accessed_ms = max_of(req->accessed_ms, edit_in_calendar_ms(db, time_ms));
}

static enum error last_edit(struct database *db, struct slice id, int64_t *time_ms)
{
    struct query q = query_start(&db->connection, STATEMENT_LAST_EDIT);
    query_put_text(&q, id);
    *time_ms = query_next(&q) ? query_int(&q, 0) : NO_EDIT;
    return query_end(&q);
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

static enum error carry_out_load(struct database *db, struct store_request *req)
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

static enum error carry_out_peek(struct database *db, struct store_request *req)
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
    err = last_edit(db, req->id, &edited_ms);
    if (err)
        return err;
    note_edit(db, req, edited_ms);
    return rights_load(db, req);
}

static enum error add_ids(struct query *q, struct store_request *req)
{
    while (query_next(q))
        if (request_add_id(req, query_bytes(q, 0)))
            query_fail(q, SQLITE_NOMEM);
    return query_end(q);
}

static enum error find_expired(struct database *db, struct store_request *req, int64_t now_ms)
{
    struct query q = query_start(&db->connection, STATEMENT_EXPIRED);
    req->cutoff_ms = now_ms - req->unused_ms;
    query_put_int(&q, req->cutoff_ms / 1000);
    query_put_int(&q, req->cutoff_ms / 1000 * 1000 + offset_ms(db));
    query_put_int(&q, now_ms + LATER_MS + offset_ms(db));
    query_put_int(&q, req->max_ids);
    return add_ids(&q, req);
}

/* Goes through all that have a time of their own, which are few: pads are kept as long as the server
 * keeps them, unless somebody has said otherwise. */
static enum error find_expired_kept(struct database *db, struct store_request *req, int64_t now_ms)
{
    struct query q = query_start(&db->connection, STATEMENT_EXPIRED_KEPT);
    query_put_int(&q, now_ms / 1000);
    query_put_int(&q, offset_ms(db));
    query_put_int(&q, now_ms + LATER_MS + offset_ms(db));
    query_put_int(&q, req->max_ids - req->id_count);
    return add_ids(&q, req);
}

static enum error carry_out_expired(struct database *db, struct store_request *req)
{
    int64_t now_ms = calendar_ms(&db->keeper.calendar);
    enum error err = req->unused_ms < INT64_MAX ? find_expired(db, req, now_ms) : OK;
    return err ? err : find_expired_kept(db, req, now_ms);
}

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
    query_put_int(&touch, now_s(db));
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
    query_put_int(&q, now_s(db));
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
    query_put_int(&q, now_s(db));
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
    query_put_int(&q, now_s(db));
    return run_upsert(db, &q);
}

static enum error carry_out_rights(struct database *db, const struct store_request *req)
{
    enum error err = make_row(db, req);
    if (!err)
        err = rights_put(db, req);
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

static enum error run_with_id(struct database *db, enum statement statement, struct slice id)
{
    struct query q = query_start(&db->connection, statement);
    query_put_text(&q, id);
    return query_run(&q);
}

/* Was it read or written in the second of the cutoff or later? For one that is kept for days of its own
 * the cutoff may be later than for all others. */
static enum error is_fresh(struct database *db, struct store_request *req, bool *fresh)
{
    struct query q = query_start(&db->connection, STATEMENT_LAST_ACCESS);
    query_put_text(&q, req->id);
    int64_t accessed = 0, edited_ms = NO_EDIT, cutoff = req->cutoff_ms / 1000;
    if (query_next(&q)) {
        req->found = true;
        accessed = query_int(&q, 0);
        if (query_int(&q, 1) > 0)
            cutoff = max_of(cutoff, now_s(db) - query_int(&q, 1) * DAY_S);
    }
    enum error err = query_end(&q);
    if (!err && req->found)
        err = last_edit(db, req->id, &edited_ms);
    accessed = max_of(accessed, edit_in_calendar_ms(db, edited_ms) / 1000);
    req->unused_ms = max_of(0, now_s(db) - accessed) * 1000;
    *fresh = accessed >= cutoff;
    return err;
}

/* Its tabs may come back after weeks, with what they did not send. */
static enum error bury(struct database *db, const struct store_request *req)
{
    struct query q = query_start(&db->connection, STATEMENT_BURY);
    query_put_text(&q, req->id);
    query_put_blob(&q, slice_of(req->epoch.id.bytes, sizeof req->epoch.id.bytes));
    query_put_int(&q, now_s(db));
    enum error err = query_run(&q);
    if (err)
        return err;
    struct query sweep = query_start(&db->connection, STATEMENT_SWEEP_DELETED);
    query_put_int(&sweep, now_s(db) - DELETED_KEPT_DAYS * DAY_S);
    return query_run(&sweep);
}

static enum error carry_out_find_deleted(struct database *db, struct store_request *req)
{
    struct query q = query_start(&db->connection, STATEMENT_FIND_DELETED);
    query_put_blob(&q, slice_of(req->epoch.id.bytes, sizeof req->epoch.id.bytes));
    req->found = query_next(&q);
    return query_end(&q);
}

static enum error carry_out_delete(struct database *db, struct store_request *req)
{
    bool fresh;
    enum error err = is_fresh(db, req, &fresh);
    if (err || !req->found)
        return err;
    if (fresh) {
        req->result = ERR_FORBIDDEN;
        return OK;
    }
    if ((err = req->for_good ? bury(db, req) : OK) || (err = run_with_id(db, STATEMENT_DELETE, req->id)) ||
        (err = run_with_id(db, STATEMENT_DELETE_JOURNAL, req->id)) ||
        (err = run_with_id(db, STATEMENT_DELETE_EPOCHS, req->id)) ||
        (err = run_with_id(db, STATEMENT_DELETE_RIGHTS, req->id)) ||
        (err = run_with_id(db, STATEMENT_DELETE_LINKS, req->id)) ||
        (err = sqlite_comments_delete(db, req->id)) ||
        (err = run_with_id(db, STATEMENT_DELETE_IMAGES, req->id)) ||
        (err = run_with_id(db, STATEMENT_HISTORY_ON, req->id)) ||
        (err = sqlite_history_delete(&db->connection, req->id)))
        return err;
    db->documents_added--;
    return OK;
}

/* ---- by kind ------------------------------------------------------------- */

enum error documents_read(struct database *db, struct store_request *req)
{
    switch (req->kind) {
    case STORE_LOAD:
        return carry_out_load(db, req);
    case STORE_PEEK:
        return carry_out_peek(db, req);
    case STORE_EXPIRED:
        return carry_out_expired(db, req);
    case STORE_FIND_LINK:
        return rights_find_link(db, req);
    case STORE_FIND_DELETED:
        return carry_out_find_deleted(db, req);
    case STORE_HISTORY: /* of a database in memory; else the reader's thread does it */
        return sqlite_history_read(&db->connection, req, now_s(db));
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
        return carry_out_delete(db, req);
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
