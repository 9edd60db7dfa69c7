/* link: kp_store kp_alloc postgres pg_proxy pq */
/* Servers that share a database: who is declared dead, how soon, and who is not. */
#include "support/member_servers.h"

/* ---- dying ---------------------------------------------------------------------- */

static void the_next_one_comes_soon_after_a_kill(void **state)
{
    (void)state;
    struct server one, two;
    start_at(&one, pg.uri, "", 60000);
    end(&one, SIGKILL);
    const int64_t from_ms = now_ms();
    start_at(&two, pg.uri, "", 60000);
    assert_in_range(now_ms() - from_ms, 1500, 8000);
    assert_string_equal(is_dead(&one), "1");
    end(&two, SIGKILL);
    /* with an address nobody listens at */
    start_at(&one, pg.uri, "127.0.0.1:1", 60000);
    end(&one, SIGKILL);
    start_at(&two, pg.uri, "127.0.0.1:1", 60000);
    assert_string_equal(is_dead(&one), "1");
    end(&two, 0);
}

static void one_that_stands_still_is_dead_and_hears_of_it(void **state)
{
    (void)state;
    struct server one, two;
    start(&one, "10.0.0.1:1");
    start(&two, "10.0.0.2:1");
    hear(&two, "peers 1");
    sleep_ms(LEASE_MS + 500); /* the judge must be steady */
    kill(one.pid, SIGSTOP);
    assert_in_range(ms_until_dead(&one), LEASE_MS - 1100, LEASE_MS + 6000);
    hear(&two, "peers 0");
    kill(one.pid, SIGCONT);
    hear(&one, "dead");
    assert_int_equal(atoi(ask(&one, "lease", "lease ")), 0);
    /* and comes back as another */
    const char *who = ask(&one, "rejoin 1", "peers 1");
    who = ask(&one, "who", "who ");
    assert_true(strtoull(who, NULL, 10) != one.incarnation);
    assert_non_null(strstr(who, " 1 0"));
    hear(&two, "peers 1");
    end(&one, 0);
    end(&two, 0);
}

/* It must not wait for itself, as for another server with its address. */
static void a_registration_whose_answer_is_lost_is_cleared_away(void **state)
{
    (void)state;
    struct server one;
    struct pg_proxy *proxy = pg_proxy_new(pg.port);
    char url[96];
    snprintf(url, sizeof url, "postgres://kolabpad@127.0.0.1:%u/kolabpad", pg_proxy_port(proxy));
    start_at(&one, url, "10.0.0.1:1", 60000);
    postgres_sql(&pg, "UPDATE kp_lanes SET dead = true; UPDATE kp_nodes SET dead_at = now()");
    hear(&one, "dead");
    const unsigned fired = pg_proxy_fired(proxy);
    pg_proxy_say(proxy, "cut before-answer INSERT INTO kp_nodes");
    dprintf(one.in, "rejoin 1\n");
    while (pg_proxy_fired(proxy) == fired)
        sleep_ms(5);
    const int64_t from_ms = now_ms();
    while (strtoull(ask(&one, "who", "who "), NULL, 10) == 0)
        sleep_ms(50);
    assert_true(now_ms() - from_ms < 10000);
    assert_string_equal(postgres_sql(&pg, "SELECT count(*) FROM kp_nodes WHERE dead_at IS NULL"), "1");
    end(&one, 0);
    pg_proxy_free(proxy);
}

static void a_crash_is_noticed_before_the_lease_is_over(void **state)
{
    (void)state;
    struct server one, two;
    enum { LONG_MS = 5000 };
    start_at(&one, pg.uri, "127.0.0.1:1", LONG_MS); /* nobody listens there */
    start_at(&two, pg.uri, "10.0.0.2:1", LONG_MS);
    hear(&two, "peers 1");
    sleep_ms(LONG_MS + 500);
    end(&one, SIGKILL);
    assert_in_range(ms_until_dead(&one), 500, LONG_MS - 1500);
    end(&two, 0);
}

