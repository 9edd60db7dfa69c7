/* link: postgres pg_proxy pq */
/* The proxy that stands between servers and PostgreSQL in other tests: each of
 * its faults leaves in the database what it says. */
#include "support/pg_proxy.h"
#include "support/postgres.h"

#include <postgresql/libpq-fe.h>
#include <pthread.h>
#include <time.h>

static struct postgres pg;
static struct pg_proxy *proxy;

static PGconn *connect_to(uint16_t port)
{
    char info[128];
    snprintf(info, sizeof info, "host=127.0.0.1 port=%u user=kolabpad dbname=kolabpad", port);
    return PQconnectdb(info);
}

static PGconn *connect_through(void)
{
    PGconn *conn = connect_to(pg_proxy_port(proxy));
    assert_int_equal(PQstatus(conn), CONNECTION_OK);
    PGresult *prepared = PQprepare(conn, "put", "INSERT INTO t SELECT 1", 0, NULL);
    assert_int_equal(PQresultStatus(prepared), PGRES_COMMAND_OK);
    PQclear(prepared);
    return conn;
}

/* The SQLSTATE of the failure; empty: there is none, "lost": the connection has gone. */
static const char *put(PGconn *conn)
{
    static char state[16];
    PGresult *result = PQexecPrepared(conn, "put", 0, NULL, NULL, NULL, 0);
    const char *found = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    snprintf(state, sizeof state, "%s", found ? found : PQstatus(conn) == CONNECTION_OK ? "" : "lost");
    if (PQresultStatus(result) == PGRES_COMMAND_OK)
        state[0] = '\0';
    PQclear(result);
    return state;
}

static int rows(void)
{
    return atoi(postgres_sql(&pg, "SELECT count(*) FROM t"));
}

/* A backend whose client has gone takes a moment to end. */
static void assert_rows_settle_at(int expected)
{
    postgres_sql(&pg,
                 "DO $$BEGIN WHILE EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'kolabpad') LOOP "
                 "PERFORM pg_sleep(0.01), pg_stat_clear_snapshot(); END LOOP; END$$");
    assert_int_equal(rows(), expected);
}

static void assert_lost_after(const char *rule, int rows_expected)
{
    postgres_sql(&pg, "TRUNCATE t");
    PGconn *conn = connect_through();
    const unsigned fired = pg_proxy_fired(proxy);
    assert_true(pg_proxy_say(proxy, rule));
    assert_string_equal(put(conn), "lost");
    assert_int_equal(pg_proxy_fired(proxy), fired + 1);
    PQfinish(conn);
    assert_rows_settle_at(rows_expected);
}

static void a_cut_leaves_what_its_place_says(void **state)
{
    (void)state;
    assert_lost_after("cut before INSERT INTO t", 0);
    assert_lost_after("cut within INSERT INTO t", 0);
    assert_lost_after("cut after INSERT INTO t", 0);
    assert_lost_after("cut before-answer INSERT INTO t", 1);
    assert_lost_after("cut within-answer INSERT INTO t", 1);
}

static void an_error_is_answered_without_doing_anything(void **state)
{
    (void)state;
    postgres_sql(&pg, "TRUNCATE t");
    PGconn *conn = connect_through();
    pg_proxy_say(proxy, "refuse 53100 INSERT INTO t");
    assert_string_equal(put(conn), "53100");
    assert_int_equal(rows(), 0);
    assert_string_equal(put(conn), "");
    assert_int_equal(rows(), 1);
    pg_proxy_say(proxy, "always refuse 25006 INSERT INTO t");
    assert_string_equal(put(conn), "25006");
    assert_string_equal(put(conn), "25006");
    pg_proxy_say(proxy, "forget");
    assert_string_equal(put(conn), "");
    assert_int_equal(rows(), 2);
    PQfinish(conn);
}

static void one_rule_is_about_its_statement_alone(void **state)
{
    (void)state;
    PGconn *conn = connect_through();
    pg_proxy_say(proxy, "cut before DELETE FROM t");
    assert_string_equal(put(conn), "");
    PQclear(PQexec(conn, "DELETE FROM t"));
    assert_int_equal(PQstatus(conn), CONNECTION_BAD);
    PQfinish(conn);
}

static char warned[16];
static void on_notice(void *arg, const PGresult *notice)
{
    (void)arg;
    snprintf(warned, sizeof warned, "%s", PQresultErrorField(notice, PG_DIAG_SQLSTATE));
}

static void a_warning_stands_before_the_answer(void **state)
{
    (void)state;
    postgres_sql(&pg, "TRUNCATE t");
    PGconn *conn = connect_through();
    PQsetNoticeReceiver(conn, on_notice, NULL);
    pg_proxy_say(proxy, "warn 01000 INSERT INTO t");
    assert_string_equal(put(conn), "");
    assert_string_equal(warned, "01000");
    assert_int_equal(rows(), 1);
    PQfinish(conn);
}

