/* link: kp_client kp_alloc */
/* The client machine: what it says when, what becomes of an edit, when it gives a
 * connection up and comes again. That it converges is for tests/sim and tests/differential. */
#include "support/client_fixture.h"

/* ---- joining ---- */

static void test_nothing_is_said_before_the_text(void **state)
{
    struct script *s = *state;
    assert_int_equal(client_link(s->client), CLIENT_CONNECTING);
    assert_says_nothing(s);
    connect_now(s);
    assert_says_hello(s, "\"revision\":0,\"name\":\"Ada\",\"hue\":7,\"order\":\"author\"");
    assert_says_nothing(s);
    type(s, "+early");
    client_connect_now(s->client);
    assert_says_nothing(s);
    welcome(s, EPOCH_A, false, 0, "\"access\":\"edit\",");
    assert_says_nothing(s);
    assert_false(client_is_loaded(s->client));
    snapshot(s, 4, "old");
    assert_true(client_is_loaded(s->client));
    assert_text(s, "earlyold");
    assert_string_equal(said(s), "{\"Edit\":{\"revision\":4,\"operation\":[\"early\",3]}}");
    assert_says_nothing(s);
}

static void test_an_empty_text_is_loaded(void **state)
{
    struct script *s = *state;
    client_take_news(s->client);
    join_with(s, "");
    assert_true(client_is_loaded(s->client));
    assert_true(client_take_news(s->client) & CLIENT_NEWS_TEXT);
    assert_int_equal(client_role(s->client), ROLE_EDIT);
    assert_int_equal(client_user_id(s->client), 3);
    assert_int_equal(client_document_bytes(s->client), 1000);
}

/* ---- edits ---- */

static void test_one_edit_is_in_flight(void **state)
{
    struct script *s = *state;
    join_with(s, "ab");
    type(s, "+1 =2");
    assert_string_equal(said(s), "{\"Edit\":{\"revision\":10,\"operation\":[\"1\",2]}}");
    type(s, "=1 +2 =2");
    type(s, "=2 +3 =2");
    assert_says_nothing(s);
    assert_int_equal(client_unsaved(s->client), 3);
    history(s, 10, "{\"id\":9,\"operation\":[2,\"z\"]},{\"id\":3,\"operation\":[\"1\",3]}");
    assert_text(s, "123abz");
    assert_change(s, "=5 +z");
    assert_string_equal(said(s), "{\"Edit\":{\"revision\":12,\"operation\":[1,\"23\",3]}}");
    client_take_news(s->client);
    history(s, 12, "{\"id\":3,\"operation\":[1,\"23\",3]}");
    assert_true(client_take_news(s->client) & CLIENT_NEWS_SAVED);
    assert_int_equal(client_unsaved(s->client), 0);
    assert_rope(client_server_text(s->client), "123abz");
}

static void test_edits_are_made_on_what_is_shown(void **state)
{
    struct script *s = *state;
    join_with(s, "ab");
    history(s, 10, "{\"id\":9,\"operation\":[\"xy\",2]}");
    type(s, "=2 +c"); /* behind b, which has moved */
    assert_text(s, "xyabc");
    assert_string_equal(said(s), "{\"Edit\":{\"revision\":11,\"operation\":[4,\"c\"]}}");
    assert_change(s, "+xy =3");
    struct op op = {0};
    assert_int_equal(op_text_parse("=3 +d", &op), OK);
    assert_int_equal(client_edit(s->client, op_view(&op)), ERR_BAD_OPERATION);
    op_deinit(&op);
    assert_text(s, "xyabc");
}

static void test_a_text_takes_the_place_of_another(void **state)
{
    struct script *s = *state;
    join_with(s, "one two three");
    assert_int_equal(client_replace(s->client, SLICE("one two three"), SLICE("one 2 three")), OK);
    assert_string_equal(said(s), "{\"Edit\":{\"revision\":10,\"operation\":[4,\"2\",-3,6]}}");
    assert_int_equal(client_replace(s->client, SLICE("one 2 three"), SLICE("a\r\n")), ERR_BAD_TEXT);
    assert_int_equal(client_replace(s->client, SLICE("one 2 three"), SLICE("\xff")), ERR_BAD_TEXT);
    assert_text(s, "one 2 three");
}

