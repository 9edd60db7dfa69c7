#include "store/postgres/run.h"

#include "store/postgres/columns.h"

/* ---- look ---- */

bool run_has(const struct run *run, struct slice id)
{
    for (uint32_t i = 0; i < run->count; i++)
        if (slice_equal(run->at[i]->id, id))
            return true;
    return false;
}

bool run_has_epochs(const struct run *run)
{
    for (uint32_t i = 0; i < run->count; i++)
        if (run->at[i]->has_epoch)
            return true;
    return false;
}

struct store_request *run_request_at(const struct run *run, const PGresult *r, int row)
{
    int64_t n = column_int(r, row, 0);
    return n >= 1 && n <= run->count ? run->at[n - 1] : NULL;
}

/* ---- send ---- */

struct array *run_ids(struct pg_lane *lane, const struct run *run)
{
    struct array *ids = lane_array(lane, 0, ARRAY_TEXT);
    for (uint32_t i = 0; i < run->count; i++)
        array_add_bytes(ids, run->at[i]->id);
    return ids;
}

void run_send_ids(struct pg_lane *lane, enum statement statement, const struct run *run)
{
    struct parameters p = {0};
    put_array(&p, run_ids(lane, run));
    pg_send(&lane->connection, statement, &p);
}

void run_send_own_ids(struct pg_lane *lane, enum statement statement, const struct run *run)
{
    struct parameters p = {0};
    put_int8(&p, (int64_t)lane->incarnation);
    put_array(&p, run_ids(lane, run));
    pg_send(&lane->connection, statement, &p);
}

void run_send_opened(struct pg_lane *lane, const struct run *run, bool is_load)
{
    struct parameters p = {0};
    put_int8(&p, (int64_t)lane->incarnation);
    put_array(&p, run_ids(lane, run));
    put_bool(&p, is_load);
    pg_send(&lane->connection, STATEMENT_OPENED, &p);
}

void run_send_epochs(struct pg_lane *lane, const struct run *run, bool is_load)
{
    struct array *ids = lane_array(lane, 0, ARRAY_TEXT), *epochs = lane_array(lane, 1, ARRAY_BYTEA);
    struct array *begins = lane_array(lane, 2, ARRAY_INT8);
    for (uint32_t i = 0; i < run->count; i++) {
        const struct store_request *req = run->at[i];
        if (!req->has_epoch)
            continue;
        array_add_bytes(ids, req->id);
        array_add_bytes(epochs, slice_of(req->epoch.id.bytes, sizeof req->epoch.id.bytes));
        if (is_load)
            array_add_bytes(begins, (struct slice){0});
        else
            array_add_int8(begins, (int64_t)req->epoch.first_revision);
    }
    struct parameters p = {0}, trim = {0};
    put_int8(&p, (int64_t)lane->incarnation);
    put_array(&p, ids);
    put_array(&p, epochs);
    put_array(&p, begins);
    put_bool(&p, is_load);
    pg_send(&lane->connection, STATEMENT_ADD_EPOCHS, &p);
    put_array(&trim, ids);
    pg_send(&lane->connection, STATEMENT_TRIM_EPOCHS, &trim);
}
