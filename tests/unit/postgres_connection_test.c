/* link: kp_store kp_alloc postgres */
/* A connection to PostgreSQL: round trips, and what becomes of them when
 * something goes wrong. */
#include "store/postgres/columns.h"
#include "store/postgres/connection.h"
#include "store/postgres/host.h"
#include "support/postgres.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ECHO, ADD, BOOM, COUNT_ROWS };
static const char *const STATEMENTS[] = {
    [ECHO] = ("SELECT $1::int8, $2::text, $3::bytea, $4::bool, $5::int2, unnest($6::text[]), "
              "cardinality($7::int8[])"),
    [ADD] = "INSERT INTO numbers SELECT unnest($1::int8[])",
    [BOOM] = "SELECT 1 / ($1::int8)",
    [COUNT_ROWS] = "SELECT count(*) FROM numbers WHERE $1::int8 > 0",
};

static struct postgres server;
static struct pg_config config = {.statements = STATEMENTS, .statement_count = 4};
static char url[512];

static int start(void **state)
{
    (void)state;
    postgres_init(&server, NULL);
    struct pg_connection c;
    struct pg_config bare = {.url = server.uri};
    pg_init(&c, &bare);
    assert_int_equal(pg_open(&c, "setup"), REPLY_OK);
    assert_int_equal(pg_run_sql(&c, "CREATE TABLE numbers (n int8 PRIMARY KEY)"), REPLY_OK);
    pg_close(&c);
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
    config.url = server.uri;
    config.deadline_ms = 0;
    pg_init(c, &config);
    assert_int_equal(pg_open(c, "kolabpad test"), REPLY_OK);
    assert_int_equal(pg_run_sql(c, "TRUNCATE numbers"), REPLY_OK);
    *state = c;
    return 0;
}

static int teardown(void **state)
{
    pg_close(*state);
    test_free(*state);
    return 0;
}

/* ---- round trips ------------------------------------------------------------- */

static enum reply add(struct pg_connection *c, int64_t first, int64_t last)
{
    struct array numbers = {0};
    struct parameters p = {0};
    array_begin(&numbers, ARRAY_INT8);
    for (int64_t n = first; n <= last; n++)
        array_add_int8(&numbers, n);
    put_array(&p, &numbers);
    enum reply reply = pg_run(c, ADD, &p, NULL);
    array_free(&numbers);
    return reply;
}

static int64_t count(struct pg_connection *c)
{
    struct parameters p = {0};
    put_int8(&p, 1);
    pg_send(c, COUNT_ROWS, &p);
    int64_t rows = column_int(pg_next(c), 0, 0);
    assert_int_equal(pg_end(c), REPLY_OK);
    return rows;
}

static void values_come_back_as_they_were_sent(void **state)
{
    struct pg_connection *c = *state;
    struct array words = {0}, numbers = {0};
    struct parameters p = {0};
    array_begin(&words, ARRAY_TEXT);
    array_add_bytes(&words, SLICE("one"));
    array_add_bytes(&words, SLICE(""));
    array_add_bytes(&words, (struct slice){0});
    array_begin(&numbers, ARRAY_INT8);
    put_int8(&p, INT64_MIN);
    put_bytes(&p, SLICE("\xf0\x9f\x8e\x89"));
    put_bytes(&p, SLICE("a\0b"));
    put_bool(&p, true);
    put_int2(&p, -2);
    put_array(&p, &words);
    put_array(&p, &numbers);
    pg_send(c, ECHO, &p);
    const PGresult *r = pg_next(c);
    assert_non_null(r);
    assert_int_equal(PQntuples(r), 3);
    assert_true(column_int(r, 0, 0) == INT64_MIN);
    assert_true(slice_equal(column_bytes(r, 0, 1), SLICE("\xf0\x9f\x8e\x89")));
    assert_true(slice_equal(column_bytes(r, 0, 2), SLICE("a\0b")));
    assert_true(column_bool(r, 0, 3));
    assert_int_equal(column_int(r, 0, 4), -2);
    assert_true(slice_equal(column_bytes(r, 0, 5), SLICE("one")));
    assert_true(column_bytes(r, 1, 5).ptr && column_bytes(r, 1, 5).len == 0);
    assert_null(column_bytes(r, 2, 5).ptr);
    assert_int_equal(column_int(r, 0, 6), 0);
    assert_null(column_bytes(r, 9, 0).ptr); /* a row that is not there */
    assert_int_equal(pg_end(c), REPLY_OK);
    array_free(&words);
    array_free(&numbers);
}

