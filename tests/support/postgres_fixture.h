/* postgres_fixture.h - a PostgreSQL behind a proxy with stores on it, for tests of the engine. */
#ifndef KOLABPAD_TESTS_POSTGRES_FIXTURE_H
#define KOLABPAD_TESTS_POSTGRES_FIXTURE_H

#include "store/postgres/statements.h"

#include "store/postgres/calendar.h"
#include "store/postgres/columns.h"
#include "support/pg_proxy.h"
#include "support/store_postgres.h"

#include <unistd.h>

static struct postgres server;
static struct pg_proxy *proxy;

static inline int start(void **state)
{
    (void)state;
    postgres_init(&server, NULL);
    proxy = pg_proxy_new(server.port);
    store_use_postgres(&server);
    return 0;
}

static inline int stop(void **state)
{
    (void)state;
    pg_proxy_free(proxy);
    postgres_deinit(&server);
    return 0;
}

/* The store goes through the proxy; what the test asks by sql() does not. */
static inline int setup(void **state)
{
    struct fixture *f = test_malloc(sizeof *f);
    fixture_init(f, NULL);
    snprintf(f->uri, sizeof f->uri, "postgres://kolabpad@127.0.0.1:%u/kolabpad", pg_proxy_port(proxy));
    f->has_wall = true;
    f->wall_ms = T0_MS;
    fixture_open(f, STORE_JOURNAL);
    *state = f;
    return 0;
}

static inline int teardown(void **state)
{
    assert_true(pg_proxy_say(proxy, "forget"));
    fixture_deinit(*state);
    test_free(*state);
    return 0;
}

static inline const char *incarnation(struct fixture *f)
{
    static char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)store_identity(f->store).incarnation);
    return text;
}

/* ---- journals ------------------------------------------------------------------------------ */

static const char MUCH_TYPED[] = "INSERT INTO journal SELECT 'pad', i, i + 1, 0, writer, batch"
                                 " FROM journal, generate_series(1, 2999) i";

/* ---- plans ------------------------------------------------------------------------------------ */

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

#endif
