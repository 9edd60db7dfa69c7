/* link: kp_store kp_alloc postgres pg_proxy pq */
/* Servers that share a database: how they find each other, what holds back whoever declares one
 * dead, who resigns, and how long a lease is. postgres_death_test has who is declared dead. */
#include "store/postgres/registry.h"
#include "support/member_servers.h"

/* ---- living --------------------------------------------------------------------- */

static void servers_see_each_other_come_drain_and_go(void **state)
{
    (void)state;
    struct server one, two;
    start(&one, "10.0.0.1:1");
    assert_non_null(strstr(hear(&one, "promise "), "flushed by the primary alone"));
    start(&two, "10.0.0.2:1");
    hear(&one, "peers 1");
    hear(&two, "peers 1");
    ask(&two, "drain", "");
    hear(&one, "peers 1");
    end(&two, 0);
    hear(&one, "peers 0");
    assert_string_equal(is_dead(&two), "1");
    end(&one, 0);
    assert_string_equal(is_dead(&one), "1");
}

static void the_address_of_a_living_server_is_refused(void **state)
{
    (void)state;
    struct server one, two;
    start(&one, "10.0.0.1:1");
    launch(&two, pg.uri, "10.0.0.1:1", LEASE_MS);
    assert_non_null(strstr(hear(&two, "refused "), "CLUSTER_ADDRESS, 10.0.0.1:1"));
    end(&two, 0);
    assert_string_equal(is_dead(&one), "0");
    end(&one, 0);
}

static void a_server_without_an_address_is_alone(void **state)
{
    (void)state;
    struct server one, two, three;
    start(&one, "");
    launch(&two, pg.uri, "", LEASE_MS);
    launch(&three, pg.uri, "10.0.0.3:1", LEASE_MS);
    hear(&two, "waiting");
    hear(&three, "waiting");
    assert_null(hear_within(&two, "open", LEASE_MS + 1500));
    end(&one, 0);
    struct server *next = hear_within(&two, "locked", 3000) ? &two : &three;
    hear(next, "open ");
    assert_null(hear_within(next == &two ? &three : &two, "open", LEASE_MS + 1500));
    end(&two, SIGKILL);
    end(&three, SIGKILL);
}

/* ---- the fence ------------------------------------------------------------------- */

static struct registry registry;

static void assert_reaps(uint64_t judge, const struct server *target, enum reply reply, bool is_reaped)
{
    bool reaped = false;
    assert_int_equal(registry_connect(&registry, "kolabpad 0 test"), REPLY_OK);
    const struct patience patience = {.silent_ms = LEASE_MS, .lease_ms = LEASE_MS, .grace_ms = 2 * LEASE_MS};
    assert_int_equal(registry_reap(&registry, judge, target->incarnation, &patience, &reaped), reply);
    assert_int_equal(reaped, is_reaped);
}

/* A lane in the middle of a transaction, which has locked its row. */
static PGconn *begin_on_lane(const struct server *s, const char *name)
{
    char info[192], sql[192];
    snprintf(info, sizeof info, "host=127.0.0.1 port=%u user=kolabpad dbname=kolabpad application_name='%s'",
             pg.port, name);
    snprintf(sql, sizeof sql,
             "BEGIN; SELECT 1 FROM kp_lanes WHERE incarnation = %" PRIu64 " AND lane = 0 AND NOT dead "
             "FOR NO KEY UPDATE; CREATE TABLE IF NOT EXISTS said (n int); INSERT INTO said VALUES (1)",
             s->incarnation);
    PGconn *conn = PQconnectdb(info);
    PGresult *result = PQexec(conn, sql);
    assert_int_equal(PQresultStatus(result), PGRES_COMMAND_OK);
    PQclear(result);
    return conn;
}

static void make_silent(const struct server *s)
{
    char sql[160];
    snprintf(sql, sizeof sql,
             "UPDATE kp_beats SET seen_at = seen_at - interval '1 hour' WHERE incarnation = %" PRIu64,
             s->incarnation);
    kill(s->pid, SIGSTOP);
    postgres_sql(&pg, sql);
}

static void what_is_under_way_is_waited_for(void **state)
{
    (void)state;
    struct server one;
    start(&one, "10.0.0.1:1");
    PGconn *lane = begin_on_lane(&one, "kolabpad elsewhere");
    make_silent(&one);
    assert_reaps(0, &one, REPLY_LOCKED, false);
    PQclear(PQexec(lane, "COMMIT"));
    assert_reaps(0, &one, REPLY_OK, true);
    assert_string_equal(postgres_sql(&pg, "SELECT count(*) FROM said"), "1");
    postgres_sql(&pg, "DROP TABLE said");
    PQfinish(lane);
    end(&one, SIGKILL);
}

