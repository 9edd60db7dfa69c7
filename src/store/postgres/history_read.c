/* Answers STORE_HISTORY: see history.h of this folder. */
#include "store/postgres/columns.h"
#include "store/postgres/history.h"
#include "store/postgres/statements.h"

/* One read. `failed` becomes true when there is no memory. */
struct reading {
    struct pg_connection *c;
    struct store_request *req;
    struct store_history *h;
    bool failed;
};

static int64_t revision_of(uint64_t revision)
{
    return revision > INT64_MAX ? INT64_MAX : (int64_t)revision;
}

static void send(struct reading *r, enum statement statement)
{
    struct parameters p = {0};
    put_bytes(&p, r->req->id);
    pg_send(r->c, statement, &p);
}

static void send_with(struct reading *r, enum statement statement, uint64_t number)
{
    struct parameters p = {0};
    put_bytes(&p, r->req->id);
    put_int8(&p, revision_of(number));
    pg_send(r->c, statement, &p);
}

static void send_range(struct reading *r, enum statement statement, uint64_t from)
{
    struct parameters p = {0};
    put_bytes(&p, r->req->id);
    put_int8(&p, revision_of(from));
    put_int8(&p, revision_of(r->h->to));
    put_int8(&p, r->h->max_bytes);
    pg_send(r->c, statement, &p);
}

static bool wants(const struct reading *r, enum store_history_wants what)
{
    return (r->h->wants & what) != 0;
}

static void *grow(struct reading *r, void *items, uint32_t count, size_t item_bytes)
{
    void *grown = store_arena_grow(r->req->arena, items, count, item_bytes);
    r->failed |= !grown;
    return grown;
}

static struct slice copy(struct reading *r, const PGresult *result, int row, int column)
{
    return column_copy(result, row, column, r->req->arena, &r->failed);
}

/* ---- the document, and where its history begins ---------------------------------- */

static void take_document(struct reading *r)
{
    const PGresult *result = pg_next(r->c);
    struct store_history *h = r->h;
    r->req->found = PQntuples(result) > 0;
    if (!r->req->found)
        return;
    h->row_revision = (uint64_t)column_int(result, 0, 0);
    h->is_off = column_bool(result, 0, 1);
    h->begins = column_is_null(result, 0, 2) ? h->row_revision : (uint64_t)column_int(result, 0, 2);
    h->end = (uint64_t)column_int(result, 0, 3);
    if (h->end < h->row_revision)
        h->end = h->row_revision;
    h->now_s = column_int(result, 0, 4);
    h->stored_bytes = (uint64_t)column_int(result, 0, 5);
}