static void a_round_trip_is_one_transaction(void **state)
{
    struct pg_connection *c = *state;
    struct array numbers = {0};
    struct parameters p = {0}, zero = {0}, one = {0};
    array_begin(&numbers, ARRAY_INT8);
    array_add_int8(&numbers, 1);
    put_array(&p, &numbers);
    put_int8(&zero, 0);
    put_int8(&one, 1);
    pg_send(c, ADD, &p);
    pg_send(c, BOOM, &zero);
    pg_send(c, COUNT_ROWS, &one);
    assert_non_null(pg_next(c));
    assert_null(pg_next(c));
    assert_null(pg_next(c));
    assert_int_equal(pg_end(c), REPLY_NEVER);
    assert_non_null(strstr(c->why, "division by zero"));
    assert_non_null(strstr(c->why, "22012"));
    assert_true(pg_is_open(c));
    assert_int_equal(count(c), 0);
    array_free(&numbers);
}

static void results_that_nobody_reads_are_dropped(void **state)
{
    struct pg_connection *c = *state;
    struct parameters one = {0};
    put_int8(&one, 1);
    for (int i = 0; i < 3; i++)
        pg_send(c, COUNT_ROWS, &one);
    assert_non_null(pg_next(c));
    assert_int_equal(pg_end(c), REPLY_OK);
    assert_int_equal(add(c, 1, 3), REPLY_OK);
    assert_int_equal(count(c), 3);
}

static void what_is_larger_than_every_buffer_goes_both_ways(void **state)
{
    struct pg_connection *c = *state;
    enum { BYTES = 24 << 20 };
    char *text = test_malloc(BYTES);
    memset(text, 'x', BYTES);
    struct array words = {0}, none = {0};
    struct parameters p = {0};
    array_begin(&words, ARRAY_TEXT);
    array_add_bytes(&words, SLICE("w"));
    array_begin(&none, ARRAY_INT8);
    put_int8(&p, 1);
    put_bytes(&p, slice_of(text, BYTES));
    put_bytes(&p, slice_of(text, BYTES));
    put_bool(&p, false);
    put_int2(&p, 0);
    put_array(&p, &words);
    put_array(&p, &none);
    pg_send(c, ECHO, &p);
    pg_send(c, ECHO, &p); /* the server answers the first while the second is still being sent */
    for (int i = 0; i < 2; i++)
        assert_int_equal(column_bytes(pg_next(c), 0, 2).len, BYTES);
    assert_int_equal(pg_end(c), REPLY_OK);
    array_free(&words);
    array_free(&none);
    test_free(text);
}

static void a_duplicate_is_told_apart(void **state)
{
    struct pg_connection *c = *state;
    assert_int_equal(add(c, 1, 3), REPLY_OK);
    assert_int_equal(add(c, 3, 4), REPLY_DUPLICATE);
    assert_null(strstr(c->why, "(n)=(3)")); /* no values of rows */
    assert_int_equal(count(c), 3);
}

/* ---- a server that goes ------------------------------------------------------- */

