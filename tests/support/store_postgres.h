/* store_postgres.h - makes the fixtures of a test program keep their store in
 * PostgreSQL, so that the same tests run on both engines.
 *
 * Linked only where a test asks for it; store_fixture.c works without. */
#ifndef KOLABPAD_TESTS_STORE_POSTGRES_H
#define KOLABPAD_TESTS_STORE_POSTGRES_H

#include "support/postgres.h"
#include "support/store_fixture.h"

/* False: the program is built without it, or PostgreSQL is not installed. */
bool store_can_use_postgres(void);

/* Fixtures that are initialised from now on use this server; their tables are empty.
 * NULL: SQLite again. */
void store_use_postgres(struct postgres *server);

#endif
