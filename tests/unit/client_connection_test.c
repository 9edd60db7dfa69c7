/* link: kp_client kp_alloc */
/* A client (src/client) that loses its connection, is refused one, and gets another. */
#include "support/client_fixture.h"

/* ---- lost connections ---- */

static void test_what_did_not_arrive_is_sent_again(void **state)
{
    struct script *s = *state;
    join_with(s, "");
    type(s, "+a");
    said(s);
    type(s, "=1 +b");
    lose_and_come_back(s);
    type(s, "=2 +c"); /* offline */
    assert_says_hello(s, "\"epoch\":\"" EPOCH_A "\",\"revision\":10");
    welcome(s, EPOCH_A, true, 0, "");
    history(s, 10, "");
    assert_string_equal(said(s), "{\"Edit\":{\"revision\":10,\"operation\":[\"abc\"]}}");
}

static void test_what_arrived_is_not_sent_again(void **state)
{
    struct script *s = *state;
    join_with(s, "");
    type(s, "+a");
    said(s);
    type(s, "=1 +b");
    lose_and_come_back(s);
    said(s);
    welcome(s, EPOCH_A, true, 12, "");
    history(s, 10, "{\"id\":9,\"operation\":[\"z\"]},{\"id\":3,\"operation\":[\"a\",1]}");
    assert_text(s, "abz");
    assert_string_equal(said(s), "{\"Edit\":{\"revision\":12,\"operation\":[1,\"b\",1]}}");
}

static void test_a_snapshot_may_hold_what_was_sent(void **state)
{
    struct script *s = *state;
    join_with(s, "");
    type(s, "+a");
    said(s);
    type(s, "=1 +b");
    lose_and_come_back(s);
    said(s);
    welcome(s, EPOCH_B, false, 12, "");
    snapshot(s, 12, "az");
    assert_text(s, "abz");
    assert_string_equal(said(s), "{\"Edit\":{\"revision\":12,\"operation\":[1,\"b\",1]}}");
    lose_and_come_back(s);
    assert_says_hello(s, "\"epoch\":\"" EPOCH_B "\",\"revision\":12");
}

/* Half of a new epoch would let two histories be spliced. */
static void test_an_epoch_comes_with_its_snapshot(void **state)
{
    struct script *s = *state;
    join_with(s, "");
    lose_and_come_back(s);
    said(s);
    welcome(s, EPOCH_B, false, 0, "");
    lose_and_come_back(s);
    assert_says_hello(s, "\"epoch\":null,\"revision\":0");
}

static void test_a_text_that_was_set_back(void **state)
{
    struct script *s = *state;
    join_with(s, "much");
    lose_and_come_back(s);
    said(s);
    client_take_news(s->client);
    welcome(s, EPOCH_B, false, 0, "");
    snapshot(s, 2, "less");
    assert_true(client_take_news(s->client) & CLIENT_NEWS_SET_BACK);
    assert_text(s, "less");
}

static void test_a_server_that_does_not_answer_is_given_up(void **state)
{
    struct script *s = *state;
    join_with(s, "");
    const uint32_t before = s->connection;
    later(s, 20000);
    assert_string_equal(said(s), "{\"Ping\":1}");
    hear(s, "{\"Pong\":1}");
    later(s, 20000);
    assert_string_equal(said(s), "{\"Ping\":2}");
    later(s, 9999);
    assert_int_equal(client_connection(s->client), before);
    later(s, 1);
    assert_int_equal(client_connection(s->client), 0);
    assert_int_equal(client_trouble(s->client).reason, CLOSING_UNREACHABLE);
    later(s, client_due_ms(s->client) - s->now_ms);
    assert_int_not_equal(client_connection(s->client), before);
    hear(s, "{\"Pong\":2}"); /* of the old one: not heard */
    closed(s, 4410, "");
    assert_int_equal(client_link(s->client), CLIENT_CONNECTING);
}

static void test_pauses_grow(void **state)
{
    struct script *s = *state;
    int64_t longest = 0;
    for (int attempt = 0; attempt < 12; attempt++) {
        s->connection = client_connection(s->client);
        closed(s, 0, "no route to host");
        const int64_t pause = client_due_ms(s->client) - s->now_ms;
        assert_in_range(pause, 250, 15000);
        if (attempt >= 6)
            assert_in_range(pause, 7500, 15000);
        longest = pause > longest ? pause : longest;
        later(s, pause);
    }
    assert_int_equal(client_trouble(s->client).words.len, strlen("no route to host"));
    assert_true(longest > 7500);
    s->connection = client_connection(s->client);
    later(s, 15000); /* a handshake that hangs */
    assert_int_equal(client_link(s->client), CLIENT_DOWN);
    client_connect_now(s->client);
    assert_int_equal(client_link(s->client), CLIENT_CONNECTING);
}