static void test_edits_keep_their_distance(void **state)
{
    struct script s;
    struct client_config config = ada;
    (void)state;
    config.timing.edit_ms = 10;
    script_init(&s, &config);
    join_with(&s, "");
    type(&s, "+a");
    assert_string_equal(said(&s), "{\"Edit\":{\"revision\":10,\"operation\":[\"a\"]}}");
    history(&s, 10, "{\"id\":3,\"operation\":[\"a\"]}");
    type(&s, "=1 +b");
    assert_says_nothing(&s);
    assert_int_equal(client_due_ms(s.client), s.now_ms + 10);
    later(&s, 10);
    assert_string_equal(said(&s), "{\"Edit\":{\"revision\":11,\"operation\":[1,\"b\"]}}");
    script_deinit(&s);
}

static void test_a_large_edit_goes_in_parts(void **state)
{
    struct script *s = *state;
    connect_now(s);
    said(s);
    hear(s, "{\"Welcome\":{\"user_id\":3,\"epoch\":\"" EPOCH_A "\",\"revision\":0,\"resumed\":false,"
            "\"committed\":0,\"limits\":{\"document_bytes\":1000,\"message_bytes\":90}}}");
    snapshot(s, 0, "");
    type(s, "+aaaaaaaaaabbbbbbbbbbcccccccccc");
    assert_string_equal(said(s), "{\"Edit\":{\"revision\":0,\"operation\":[\"aaaaaaaaaa\"]}}");
    assert_says_nothing(s);
    assert_int_equal(client_unsaved(s->client), 1);
    history(s, 0, "{\"id\":3,\"operation\":[\"aaaaaaaaaa\"]}");
    assert_int_equal(client_unsaved(s->client), 1); /* the change is not saved before its last part */
    assert_string_equal(said(s), "{\"Edit\":{\"revision\":1,\"operation\":[10,\"bbbbbb\"]}}");
    history(s, 1, "{\"id\":3,\"operation\":[10,\"bbbbbb\"]}");
    lose_and_come_back(s);
    said(s);
    welcome(s, EPOCH_A, true, 2, "");
    history(s, 2, "");
    assert_string_equal(said(s), "{\"Edit\":{\"revision\":2,\"operation\":[16,\"bbbbcccccccccc\"]}}");
    history(s, 2, "{\"id\":3,\"operation\":[16,\"bbbbcccccccccc\"]}");
    assert_int_equal(client_unsaved(s->client), 0);
}

/* ---- refusals ---- */

static void test_a_refused_edit_is_taken_back(void **state)
{
    struct script *s = *state;
    join_with(s, "ab");
    type(s, "=1 +long =1");
    said(s);
    type(s, "=6 +!");
    client_take_news(s->client);
    hear(s, "{\"Rejected\":{\"revision\":10,\"code\":\"document_too_large\",\"message\":\"Too "
            "large.\",\"limit\":4}}");
    assert_true(client_take_news(s->client) & CLIENT_NEWS_REFUSAL);
    assert_string_equal(client_refusal(s->client)->code, "document_too_large");
    assert_int_equal(client_refusal(s->client)->limit, 4);
    assert_says_nothing(s);
    assert_int_equal(client_undo_refused(s->client), OK);
    assert_null(client_refusal(s->client));
    assert_change(s, "=1 -4 =2");
    assert_text(s, "ab!");
    assert_string_equal(said(s), "{\"Edit\":{\"revision\":10,\"operation\":[2,\"!\"]}}");
}

static void test_a_text_that_fits_again_is_sent(void **state)
{
    struct script *s = *state;
    join_with(s, "ab");
    type(s, "=1 +long =1");
    said(s);
    hear(s, "{\"Rejected\":{\"revision\":10,\"code\":\"document_too_large\",\"message\":\"\",\"limit\":4}}");
    assert_says_nothing(s);
    type(s, "=1 -2 =3");
    assert_string_equal(said(s), "{\"Edit\":{\"revision\":10,\"operation\":[1,\"ng\",1]}}");
    assert_null(client_refusal(s->client));
}

