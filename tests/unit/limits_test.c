/* link: kp_guard kp_alloc */
#include "guard/limits.h"
#include "support/unit.h"

#include <pthread.h>

/* Ten of each action a minute, three connections an address, five in all. */
static const struct limits_config ten = {
    .per_minute = {10, 10, 10}, .connections_per_address = 3, .connections_total = 5, .addresses_max = 4};
#define START_MS INT64_C(1767268800000)

static struct limits *limits;

static void begin_with(struct limits_config config)
{
    limits_free(limits);
    assert_int_equal(limits_new(&config, &limits), OK);
}

static int begin(void **state)
{
    (void)state;
    limits = NULL;
    begin_with(ten);
    return 0;
}

static int end(void **state)
{
    (void)state;
    limits_free(limits);
    return 0;
}

static struct address at(const char *text)
{
    struct address a;

    if (!address_parse(slice_from_cstr(text), &a))
        fail_msg("%s is no address", text);
    return a;
}

/* How many of a hundred tries succeed at once. */
static int takes(const char *who, enum limit_action action, int64_t now_ms)
{
    int taken = 0;

    for (int i = 0; i < 100; i++)
        taken += limits_take(limits, action, at(who), now_ms);
    return taken;
}

static void test_a_bucket_holds_a_minute(void **state)
{
    (void)state;
    assert_int_equal(takes("10.0.0.1", LIMIT_NEW_DOCUMENT, START_MS), 10);
    assert_int_equal(takes("10.0.0.1", LIMIT_NEW_DOCUMENT, START_MS + 5999), 0);
    assert_int_equal(takes("10.0.0.1", LIMIT_NEW_DOCUMENT, START_MS + 6000), 1);
    assert_int_equal(takes("10.0.0.1", LIMIT_NEW_DOCUMENT, START_MS + 66000), 10);
    assert_int_equal(takes("10.0.0.1", LIMIT_NEW_DOCUMENT, START_MS + 10000000), 10);
}

/* However often somebody asks, what accrues between two questions is kept. */
static void test_asking_often_costs_nothing(void **state)
{
    int taken = 0;
    (void)state;

    takes("10.0.0.1", LIMIT_NEW_DOCUMENT, START_MS);
    for (int64_t ms = 1; ms <= 60000; ms++)
        taken += limits_take(limits, LIMIT_NEW_DOCUMENT, at("10.0.0.1"), START_MS + ms);
    assert_int_equal(taken, 10);
}

static void test_actions_and_addresses_are_counted_apart(void **state)
{
    (void)state;
    assert_int_equal(takes("10.0.0.1", LIMIT_NEW_DOCUMENT, START_MS), 10);
    assert_int_equal(takes("10.0.0.1", LIMIT_PASSWORD_CHANGE, START_MS), 10);
    assert_int_equal(takes("10.0.0.2", LIMIT_NEW_DOCUMENT, START_MS), 10);
    assert_int_equal(takes("2001:db8:0:1::1", LIMIT_NEW_DOCUMENT, START_MS), 10);
    assert_int_equal(takes("2001:db8:0:1:ffff::2", LIMIT_NEW_DOCUMENT, START_MS), 0); /* the same /64 */
    assert_int_equal(takes("2001:db8:0:2::1", LIMIT_NEW_DOCUMENT, START_MS), 10);
}

static void test_looking_takes_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++)
        assert_true(limits_has(limits, LIMIT_PASSWORD_ATTEMPT, at("10.0.0.1"), START_MS));
    assert_int_equal(takes("10.0.0.1", LIMIT_PASSWORD_ATTEMPT, START_MS), 10);
    assert_false(limits_has(limits, LIMIT_PASSWORD_ATTEMPT, at("10.0.0.1"), START_MS));
    assert_true(limits_has(limits, LIMIT_PASSWORD_ATTEMPT, at("10.0.0.1"), START_MS + 6000));
}

static void test_a_clock_that_goes_back(void **state)
{
    (void)state;
    takes("10.0.0.1", LIMIT_NEW_DOCUMENT, START_MS);
    assert_int_equal(takes("10.0.0.1", LIMIT_NEW_DOCUMENT, START_MS - 3600000), 0);
    assert_int_equal(takes("10.0.0.1", LIMIT_NEW_DOCUMENT, START_MS - 3600000 + 6000), 1);
}

static void test_a_clock_that_begins_at_zero(void **state)
{
    (void)state;
    assert_int_equal(takes("10.0.0.1", LIMIT_NEW_DOCUMENT, 1), 10);
}

