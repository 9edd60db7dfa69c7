#include "store/sqlite/history.h"

#include "store/request.h"
#include "store/sqlite/query.h"

enum { AGED_DOCUMENTS_MAX = 256 }; /* in one transaction; the next one has the rest */

static int64_t now_s(const struct database *db)
{
    return calendar_ms(&db->keeper.calendar) / 1000;
}

static enum error run_with_id(struct connection *c, enum statement statement, struct slice id)
{
    struct query q = query_start(c, statement);
    query_put_text(&q, id);
    return query_run(&q);
}

static enum error run_with_number(struct connection *c, enum statement statement, struct slice id,
                                  int64_t number)
{
    struct query q = query_start(c, statement);
    query_put_text(&q, id);
    query_put_int(&q, number);
    return query_run(&q);
}

/* ---- around a snapshot --------------------------------------------------- */

static enum error is_off(struct database *db, struct slice id, bool *off)
{
    struct query q = query_start(&db->connection, STATEMENT_HISTORY_IS_OFF);
    query_put_text(&q, id);
    *off = query_next(&q);
    return query_end(&q);
}

/* Does it become history what leaves the journal with this request? */
static enum error is_kept(struct database *db, const struct store_request *req, bool *kept)
{
    bool off = false;
    enum error err = OK;
    if (db->keeps_history && req->history_change == STORE_HISTORY_GOES_ON)
        err = is_off(db, req->id, &off);
    *kept = db->keeps_history && req->history_change == STORE_HISTORY_GOES_ON && !off;
    return err;
}

enum error sqlite_history_before_snapshot(struct database *db, const struct store_request *req)
{
    bool kept;
    enum error err = is_kept(db, req, &kept);
    if (err || !kept)
        return err;
    struct query q = query_start(&db->connection, STATEMENT_HISTORY_BASE);
    query_put_text(&q, req->id);
    query_put_int(&q, now_s(db));
    return query_run(&q);
}

static enum error keep_rows(struct database *db, const struct store_request *req)
{
    struct query q = query_start(&db->connection, STATEMENT_HISTORY_KEEP);
    query_put_text(&q, req->id);
    query_put_int(&q, (int64_t)req->keep_from);
    query_put_int(&q, now_s(db));
    return query_run(&q);
}

static enum error count_fresh(struct database *db, struct store_request *req)
{
    struct query q = query_start(&db->connection, STATEMENT_HISTORY_FRESH);
    query_put_text(&q, req->id);
    if (query_next(&q)) {
        req->fresh_rows = (uint32_t)query_int(&q, 0);
        req->fresh_bytes = (uint32_t)query_int(&q, 1);
    }
    return query_end(&q);
}

static enum error change_history(struct database *db, const struct store_request *req)
{
    struct connection *c = &db->connection;
    enum error err = sqlite_history_delete(c, req->id);
    if (!err)
        err = run_with_id(c, STATEMENT_CLEAR_JOURNAL, req->id);
    if (!err && req->history_change == STORE_HISTORY_OFF)
        err = run_with_id(c, STATEMENT_HISTORY_OFF, req->id);
    else if (!err && req->history_change == STORE_HISTORY_ON)
        err = run_with_id(c, STATEMENT_HISTORY_ON, req->id);
    return err;
}

enum error sqlite_history_after_snapshot(struct database *db, struct store_request *req)
{
    bool kept;
    enum error err = is_kept(db, req, &kept);
    if (!err && kept && req->keep_from)
        err = keep_rows(db, req);
    if (!err && req->keep_from)
        err = run_with_number(&db->connection, STATEMENT_TRIM_JOURNAL, req->id, (int64_t)req->keep_from);
    if (!err && kept)
        err = count_fresh(db, req);
    if (!err && req->history_change != STORE_HISTORY_GOES_ON)
        err = change_history(db, req);
    return err;
}

/* ---- authors --------------------------------------------------------------- */

