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

/* Runs an array of tests with the stores of their fixtures in PostgreSQL, or says that `program` skips them
 * where there is none. Where the tests want to know the server it is kept in *server, NULL: nobody does. The
 * number of tests that failed. */
#define store_run_on_postgres(program, tests, server)                                                        \
    store_run_group_on_postgres(program, tests, sizeof(tests) / sizeof((tests)[0]), server)
int store_run_group_on_postgres(const char *program, const struct CMUnitTest *tests, size_t count,
                                struct postgres *server);

#endif
