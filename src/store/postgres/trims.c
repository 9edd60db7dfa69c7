#include "store/postgres/trims.h"

#include "base/alloc.h"
#include "store/postgres/columns.h"
#include "store/postgres/statements.h"

#include <string.h>

enum { TRIM_ROWS = 256, TRIMS_MAX = 1024 };

struct trim {
    struct link link; /* pg_lane.trims */
    uint64_t keep_from;
    size_t len;
    char id[];
};

static struct slice id_of(const struct trim *t)
{
    return slice_of(t->id, t->len);
}

void trims_send(struct pg_lane *lane, struct slice id, uint64_t keep_from, bool become_history)
{
    struct parameters p = {0};
    put_bytes(&p, id);
    put_int8(&p, (int64_t)keep_from);
    put_int8(&p, TRIM_ROWS);
    pg_send(&lane->connection, become_history ? STATEMENT_HISTORY_KEEP : STATEMENT_TRIM_JOURNAL, &p);
}

/* How many rows the journal has lost. */
static uint64_t read_count(struct pg_lane *lane, bool become_history)
{
    const PGresult *r = pg_next(&lane->connection);
    return become_history ? (uint64_t)column_int(r, 0, 0) : result_changed(r);
}

static void forget(struct pg_lane *lane, struct trim *t)
{
    list_remove(&t->link);
    lane->trim_count--;
    mem_free(t);
}

/* One for each document. */
static void remember(struct pg_lane *lane, struct slice id, uint64_t keep_from)
{
    LIST_EACH (at, following, &lane->trims) {
        struct trim *t = LIST_ITEM(at, struct trim, link);
        if (slice_equal(id_of(t), id)) {
            t->keep_from = keep_from;
            return;
        }
    }
    struct trim *t = lane->trim_count < TRIMS_MAX ? mem_alloc(sizeof *t + id.len) : NULL;
    if (!t)
        return;
    *t = (struct trim){.keep_from = keep_from, .len = id.len};
    memcpy(t->id, id.ptr, id.len);
    list_append(&lane->trims, &t->link);
    lane->trim_count++;
}

void trims_read(struct pg_lane *lane, struct slice id, uint64_t keep_from, bool become_history)
{
    if (read_count(lane, become_history) == TRIM_ROWS)
        remember(lane, id, keep_from);
}

void trims_forget(struct pg_lane *lane)
{
    LIST_EACH (at, following, &lane->trims) {
        forget(lane, LIST_ITEM(at, struct trim, link));
    }
}

/* The oldest one goes on, or is done; one that cannot be now is for its next snapshot. */
bool trims_step(struct pg_lane *lane)
{
    if (list_is_empty(&lane->trims))
        return false;
    struct trim *t = LIST_ITEM(lane->trims.next, struct trim, link);
    pg_lane_send_guard(lane);
    trims_send(lane, id_of(t), t->keep_from, lane->keeps_history);
    pg_next(&lane->connection);
    uint64_t rows = read_count(lane, lane->keeps_history);
    if (pg_end(&lane->connection) || rows < TRIM_ROWS)
        forget(lane, t);
    return !list_is_empty(&lane->trims);
}