static void new_connections_are_refused(void **state)
{
    (void)state;
    pg_proxy_say(proxy, "refuse 57P03 connect");
    PGconn *conn = connect_to(pg_proxy_port(proxy));
    assert_int_equal(PQstatus(conn), CONNECTION_BAD);
    assert_non_null(strstr(PQerrorMessage(conn), "made by a test"));
    PQfinish(conn);
    pg_proxy_say(proxy, "down");
    conn = connect_to(pg_proxy_port(proxy));
    assert_int_equal(PQstatus(conn), CONNECTION_BAD);
    PQfinish(conn);
    pg_proxy_say(proxy, "up");
    PQfinish(connect_through());
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void an_answer_is_late(void **state)
{
    (void)state;
    PGconn *conn = connect_through();
    pg_proxy_say(proxy, "delay 150 before-answer INSERT INTO t");
    const int64_t before_ms = now_ms();
    assert_string_equal(put(conn), "");
    assert_true(now_ms() - before_ms >= 150);
    PQfinish(conn);
}

static void *say_later(void *arg)
{
    const char **line = arg;
    nanosleep(&(struct timespec){.tv_nsec = 200 * 1000000}, NULL);
    pg_proxy_say(proxy, *line);
    return NULL;
}

static void assert_waits_until(PGconn *conn, const char *line)
{
    pthread_t thread;
    const int64_t before_ms = now_ms();
    assert_int_equal(pthread_create(&thread, NULL, say_later, &line), 0);
    assert_string_equal(put(conn), "");
    assert_true(now_ms() - before_ms >= 190);
    pthread_join(thread, NULL);
}

static void what_is_held_goes_on_when_it_may(void **state)
{
    (void)state;
    PGconn *conn = connect_through();
    pg_proxy_say(proxy, "hold within INSERT INTO t");
    assert_waits_until(conn, "forget");
    pg_proxy_say(proxy, "hold within-answer INSERT INTO t");
    assert_waits_until(conn, "forget");
    pg_proxy_say(proxy, "stall");
    assert_waits_until(conn, "go");
    PQfinish(conn);
}

/* Where a statement of a pipeline is held, what came before it is done and keeps its locks. */
static void a_pipeline_is_held_in_its_middle(void **state)
{
    (void)state;
    postgres_sql(&pg, "TRUNCATE t; INSERT INTO t VALUES (7)");
    PGconn *conn = connect_through();
    pg_proxy_say(proxy, "hold before INSERT INTO t");
    PQenterPipelineMode(conn);
    PQsendQueryParams(conn, "SELECT 1 FROM t WHERE n = 7 FOR UPDATE", 0, NULL, NULL, NULL, NULL, 0);
    PQsendQueryPrepared(conn, "put", 0, NULL, NULL, NULL, 0);
    PQpipelineSync(conn);
    while (pg_proxy_fired(proxy) == 0 ||
           atoi(postgres_sql(&pg, "SELECT count(*) FROM pg_locks WHERE relation = "
                                  "'t'::regclass AND mode = 'RowShareLock'")) == 0)
        continue;
    assert_int_equal(rows(), 1);
    assert_string_equal(postgres_sql(&pg, "SELECT count(*) FROM (SELECT FROM t FOR UPDATE SKIP LOCKED) q"),
                        "0");
    PQfinish(conn);
    pg_proxy_say(proxy, "down");
    pg_proxy_say(proxy, "up");
}

static void what_is_no_rule_is_refused(void **state)
{
    (void)state;
    assert_false(pg_proxy_say(proxy, "cut nowhere INSERT"));
    assert_false(pg_proxy_say(proxy, "cut before"));
    assert_false(pg_proxy_say(proxy, "break"));
}

static int start_proxy(void **state)
{
    (void)state;
    proxy = pg_proxy_new(pg.port);
    return 0;
}

static int stop_proxy(void **state)
{
    (void)state;
    pg_proxy_free(proxy);
    return 0;
}

static int start(void **state)
{
    (void)state;
    postgres_init(&pg, NULL);
    postgres_sql(&pg, "GRANT CREATE ON SCHEMA public TO kolabpad; SET ROLE kolabpad; CREATE TABLE t (n int)");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    postgres_deinit(&pg);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start_proxy, stop_proxy)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_cut_leaves_what_its_place_says),
        TEST(an_error_is_answered_without_doing_anything),
        TEST(one_rule_is_about_its_statement_alone),
        TEST(a_warning_stands_before_the_answer),
        TEST(new_connections_are_refused),
        TEST(an_answer_is_late),
        TEST(what_is_held_goes_on_when_it_may),
        TEST(a_pipeline_is_held_in_its_middle),
        TEST(what_is_no_rule_is_refused),
    };
    if (!postgres_is_installed()) {
        puts("[  SKIPPED ] pg_proxy_test");
        return 0;
    }
    return cmocka_run_group_tests(tests, start, stop);
}
