#include "store/postgres/history.h"

#include "store/postgres/columns.h"
#include "store/postgres/statements.h"
#include "store/postgres/trims.h"

#include <stdio.h>

enum { AGED_DOCUMENTS_MAX = 256 };

static void send_with_id(struct pg_lane *lane, enum statement statement, struct slice id)
{
    struct parameters p = {0};
    put_bytes(&p, id);
    pg_send(&lane->connection, statement, &p);
}

static void send_with_revision(struct pg_lane *lane, enum statement statement, struct slice id,
                               uint64_t revision)
{
    struct parameters p = {0};
    put_bytes(&p, id);
    put_int8(&p, (int64_t)revision);
    pg_send(&lane->connection, statement, &p);
}

/* ---- around a snapshot --------------------------------------------------------- */

/* But for documents whose history is off, of which the statements themselves know. */
static bool is_kept(const struct pg_lane *lane, const struct store_request *req)
{
    return lane->keeps_history && req->history_change == STORE_HISTORY_GOES_ON;
}

void pg_history_send_before(struct pg_lane *lane, const struct store_request *req)
{
    if (is_kept(lane, req))
        send_with_id(lane, STATEMENT_HISTORY_BASE, req->id);
}

void pg_history_read_before(struct pg_lane *lane, const struct store_request *req)
{
    pg_skip(&lane->connection, is_kept(lane, req) ? 1 : 0);
}

static const enum statement CHANGING[] = {STATEMENT_DELETE_FRESH, STATEMENT_DELETE_HISTORY,
                                          STATEMENT_DELETE_CHECKPOINTS, STATEMENT_DELETE_AUTHORS,
                                          STATEMENT_CLEAR_JOURNAL};
enum { CHANGING_COUNT = sizeof CHANGING / sizeof CHANGING[0] };

static void send_change(struct pg_lane *lane, const struct store_request *req)
{
    for (int i = 0; i < CHANGING_COUNT; i++)
        send_with_id(lane, CHANGING[i], req->id);
    if (req->history_change == STORE_HISTORY_OFF)
        send_with_id(lane, STATEMENT_HISTORY_OFF, req->id);
    else if (req->history_change == STORE_HISTORY_ON)
        send_with_id(lane, STATEMENT_HISTORY_ON, req->id);
}

void pg_history_send_after(struct pg_lane *lane, const struct store_request *req)
{
    bool kept = is_kept(lane, req);
    if (req->keep_from)
        trims_send(lane, req->id, req->keep_from, kept);
    if (kept)
        send_with_id(lane, STATEMENT_HISTORY_FRESH, req->id);
    if (req->history_change != STORE_HISTORY_GOES_ON)
        send_change(lane, req);
}

void pg_history_read_after(struct pg_lane *lane, struct store_request *req)
{
    if (req->keep_from)
        trims_read(lane, req->id, req->keep_from, is_kept(lane, req));
    if (is_kept(lane, req)) {
        const PGresult *r = pg_next(&lane->connection);
        req->fresh_rows = (uint32_t)column_int(r, 0, 0);
        req->fresh_bytes = (uint32_t)column_int(r, 0, 1);
    }
    if (req->history_change == STORE_HISTORY_GOES_ON)
        return;
    pg_skip(&lane->connection, CHANGING_COUNT + (req->history_change == STORE_HISTORY_PURGE ? 0 : 1));
}

/* ---- segments and checkpoints ----------------------------------------------------- */

static const enum statement REPLACED[] = {STATEMENT_PUT_FRESH, STATEMENT_PUT_SEGMENTS,
                                          STATEMENT_PUT_CHECKPOINTS};
static const enum statement FORGOTTEN[] = {STATEMENT_FORGET_FRESH, STATEMENT_FORGET_SEGMENTS,
                                           STATEMENT_FORGET_CHECKPOINTS, STATEMENT_FORGET_NAMES};
