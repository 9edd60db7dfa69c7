/* link: kp_store kp_alloc store_fixture */
/* The store on top of an engine: whatever that answers, the requests of a
 * document are carried out in order, one lane at a time, until they succeed or
 * their callers are told. The engine is a fake that fails when told to, and
 * writes down what it was asked for. */
#include "support/scripted_engine.h"

/* ---- telling it ---------------------------------------------------------- */

static void fail_writes_of(char document)
{
    pthread_mutex_lock(&fake.lock);
    fake.bad_document = document;
    pthread_mutex_unlock(&fake.lock);
}

static uint32_t count(const uint32_t *of)
{
    pthread_mutex_lock(&fake.lock);
    uint32_t value = *of;
    pthread_mutex_unlock(&fake.lock);
    return value;
}

/* ---- requests ------------------------------------------------------------ */

/* The next answer is that of the append n; of its rows those of the bad document failed. */
static void answered_but_for(struct fixture *f, int n, char bad)
{
    struct store_request *req = next_answer(f, 10000);
    assert_non_null(req);
    assert_int_equal(req->now_ms, n);
    assert_int_equal(req->result, OK);
    for (uint32_t i = 0; i < req->row_count; i++)
        assert_int_equal(req->rows[i].outcome, req->rows[i].id.ptr[0] == bad ? ERR_STORAGE : OK);
    store_request_free(req);
}

/* ---- one lane -------------------------------------------------------------- */

static void an_engine_that_does_not_open_gives_its_sentence(void **state)
{
    struct fixture *f = *state;
    char message[512] = "";
    fixture_close(f);
    fake.open_result = ERR_SHUTTING_DOWN;
    assert_int_equal(fixture_try_open(f, STORE_JOURNAL, message), ERR_SHUTTING_DOWN);
    assert_non_null(strstr(message, "the fake does not want"));
    assert_non_null(strstr(message, f->path));
    assert_null(f->store);
    assert_int_equal(fake.closes, 1); /* of the first */
}

static void what_was_posted_meanwhile_is_one_group_in_order(void **state)
{
    struct fixture *f = *state;
    hold(0);
    post(f, edit("a", 1));
    wait_until_holding(0);
    post(f, edit("b", 2));
    post(f, look("a", 3));
    post(f, edit("a", 4));
    release(0);
    for (int n = 1; n <= 4; n++)
        answered(f, n, OK);
    log_is("[a1][b2 a3? a4]");
    assert_int_equal(store_stats(f->store).documents, 42);
    assert_int_equal(count(&fake.set_failing), 0);
    fixture_close(f);
    assert_true(count(&fake.housekeeping) >= 1);
}

static void after_a_failed_group_its_requests_are_tried_one_by_one(void **state)
{
    struct fixture *f = *state;
    tell(&fake.fails_big_groups, true);
    hold(0);
    post(f, edit("a", 1));
    wait_until_holding(0);
    for (int n = 2; n <= 4; n++)
        post(f, edit(n == 3 ? "b" : "a", n));
    release(0);
    for (int n = 1; n <= 4; n++)
        answered(f, n, OK);
    log_is("[a1](a2 b3 a4)[a2][b3][a4]");
    wait_for_event(f, STORE_EVENT_RECOVERED, 1);
    assert_int_equal(event_count(f, STORE_EVENT_FAILED), 1);
    assert_string_equal(f->last_text[STORE_EVENT_FAILED], "lane 0 is told to fail");
    assert_int_equal(count(&fake.set_failing), 1);
    assert_int_equal(count(&fake.unset_failing), 1);
}