static void who_does_not_let_go_of_the_fence_is_disconnected(void **state)
{
    (void)state;
    struct server one, two;
    char name[REGISTRY_NAME_BYTES];
    start(&one, "10.0.0.1:1");
    start(&two, "10.0.0.2:1");
    registry_connection_name(one.incarnation, "0", name);
    PGconn *lane = begin_on_lane(&one, name);
    sleep_ms(LEASE_MS + 500);
    kill(one.pid, SIGSTOP);
    ms_until_dead(&one);
    PGresult *result = PQexec(lane, "COMMIT");
    assert_int_not_equal(PQresultStatus(result), PGRES_COMMAND_OK);
    assert_string_equal(postgres_sql(&pg, "SELECT count(*) FROM pg_tables WHERE tablename = 'said'"), "0");
    PQclear(result);
    PQfinish(lane);
    end(&one, SIGKILL);
    end(&two, 0);
}

static void a_judge_who_was_silent_himself_judges_nobody(void **state)
{
    (void)state;
    struct server one, two;
    start(&one, "10.0.0.1:1");
    start(&two, "10.0.0.2:1");
    make_silent(&one);
    assert_reaps(two.incarnation, &one, REPLY_OK, false); /* it has just begun */
    sleep_ms(2 * LEASE_MS + 1000);
    assert_string_equal(is_dead(&one), "1");
    end(&one, SIGKILL);
    start(&one, "10.0.0.1:1");
    kill(two.pid, SIGSTOP);
    sleep_ms(LEASE_MS);
    make_silent(&one);
    assert_reaps(two.incarnation, &one, REPLY_OK,
                 true); /* steady, as far as the database knows: it has not beaten since */
    kill(two.pid, SIGCONT);
    end(&one, SIGKILL);
    end(&two, 0);
}

static void be_steady_for(const struct server *judge, int ms)
{
    char sql[192];
    snprintf(sql, sizeof sql,
             "UPDATE kp_beats SET seen_at = clock_timestamp(),"
             " steady_since = clock_timestamp() - %d * interval '1 millisecond' WHERE incarnation = %" PRIu64,
             ms, judge->incarnation);
    postgres_sql(&pg, sql);
}

/* The database may have been away for both, and the judge have found it first. */
static void who_has_not_beaten_since_the_judge_began_has_a_grace(void **state)
{
    (void)state;
    struct server one, two;
    start(&one, "10.0.0.1:1");
    start(&two, "10.0.0.2:1");
    make_silent(&one);
    kill(two.pid, SIGSTOP);
    be_steady_for(&two, LEASE_MS * 3 / 2);
    assert_reaps(two.incarnation, &one, REPLY_OK, false);
    be_steady_for(&two, LEASE_MS * 2 + 100);
    assert_reaps(two.incarnation, &one, REPLY_OK, true);
    end(&one, SIGKILL);
    end(&two, SIGKILL);
}

static void nobody_is_declared_dead_who_has_beaten_meanwhile(void **state)
{
    (void)state;
    struct server one;
    start(&one, "10.0.0.1:1");
    assert_reaps(0, &one, REPLY_OK, false);
    assert_string_equal(is_dead(&one), "0");
    end(&one, 0);
}

/* ---- resigning -------------------------------------------------------------------- */

static void one_whose_lane_gets_no_answers_resigns_if_there_are_others(void **state)
{
    (void)state;
    struct server one, two;
    start(&one, "10.0.0.1:1");
    dprintf(one.in, "silent\n");
    assert_null(hear_within(&one, "dead", 2500)); /* nobody else could do better */
    start(&two, "10.0.0.2:1");
    hear(&one, "dead");
    assert_string_equal(is_dead(&one), "1");
    ask(&one, "rejoin 7", "peers 1");
    end(&one, 0);
    end(&two, 0);
}

static void an_outage_of_everything_is_no_reason_to_resign(void **state)
{
    (void)state;
    struct server one, two;
    start(&one, "10.0.0.1:1");
    start(&two, "10.0.0.2:1");
    hear(&one, "peers 1");
    dprintf(one.in, "outage\n");
    assert_null(hear_within(&one, "dead", 2500)); /* it beats again, and its lane comes later */
    dprintf(one.in, "silent\n");
    hear(&one, "dead");
    end(&one, 0);
    end(&two, 0);
}

