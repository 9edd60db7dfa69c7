#include "store/postgres/deletions.h"

#include "store/postgres/columns.h"
#include "store/postgres/statements.h"

/* ---- DELETE ---------------------------------------------------------------------------- */

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

void deletions_send(struct pg_lane *lane, const struct store_request *req)
{
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
enum reply deletions_read(struct pg_lane *lane, struct store_request *req)
{
    req->found = PQntuples(pg_next(&lane->connection)) > 0;
    pg_skip(&lane->connection, req->for_good ? 3 : 1);
    const PGresult *deleted = pg_next(&lane->connection);
    bool is_deleted = result_changed(deleted) > 0;
    int64_t unused_ms = column_int(deleted, 0, 0);
    req->unused_ms = unused_ms > 0 ? unused_ms : 0;
    if (req->found && !is_deleted)
        req->result = ERR_FORBIDDEN;
    pg_skip(&lane->connection, CLEARING_COUNT);
    return REPLY_OK;
}

/* ---- EXPIRED --------------------------------------------------------------------------- */

void deletions_send_expired(struct pg_lane *lane, const struct store_request *req)
{
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

enum reply deletions_read_expired(struct pg_lane *lane, struct store_request *req)
{
    bool has_all = true;
    if (req->unused_ms < INT64_MAX) {
        const PGresult *r = pg_next(&lane->connection);
        req->cutoff_ms = column_int(r, 0, 0);
        has_all = add_ids(r, 1, req);
    }
    has_all = add_ids(pg_next(&lane->connection), 0, req) && has_all;
    return has_all ? REPLY_OK : REPLY_NO_MEMORY;
}

/* ---- FIND_DELETED ----------------------------------------------------------------------- */

void deletions_send_find(struct pg_lane *lane, const struct store_request *req)
{
    struct parameters p = {0};
    put_bytes(&p, slice_of(req->epoch.id.bytes, sizeof req->epoch.id.bytes));
    pg_send(&lane->connection, STATEMENT_FIND_DELETED, &p);
}

enum reply deletions_read_found(struct pg_lane *lane, struct store_request *req)
{
    req->found = PQntuples(pg_next(&lane->connection)) > 0;
    return REPLY_OK;
}