/* Many documents share an append: one of them must not keep the others waiting. */
static void a_bad_document_is_answered_and_holds_up_no_other(void **state)
{
    struct fixture *f = *state;
    fail_writes_of('a');
    hold(0);
    post(f, edit("z", 1));
    wait_until_holding(0);
    post(f, edit("b", 2));
    post(f, edit("a", 3));
    post(f, edit("bac", 4));
    post(f, save("a", 5));
    post(f, edit("c", 6));
    post(f, look("a", 7));
    release(0);
    answered(f, 1, OK);
    answered(f, 2, OK);
    answered_but_for(f, 3, 'a');
    answered_but_for(f, 4, 'a');
    answered(f, 5, ERR_STORAGE);
    answered(f, 6, OK);
    answered(f, 7, OK);
    log_is("[z1](b2 a3 b4 a5 c6 a7?)[b2](a3)(a3)(b4)[b4](a4)[c4](a5)(a5)[c6][a7?]");
    assert_int_equal(store_stats(f->store).queued_requests, 0);
    fail_writes_of(0);
    expect(f, edit("a", 8), OK);
}

/* It is no outage, and others need not hear of it. */
static void a_bad_document_is_no_outage(void **state)
{
    struct fixture *f = *state;
    fail_writes_of('a');
    for (int n = 1; n <= 3; n++) {
        post(f, edit("ab", n));
        answered_but_for(f, n, 'a');
        assert_false(store_is_failing(f->store));
    }
    assert_int_equal(event_count(f, STORE_EVENT_FAILED), 1); /* every 10 s */
    assert_string_equal(f->last_id[STORE_EVENT_FAILED], "a");
    assert_int_equal(event_count(f, STORE_EVENT_RECOVERED), 0);
    assert_int_equal(event_count(f, STORE_EVENT_OUTAGE), 0);
    tell(&fake.fails_writes, true);
    post(f, edit("b", 4));
    wait_for_event(f, STORE_EVENT_OUTAGE, 1);
    assert_true(store_is_failing(f->store));
    wait_for_event(f, STORE_EVENT_FAILED, 2); /* at once: this one waits */
    tell(&fake.fails_writes, false);
    answered(f, 4, OK);
    wait_for_event(f, STORE_EVENT_RECOVERED, 1);
    assert_int_equal(event_count(f, STORE_EVENT_OUTAGE_OVER), 1);
    assert_false(store_is_failing(f->store));
}

/* The rows before it are not written twice, and what comes later waits behind it. */
static void an_outage_between_two_rows_is_waited_out(void **state)
{
    struct fixture *f = *state;
    pthread_mutex_lock(&fake.lock);
    fake.bad_document = fake.last_before_down = 'b';
    pthread_mutex_unlock(&fake.lock);
    hold(0);
    post(f, edit("abc", 1));
    post(f, save("c", 2));
    wait_until_holding(0);
    release(0);
    wait_for_event(f, STORE_EVENT_OUTAGE, 1);
    fail_writes_of(0);
    fake.last_before_down = 0;
    tell(&fake.is_down[0], false);
    answered_but_for(f, 1, 0);
    answered(f, 2, OK);
    const char *log = take_log();
    assert_non_null(strstr(log, "[a1](b1)"));
    assert_null(strstr(strstr(log, "[a1]") + 1, "[a1]"));
    assert_non_null(strstr(log, "[b1][c1][c2]"));
}

static void an_outage_is_probed_and_not_tried(void **state)
{
    struct fixture *f = *state;
    tell(&fake.fails_writes, true);
    post(f, edit("a", 1));
    wait_for_event(f, STORE_EVENT_FAILED, 1);
    uint32_t tries = count(&fake.tries);
    post(f, edit("b", 2)); /* waits behind the outage */
    post(f, look("c", 3));
    answered(f, 3, OK);
    /* A request that may not wait is tried, and its caller told. */
    post(f, fail_fast(save("d", 4)));
    answered(f, 4, ERR_STORAGE);
    post(f, look_and_open("e", 5));
    answered(f, 5, ERR_STORAGE);
    assert_true(store_is_failing(f->store));
    assert_true(count(&fake.tries) >= tries + 3);
    assert_null(strstr(take_log(), "(b2")); /* at most behind a1, when that is tried again */
    tell(&fake.fails_writes, false);
    answered(f, 1, OK);
    answered(f, 2, OK);
    wait_for_event(f, STORE_EVENT_RECOVERED, 1);
    assert_false(store_is_failing(f->store));
}