static void an_outage_of_the_database_kills_nobody(void **state)
{
    (void)state;
    struct server one, two;
    start(&one, "127.0.0.1:1"); /* it looks as if it had gone */
    start(&two, "127.0.0.1:2");
    hear(&one, "peers 1");
    hear(&two, "peers 1");
    sleep_ms(LEASE_MS + 500);
    postgres_kill(&pg);
    sleep_ms(LEASE_MS + 1000);
    assert_int_equal(atoi(ask(&one, "lease", "lease ")), 0);
    postgres_start(&pg);
    assert_null(hear_within(&one, "dead", 2 * LEASE_MS));
    assert_null(hear_within(&two, "dead", 1));
    assert_true(atoi(ask(&one, "lease", "lease ")) > 0);
    end(&one, 0);
    end(&two, 0);
}

static void beats_that_do_not_get_through_kill_nobody_who_judges(void **state)
{
    (void)state;
    struct server one, two;
    struct pg_proxy *proxy = pg_proxy_new(pg.port);
    char url[96];
    snprintf(url, sizeof url, "postgres://kolabpad@127.0.0.1:%u/kolabpad", pg_proxy_port(proxy));
    start_at(&one, url, "10.0.0.1:1", LEASE_MS);
    start_at(&two, url, "10.0.0.2:1", LEASE_MS);
    hear(&one, "peers 1");
    hear(&two, "peers 1");
    sleep_ms(LEASE_MS + 500);
    pg_proxy_say(proxy, "stall");
    sleep_ms(2 * LEASE_MS);
    pg_proxy_say(proxy, "go");
    assert_null(hear_within(&one, "dead", 2 * LEASE_MS));
    assert_null(hear_within(&two, "dead", 1));
    end(&one, 0);
    end(&two, 0);
    pg_proxy_free(proxy);
}

static struct pg_proxy *start_behind_proxy(struct server *s, const char *address, int lease_ms)
{
    struct pg_proxy *proxy = pg_proxy_new(pg.port);
    char url[96];
    snprintf(url, sizeof url, "postgres://kolabpad@127.0.0.1:%u/kolabpad", pg_proxy_port(proxy));
    start_at(s, url, address, lease_ms);
    return proxy;
}

static void who_finds_the_database_again_first_waits_for_the_others(void **state)
{
    (void)state;
    struct server one, two;
    enum { LONG_MS = 4000 };
    struct pg_proxy *first = start_behind_proxy(&one, "10.0.0.1:1", LONG_MS);
    struct pg_proxy *second = start_behind_proxy(&two, "10.0.0.2:1", LONG_MS);
    hear(&one, "peers 1");
    hear(&two, "peers 1");
    pg_proxy_say(first, "down");
    pg_proxy_say(second, "down");
    sleep_ms(LONG_MS + 1000);
    pg_proxy_say(first, "up");
    sleep_ms(LONG_MS + 1500);
    pg_proxy_say(second, "up");
    assert_null(hear_within(&two, "dead", LONG_MS + 1000));
    assert_null(hear_within(&one, "dead", 1));
    assert_true(atoi(ask(&two, "lease", "lease ")) > 0);
    /* and who does not come back has no grace without end */
    pg_proxy_say(second, "down");
    assert_in_range(ms_until_dead(&two), LONG_MS - 1100, PATIENCE_MS);
    end(&one, 0);
    end(&two, SIGKILL);
    pg_proxy_free(first);
    pg_proxy_free(second);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(the_next_one_comes_soon_after_a_kill),
        TEST(one_that_stands_still_is_dead_and_hears_of_it),
        TEST(a_registration_whose_answer_is_lost_is_cleared_away),
        TEST(a_crash_is_noticed_before_the_lease_is_over),
        TEST(an_outage_of_the_database_kills_nobody),
        TEST(beats_that_do_not_get_through_kill_nobody_who_judges),
        TEST(who_finds_the_database_again_first_waits_for_the_others),
    };
    if (argc == 4)
        return be_a_server(argv);
    if (!postgres_is_installed()) {
        puts("[  SKIPPED ] postgres_death_test");
        return 0;
    }
    return cmocka_run_group_tests(tests, make_tables, end_postgres);
}