enum {
    REPLACED_COUNT = sizeof REPLACED / sizeof REPLACED[0],
    FORGOTTEN_COUNT = sizeof FORGOTTEN / sizeof FORGOTTEN[0],
};

static void send_segment(struct pg_lane *lane, struct slice id, const struct store_segment *s)
{
    struct parameters p = {0};
    put_bytes(&p, id);
    put_int8(&p, (int64_t)s->first_revision);
    put_int8(&p, (int64_t)s->end_revision);
    put_int8(&p, s->began_ms);
    put_int8(&p, s->ended_ms);
    put_int8(&p, s->kept_s);
    put_int8(&p, s->detail);
    put_int8(&p, s->bytes);
    put_int8(&p, (int64_t)(s->operations.len + s->sittings.len));
    put_bytes(&p, s->sittings);
    put_bytes(&p, s->operations);
    pg_send(&lane->connection, STATEMENT_ADD_SEGMENT, &p);
}

static void send_checkpoint(struct pg_lane *lane, struct slice id, const struct store_checkpoint *c)
{
    struct parameters p = {0};
    put_bytes(&p, id);
    put_int8(&p, (int64_t)c->revision);
    put_int8(&p, c->kept_s);
    put_int8(&p, c->bytes);
    put_int8(&p, (int64_t)(c->text.len + c->runs.len));
    put_bytes(&p, c->runs);
    put_bytes(&p, c->text);
    pg_send(&lane->connection, STATEMENT_ADD_CHECKPOINT, &p);
}

void pg_history_send_put(struct pg_lane *lane, const struct store_request *req)
{
    const struct store_history *h = req->history;
    struct parameters range = {0};
    put_bytes(&range, req->id);
    put_int8(&range, (int64_t)h->from);
    put_int8(&range, (int64_t)h->to);
    for (int i = 0; i < REPLACED_COUNT; i++)
        pg_send(&lane->connection, REPLACED[i], &range);
    for (uint32_t i = 0; i < h->segment_count; i++)
        send_segment(lane, req->id, &h->segments[i]);
    for (uint32_t i = 0; i < h->checkpoint_count; i++)
        send_checkpoint(lane, req->id, &h->checkpoints[i]);
    if (h->begins_anew)
        send_with_id(lane, STATEMENT_HISTORY_BEGIN, req->id);
    for (int i = 0; h->forget_before > 0 && i < FORGOTTEN_COUNT; i++)
        send_with_revision(lane, FORGOTTEN[i], req->id, h->forget_before);
}

enum reply pg_history_read_put(struct pg_lane *lane, struct store_request *req)
{
    const struct store_history *h = req->history;
    int added = (int)h->segment_count + (int)h->checkpoint_count + (h->begins_anew ? 1 : 0);
    pg_skip(&lane->connection, REPLACED_COUNT + added + (h->forget_before > 0 ? FORGOTTEN_COUNT : 0));
    return REPLY_OK;
}

void pg_history_send_age(struct pg_lane *lane, const struct store_request *req)
{
    struct parameters p = {0};
    put_int8(&p, req->unused_ms / 1000);
    put_int8(&p, AGED_DOCUMENTS_MAX);
    pg_send(&lane->connection, STATEMENT_HISTORY_UNUSED, &p);
    pg_send(&lane->connection, STATEMENT_HISTORY_AGE, &p);
}

enum reply pg_history_read_age(struct pg_lane *lane, struct store_request *req)
{
    (void)req;
    pg_skip(&lane->connection, 2);
    return REPLY_OK;
}

/* ---- deleting ------------------------------------------------------------------------ */

enum reply pg_history_delete_all(struct pg_connection *c)
{
    static const char *const TABLES[] = {"kp_history_fresh", "kp_history", "kp_checkpoints", "kp_authors"};
    for (size_t i = 0; i < sizeof TABLES / sizeof TABLES[0]; i++) {
        char sql[64];
        snprintf(sql, sizeof sql, "DELETE FROM %s", TABLES[i]);
        pg_send_sql(c, sql);
    }
    return pg_end(c);
}