/* By doubling to five seconds alone, twelve tries would take half a minute. */
static void an_engine_says_how_often_is_tried(void **state)
{
    struct fixture *f = *state;
    fake.engine.retry_ms = 60;
    tell(&fake.fails_writes, true);
    post(f, edit("a", 1));
    const int64_t from_us = clock_us();
    for (uint32_t tries = count(&fake.tries); count(&fake.tries) < tries + 12;)
        usleep(1000);
    assert_true(clock_us() - from_us < 15 * 1000 * 1000);
    tell(&fake.fails_writes, false);
    answered(f, 1, OK);
}

static void a_probe_alone_notices_the_recovery(void **state)
{
    struct fixture *f = *state;
    tell(&fake.fails_writes, true);
    post(f, fail_fast(save("a", 1)));
    answered(f, 1, ERR_STORAGE);
    uint32_t probes = count(&fake.probes), tries = count(&fake.tries);
    usleep(150000);
    assert_true(count(&fake.probes) > probes);
    assert_int_equal(count(&fake.tries), tries);
    tell(&fake.fails_writes, false);
    wait_for_event(f, STORE_EVENT_RECOVERED, 1);
    assert_int_equal(count(&fake.unset_failing), 1);
}

static void a_group_whose_answer_was_lost_is_asked_for_again_without_answers(void **state)
{
    struct fixture *f = *state;
    tell(&fake.loses_the_answer, true);
    post(f, edit("ab", 1)); /* expect_clear looks at the second try */
    answered(f, 1, OK);
    log_is("(a1)[a1][b1]");
}

static void a_read_that_cannot_even_begin_is_answered(void **state)
{
    struct fixture *f = *state;
    tell(&fake.fails_everything, true);
    struct store_request *req = ask(f, look("a", 1));
    assert_int_equal(req->result, ERR_STORAGE);
    assert_false(req->found);
    store_request_free(req);
    assert_int_equal(event_count(f, STORE_EVENT_READ_FAILED), 1);
    assert_false(store_is_failing(f->store));
    tell(&fake.fails_everything, false);
    expect(f, look("a", 2), OK);
}

static void each_row_has_its_outcome(void **state)
{
    struct fixture *f = *state;
    struct store_request *req = ask(f, edit("abc", 1));
    assert_int_equal(req->result, OK);
    assert_int_equal(req->rows[0].outcome, OK);
    assert_int_equal(req->rows[1].outcome, ERR_BAD_REVISION);
    assert_int_equal(req->rows[2].outcome, OK);
    store_request_free(req);
}

static void closing_gives_up_when_the_time_is_over(void **state)
{
    struct fixture *f = *state;
    tell(&fake.fails_writes, true);
    post(f, edit("a", 1));
    post(f, edit("b", 2));
    post(f, edit("a", 3));
    assert_int_equal(store_close(f->store, 100), 3);
    f->store = NULL;
    for (int n = 1; n <= 3; n++)
        answered(f, n, ERR_STORAGE);
    assert_int_equal(count(&fake.closes), 1);
    assert_int_equal(fake.committed['a'], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ONE(an_engine_that_does_not_open_gives_its_sentence),
        ONE(what_was_posted_meanwhile_is_one_group_in_order),
        ONE(after_a_failed_group_its_requests_are_tried_one_by_one),
        ONE(a_bad_document_is_answered_and_holds_up_no_other),
        ONE(a_bad_document_is_no_outage),
        ONE(an_outage_between_two_rows_is_waited_out),
        ONE(an_outage_is_probed_and_not_tried),
        ONE(an_engine_says_how_often_is_tried),
        ONE(a_probe_alone_notices_the_recovery),
        ONE(a_group_whose_answer_was_lost_is_asked_for_again_without_answers),
        ONE(a_read_that_cannot_even_begin_is_answered),
        ONE(each_row_has_its_outcome),
        ONE(closing_gives_up_when_the_time_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
