/* link: kp_store kp_alloc store_fixture */
/* A store with two lanes: side by side, and each document in one of them. */
#include "support/scripted_engine.h"

/* ---- two lanes ------------------------------------------------------------- */

static void lanes_work_side_by_side(void **state)
{
    struct fixture *f = *state;
    hold(0);
    post(f, edit("a", 1));
    wait_until_holding(0);
    expect(f, look("b", 2), OK);
    expect(f, save("c", 3), OK);
    log_is("[b2?][c3]");
    release(0);
    answered(f, 1, OK);
}

static void a_document_is_never_in_two_lanes(void **state)
{
    struct fixture *f = *state;
    hold(0);
    post(f, edit("ab", 1));
    wait_until_holding(0);
    post(f, look("b", 2)); /* waits for lane 0 */
    post(f, save("b", 3)); /* behind it, in its own lane */
    post(f, edit("bc", 4));
    post(f, save("c", 5)); /* behind an append that itself waits */
    post(f, save("d", 6));
    answered(f, 6, OK);
    assert_null(next_answer(f, 30));
    log_is("[d6]");
    release(0);
    for (int n = 1; n <= 5; n++)
        answered(f, n, OK);
    log_is("[a1][b2? b3][b4][c5]");
}

static void who_appends_waits_for_no_snapshot(void **state)
{
    struct fixture *f = *state;
    hold(1);
    post(f, save("a", 1));
    wait_until_holding(1);
    post(f, save("b", 2)); /* waits behind it, in its own lane */
    expect(f, edit("abc", 3), OK);
    post(f, look("d", 4));
    post(f, edit("cd", 5)); /* waits for what is read */
    expect(f, edit("ab", 6), OK);
    assert_null(next_answer(f, 30));
    log_is("[a3][a6]");
    release(1);
    for (int n = 1; n <= 5; n++)
        if (n != 3)
            answered(f, n, OK);
    assert_int_equal(fake.committed['a'], 6);
}

/* As when the people of many documents leave at once. */
static void who_reads_does_not_wait_for_all_snapshots(void **state)
{
    struct fixture *f = *state;
    hold(1);
    post(f, save("x", 1));
    wait_until_holding(1);
    for (int n = 2; n <= 200; n++)
        post(f, save("a", n));
    post(f, fail_fast(save("b", 201)));
    post(f, look("c", 202));
    post(f, look("a", 203)); /* its text is still to be written */
    release(1);
    for (int answers = 0; answers < 203; answers++) {
        struct store_request *req = next_answer(f, 10000);
        assert_non_null(req);
        store_request_free(req);
    }
    const char *read = strstr(fake.log, "c202?");
    assert_non_null(read);
    assert_true(strstr(fake.log, "b201") < read);
    assert_true(strstr(fake.log, "a200") > read);
    assert_true(strstr(fake.log, "a203?") > strstr(fake.log, "a200"));
}

/* However much is appended in the meantime. */
static void a_snapshot_that_appends_overtake_has_its_turn(void **state)
{
    struct fixture *f = *state;
    hold(0);
    post(f, edit("a", 1));
    wait_until_holding(0);
    post(f, save("a", 2)); /* waits for what was appended before it */
    post(f, edit("a", 3));
    hold(1);
    assert_null(next_answer(f, 30));
    log_is("");
    release(0);
    answered(f, 1, OK);
    answered(f, 3, OK);
    hold(0);
    post(f, edit("a", 4));
    wait_until_holding(0);
    release(1);
    answered(f, 2, OK); /* and not for what comes after it */
    release(0);
    answered(f, 4, OK);
}

static void a_lane_that_fails_does_not_keep_readers_of_its_documents_waiting(void **state)
{
    struct fixture *f = *state;
    tell(&fake.is_down[0], true);
    post(f, edit("a", 1));
    wait_for_event(f, STORE_EVENT_FAILED, 1);
    expect(f, look("a", 2), ERR_STORAGE);
    expect(f, look_and_open("a", 3), ERR_STORAGE);
    expect(f, fail_fast(save("a", 4)), ERR_STORAGE);
    expect(f, look("b", 5), OK);
    post(f, save("a", 6)); /* may wait */
    assert_null(next_answer(f, 30));
    tell(&fake.is_down[0], false);
    answered(f, 1, OK);
    answered(f, 6, OK);
}

static void the_store_has_recovered_when_its_last_lane_has(void **state)
{
    struct fixture *f = *state;
    tell(&fake.is_down[0], true);
    tell(&fake.is_down[1], true);
    post(f, edit("a", 1));
    post(f, save("b", 2));
    wait_for_event(f, STORE_EVENT_FAILED, 2);
    tell(&fake.is_down[0], false);
    answered(f, 1, OK);
    assert_null(next_answer(f, 100));
    assert_true(store_is_failing(f->store));
    assert_int_equal(event_count(f, STORE_EVENT_RECOVERED), 0);
    assert_int_equal(event_count(f, STORE_EVENT_OUTAGE_OVER), 0);
    tell(&fake.is_down[1], false);
    answered(f, 2, OK);
    wait_for_event(f, STORE_EVENT_RECOVERED, 1);
    assert_int_equal(event_count(f, STORE_EVENT_OUTAGE), 1);
    assert_int_equal(event_count(f, STORE_EVENT_OUTAGE_OVER), 1);
    assert_false(store_is_failing(f->store));
}