static void test_a_passing_refusal_is_tried_again(void **state)
{
    struct script *s = *state;
    join_with(s, "");
    type(s, "+a");
    said(s);
    hear(s, "{\"Rejected\":{\"revision\":10,\"code\":\"rate_limited\",\"message\":\"\"}}");
    assert_says_nothing(s);
    assert_int_equal(client_due_ms(s->client), s->now_ms + 1000);
    later(s, 1000);
    assert_string_equal(said(s), "{\"Edit\":{\"revision\":10,\"operation\":[\"a\"]}}");
    history(s, 10, "{\"id\":3,\"operation\":[\"a\"]}");
    assert_null(client_refusal(s->client));
}

/* A message that the server never takes is not sent for ever. */
static void test_a_message_that_ends_the_connection_is_refused(void **state)
{
    struct script *s = *state;
    join_with(s, "");
    type(s, "+a");
    said(s);
    closed(s, 1009, "The message is larger than this server takes.");
    assert_string_equal(client_refusal(s->client)->code, "message_too_large");
    later(s, client_due_ms(s->client) - s->now_ms);
    connect_now(s);
    said(s);
    welcome(s, EPOCH_A, true, 0, "");
    history(s, 10, "");
    assert_says_nothing(s);
}

/* ---- roles ---- */

static void test_a_reader_sends_nothing(void **state)
{
    struct script *s = *state;
    connect_now(s);
    said(s);
    welcome(s, EPOCH_A, false, 0, "\"access\":\"view\",");
    snapshot(s, 1, "read");
    assert_change(s, "+read");
    assert_int_equal(client_role(s->client), ROLE_VIEW);
    type(s, "=4 +!");
    client_set_places(s->client, &(struct places){.caret_count = 1});
    assert_int_equal(client_set_language(s->client, SLICE("c")), OK);
    assert_says_nothing(s);
    assert_string_equal(client_refusal(s->client)->code, "view_only");
    hear(s, "{\"Access\":{\"role\":\"edit\"}}");
    assert_string_equal(said(s), "{\"SetLanguage\":\"c\"}");
    assert_string_equal(said(s), "{\"Edit\":{\"revision\":1,\"operation\":[4,\"!\"]}}");
    assert_int_equal(client_role(s->client), ROLE_EDIT);
}

/* Nobody knows whether the language or the edit was refused: the next Welcome tells. */
static void test_a_role_that_is_lost_on_the_way(void **state)
{
    struct script *s = *state;
    join_with(s, "");
    type(s, "+a");
    assert_int_equal(client_set_language(s->client, SLICE("c")), OK);
    assert_string_equal(said(s), "{\"SetLanguage\":\"c\"}");
    said(s);
    hear(s, "{\"Rejected\":{\"revision\":10,\"code\":\"view_only\",\"message\":\"\"}}");
    assert_null(client_refusal(s->client));
    later(s, client_due_ms(s->client) - s->now_ms);
    connect_now(s);
    assert_says_hello(s, "\"epoch\":\"" EPOCH_A "\"");
    welcome(s, EPOCH_A, true, 11, "\"access\":\"view\",");
    history(s, 10, "{\"id\":3,\"operation\":[\"a\"]}");
    assert_int_equal(client_unsaved(s->client), 0);
    assert_says_nothing(s);
}

static void test_secrets_come_into_the_next_hello(void **state)
{
    struct script *s = *state;
    join_with(s, "");
    hear(s, "{\"Owner\":{\"token\":\"mine\"}}");
    hear(s, "{\"OTP\":{\"otp\":\"new one\",\"user_id\":5,\"user_name\":\"Bob\"}}");
    assert_true(slice_equal(client_owner(s->client), SLICE("mine")));
    lose_and_come_back(s);
    assert_says_hello(s, "\"otp\":\"new one\",\"owner\":\"mine\"");
}

/* ---- presence ---- */

