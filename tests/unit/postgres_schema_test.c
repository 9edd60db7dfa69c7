/* link: kp_store kp_alloc postgres */
/* Which databases are taken, and which are refused with one sentence. */
#include "store/postgres/schema.h"
#include "support/postgres.h"

#include <pthread.h>

static struct postgres server;
static struct pg_config config;
static uint32_t migrated;

static void on_event(void *arg, enum store_event event, uint64_t duration_us, uint32_t count, struct slice id,
                     const char *text)
{
    (void)arg;
    (void)duration_us;
    (void)id;
    (void)text;
    if (event == STORE_EVENT_MIGRATED)
        migrated = count;
}
static const struct store_config store_config = {.on_event = on_event};

static int start(void **state)
{
    (void)state;
    static char url[128];
    postgres_init(&server, NULL);
    snprintf(url, sizeof url, "postgresql://kolabpad@127.0.0.1:%u/pads", server.port);
    config.url = url;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    postgres_deinit(&server);
    return 0;
}

static int setup(void **state)
{
    struct pg_connection *c = test_malloc(sizeof *c);
    postgres_sql(&server, "DROP DATABASE IF EXISTS pads");
    postgres_sql(&server, "CREATE DATABASE pads OWNER kolabpad");
    pg_init(c, &config);
    assert_int_equal(pg_open(c, "test"), REPLY_OK);
    migrated = 0;
    *state = c;
    return 0;
}

static int teardown(void **state)
{
    pg_close(*state);
    test_free(*state);
    return 0;
}

static void is_refused(struct pg_connection *c, const char *because)
{
    char message[MESSAGE_BYTES] = "";
    assert_int_equal(pg_schema_prepare(c, &store_config, message), ERR_STORAGE);
    if (!strstr(message, because))
        fail_msg("\"%s\" does not say \"%s\"", message, because);
    assert_int_equal(migrated, 0);
}

static void an_empty_database_gets_its_tables_once(void **state)
{
    struct pg_connection *c = *state;
    char message[MESSAGE_BYTES] = "";
    assert_int_equal(pg_schema_prepare(c, &store_config, message), OK);
    assert_int_equal(migrated, 209);
    migrated = 0;
    assert_int_equal(pg_schema_prepare(c, &store_config, message), OK);
    assert_int_equal(migrated, 0);
    assert_int_equal(pg_run_sql(c, "INSERT INTO kp_documents VALUES ('x', 0, 0, 0, 0, NULL, NULL, NULL, '')"),
                     REPLY_OK);
}

static void tables_of_somebody_else_are_left_alone(void **state)
{
    struct pg_connection *c = *state;
    assert_int_equal(pg_run_sql(c, "CREATE TABLE kp_documents (title text)"), REPLY_OK);
    is_refused(c, "of another program");
    assert_int_equal(pg_run_sql(c, "CREATE TABLE kp_migrations (name text)"), REPLY_OK);
    is_refused(c, "of another program");
    assert_int_equal(pg_run_sql(c, "CREATE TABLE kpop (name text)"), REPLY_OK); /* no business of ours */
}

static void a_newer_schema_is_used_only_where_it_allows_that(void **state)
{
    struct pg_connection *c = *state;
    char message[MESSAGE_BYTES] = "";
    assert_int_equal(pg_schema_prepare(c, &store_config, message), OK);
    assert_int_equal(pg_run_sql(c, "INSERT INTO kp_migrations VALUES (210, 'next', now(), 201)"), REPLY_OK);
    assert_int_equal(pg_schema_prepare(c, &store_config, message), OK);
    migrated = 0;
    assert_int_equal(pg_run_sql(c, "INSERT INTO kp_migrations VALUES (211, 'after', now(), 210)"), REPLY_OK);
    is_refused(c, "newer Kolabpad");
}

static void another_encoding_is_refused(void **state)
{
    struct pg_connection *c = *state;
    pg_close(c);
    postgres_sql(&server, "DROP DATABASE pads");
    postgres_sql(&server, "CREATE DATABASE pads OWNER kolabpad ENCODING 'SQL_ASCII' TEMPLATE template0");
    assert_int_equal(pg_open(c, "test"), REPLY_OK);
    is_refused(c, "ENCODING 'UTF8'");
}

static void a_database_that_forgets_commits_is_refused(void **state)
{
    struct pg_connection *c = *state;
    pg_close(c);
    postgres_sql(&server, "ALTER DATABASE pads SET synchronous_commit = off");
    assert_int_equal(pg_open(c, "test"), REPLY_OK);
    is_refused(c, "synchronous_commit");
}

static void a_role_without_rights_is_told_so(void **state)
{
    struct pg_connection *c = *state;
    pg_close(c);
    postgres_sql(&server, "ALTER DATABASE pads OWNER TO postgres");
    assert_int_equal(pg_open(c, "test"), REPLY_OK);
    is_refused(c, "allowed to create tables");
}

static void *prepare(void *arg)
{
    char message[MESSAGE_BYTES] = "";
    return (void *)(uintptr_t)pg_schema_prepare(arg, &store_config, message);
}

static void servers_that_start_together_create_the_tables_once(void **state)
{
    enum { SERVERS = 4 };
    struct pg_connection *c = *state, others[SERVERS];
    pthread_t threads[SERVERS];
    for (int i = 0; i < SERVERS; i++) {
        pg_init(&others[i], &config);
        assert_int_equal(pg_open(&others[i], "other"), REPLY_OK);
    }
    for (int i = 0; i < SERVERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, prepare, &others[i]), 0);
    for (int i = 0; i < SERVERS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        assert_int_equal((uintptr_t)result, OK);
        pg_close(&others[i]);
    }
    assert_int_equal(pg_run_sql(c,
                                "INSERT INTO kp_migrations SELECT 210, 'next', now(), 201 FROM kp_migrations"
                                " WHERE version = 209"),
                     REPLY_OK);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_database_gets_its_tables_once),
        TEST(tables_of_somebody_else_are_left_alone),
        TEST(a_newer_schema_is_used_only_where_it_allows_that),
        TEST(another_encoding_is_refused),
        TEST(a_database_that_forgets_commits_is_refused),
        TEST(a_role_without_rights_is_told_so),
        TEST(servers_that_start_together_create_the_tables_once),
    };
    if (!postgres_is_installed()) {
        puts("[  SKIPPED ] postgres_schema_test");
        return 0;
    }
    return cmocka_run_group_tests(tests, start, stop);
}
