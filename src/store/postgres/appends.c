#include "store/postgres/appends.h"

#include "store/postgres/columns.h"
#include "store/postgres/statements.h"

#include <stdlib.h>
#include <string.h>

/* A row of the group. A statement sees what the ones before it have written, and not
 * its own rows; so a document that has several rows in the group has one in each
 * round, and each round is a statement. */
struct append_ref {
    struct store_append_row *row;
    int64_t time_ms;
    uint32_t order; /* as they came */
    uint32_t round;
};

struct refs {
    struct append_ref *at;
    uint32_t count, rounds;
};

static enum error collect(struct pg_lane *lane, struct link *group, struct refs *out)
{
    uint32_t count = 0;
    buf_clear(&lane->rows);
    LIST_EACH (pos, following, group) {
        struct store_request *req = request_of(pos);
        for (uint32_t i = 0; !lane_skips(req) && i < req->row_count; i++) {
            struct append_ref ref = {.row = &req->rows[i], .time_ms = req->now_ms, .order = count++};
            if (buf_append(&lane->rows, slice_of(&ref, sizeof ref)))
                return ERR_NO_MEMORY;
        }
    }
    *out = (struct refs){.at = (struct append_ref *)(void *)lane->rows.ptr, .count = count, .rounds = 1};
    return OK;
}

static int by_document(const void *a, const void *b)
{
    const struct append_ref *first = a, *second = b;
    int order = slice_compare(first->row->id, second->row->id);
    return order ? order : first->order < second->order ? -1 : 1;
}

static void assign_rounds(struct refs *refs)
{
    if (refs->count < 2)
        return;
    qsort(refs->at, refs->count, sizeof refs->at[0], by_document);
    for (uint32_t i = 1; i < refs->count; i++) {
        struct append_ref *before = &refs->at[i - 1], *ref = &refs->at[i];
        if (slice_equal(before->row->id, ref->row->id))
            ref->round = before->round + 1;
        if (ref->round >= refs->rounds)
            refs->rounds = ref->round + 1;
    }
}

/* ---- sending ----------------------------------------------------------------- */

static void send_rows(struct pg_lane *lane, const struct refs *refs, uint32_t round)
{
    struct array *ids = lane_array(lane, 0, ARRAY_TEXT), *firsts = lane_array(lane, 1, ARRAY_INT8);
    struct array *ends = lane_array(lane, 2, ARRAY_INT8), *times = lane_array(lane, 3, ARRAY_INT8);
    struct array *batches = lane_array(lane, 4, ARRAY_BYTEA);
    for (uint32_t i = 0; i < refs->count; i++) {
        const struct append_ref *ref = &refs->at[i];
        if (ref->round != round)
            continue;
        array_add_bytes(ids, ref->row->id);
        array_add_int8(firsts, (int64_t)ref->row->first_revision);
        array_add_int8(ends, (int64_t)ref->row->end_revision);
        array_add_int8(times, ref->time_ms);
        array_add_bytes(batches, ref->row->batch);
    }
    struct parameters p = {0};
    put_int8(&p, (int64_t)lane->incarnation);
    put_int2(&p, lane->number);
    put_array(&p, ids);
    put_array(&p, firsts);
    put_array(&p, ends);
    put_array(&p, times);
    put_array(&p, batches);
    pg_send(&lane->connection, STATEMENT_APPEND, &p);
}