static enum error add_author(struct database *db, struct slice id, const struct store_author *author)
{
    struct query add = query_start(&db->connection, STATEMENT_ADD_AUTHOR);
    query_put_text(&add, id);
    query_put_int(&add, (int64_t)author->author);
    query_put_int(&add, (int64_t)author->first_revision);
    query_put_text(&add, author->name);
    query_put_int(&add, author->hue);
    query_put_int(&add, author->seen_ms / 1000);
    enum error err = query_run(&add);
    if (err)
        return err;
    struct query trim = query_start(&db->connection, STATEMENT_TRIM_NAMES);
    query_put_text(&trim, id);
    query_put_int(&trim, (int64_t)author->author);
    return query_run(&trim);
}

enum error sqlite_history_add_authors(struct database *db, const struct store_append_row *row)
{
    bool off = false;
    enum error err = row->author_count > 0 && db->keeps_history ? is_off(db, row->id, &off) : OK;
    for (uint32_t i = 0; !err && !off && db->keeps_history && i < row->author_count; i++)
        err = add_author(db, row->id, &row->authors[i]);
    return err;
}

enum error sqlite_history_load(struct database *db, struct store_request *req)
{
    struct query q = query_start(&db->connection, STATEMENT_HISTORY_LOAD);
    query_put_text(&q, req->id);
    if (query_next(&q)) {
        req->last_author = (uint64_t)query_int(&q, 0);
        req->history_is_off = query_int(&q, 1) != 0;
    }
    return query_end(&q);
}

/* ---- segments and checkpoints ------------------------------------------------ */

static enum error clear_range(struct connection *c, enum statement statement, const struct store_request *req)
{
    struct query q = query_start(c, statement);
    query_put_text(&q, req->id);
    query_put_int(&q, (int64_t)req->history->from);
    query_put_int(&q, (int64_t)req->history->to);
    return query_run(&q);
}

static enum error add_segment(struct connection *c, struct slice id, const struct store_segment *s)
{
    struct query q = query_start(c, STATEMENT_ADD_SEGMENT);
    query_put_text(&q, id);
    query_put_int(&q, (int64_t)s->first_revision);
    query_put_int(&q, (int64_t)s->end_revision);
    query_put_int(&q, s->began_ms);
    query_put_int(&q, s->ended_ms);
    query_put_int(&q, s->kept_s);
    query_put_int(&q, s->detail);
    query_put_int(&q, s->bytes);
    query_put_int(&q, (int64_t)(s->operations.len + s->sittings.len));
    query_put_blob(&q, s->sittings);
    query_put_blob(&q, s->operations);
    return query_run(&q);
}

static enum error add_checkpoint(struct connection *c, struct slice id, const struct store_checkpoint *p)
{
    struct query q = query_start(c, STATEMENT_ADD_CHECKPOINT);
    query_put_text(&q, id);
    query_put_int(&q, (int64_t)p->revision);
    query_put_int(&q, p->kept_s);
    query_put_int(&q, p->bytes);
    query_put_int(&q, (int64_t)(p->text.len + p->runs.len));
    query_put_blob(&q, p->runs);
    query_put_blob(&q, p->text);
    return query_run(&q);
}

static enum error forget_before(struct connection *c, struct slice id, uint64_t revision)
{
    static const enum statement FORGETTING[] = {STATEMENT_FORGET_FRESH, STATEMENT_FORGET_SEGMENTS,
                                                STATEMENT_FORGET_CHECKPOINTS, STATEMENT_FORGET_NAMES};
    enum error err = OK;
    for (size_t i = 0; !err && i < sizeof FORGETTING / sizeof FORGETTING[0]; i++)
        err = run_with_number(c, FORGETTING[i], id, (int64_t)revision);
    return err;
}