static void test_zero_is_no_limit(void **state)
{
    (void)state;
    begin_with((struct limits_config){.addresses_max = 1});
    assert_int_equal(takes("10.0.0.1", LIMIT_NEW_DOCUMENT, START_MS), 100);
    assert_true(limits_has(limits, LIMIT_NEW_DOCUMENT, at("10.0.0.1"), START_MS));
    for (int i = 0; i < 1000; i++)
        assert_int_equal(limits_connect(limits, at("10.0.0.1")), OK);
}

static void test_the_largest_limits(void **state)
{
    (void)state;
    begin_with((struct limits_config){.per_minute = {UINT32_MAX}, .addresses_max = 1});
    assert_int_equal(takes("10.0.0.1", LIMIT_NEW_DOCUMENT, START_MS), 100);
    assert_int_equal(takes("10.0.0.1", LIMIT_NEW_DOCUMENT, INT64_MAX / 2), 100);
}

/* ---- the table is full ---- */

static void test_strangers_share_one_bucket(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(takes((const char *[]){"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"}[i],
                               LIMIT_NEW_DOCUMENT, START_MS + i),
                         10);
    assert_int_equal(takes("10.0.0.5", LIMIT_NEW_DOCUMENT, START_MS + 10), 10);
    assert_int_equal(takes("10.0.0.6", LIMIT_NEW_DOCUMENT, START_MS + 10), 0);
    assert_false(limits_has(limits, LIMIT_NEW_DOCUMENT, at("10.0.0.7"), START_MS + 10));
    assert_int_equal(takes("10.0.0.1", LIMIT_NEW_DOCUMENT, START_MS + 10), 0); /* still known */
}

static void test_the_quiet_are_forgotten(void **state)
{
    (void)state;
    test_strangers_share_one_bucket(state);
    takes("10.0.0.2", LIMIT_NEW_DOCUMENT, START_MS + 59000);
    /* 1 was last here at 10, 3 at 2 and 4 at 3 ms: there is room for three. */
    assert_int_equal(takes("10.0.0.6", LIMIT_NEW_DOCUMENT, START_MS + 60020), 10);
    assert_int_equal(takes("10.0.0.7", LIMIT_NEW_DOCUMENT, START_MS + 60020), 10);
    assert_int_equal(takes("10.0.0.8", LIMIT_NEW_DOCUMENT, START_MS + 60020), 10);
    /* 2 is still known: it has what accrued, not a full bucket. */
    assert_int_equal(takes("10.0.0.2", LIMIT_NEW_DOCUMENT, START_MS + 60020), 1);
}

/* ---- connections ---- */

static void test_connections_of_an_address(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(limits_connect(limits, at("10.0.0.1")), OK);
    assert_int_equal(limits_connect(limits, at("10.0.0.1")), ERR_RATE_LIMITED);
    assert_int_equal(limits_connect(limits, at("10.0.0.2")), OK);
    limits_disconnect(limits, at("10.0.0.1"));
    assert_int_equal(limits_connect(limits, at("10.0.0.1")), OK);
}

static void test_connections_in_all(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(limits_connect(limits, at(i % 2 ? "10.0.0.1" : "10.0.0.2")), OK);
    assert_int_equal(limits_connect(limits, at("10.0.0.3")), ERR_OVERLOADED);
    limits_disconnect(limits, at("10.0.0.1"));
    assert_int_equal(limits_connect(limits, at("10.0.0.3")), OK);
}

/* Comings and goings of more addresses than there are entries, some of them in
 * the shared one: in the end nothing is left. */
static void test_connections_are_all_given_back(void **state)
{
    char who[48];
    (void)state;

    begin_with((struct limits_config){.per_minute = {10}, .connections_total = 20, .addresses_max = 4});
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 20; i++) {
            snprintf(who, sizeof who, "10.0.%d.%d", round, i % 10);
            assert_int_equal(limits_connect(limits, at(who)), OK);
            limits_take(limits, LIMIT_NEW_DOCUMENT, at(who), START_MS + round * 120000);
        }
        assert_int_equal(limits_connect(limits, at(who)), ERR_OVERLOADED);
        for (int i = 0; i < 20; i++) {
            snprintf(who, sizeof who, "10.0.%d.%d", round, i % 10);
            limits_disconnect(limits, at(who));
        }
        limits_disconnect(limits, at(who)); /* once too often: harmless */
    }
}