static void send_touches(struct pg_lane *lane, const struct refs *refs, uint32_t round)
{
    struct array *ids = lane_array(lane, 0, ARRAY_TEXT), *firsts = lane_array(lane, 1, ARRAY_INT8);
    struct array *times = lane_array(lane, 2, ARRAY_INT8);
    for (uint32_t i = 0; i < refs->count; i++) {
        const struct append_ref *ref = &refs->at[i];
        if (ref->round != round || !(ref->row->touch || ref->row->has_epoch))
            continue;
        array_add_bytes(ids, ref->row->id);
        array_add_int8(firsts, (int64_t)ref->row->first_revision);
        array_add_int8(times, ref->time_ms);
    }
    if (ids->count == 0 && !ids->has_failed)
        return;
    struct parameters p = {0};
    put_int8(&p, (int64_t)lane->incarnation);
    put_array(&p, ids);
    put_array(&p, firsts);
    put_array(&p, times);
    pg_send(&lane->connection, STATEMENT_TOUCH, &p);
    pg_send(&lane->connection, STATEMENT_MAKE_ROWS, &p);
}

static void send_epochs(struct pg_lane *lane, const struct refs *refs, uint32_t round)
{
    struct array *ids = lane_array(lane, 0, ARRAY_TEXT), *firsts = lane_array(lane, 1, ARRAY_INT8);
    struct array *epochs = lane_array(lane, 2, ARRAY_BYTEA), *begins = lane_array(lane, 3, ARRAY_INT8);
    for (uint32_t i = 0; i < refs->count; i++) {
        const struct store_append_row *row = refs->at[i].row;
        if (refs->at[i].round != round || !row->has_epoch)
            continue;
        array_add_bytes(ids, row->id);
        array_add_int8(firsts, (int64_t)row->first_revision);
        array_add_bytes(epochs, slice_of(row->epoch.id.bytes, sizeof row->epoch.id.bytes));
        array_add_int8(begins, (int64_t)row->epoch.first_revision);
    }
    if (ids->count == 0 && !ids->has_failed)
        return;
    struct parameters p = {0};
    put_int8(&p, (int64_t)lane->incarnation);
    put_array(&p, ids);
    put_array(&p, firsts);
    put_array(&p, epochs);
    put_array(&p, begins);
    pg_send(&lane->connection, STATEMENT_APPEND_EPOCHS, &p);
}

enum { AUTHOR_COLUMNS = 7 };

static void send_authors_of(struct pg_lane *lane, const struct store_append_row *row)
{
    for (uint32_t i = 0; i < row->author_count; i++) {
        const struct store_author *author = &row->authors[i];
        array_add_bytes(&lane->arrays[0], row->id);
        array_add_int8(&lane->arrays[1], (int64_t)row->first_revision);
        array_add_int8(&lane->arrays[2], (int64_t)author->author);
        array_add_int8(&lane->arrays[3], (int64_t)author->first_revision);
        array_add_bytes(&lane->arrays[4], author->name);
        array_add_int8(&lane->arrays[5], author->hue);
        array_add_int8(&lane->arrays[6], author->seen_ms / 1000);
    }
}

/* The names that came with the rows of a round: there are any once for each person. */
static void send_authors(struct pg_lane *lane, const struct refs *refs, uint32_t round)
{
    static const enum array_type TYPES[AUTHOR_COLUMNS] = {ARRAY_TEXT,  ARRAY_INT8, ARRAY_INT8, ARRAY_INT8,
                                                          ARRAY_BYTEA, ARRAY_INT8, ARRAY_INT8};
    for (int i = 0; i < AUTHOR_COLUMNS; i++)
        lane_array(lane, i, TYPES[i]);
    for (uint32_t i = 0; i < refs->count; i++)
        if (refs->at[i].round == round)
            send_authors_of(lane, refs->at[i].row);
    if (lane->arrays[0].count == 0 && !lane->arrays[0].has_failed)
        return;
    struct parameters add = {0}, trim = {0};
    put_int8(&add, (int64_t)lane->incarnation);
    for (int i = 0; i < AUTHOR_COLUMNS; i++)
        put_array(&add, &lane->arrays[i]);
    pg_send(&lane->connection, STATEMENT_ADD_AUTHORS, &add);
    put_array(&trim, &lane->arrays[0]);
    put_array(&trim, &lane->arrays[2]);
    pg_send(&lane->connection, STATEMENT_TRIM_NAMES, &trim);
}