enum error sqlite_history_put(struct database *db, const struct store_request *req)
{
    struct connection *c = &db->connection;
    const struct store_history *h = req->history;
    enum error err;
    if ((err = clear_range(c, STATEMENT_PUT_FRESH, req)) ||
        (err = clear_range(c, STATEMENT_PUT_SEGMENTS, req)) ||
        (err = clear_range(c, STATEMENT_PUT_CHECKPOINTS, req)))
        return err;
    for (uint32_t i = 0; !err && i < h->segment_count; i++)
        err = add_segment(c, req->id, &h->segments[i]);
    for (uint32_t i = 0; !err && i < h->checkpoint_count; i++)
        err = add_checkpoint(c, req->id, &h->checkpoints[i]);
    if (!err && h->begins_anew)
        err = run_with_number(c, STATEMENT_HISTORY_BEGIN, req->id, now_s(db));
    if (!err && h->forget_before > 0)
        err = forget_before(c, req->id, h->forget_before);
    return err;
}

/* Documents of which something is too old. */
struct aged {
    struct {
        struct slice id;
        uint64_t revision; /* HISTORY_AGED: all before it is */
    } at[AGED_DOCUMENTS_MAX];
    uint32_t count;
};

/* What is deleted while a statement reads may be read or not, so the list is complete first. */
static enum error find_aged(struct database *db, const struct store_request *req, enum statement statement,
                            struct aged *out)
{
    struct query q = query_start(&db->connection, statement);
    query_put_int(&q, now_s(db) - req->unused_ms / 1000);
    query_put_int(&q, AGED_DOCUMENTS_MAX);
    for (out->count = 0; query_next(&q) && out->count < AGED_DOCUMENTS_MAX; out->count++) {
        out->at[out->count].id = query_copy(&q, 0, req->arena);
        out->at[out->count].revision = statement == STATEMENT_HISTORY_AGED ? (uint64_t)query_int(&q, 1) : 0;
    }
    return query_end(&q);
}

/* Of one that nobody used since, what is in no segment goes, too. */
static enum error forget_unused(struct database *db, const struct store_request *req, struct aged *aged)
{
    struct connection *c = &db->connection;
    enum error err = find_aged(db, req, STATEMENT_HISTORY_UNUSED, aged);
    for (uint32_t i = 0; !err && i < aged->count; i++) {
        err = run_with_id(c, STATEMENT_FORGET_JOURNAL, aged->at[i].id);
        if (!err)
            err = sqlite_history_delete(c, aged->at[i].id);
    }
    return err;
}

enum error sqlite_history_age(struct database *db, const struct store_request *req)
{
    struct aged aged;
    enum error err = forget_unused(db, req, &aged);
    if (!err)
        err = find_aged(db, req, STATEMENT_HISTORY_AGED, &aged);
    for (uint32_t i = 0; !err && i < aged.count; i++)
        err = forget_before(&db->connection, aged.at[i].id, aged.at[i].revision);
    return err;
}

/* ---- deleting ------------------------------------------------------------------ */

enum error sqlite_history_delete(struct connection *c, struct slice id)
{
    static const enum statement DELETING[] = {STATEMENT_DELETE_FRESH, STATEMENT_DELETE_HISTORY,
                                              STATEMENT_DELETE_CHECKPOINTS, STATEMENT_DELETE_AUTHORS};
    enum error err = OK;
    for (size_t i = 0; !err && i < sizeof DELETING / sizeof DELETING[0]; i++)
        err = run_with_id(c, DELETING[i], id);
    return err;
}

enum error sqlite_history_delete_all(struct connection *c)
{
    static const char HAS_ANY[] =
        "SELECT EXISTS (SELECT 1 FROM history_fresh) OR EXISTS (SELECT 1 FROM history)"
        " OR EXISTS (SELECT 1 FROM checkpoints) OR EXISTS (SELECT 1 FROM authors)";
    if (connection_ask(c, HAS_ANY, NULL, 1) == 0)
        return OK;
    return connection_execute(c, "BEGIN IMMEDIATE; DELETE FROM history_fresh; DELETE FROM history;"
                                 " DELETE FROM checkpoints; DELETE FROM authors; COMMIT");
}