/* Who is connected keeps the entry, however long. */
static void test_the_connected_are_not_forgotten(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(limits_connect(limits, at("10.0.0.1")), OK);
    for (int i = 2; i < 100; i++) {
        char who[48];
        snprintf(who, sizeof who, "10.0.0.%d", i);
        limits_take(limits, LIMIT_NEW_DOCUMENT, at(who), START_MS + i * 100000);
    }
    assert_int_equal(limits_connect(limits, at("10.0.0.1")), ERR_RATE_LIMITED);
}

static void *come_and_go(void *arg)
{
    for (int i = 0; i < 2000; i++) {
        if (limits_connect(limits, *(struct address *)arg) == OK)
            limits_disconnect(limits, *(struct address *)arg);
        limits_take(limits, LIMIT_NEW_DOCUMENT, *(struct address *)arg, START_MS + i);
    }
    return NULL;
}

static void test_threads(void **state)
{
    struct address who[4] = {at("10.0.0.1"), at("10.0.0.1"), at("10.0.0.2"), at("2001:db8::1")};
    pthread_t threads[4];
    (void)state;

    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, &who[i]), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 5; i++)
        assert_int_equal(limits_connect(limits, who[i < 3 ? 0 : 2]), OK);
}

/* ---- edits of a connection ---- */

static int edits(struct edit_bucket *b, int tries, int64_t now_ms)
{
    int taken = 0;

    for (int i = 0; i < tries; i++)
        taken += edit_bucket_take(b, 200, 1000, now_ms);
    return taken;
}

static void test_edits(void **state)
{
    struct edit_bucket b = {0};
    (void)state;

    assert_int_equal(edits(&b, 2000, START_MS), 1000);
    assert_int_equal(edits(&b, 100, START_MS + 4), 0);
    assert_int_equal(edits(&b, 100, START_MS + 5), 1);
    assert_int_equal(edits(&b, 500, START_MS + 1005), 200);
    assert_int_equal(edits(&b, 2000, START_MS + 3600000), 1000);
    assert_int_equal(edits(&b, 10, START_MS), 0); /* the clock was set back */
    assert_int_equal(edits(&b, 10, START_MS + 5), 1);
    for (int i = 0; i < 100000; i++)
        assert_true(edit_bucket_take(&b, 0, 0, START_MS));
}

static void test_an_edit_of_the_distant_past_costs_more(void **state)
{
    struct edit_bucket b = {0};
    (void)state;

    assert_int_equal(edits(&b, 1, START_MS), 1);
    edit_bucket_charge(&b, 999 * EDIT_WORK_PER_TOKEN); /* all that was left */
    assert_int_equal(edits(&b, 1, START_MS), 0);
    edit_bucket_charge(&b, 200 * EDIT_WORK_PER_TOKEN); /* a second of debt */
    assert_int_equal(edits(&b, 1, START_MS + 1000), 0);
    assert_int_equal(edits(&b, 10, START_MS + 1010), 2);
}

/* However long it takes: a full bucket fills in five seconds, this one in fifteen. */
static void test_debt_is_worked_off(void **state)
{
    struct edit_bucket b = {0};
    (void)state;

    assert_int_equal(edits(&b, 1000, START_MS), 1000);
    edit_bucket_charge(&b, 2000 * EDIT_WORK_PER_TOKEN);
    assert_int_equal(edits(&b, 1, START_MS + 5001), 0);
    assert_int_equal(edits(&b, 1, START_MS + 10000), 0);
    assert_int_equal(edits(&b, 300, START_MS + 11000), 200);
    assert_int_equal(edits(&b, 2000, START_MS + 20000), 1000);
}

#define test(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_a_bucket_holds_a_minute),
        test(test_asking_often_costs_nothing),
        test(test_actions_and_addresses_are_counted_apart),
        test(test_looking_takes_nothing),
        test(test_a_clock_that_goes_back),
        test(test_a_clock_that_begins_at_zero),
        test(test_zero_is_no_limit),
        test(test_the_largest_limits),
        test(test_strangers_share_one_bucket),
        test(test_the_quiet_are_forgotten),
        test(test_connections_of_an_address),
        test(test_connections_in_all),
        test(test_connections_are_all_given_back),
        test(test_the_connected_are_not_forgotten),
        test(test_threads),
        test(test_edits),
        test(test_an_edit_of_the_distant_past_costs_more),
        test(test_debt_is_worked_off),
    };
    return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
