#include "store/sqlite/edit_time.h"

#include "store/sqlite/query.h"

enum error edit_time_last(struct database *db, struct slice id, int64_t *wall_ms)
{
    struct query q = query_start(&db->connection, STATEMENT_LAST_EDIT);
    query_put_text(&q, id);
    *wall_ms = query_next(&q) ? query_int(&q, 0) : EDIT_NEVER;
    return query_end(&q);
}

int64_t edit_time_in_calendar_ms(const struct database *db, int64_t wall_ms)
{
    const struct calendar *c = &db->keeper.calendar;
    bool is_known = wall_ms != EDIT_NEVER && wall_ms - c->offset_ms <= calendar_ms(c) + EDIT_LATER_MS;
    return is_known ? wall_ms - c->offset_ms : EDIT_NEVER;
}