static bool has_authors(const struct refs *refs)
{
    for (uint32_t i = 0; i < refs->count; i++)
        if (refs->at[i].row->author_count > 0)
            return true;
    return false;
}

/* The rows of every round first, since those are counted; then what belongs to them. */
static enum reply append(struct pg_lane *lane, const struct refs *refs, uint32_t *written)
{
    for (uint32_t round = 0; round < refs->rounds; round++)
        send_rows(lane, refs, round);
    bool brings_authors = lane->keeps_history && has_authors(refs);
    for (uint32_t round = 0; round < refs->rounds; round++) {
        send_touches(lane, refs, round);
        send_epochs(lane, refs, round);
        if (brings_authors)
            send_authors(lane, refs, round);
    }
    *written = 0;
    for (uint32_t round = 0; round < refs->rounds; round++)
        *written += (uint32_t)result_changed(pg_next(&lane->connection));
    return pg_end(&lane->connection);
}

/* ---- why a row was not written --------------------------------------------------- */

static bool is_ours(const struct pg_lane *lane, const struct store_append_row *row, const PGresult *r, int i)
{
    return column_int(r, i, 2) == (int64_t)row->end_revision &&
           column_int(r, i, 3) == (int64_t)lane->incarnation &&
           slice_equal(column_bytes(r, i, 4), row->batch);
}

static enum reply find_out_why(struct pg_lane *lane, const struct refs *refs)
{
    struct array *ids = lane_array(lane, 0, ARRAY_TEXT), *firsts = lane_array(lane, 1, ARRAY_INT8);
    for (uint32_t i = 0; i < refs->count; i++) {
        array_add_bytes(ids, refs->at[i].row->id);
        array_add_int8(firsts, (int64_t)refs->at[i].row->first_revision);
    }
    struct parameters p = {0};
    put_int8(&p, (int64_t)lane->incarnation);
    put_int2(&p, lane->number);
    put_array(&p, ids);
    put_array(&p, firsts);
    pg_send(&lane->connection, STATEMENT_WHY, &p);
    const PGresult *r = pg_next(&lane->connection);
    if (r)
        lane->is_fenced = !column_bool(r, 0, 0);
    for (uint32_t i = 0; r && i < refs->count; i++)
        refs->at[i].row->outcome = is_ours(lane, refs->at[i].row, r, (int)i) ? OK : ERR_CONFLICT;
    return pg_end(&lane->connection);
}

/* ---- a key that is there already --------------------------------------------------- */

/* It cannot be while one server at a time owns a document; but then the rows of the others must not wait. */
static enum reply append_singly(struct pg_lane *lane, const struct refs *refs)
{
    for (uint32_t i = 0; i < refs->count && !lane->is_fenced; i++) {
        struct append_ref alone = refs->at[i];
        struct refs one = {.at = &alone, .count = 1, .rounds = 1};
        uint32_t written;
        alone.round = 0;
        enum reply reply = append(lane, &one, &written);
        if (reply == REPLY_DUPLICATE)
            alone.row->outcome = ERR_CONFLICT;
        else if (reply == REPLY_OK && written == 0)
            reply = find_out_why(lane, &one);
        if (reply != REPLY_OK && reply != REPLY_DUPLICATE)
            return reply;
    }
    return REPLY_OK;
}

enum reply appends_carry_out(struct pg_lane *lane, struct link *group)
{
    struct refs refs;
    uint32_t written;
    lane->is_fenced = false;
    if (collect(lane, group, &refs))
        return REPLY_NO_MEMORY;
    if (refs.count == 0)
        return REPLY_OK;
    assign_rounds(&refs);
    enum reply reply = append(lane, &refs, &written);
    if (reply == REPLY_DUPLICATE)
        return append_singly(lane, &refs);
    if (reply == REPLY_OK && written < refs.count)
        return find_out_why(lane, &refs);
    return reply;
}