static enum reply read_document(struct reading *r)
{
    pg_send_sql(r->c, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    send(r, STATEMENT_HISTORY_DOCUMENT);
    if (wants(r, STORE_HISTORY_LOOSE))
        send_with(r, STATEMENT_HISTORY_LOOSE, r->h->full_bytes);
    pg_next(r->c);
    take_document(r);
    if (wants(r, STORE_HISTORY_LOOSE)) {
        const PGresult *result = pg_next(r->c);
        r->h->from = (uint64_t)column_int(result, 0, 0);
        r->h->to = (uint64_t)column_int(result, 0, 1);
    }
    return pg_end(r->c);
}

/* ---- the checkpoint ---------------------------------------------------------------- */

static void add_checkpoint(struct reading *r, const struct store_checkpoint *p)
{
    struct store_checkpoint *checkpoints =
        grow(r, r->h->checkpoints, r->h->checkpoint_count, sizeof *checkpoints);
    if (!checkpoints)
        return;
    r->h->checkpoints = checkpoints;
    checkpoints[r->h->checkpoint_count++] = *p;
}

static enum reply read_checkpoint(struct reading *r)
{
    send_with(r, STATEMENT_HISTORY_CHECKPOINT, r->h->from);
    send_with(r, STATEMENT_HISTORY_ROW_TEXT, r->h->from);
    const PGresult *result = pg_next(r->c);
    if (PQntuples(result) > 0) {
        struct store_checkpoint p = {.revision = (uint64_t)column_int(result, 0, 0),
                                     .kept_s = column_int(result, 0, 1),
                                     .is_packed = column_int(result, 0, 2) != 0,
                                     .bytes = (uint32_t)column_int(result, 0, 3),
                                     .time_ms = column_int(result, 0, 4)};
        p.runs = copy(r, result, 0, 5);
        p.text = copy(r, result, 0, 6);
        add_checkpoint(r, &p);
    }
    result = pg_next(r->c);
    if (PQntuples(result) > 0) {
        struct store_checkpoint p = {.revision = (uint64_t)column_int(result, 0, 0)};
        p.text = copy(r, result, 0, 1);
        p.bytes = (uint32_t)p.text.len;
        add_checkpoint(r, &p);
    }
    return pg_end(r->c);
}

/* ---- what happened ------------------------------------------------------------------- */

static void take_segments(struct reading *r, bool has_operations)
{
    const PGresult *result = pg_next(r->c);
    for (int i = 0; i < PQntuples(result); i++) {
        struct store_segment *segments = grow(r, r->h->segments, r->h->segment_count, sizeof *segments);
        if (!segments)
            return;
        r->h->segments = segments;
        segments[r->h->segment_count++] = (struct store_segment){
            .first_revision = (uint64_t)column_int(result, i, 0),
            .end_revision = (uint64_t)column_int(result, i, 1),
            .began_ms = column_int(result, i, 2),
            .ended_ms = column_int(result, i, 3),
            .kept_s = column_int(result, i, 4),
            .detail = (uint32_t)column_int(result, i, 5),
            .bytes = (uint32_t)column_int(result, i, 6),
            .sittings = copy(r, result, i, 7),
            .operations = has_operations ? copy(r, result, i, 8) : (struct slice){0},
        };
    }
}

static void take_rows(struct reading *r)
{
    const PGresult *result = pg_next(r->c);
    for (int i = 0; i < PQntuples(result); i++) {
        struct store_history_row *rows = grow(r, r->h->rows, r->h->row_count, sizeof *rows);
        if (!rows)
            return;
        r->h->rows = rows;
        rows[r->h->row_count++] =
            (struct store_history_row){.first_revision = (uint64_t)column_int(result, i, 0),
                                       .end_revision = (uint64_t)column_int(result, i, 1),
                                       .time_ms = column_int(result, i, 2),
                                       .batch = copy(r, result, i, 3),
                                       .kept_s = column_int(result, i, 4)};
    }
}

static void take_authors(struct reading *r)
{
    const PGresult *result = pg_next(r->c);
    for (int i = 0; i < PQntuples(result); i++) {
        struct store_author *authors = grow(r, r->h->authors, r->h->author_count, sizeof *authors);
        if (!authors)
            return;
        r->h->authors = authors;
        authors[r->h->author_count++] =
            (struct store_author){.author = (uint64_t)column_int(result, i, 0),
                                  .first_revision = (uint64_t)column_int(result, i, 1),
                                  .name = copy(r, result, i, 2),
                                  .hue = (uint16_t)column_int(result, i, 3),
                                  .seen_ms = column_int(result, i, 4) * 1000};
    }
}

static enum reply read_rest(struct reading *r)
{
    bool heads = wants(r, STORE_HISTORY_HEADS), segments = !heads && wants(r, STORE_HISTORY_SEGMENTS);
    uint64_t from = r->h->checkpoint_count > 0 ? r->h->checkpoints[0].revision : r->h->from;
    if (heads)
        send(r, STATEMENT_HISTORY_HEADS);
    if (segments)
        send_range(r, STATEMENT_HISTORY_SEGMENTS, from);
    if (wants(r, STORE_HISTORY_ROWS)) {
        send_range(r, STATEMENT_HISTORY_FRESH_ROWS, from);
        send_range(r, STATEMENT_HISTORY_JOURNAL, from);
    }
    if (wants(r, STORE_HISTORY_AUTHORS))
        send(r, STATEMENT_HISTORY_AUTHORS);
    pg_send_sql(r->c, "COMMIT");
    if (heads || segments)
        take_segments(r, segments);
    if (wants(r, STORE_HISTORY_ROWS)) {
        take_rows(r);
        take_rows(r);
    }
    if (wants(r, STORE_HISTORY_AUTHORS))
        take_authors(r);
    return pg_end(r->c);
}

enum reply pg_history_read(struct pg_connection *c, struct store_request *req)
{
    struct reading r = {.c = c, .req = req, .h = req->history};
    enum reply reply = read_document(&r);
    if (!reply && wants(&r, STORE_HISTORY_CHECKPOINT))
        reply = read_checkpoint(&r);
    if (!reply)
        reply = read_rest(&r);
    return !reply && r.failed ? REPLY_NO_MEMORY : reply;
}