static void closing_ends_lanes_that_wait_for_each_other(void **state)
{
    struct fixture *f = *state;
    tell(&fake.fails_writes, true);
    post(f, edit("a", 1));
    wait_for_event(f, STORE_EVENT_FAILED, 1);
    post(f, save("a", 2));
    post(f, edit("a", 3));
    post(f, edit("b", 4));
    assert_int_equal(store_close(f->store, 100), 4);
    f->store = NULL;
    for (int answers = 0; answers < 4; answers++) {
        struct store_request *req = next_answer(f, 0);
        assert_non_null(req);
        assert_int_equal(req->result, ERR_STORAGE);
        store_request_free(req);
    }
}

/* A request that would succeed is given up, too, when an earlier one of its document is. */
static void closing_leaves_no_gap(void **state)
{
    struct fixture *f = *state;
    tell(&fake.is_down[0], true);
    post(f, edit("ab", 1));
    wait_for_event(f, STORE_EVENT_FAILED, 1);
    post(f, save("a", 2));
    post(f, edit("ac", 3));
    post(f, save("d", 4));
    answered(f, 4, OK);
    assert_int_equal(store_close(f->store, 100), 3);
    f->store = NULL;
    for (int answers = 0; answers < 3; answers++) {
        struct store_request *req = next_answer(f, 0);
        assert_non_null(req);
        assert_int_equal(req->result, ERR_STORAGE);
        store_request_free(req);
    }
    assert_int_equal(fake.committed['a'], 0);
    assert_int_equal(fake.committed['c'], 0);
}

static struct store_request *any_request(struct random *random, int n)
{
    static const char *const SETS[] = {"a", "b", "c", "d", "ab", "bc", "cd", "acd", "abcd"};
    const char *set = SETS[random_below(random, 9)];
    switch (random_below(random, 6)) {
    case 0:
        return save((const char[]){set[0], '\0'}, n);
    case 1:
        return look((const char[]){set[0], '\0'}, n);
    case 2:
        return look_and_open((const char[]){set[0], '\0'}, n);
    case 3:
        return fail_fast(save((const char[]){set[0], '\0'}, n));
    default:
        return edit(set, n);
    }
}

/* The fake itself checks order and exclusion: in work_on and commit. */
static void random_requests_keep_their_order(void **state)
{
    struct fixture *f = *state;
    struct random random = random_start();
    fake.random = random;
    fake.random_failures = 12;
    int requests = (int)random_rounds(600), answers = 0;
    for (int n = 1; n <= requests; n++) {
        post(f, any_request(&random, n));
        for (struct store_request *req; n - answers > 40 && (req = next_answer(f, 10000)); answers++)
            store_request_free(req);
        assert_true(n - answers <= 40);
    }
    pthread_mutex_lock(&fake.lock);
    fake.random_failures = 0;
    pthread_mutex_unlock(&fake.lock);
    for (; answers < requests; answers++) {
        struct store_request *req = next_answer(f, 10000);
        assert_non_null(req);
        assert_true(req->result == OK || req->kind != STORE_APPEND);
        store_request_free(req);
    }
    assert_int_equal(store_stats(f->store).queued_requests, 0);
}

static void what_waits_when_a_new_life_begins_belongs_to_the_old_one(void **state)
{
    struct fixture *f = *state;
    assert_true(store_is_shared(f->store));
    hold(0);
    post(f, edit("a", 1));
    wait_until_holding(0);
    post(f, edit("b", 2));
    post(f, edit("a", 3));
    store_rejoin(f->store);
    post(f, edit("a", 4));
    release(0);
    answered(f, 1, ERR_MOVED);
    answered(f, 2, ERR_MOVED);
    answered(f, 3, ERR_MOVED);
    answered(f, 4, OK);
    log_is("[a1][b2 a3 a4]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TWO(lanes_work_side_by_side),
        TWO(a_document_is_never_in_two_lanes),
        TWO(who_appends_waits_for_no_snapshot),
        TWO(a_snapshot_that_appends_overtake_has_its_turn),
        TWO(who_reads_does_not_wait_for_all_snapshots),
        TWO(a_lane_that_fails_does_not_keep_readers_of_its_documents_waiting),
        TWO(the_store_has_recovered_when_its_last_lane_has),
        TWO(closing_ends_lanes_that_wait_for_each_other),
        TWO(closing_leaves_no_gap),
        TWO(random_requests_keep_their_order),
        SHARED(what_waits_when_a_new_life_begins_belongs_to_the_old_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
