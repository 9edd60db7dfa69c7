#include "store/postgres/numbers.h"

#include "store/clock.h"
#include "store/postgres/columns.h"
#include "store/postgres/statements.h"

enum { MINUTE_US = 60 * 1000 * 1000, PART = 200 };

void pg_numbers_stale(struct pg_numbers *n)
{
    n->is_stale = true;
}

static bool is_due(const struct pg_numbers *n, int64_t now_us)
{
    int64_t passed_us = now_us - n->counted_us;
    return n->counted_us == 0 || passed_us >= MINUTE_US || (n->is_stale && passed_us >= n->rest_us);
}

void pg_numbers_count_if_due(struct pg_numbers *n, struct pg_connection *c)
{
    int64_t begun_us = clock_us();
    if (!is_due(n, begun_us))
        return;
    n->is_stale = false;
    pg_send(c, STATEMENT_NUMBERS, &(struct parameters){0});
    const PGresult *r = pg_next(c);
    uint64_t documents = (uint64_t)column_int(r, 0, 0), bytes = (uint64_t)column_int(r, 0, 1);
    enum reply reply = pg_end(c);
    n->counted_us = clock_us();
    n->rest_us = (n->counted_us - begun_us) * PART;
    if (n->rest_us < NUMBERS_EVERY_MS * 1000)
        n->rest_us = NUMBERS_EVERY_MS * 1000;
    if (reply)
        return;
    n->documents = documents;
    n->bytes = bytes;
}