/* ---- what a close means ---- */

static void test_a_password_is_asked_for(void **state)
{
    struct script *s = *state;
    connect_now(s);
    said(s);
    closed(s, 4401, "Invalid or missing OTP");
    const struct client_trouble trouble = client_trouble(s->client);
    assert_true(trouble.is_final);
    assert_int_equal(trouble.reason, CLOSING_PASSWORD);
    assert_true(client_due_ms(s->client) == INT64_MAX);
    later(s, 1000000);
    assert_int_equal(client_connection(s->client), 0);
    assert_int_equal(client_set_password(s->client, SLICE("secret")), OK);
    connect_now(s);
    assert_says_hello(s, "\"otp\":\"secret\"");
}

static void test_ends_that_are_final(void **state)
{
    static const struct {
        unsigned code;
        enum closing_reason reason;
    } ends[] = {{4403, CLOSING_FORBIDDEN}, {4410, CLOSING_GONE}};
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct script s;
        script_init(&s, &ada);
        join_with(&s, "kept");
        closed(&s, ends[i].code, "");
        assert_true(client_trouble(s.client).is_final);
        assert_int_equal(client_trouble(s.client).reason, ends[i].reason);
        assert_text(&s, "kept");
        script_deinit(&s);
    }
}

static void test_a_copy_that_cannot_be_resumed_is_asked_for_anew(void **state)
{
    struct script *s = *state;
    join_with(s, "");
    closed(s, 4409, "");
    later(s, client_due_ms(s->client) - s->now_ms);
    connect_now(s);
    assert_says_hello(s, "\"epoch\":null,\"revision\":0");
}

static void test_whoever_is_replaced_twice_gives_in(void **state)
{
    struct script *s = *state;
    join_with(s, "");
    closed(s, 1000, "");
    later(s, client_due_ms(s->client) - s->now_ms);
    connect_now(s);
    said(s);
    welcome(s, EPOCH_A, true, 0, "");
    closed(s, 1000, "");
    assert_true(client_trouble(s->client).is_final);
    assert_int_equal(client_trouble(s->client).reason, CLOSING_REPLACED);
}

static void test_what_cannot_be_understood_ends_the_connection(void **state)
{
    static const char *const wrong[] = {
        "{\"History\":{\"start\":12,\"operations\":[]}}",
        "{\"History\":{\"start\":10,\"operations\":[{\"id\":1,\"operation\":[7]}]}}",
        "{\"History\":{\"start\":10,\"operations\":[{\"id\":1,\"operation\":[2,\"\\r\"]}]}}",
        "{\"Welcome\":{}}",
        "nonsense",
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct script s;
        script_init(&s, &ada);
        join_with(&s, "ab");
        type(&s, "+mine =2");
        hear(&s, wrong[i]);
        assert_int_equal(client_link(s.client), CLIENT_DOWN);
        assert_int_equal(client_trouble(s.client).reason, CLOSING_OUT_OF_STEP);
        assert_text(&s, "mineab");
        later(&s, client_due_ms(s.client) - s.now_ms);
        connect_now(&s);
        assert_says_hello(&s, "\"epoch\":null");
        script_deinit(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define SCRIPT(test) cmocka_unit_test_setup_teardown(test, open_script, close_script)
        SCRIPT(test_what_did_not_arrive_is_sent_again),
        SCRIPT(test_what_arrived_is_not_sent_again),
        SCRIPT(test_a_snapshot_may_hold_what_was_sent),
        SCRIPT(test_an_epoch_comes_with_its_snapshot),
        SCRIPT(test_a_text_that_was_set_back),
        SCRIPT(test_a_server_that_does_not_answer_is_given_up),
        SCRIPT(test_pauses_grow),
        SCRIPT(test_a_password_is_asked_for),
        cmocka_unit_test(test_ends_that_are_final),
        SCRIPT(test_a_copy_that_cannot_be_resumed_is_asked_for_anew),
        SCRIPT(test_whoever_is_replaced_twice_gives_in),
        cmocka_unit_test(test_what_cannot_be_understood_ends_the_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
