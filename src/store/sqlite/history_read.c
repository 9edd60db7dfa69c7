/* Answers STORE_HISTORY: see history.h of this folder. */
#include "store/request.h"
#include "store/sqlite/history.h"
#include "store/sqlite/query.h"

static struct query start(struct connection *c, enum statement statement, const struct store_request *req)
{
    struct query q = query_start(c, statement);
    query_put_text(&q, req->id);
    return q;
}

static int64_t revision_of(uint64_t revision)
{
    return revision > INT64_MAX ? INT64_MAX : (int64_t)revision;
}

static struct query start_range(struct connection *c, enum statement statement,
                                const struct store_request *req, uint64_t from)
{
    struct query q = start(c, statement, req);
    query_put_int(&q, revision_of(from));
    query_put_int(&q, revision_of(req->history->to));
    return q;
}

/* Room for one more in an array of the request's; a failure is the query's. */
static void *grow(struct query *q, struct store_request *req, void *items, uint32_t count, size_t item_bytes)
{
    void *grown = store_arena_grow(req->arena, items, count, item_bytes);
    if (!grown)
        query_fail(q, SQLITE_NOMEM);
    return grown;
}

static enum error read_document(struct connection *c, struct store_request *req)
{
    struct store_history *h = req->history;
    struct query q = start(c, STATEMENT_HISTORY_DOCUMENT, req);
    if (query_next(&q)) {
        req->found = true;
        h->row_revision = (uint64_t)query_int(&q, 0);
        h->is_off = query_int(&q, 1) != 0;
        h->begins = query_bytes(&q, 2).ptr ? (uint64_t)query_int(&q, 2) : h->row_revision;
        h->end = (uint64_t)query_int(&q, 3);
        if (h->end < h->row_revision)
            h->end = h->row_revision;
    }
    enum error err = query_end(&q);
    if (err || !req->found)
        return err;
    q = start(c, STATEMENT_HISTORY_SIZE, req);
    if (query_next(&q))
        h->stored_bytes = (uint64_t)query_int(&q, 0);
    return query_end(&q);
}

static enum error read_loose(struct connection *c, struct store_request *req)
{
    struct query q = start(c, STATEMENT_HISTORY_LOOSE, req);
    query_put_int(&q, req->history->full_bytes);
    if (query_next(&q)) {
        req->history->from = (uint64_t)query_int(&q, 0);
        req->history->to = (uint64_t)query_int(&q, 1);
    }
    return query_end(&q);
}

static void add_segment(struct query *q, struct store_request *req, bool has_operations)
{
    struct store_history *h = req->history;
    struct store_segment *segments = grow(q, req, h->segments, h->segment_count, sizeof *segments);
    if (!segments)
        return;
    h->segments = segments;
    segments[h->segment_count++] = (struct store_segment){
        .first_revision = (uint64_t)query_int(q, 0),
        .end_revision = (uint64_t)query_int(q, 1),
        .began_ms = query_int(q, 2),
        .ended_ms = query_int(q, 3),
        .kept_s = query_int(q, 4),
        .detail = (uint32_t)query_int(q, 5),
        .bytes = (uint32_t)query_int(q, 6),
        .sittings = query_copy(q, 7, req->arena),
        .operations = has_operations ? query_copy(q, 8, req->arena) : (struct slice){0},
    };
}

static enum error read_heads(struct connection *c, struct store_request *req)
{
    struct query q = start(c, STATEMENT_HISTORY_HEADS, req);
    while (query_next(&q))
        add_segment(&q, req, false);
    return query_end(&q);
}

/* Those of the range come with their operations; of all others the heads, where both are wanted. */
static enum error read_segments(struct connection *c, struct store_request *req, uint64_t from)
{
    struct store_history *h = req->history;
    struct query q = start_range(c, STATEMENT_HISTORY_SEGMENTS, req, from);
    uint64_t bytes = 0;
    while (bytes <= h->max_bytes && query_next(&q)) {
        add_segment(&q, req, true);
        bytes += h->segment_count > 0 ? h->segments[h->segment_count - 1].bytes : 0;
    }
    return query_end(&q);
}

static void add_checkpoint(struct query *q, struct store_request *req, const struct store_checkpoint *p)
{
    struct store_history *h = req->history;
    struct store_checkpoint *checkpoints =
        grow(q, req, h->checkpoints, h->checkpoint_count, sizeof *checkpoints);
    if (!checkpoints)
        return;
    h->checkpoints = checkpoints;
    checkpoints[h->checkpoint_count++] = *p;
}