static void a_session_that_was_ended_is_lost_and_can_be_opened_again(void **state)
{
    struct pg_connection *c = *state;
    postgres_sql(&server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                          " WHERE application_name = 'kolabpad test'");
    assert_int_equal(add(c, 1, 1), REPLY_LOST);
    assert_false(pg_is_open(c));
    assert_int_equal(add(c, 1, 1), REPLY_LOST); /* closed: nothing is tried */
    assert_int_equal(pg_open(c, "kolabpad test"), REPLY_OK);
    assert_int_equal(add(c, 1, 1), REPLY_OK);
}

static void a_server_that_was_killed_is_lost_and_then_refuses(void **state)
{
    struct pg_connection *c = *state;
    postgres_kill(&server);
    enum reply reply = REPLY_OK; /* its processes notice within moments */
    for (int64_t n = 100; reply == REPLY_OK && n < 1000; n++, usleep(1000))
        reply = add(c, n, n);
    assert_int_equal(reply, REPLY_LOST);
    assert_int_equal(pg_open(c, "kolabpad test"), REPLY_NOT_NOW);
    assert_true(c->why[0] != '\0');
    assert_null(strchr(c->why, '\n'));
    postgres_start(&server);
    assert_int_equal(pg_open(c, "kolabpad test"), REPLY_OK);
    assert_int_equal(add(c, 1, 1), REPLY_OK);
}

static bool is_at_work_there(const char *name)
{
    char query[160];
    snprintf(query, sizeof query,
             "SELECT count(*) FROM pg_stat_activity WHERE application_name = '%s' AND state = 'active'",
             name);
    return strcmp(postgres_sql(&server, query), "0") != 0;
}

static void a_server_without_an_answer_is_given_up_at_the_deadline(void **state)
{
    struct pg_connection *c = *state;
    struct pg_connection other;
    config.deadline_ms = 300;
    pg_init(&other, &config);
    assert_int_equal(pg_open(&other, "given up"), REPLY_OK);
    pg_send_sql(c, "INSERT INTO numbers VALUES (1)");
    pg_send_sql(c, "SELECT pg_sleep(60)");
    PQpipelineSync(c->handle);
    PQflush(c->handle);
    usleep(100 * 1000);
    assert_int_equal(add(&other, 1, 1), REPLY_LOST);
    assert_non_null(strstr(other.why, "in time"));
    assert_false(pg_is_open(&other));
    /* Its process there does not wait for ever, or an outage would use up all connections. */
    bool is_there = true;
    for (int i = 0; i < 100 && is_there; i++, usleep(100 * 1000))
        is_there = is_at_work_there("given up");
    assert_false(is_there);
    assert_true(is_at_work_there("kolabpad test")); /* and what it waited for still lasts */
}

/* ---- several hosts --------------------------------------------------------------- */

static int listen_silently(uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(fd, 8), 0);
    getsockname(fd, (struct sockaddr *)&address, &len);
    *port = ntohs(address.sin_port);
    return fd;
}

static void a_host_that_is_silent_does_not_hide_the_next(void **state)
{
    struct pg_connection *c = *state;
    uint16_t silent;
    int fd = listen_silently(&silent);
    snprintf(url, sizeof url,
             "postgresql://kolabpad@127.0.0.1:%u,127.0.0.1:1,127.0.0.1:%u/kolabpad?connect_timeout=1", silent,
             server.port);
    pg_close(c);
    config.url = url;
    assert_int_equal(pg_open(c, "kolabpad test"), REPLY_OK);
    assert_int_equal(c->host, 2);
    assert_int_equal(add(c, 1, 1), REPLY_OK);
    close(fd);
}

static void the_hosts_of_a_url_are_counted(void **state)
{
    (void)state;
    assert_int_equal(host_count("postgresql://a,b:2,c/x"), 3);
    assert_int_equal(host_count("postgresql:///x"), 1);
    assert_int_equal(host_count("host=a,b port=1"), 2);
    assert_int_equal(host_count("hostaddr=127.0.0.1,127.0.0.2"), 2);
    assert_int_equal(host_count("postgresql://u:pass%zz@h/x"), 0);
    assert_false(host_url_is_valid("postgresql://u:pass%zz@h/x"));
    assert_true(host_url_is_valid(server.uri));
}