static void test_people_and_their_carets(void **state)
{
    struct script *s = *state;
    join_with(s, "abc");
    hear(s, "{\"Users\":[{\"id\":9,\"name\":\"Bob\",\"hue\":20,\"cursors\":[2],\"selections\":[[1,3]]},"
            "{\"id\":3,\"name\":\"Ada\",\"hue\":7,\"cursors\":[],\"selections\":[]}]}");
    type(s, "+xx =3"); /* carets in the local text */
    assert_int_equal(client_people_count(s->client), 2);
    struct person bob = client_person(s->client, 1);
    assert_int_equal(bob.user_id, 9);
    assert_int_equal(bob.places.carets[0], 4);
    assert_int_equal(bob.places.selections[0].head, 5);
    said(s);
    history(s, 10, "{\"id\":9,\"operation\":[2,\"new\",1]}");
    assert_int_equal(client_person(s->client, 1).places.carets[0], 7);
    hear(s, "{\"UserCursor\":{\"id\":9,\"data\":{\"cursors\":[0],\"selections\":[]}}}");
    assert_int_equal(client_person(s->client, 1).places.carets[0], 2);
    hear(s, "{\"UserInfo\":{\"id\":9,\"info\":null}}");
    assert_int_equal(client_people_count(s->client), 1);
}

static void test_own_carets_follow_the_text(void **state)
{
    struct script *s = *state;
    join_with(s, "abc");
    client_set_places(s->client, &(struct places){.caret_count = 1, .carets = {2}});
    type(s, "+x =3");
    assert_string_equal(said(s), "{\"Edit\":{\"revision\":10,\"operation\":[\"x\",3]}}");
    assert_string_equal(said(s), "{\"CursorData\":{\"cursors\":[3],\"selections\":[]}}");
    type(s, "=4 +y");
    assert_says_nothing(s); /* the text in which it stands is not sent */
    history(s, 10, "{\"id\":9,\"operation\":[\"__\",3]},{\"id\":3,\"operation\":[\"x\",5]}");
    said(s);
    assert_string_equal(said(s), "{\"CursorData\":{\"cursors\":[5],\"selections\":[]}}");
}

static void test_name_and_language_are_told(void **state)
{
    struct script *s = *state;
    join_with(s, "");
    assert_int_equal(client_set_info(s->client, SLICE("Countess"), 400), OK);
    assert_int_equal(client_set_language(s->client, SLICE("c")), OK);
    assert_string_equal(said(s), "{\"ClientInfo\":{\"name\":\"Countess\",\"hue\":40}}");
    assert_string_equal(said(s), "{\"SetLanguage\":\"c\"}");
    assert_says_nothing(s);
    lose_and_come_back(s); /* nobody knows whether it arrived */
    assert_says_hello(s, "\"name\":\"Countess\",\"hue\":40");
    welcome(s, EPOCH_A, true, 0, "\"language\":null,");
    history(s, 10, "");
    assert_string_equal(said(s), "{\"SetLanguage\":\"c\"}");
    hear(s, "{\"Language\":{\"language\":\"c\",\"user_id\":3,\"user_name\":\"Countess\"}}");
    assert_true(slice_equal(client_language(s->client), SLICE("c")));
    lose_and_come_back(s);
    said(s);
    welcome(s, EPOCH_A, true, 0, "\"language\":\"c\",");
    history(s, 10, "");
    assert_says_nothing(s);
}

static void test_whether_it_is_being_saved(void **state)
{
    struct script *s = *state;
    join_with(s, "");
    assert_true(client_storage_is_writable(s->client));
    hear(s, "{\"Storage\":{\"writable\":false}}");
    assert_false(client_storage_is_writable(s->client));
    assert_true(client_take_news(s->client) & CLIENT_NEWS_STORAGE);
}

static void test_news_of_the_past(void **state)
{
    struct script *s = *state;
    join_with(s, "");
    assert_false(client_keeps_history(s->client));
    hear(s, "{\"Restored\":{\"revision\":3,\"at\":1700000000,\"user_id\":4,\"user_name\":\"Bob\"}}");
    hear(s, "{\"HistoryChanged\":{\"change\":\"on\",\"kept\":true,\"user_id\":4,\"user_name\":\"Eve\"}}");
    unsigned news = client_take_news(s->client);
    assert_true((news & CLIENT_NEWS_RESTORED) && (news & CLIENT_NEWS_HISTORY));
    struct client_restored restored = client_restored(s->client);
    assert_true(restored.revision == 3 && restored.at_s == 1700000000 && restored.user_id == 4);
    assert_true(slice_equal(restored.name, SLICE("Bob")));
    struct client_history_change change = client_history_change(s->client);
    assert_true(change.change == HISTORY_SWITCHED_ON && slice_equal(change.name, SLICE("Eve")));
    assert_true(client_keeps_history(s->client));
}

