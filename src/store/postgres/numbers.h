/* numbers.h - how many documents there are, and how large the database is.
 *
 * Counting reads an index, so it is done a moment after something was written and
 * not for each write: at most once a second, and never for more than half a percent of the
 * time; once a minute in any case, since other servers write as well. Beyond 100,000
 * documents PostgreSQL's own estimate is taken.
 *
 * The documents' lane counts; any thread reads the results and may call numbers_stale. */
#ifndef KOLABPAD_STORE_POSTGRES_NUMBERS_H
#define KOLABPAD_STORE_POSTGRES_NUMBERS_H

#include "store/postgres/connection.h"

#include <stdatomic.h>

enum { NUMBERS_EVERY_MS = 1000 };

struct pg_numbers {
    _Atomic uint64_t documents, bytes;
    atomic_bool is_stale; /* something was written since they were counted */
    int64_t counted_us;   /* when; 0: never */
    int64_t rest_us;      /* for how long not again */
};

void pg_numbers_stale(struct pg_numbers *n);
void pg_numbers_count_if_due(struct pg_numbers *n, struct pg_connection *c);

#endif