/* Also where some name a port and others leave it out. */
static void each_host_has_its_own_port(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        uint32_t index;
        const char *host, *port;
    } ROWS[] = {
        {"postgresql://127.0.0.1,127.0.0.2/x", 0, "127.0.0.1", "5432"},
        {"postgresql://127.0.0.1,127.0.0.2/x", 1, "127.0.0.2", "5432"},
        {"postgresql://127.0.0.1:7,127.0.0.2/x", 0, "127.0.0.1", "7"},
        {"postgresql://127.0.0.1:7,127.0.0.2/x", 1, "127.0.0.2", "5432"},
        {"postgresql://127.0.0.1,127.0.0.2:7/x", 0, "127.0.0.1", "5432"},
        {"host=127.0.0.1,127.0.0.2 port=7", 1, "127.0.0.2", "7"},
        {"host=127.0.0.1,127.0.0.2 hostaddr=,127.0.0.3", 0, "127.0.0.1", "5432"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        int64_t deadline_ms;
        PGconn *handle = host_connect(ROWS[i].url, ROWS[i].index, "kolabpad test", &deadline_ms);
        assert_int_not_equal(PQstatus(handle), CONNECTION_BAD);
        assert_string_equal(PQhost(handle), ROWS[i].host);
        assert_string_equal(PQport(handle), ROWS[i].port);
        PQfinish(handle);
    }
}

/* ---- meanings --------------------------------------------------------------------- */

static void each_class_of_sqlstate_has_its_meaning(void **state)
{
    (void)state;
    static const struct {
        const char *sqlstate;
        enum reply reply;
        bool ends;
    } ROWS[] = {
        {"00000", REPLY_OK, false},           {"01000", REPLY_LOST, true},
        {"08006", REPLY_LOST, true},          {"22021", REPLY_NEVER, false},
        {"23505", REPLY_DUPLICATE, false},    {"23514", REPLY_NEVER, false},
        {"25006", REPLY_NOT_NOW, true},       {"28P01", REPLY_MISCONFIGURED, true},
        {"3D000", REPLY_MISCONFIGURED, true}, {"40001", REPLY_AGAIN, false},
        {"40P01", REPLY_AGAIN, false},        {"42P01", REPLY_MISCONFIGURED, false},
        {"53100", REPLY_NOT_NOW, false},      {"54000", REPLY_NEVER, false},
        {"55P03", REPLY_LOCKED, false},       {"57014", REPLY_LOST, true},
        {"57P01", REPLY_LOST, true},          {"57P03", REPLY_NOT_NOW, true},
        {"58030", REPLY_NOT_NOW, false},      {"ZZ999", REPLY_NOT_NOW, false},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        assert_int_equal(sqlstate_reply(ROWS[i].sqlstate), ROWS[i].reply);
        assert_int_equal(sqlstate_ends_connection(ROWS[i].sqlstate), ROWS[i].ends);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(values_come_back_as_they_were_sent),
        TEST(a_round_trip_is_one_transaction),
        TEST(results_that_nobody_reads_are_dropped),
        TEST(what_is_larger_than_every_buffer_goes_both_ways),
        TEST(a_duplicate_is_told_apart),
        TEST(a_session_that_was_ended_is_lost_and_can_be_opened_again),
        TEST(a_server_that_was_killed_is_lost_and_then_refuses),
        TEST(a_server_without_an_answer_is_given_up_at_the_deadline),
        TEST(a_host_that_is_silent_does_not_hide_the_next),
        TEST(the_hosts_of_a_url_are_counted),
        TEST(each_host_has_its_own_port),
        TEST(each_class_of_sqlstate_has_its_meaning),
    };
    if (!postgres_is_installed()) {
        puts("[  SKIPPED ] postgres_connection_test");
        return 0;
    }
    return cmocka_run_group_tests(tests, start, stop);
}