/* ---- another life ---- */

static void test_another_process_goes_on(void **state)
{
    struct script *s = *state, next;
    struct buf record = {0}, again = {0};
    struct client_config config = ada;
    join_with(s, "ab");
    type(s, "=2 +c");
    said(s);
    type(s, "=3 +d");
    assert_int_equal(client_write(s->client, &record), OK);
    config.token.bytes[0] = 99;
    script_init(&next, &config);
    assert_int_equal(client_read(next.client, buf_slice(&record)), OK);
    assert_change(&next, "");
    assert_text(&next, "abcd");
    assert_int_equal(client_unsaved(next.client), 2);
    assert_int_equal(client_write(next.client, &again), OK);
    assert_true(slice_equal(buf_slice(&record), buf_slice(&again)));
    connect_now(&next);
    assert_says_hello(&next, "\"client\":\"AQAAAAAAAAAAAAAAAAAAAA\"");
    welcome(&next, EPOCH_A, true, 11, "");
    history(&next, 10, "{\"id\":3,\"operation\":[2,\"c\"]}");
    assert_string_equal(said(&next), "{\"Edit\":{\"revision\":11,\"operation\":[3,\"d\"]}}");
    script_deinit(&next);
    buf_deinit(&record);
    buf_deinit(&again);
}

static void test_what_is_no_record(void **state)
{
    struct script *s = *state;
    static const char *const wrong[] = {
        "",
        "{}",
        "{\"client\":\"AQAAAAAAAAAAAAAAAAAAAA\"}",
        "{\"client\":\"x\",\"replica\":{\"epoch\":null,\"revision\":0,\"saved\":0,\"server_text\":\"\"}}",
        "{\"client\":\"AQAAAAAAAAAAAAAAAAAAAA\",\"replica\":{\"epoch\":null,\"revision\":0,\"saved\":0,"
        "\"server_text\":\"ab\",\"buffer\":{\"operation\":[3],\"count\":1}}}",
        "{\"client\":\"AQAAAAAAAAAAAAAAAAAAAA\",\"replica\":{\"epoch\":null,\"revision\":0,\"saved\":0,"
        "\"server_text\":\"ab\",\"inflight\":{\"operation\":[2,\"\\r\"],\"count\":1}}}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(client_read(s->client, slice_from_cstr(wrong[i])), ERR_BAD_MESSAGE);
    assert_false(client_is_loaded(s->client));
    join_with(s, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define SCRIPT(test) cmocka_unit_test_setup_teardown(test, open_script, close_script)
        SCRIPT(test_nothing_is_said_before_the_text),
        SCRIPT(test_an_empty_text_is_loaded),
        SCRIPT(test_one_edit_is_in_flight),
        SCRIPT(test_edits_are_made_on_what_is_shown),
        SCRIPT(test_a_text_takes_the_place_of_another),
        cmocka_unit_test(test_edits_keep_their_distance),
        SCRIPT(test_a_large_edit_goes_in_parts),
        SCRIPT(test_a_refused_edit_is_taken_back),
        SCRIPT(test_a_text_that_fits_again_is_sent),
        SCRIPT(test_a_passing_refusal_is_tried_again),
        SCRIPT(test_a_message_that_ends_the_connection_is_refused),
        SCRIPT(test_a_reader_sends_nothing),
        SCRIPT(test_a_role_that_is_lost_on_the_way),
        SCRIPT(test_secrets_come_into_the_next_hello),
        SCRIPT(test_people_and_their_carets),
        SCRIPT(test_own_carets_follow_the_text),
        SCRIPT(test_name_and_language_are_told),
        SCRIPT(test_whether_it_is_being_saved),
        SCRIPT(test_news_of_the_past),
        SCRIPT(test_another_process_goes_on),
        SCRIPT(test_what_is_no_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