/* Where there is no checkpoint the row of the document is the first one. */
static enum error read_row_text(struct connection *c, struct store_request *req)
{
    struct query q = start(c, STATEMENT_HISTORY_ROW_TEXT, req);
    query_put_int(&q, revision_of(req->history->from));
    if (query_next(&q)) {
        struct store_checkpoint p = {.revision = (uint64_t)query_int(&q, 0)};
        p.text = query_copy(&q, 1, req->arena);
        p.bytes = (uint32_t)p.text.len;
        add_checkpoint(&q, req, &p);
    }
    return query_end(&q);
}

static enum error read_checkpoint(struct connection *c, struct store_request *req)
{
    struct query q = start(c, STATEMENT_HISTORY_CHECKPOINT, req);
    query_put_int(&q, revision_of(req->history->from));
    bool has_one = query_next(&q);
    if (has_one) {
        struct store_checkpoint p = {.revision = (uint64_t)query_int(&q, 0),
                                     .kept_s = query_int(&q, 1),
                                     .is_packed = query_int(&q, 2) != 0,
                                     .bytes = (uint32_t)query_int(&q, 3),
                                     .time_ms = query_int(&q, 4)};
        p.runs = query_copy(&q, 5, req->arena);
        p.text = query_copy(&q, 6, req->arena);
        add_checkpoint(&q, req, &p);
    }
    enum error err = query_end(&q);
    bool begins_at_row = req->history->begins == req->history->row_revision;
    return err || has_one || !begins_at_row ? err : read_row_text(c, req);
}

static void add_row(struct query *q, struct store_request *req)
{
    struct store_history *h = req->history;
    struct store_history_row *rows = grow(q, req, h->rows, h->row_count, sizeof *rows);
    if (!rows)
        return;
    h->rows = rows;
    rows[h->row_count++] = (struct store_history_row){.first_revision = (uint64_t)query_int(q, 0),
                                                      .end_revision = (uint64_t)query_int(q, 1),
                                                      .time_ms = query_int(q, 2),
                                                      .batch = query_copy(q, 3, req->arena),
                                                      .kept_s = query_int(q, 4)};
}

static enum error read_rows(struct connection *c, struct store_request *req, uint64_t from)
{
    static const enum statement SOURCES[] = {STATEMENT_HISTORY_FRESH_ROWS, STATEMENT_HISTORY_JOURNAL};
    const struct store_history *h = req->history;
    uint64_t bytes = 0;
    enum error err = OK;
    for (int i = 0; !err && i < 2; i++) {
        struct query q = start_range(c, SOURCES[i], req, from);
        while (bytes <= h->max_bytes && query_next(&q)) {
            add_row(&q, req);
            bytes += h->row_count > 0 ? h->rows[h->row_count - 1].batch.len : 0;
        }
        err = query_end(&q);
    }
    return err;
}

static enum error read_authors(struct connection *c, struct store_request *req)
{
    struct store_history *h = req->history;
    struct query q = start(c, STATEMENT_HISTORY_AUTHORS, req);
    while (query_next(&q)) {
        struct store_author *authors = grow(&q, req, h->authors, h->author_count, sizeof *authors);
        if (!authors)
            break;
        h->authors = authors;
        authors[h->author_count++] = (struct store_author){
            .author = (uint64_t)query_int(&q, 0),
            .first_revision = (uint64_t)query_int(&q, 1),
            .name = query_copy_text(&q, 2, req->arena),
            .hue = (uint16_t)query_int(&q, 3),
            .seen_ms = query_int(&q, 4) * 1000,
        };
    }
    return query_end(&q);
}

enum error sqlite_history_read(struct connection *c, struct store_request *req, int64_t now_s)
{
    struct store_history *h = req->history;
    h->now_s = now_s;
    enum error err = read_document(c, req);
    if (err || !req->found)
        return err;
    if (h->wants & STORE_HISTORY_LOOSE)
        err = read_loose(c, req);
    if (!err && (h->wants & STORE_HISTORY_CHECKPOINT))
        err = read_checkpoint(c, req);
    uint64_t from = h->checkpoint_count > 0 ? h->checkpoints[0].revision : h->from;
    if (!err && (h->wants & STORE_HISTORY_HEADS))
        err = read_heads(c, req);
    else if (!err && (h->wants & STORE_HISTORY_SEGMENTS))
        err = read_segments(c, req, from);
    if (!err && (h->wants & STORE_HISTORY_ROWS))
        err = read_rows(c, req, from);
    if (!err && (h->wants & STORE_HISTORY_AUTHORS))
        err = read_authors(c, req);
    return err;
}