static void commits_that_wait_for_a_standby_are_no_reason_to_resign(void **state)
{
    (void)state;
    struct server one, two;
    start(&one, "10.0.0.1:1");
    start(&two, "10.0.0.2:1");
    hear(&one, "peers 1");
    PGconn *lane = begin_on_lane(&one, "kolabpad elsewhere");
    postgres_sql(&pg, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    postgres_sql(&pg, "SELECT pg_reload_conf()");
    sleep_ms(200);
    assert_int_equal(PQsendQuery(lane, "COMMIT"), 1);
    assert_int_equal(PQflush(lane), 0);
    dprintf(one.in, "silent\n");
    assert_null(hear_within(&one, "dead", 3000));
    postgres_sql(&pg, "SET synchronous_commit = local; ALTER SYSTEM RESET synchronous_standby_names");
    postgres_sql(&pg, "SELECT pg_reload_conf()");
    PQfinish(lane);
    hear(&one, "dead");
    postgres_sql(&pg, "DROP TABLE said");
    end(&one, 0);
    end(&two, 0);
}

/* ---- the lease --------------------------------------------------------------------- */

static void ignore_event(void *arg, enum store_event event, uint64_t duration_us, uint32_t count,
                         struct slice id, const char *text)
{
    (void)arg;
    (void)event;
    (void)duration_us;
    (void)count;
    (void)id;
    (void)text;
}

/* The date runs from before the beat was sent, whatever the answer took, and goes on
 * while the machine sleeps. */
static void a_lease_is_never_longer_than_the_truth(void **state)
{
    (void)state;
    struct pg_proxy *proxy = pg_proxy_new(pg.port);
    char url[96], message[MESSAGE_BYTES];
    snprintf(url, sizeof url, "postgres://kolabpad@127.0.0.1:%u/kolabpad", pg_proxy_port(proxy));
    struct store_config config = {
        .address = SLICE("10.0.0.9:1"), .lease_ms = 10000, .on_event = ignore_event};
    struct members *m;
    assert_int_equal(members_open(&config, url, &known, &m, message), OK);
    assert_in_range(members_lease_left_ms(m), 5000, 10000);
    const unsigned fired = pg_proxy_fired(proxy);
    pg_proxy_say(proxy, "delay 1200 before-answer UPDATE kp_beats");
    pg_proxy_say(proxy, "hold before UPDATE kp_beats");
    while (pg_proxy_fired(proxy) < fired + 2)
        sleep_ms(2);
    assert_in_range(members_lease_left_ms(m), 8000, 8850);
    pg_proxy_say(proxy, "stall");
    atomic_fetch_add(&clock_offset_us, 10000 * 1000);
    assert_int_equal(members_lease_left_ms(m), 0);
    pg_proxy_say(proxy, "forget");
    pg_proxy_say(proxy, "go");
    members_close(m);
    pg_proxy_free(proxy);
}

static void whoever_reads_the_promise_knows_the_standbys(void **state)
{
    (void)state;
    static const struct {
        const char *commit, *names;
        uint32_t standbys;
        const char *sentence;
    } cases[] = {
        {"on", "", 0, "flushed by the primary alone"},
        {"local", "two", 0, "flushed by the primary alone"},
        {"on", "two, three", 1, "flushed by the primary and 1 standby"},
        {"on", "FIRST 2 (a, b, c)", 2, "flushed by the primary and 2 standbys"},
        {"remote_apply", " ANY 1 (*)", 1, "flushed by the primary and applied by 1 standby"},
        {"remote_write", "3(a,b,c)", 3, "flushed by the primary and received by 3 standbys"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct promise p;
        char sentence[PROMISE_BYTES];
        snprintf(p.synchronous_commit, sizeof p.synchronous_commit, "%s", cases[i].commit);
        snprintf(p.standby_names, sizeof p.standby_names, "%s", cases[i].names);
        assert_int_equal(promise_standbys(&p), cases[i].standbys);
        promise_sentence(&p, sentence);
        assert_string_equal(sentence, cases[i].sentence);
    }
}

/* ---- all of it ----------------------------------------------------------------------- */

static int begin(void **state)
{
    make_tables(state);
    registry_init(&registry, pg.uri, NULL, LEASE_MS);
    return 0;
}

static int finish(void **state)
{
    registry_close(&registry);
    return end_postgres(state);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(servers_see_each_other_come_drain_and_go),
        TEST(the_address_of_a_living_server_is_refused),
        TEST(a_server_without_an_address_is_alone),
        TEST(what_is_under_way_is_waited_for),
        TEST(who_does_not_let_go_of_the_fence_is_disconnected),
        TEST(a_judge_who_was_silent_himself_judges_nobody),
        TEST(who_has_not_beaten_since_the_judge_began_has_a_grace),
        TEST(nobody_is_declared_dead_who_has_beaten_meanwhile),
        TEST(one_whose_lane_gets_no_answers_resigns_if_there_are_others),
        TEST(an_outage_of_everything_is_no_reason_to_resign),
        TEST(commits_that_wait_for_a_standby_are_no_reason_to_resign),
        TEST(a_lease_is_never_longer_than_the_truth),
        TEST(whoever_reads_the_promise_knows_the_standbys),
    };
    if (argc == 4)
        return be_a_server(argv);
    if (!postgres_is_installed()) {
        puts("[  SKIPPED ] postgres_members_test");
        return 0;
    }
    return cmocka_run_group_tests(tests, begin, finish);
}
