#include "store/sqlite/deletions.h"

#include "store/request.h"
#include "store/sqlite/comments.h"
#include "store/sqlite/edit_time.h"
#include "store/sqlite/history.h"
#include "store/sqlite/query.h"

enum { DAY_S = 24 * 60 * 60 };

static int64_t max_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* ---- EXPIRED ------------------------------------------------------------- */

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
    query_put_int(&q, req->cutoff_ms / 1000 * 1000 + db->keeper.calendar.offset_ms);
    query_put_int(&q, now_ms + EDIT_LATER_MS + db->keeper.calendar.offset_ms);
    query_put_int(&q, req->max_ids);
    return add_ids(&q, req);
}

/* Goes through all that have a time of their own, which are few: pads are kept as long as the server
 * keeps them, unless somebody has said otherwise. */
static enum error find_expired_kept(struct database *db, struct store_request *req, int64_t now_ms)
{
    struct query q = query_start(&db->connection, STATEMENT_EXPIRED_KEPT);
    query_put_int(&q, now_ms / 1000);
    query_put_int(&q, db->keeper.calendar.offset_ms);
    query_put_int(&q, now_ms + EDIT_LATER_MS + db->keeper.calendar.offset_ms);
    query_put_int(&q, req->max_ids - req->id_count);
    return add_ids(&q, req);
}

enum error deletions_expired(struct database *db, struct store_request *req)
{
    int64_t now_ms = calendar_ms(&db->keeper.calendar);
    enum error err = req->unused_ms < INT64_MAX ? find_expired(db, req, now_ms) : OK;
    return err ? err : find_expired_kept(db, req, now_ms);
}

/* ---- DELETE -------------------------------------------------------------- */

/* What goes with a document. bury() comes first, as it reads the epochs. */
static const enum statement ROWS_OF_ALL[] = {
    STATEMENT_DELETE,       STATEMENT_DELETE_JOURNAL, STATEMENT_DELETE_EPOCHS, STATEMENT_DELETE_RIGHTS,
    STATEMENT_DELETE_LINKS, STATEMENT_DELETE_IMAGES,  STATEMENT_HISTORY_ON};

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
    int64_t accessed = 0, edited_ms = EDIT_NEVER, cutoff = req->cutoff_ms / 1000;
    if (query_next(&q)) {
        req->found = true;
        accessed = query_int(&q, 0);
        if (query_int(&q, 1) > 0)
            cutoff = max_of(cutoff, database_now_s(db) - query_int(&q, 1) * DAY_S);
    }
    enum error err = query_end(&q);
    if (!err && req->found)
        err = edit_time_last(db, req->id, &edited_ms);
    accessed = max_of(accessed, edit_time_in_calendar_ms(db, edited_ms) / 1000);
    req->unused_ms = max_of(0, database_now_s(db) - accessed) * 1000;
    *fresh = accessed >= cutoff;
    return err;
}

/* Its tabs may come back after weeks, with what they did not send. */
static enum error bury(struct database *db, const struct store_request *req)
{
    struct query q = query_start(&db->connection, STATEMENT_BURY);
    query_put_text(&q, req->id);
    query_put_blob(&q, slice_of(req->epoch.id.bytes, sizeof req->epoch.id.bytes));
    query_put_int(&q, database_now_s(db));
    enum error err = query_run(&q);
    if (err)
        return err;
    struct query sweep = query_start(&db->connection, STATEMENT_SWEEP_DELETED);
    query_put_int(&sweep, database_now_s(db) - DELETED_KEPT_DAYS * DAY_S);
    return query_run(&sweep);
}

enum error deletions_delete(struct database *db, struct store_request *req)
{
    bool fresh;
    enum error err = is_fresh(db, req, &fresh);
    if (err || !req->found)
        return err;
    if (fresh) {
        req->result = ERR_FORBIDDEN;
        return OK;
    }
    if (req->for_good)
        err = bury(db, req);
    for (size_t i = 0; !err && i < sizeof ROWS_OF_ALL / sizeof ROWS_OF_ALL[0]; i++)
        err = run_with_id(db, ROWS_OF_ALL[i], req->id);
    if (!err)
        err = sqlite_comments_delete(db, req->id);
    if (!err)
        err = sqlite_history_delete(&db->connection, req->id);
    if (err)
        return err;
    db->documents_added--;
    return OK;
}

/* ---- FIND_DELETED -------------------------------------------------------- */

enum error deletions_find(struct database *db, struct store_request *req)
{
    struct query q = query_start(&db->connection, STATEMENT_FIND_DELETED);
    query_put_blob(&q, slice_of(req->epoch.id.bytes, sizeof req->epoch.id.bytes));
    req->found = query_next(&q);
    return query_end(&q);
}
