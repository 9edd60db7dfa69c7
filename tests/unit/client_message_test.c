/* link: kp_proto faulty_alloc */

#include "support/client_decoding.h"

/* Refused with that error, in both versions, with a reason a close frame has
 * room for, and the message left as it was. */
static void refuses(enum error expected, const char *json)
{
    refuses_in(PAD_V1, expected, json);
    refuses_in(PAD_V2, expected, json);
}

/* v2 refuses it; v1 takes it as a message of that kind. */
static void only_v1_takes(enum client_message_kind kind, enum error expected, const char *json)
{
    refuses_in(PAD_V2, expected, json);
    const enum error err = decode(PAD_V1, json);
    if (err || message.kind != kind)
        fail_msg("v1 %s: %s (%s), kind %d instead of %d", json, error_code(err), err ? detail : "",
                 (int)message.kind, (int)kind);
}

/* ---- edits ---- */

/* The JSON operation means what the op_text line means. */
static void edits(const char *json_operation, const char *line)
{
    char json[512];
    struct op expected = {0};

    snprintf(json, sizeof json, "{\"Edit\":{\"revision\":42,\"operation\":%s}}", json_operation);
    assert_int_equal(op_text_parse(line, &expected), OK);
    for (enum pad_version v = PAD_V1; v <= PAD_V2; v++) {
        assert_int_equal(decode(v, json), OK);
        assert_int_equal(message.kind, CLIENT_EDIT);
        assert_int_equal(message.edit.revision, 42);
        assert_true(op_equal(message.edit.op, op_view(&expected)));
    }
    op_deinit(&expected);
}

static void test_edits_are_operations(void **state)
{
    (void)state;
    edits("[10,\"hello\"]", "=10 +hello");
    edits("[]", "");
    edits("[5,\"text\",-3]", "=5 +text -3");
    edits(" [ 1 , -1 ] ", "=1 -1");
    edits("[\"\\ud83d\\ude00\"]", "+😀");
}

static void test_a_nul_is_a_character(void **state)
{
    (void)state;
    assert_int_equal(decode(PAD_V2, "{\"Edit\":{\"revision\":0,\"operation\":[\"a\\u0000b\"]}}"), OK);
    assert_int_equal(message.edit.op.target_points, 3);
}

static void test_edits_are_brought_into_normal_form(void **state)
{
    (void)state;
    edits("[-1,\"n\"]", "+n -1");
    edits("[2,-1,\"n\",2]", "=2 +n -1 =2");
    edits("[1,2,\"a\",\"b\",-1,-2]", "=3 +ab -3");
    edits("[-1,\"a\",-1,\"b\"]", "+ab -2");
}

static void test_the_sizes_of_components_have_a_bound(void **state)
{
    (void)state;
    edits("[536870912]", "=536870912");
    edits("[-536870912]", "-536870912");
    refuses(ERR_BAD_OPERATION, "{\"Edit\":{\"revision\":0,\"operation\":[536870913]}}");
    refuses(ERR_BAD_OPERATION, "{\"Edit\":{\"revision\":0,\"operation\":[-536870913]}}");
    refuses(ERR_BAD_OPERATION, "{\"Edit\":{\"revision\":0,\"operation\":[9223372036854775807]}}");
    refuses(ERR_BAD_OPERATION, "{\"Edit\":{\"revision\":0,\"operation\":[-9223372036854775808]}}");
    refuses(ERR_BAD_OPERATION, "{\"Edit\":{\"revision\":0,\"operation\":[4294967297]}}");
    refuses(ERR_BAD_OPERATION, "{\"Edit\":{\"revision\":0,\"operation\":[536870912,1]}}");
    refuses(ERR_BAD_OPERATION,
            "{\"Edit\":{\"revision\":0,\"operation\":[9223372036854775807,\"x\",-9223372036854775808,-4]}}");
}

static void test_components_that_are_none(void **state)
{
    static const char *const bad[] = {"null", "true", "[]", "[1]", "{}", "1.5", "1e300", "-1e17", "1e-1"};
    static const char *const v1_only[] = {"0",   "-0",   "\"\"", "1.0", "1e0",
                                          "1e2", "-1.0", "-2e1", "0.0", "1E+2"};
    char json[128];
    (void)state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(json, sizeof json, "{\"Edit\":{\"revision\":0,\"operation\":[1,%s,\"x\"]}}", bad[i]);
        refuses(ERR_BAD_OPERATION, json);
    }
    for (size_t i = 0; i < sizeof v1_only / sizeof v1_only[0]; i++) {
        snprintf(json, sizeof json, "{\"Edit\":{\"revision\":0,\"operation\":[1,%s,\"x\"]}}", v1_only[i]);
        only_v1_takes(CLIENT_EDIT, ERR_BAD_OPERATION, json);
    }
    refuses(ERR_BAD_OPERATION, "{\"Edit\":{\"revision\":0,\"operation\":\"x\"}}");
    refuses(ERR_BAD_OPERATION, "{\"Edit\":{\"revision\":0,\"operation\":{}}}");
    refuses_in(PAD_V2, ERR_BAD_OPERATION, "{\"Edit\":{\"revision\":0,\"operation\":null}}");
    refuses_in(PAD_V1, ERR_BAD_MESSAGE, "{\"Edit\":{\"revision\":0,\"operation\":null}}");
}

/* In v1 the JSON operation means what the op_text line means. */
static void v1_edits(const char *json_operation, const char *line)
{
    char json[512];
    struct op expected = {0};

    snprintf(json, sizeof json, "{\"Edit\":{\"revision\":42,\"operation\":%s}}", json_operation);
    assert_int_equal(op_text_parse(line, &expected), OK);
    only_v1_takes(CLIENT_EDIT, ERR_BAD_OPERATION, json);
    assert_int_equal(message.edit.revision, 42);
    assert_true(op_equal(message.edit.op, op_view(&expected)));
    op_deinit(&expected);
}

/* [position, text, rest], as scripts write it wherever the position is. */
static void test_v1_operations_are_normalised(void **state)
{
    (void)state;
    v1_edits("[0,\"x\",5]", "+x =5");
    v1_edits("[5,\"x\",0]", "=5 +x");
    v1_edits("[\"x\",\"\",5]", "+x =5");
    v1_edits("[\"\",5]", "=5");
    v1_edits("[0]", "");
    v1_edits("[\"\"]", "");
    v1_edits("[0,\"\",0,-0]", "");
    v1_edits("[1,0,2,\"a\",\"\",\"b\",-1,0,-2]", "=3 +ab -3");
    v1_edits("[2.0,\"x\",-3.0,1e1]", "=2 +x -3 =10");
}

static void test_text_that_is_none(void **state)
{
    (void)state;
    only_v1_takes(CLIENT_EDIT, ERR_BAD_TEXT, "{\"Edit\":{\"revision\":0,\"operation\":[\"a\\r\\nb\"]}}");
    assert_int_equal(message.edit.op.target_points, 4);
    only_v1_takes(CLIENT_EDIT, ERR_BAD_TEXT, "{\"Edit\":{\"revision\":0,\"operation\":[3,\"\\r\"]}}");
    refuses(ERR_BAD_MESSAGE, "{\"Edit\":{\"revision\":0,\"operation\":[\"\\ud83d\"]}}");
    refuses(ERR_BAD_MESSAGE, "{\"Edit\":{\"revision\":0,\"operation\":[\"\\ude00\\ud83d\"]}}");
    refuses(ERR_BAD_MESSAGE, "{\"Edit\":{\"revision\":0,\"operation\":[\"\xed\xa0\xbd\"]}}");
    refuses(ERR_BAD_MESSAGE, "{\"Edit\":{\"revision\":0,\"operation\":[\"\xc0\xaf\"]}}");
    refuses(ERR_BAD_MESSAGE, "{\"Edit\":{\"revision\":0,\"operation\":[\"\xff\"]}}");
}

static void test_the_revision_of_an_edit(void **state)
{
    static const char *const bad[] = {"-1", "\"1\"", "true", "[0]", "1.5", "-1.0", "-9223372036854775808"};
    static const char *const v1_only[] = {"1.0", "1e2", "null"};
    char json[128];
    (void)state;

    assert_int_equal(decode(PAD_V1, "{\"Edit\":{\"revision\":9223372036854775807,\"operation\":[1]}}"), OK);
    assert_true(message.edit.revision == INT64_MAX);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(json, sizeof json, "{\"Edit\":{\"revision\":%s,\"operation\":[1]}}", bad[i]);
        refuses(ERR_BAD_MESSAGE, json);
    }
    for (size_t i = 0; i < sizeof v1_only / sizeof v1_only[0]; i++) {
        snprintf(json, sizeof json, "{\"Edit\":{\"revision\":%s,\"operation\":[1]}}", v1_only[i]);
        only_v1_takes(CLIENT_EDIT, ERR_BAD_MESSAGE, json);
    }
    only_v1_takes(CLIENT_EDIT, ERR_BAD_MESSAGE, "{\"Edit\":{\"operation\":[1]}}");
    assert_int_equal(message.edit.revision, 0);
    refuses(ERR_BAD_MESSAGE, "{\"Edit\":{\"revision\":9223372036854775808,\"operation\":[1]}}");
}

/* ---- any message ---- */

static void test_what_is_no_message(void **state)
{
    static const char *const bad[] = {
        "",
        " ",
        "null",
        "[]",
        "[{\"SetLanguage\":\"c\"}]",
        "\"Edit\"",
        "{",
        "{\"SetLanguage\":\"c\"",
        "{\"SetLanguage\":\"c\"}}",
        "{\"SetLanguage\":\"c\"} x",
        "{\"SetLanguage\":\"c\"}{\"SetLanguage\":\"c\"}",
        "{'SetLanguage':'c'}",
        "{\"SetLanguage\":\"c\",}",
        "{\"SetLanguage\\u0000\":\"c\"}",
        "{\"Edit\":[]}",
        "{\"Edit\":{}}",
        "{\"Edit\":{\"revision\":0}}",
        "{\"ClientInfo\":5}",
        "{\"ClientInfo\":[]}",
        "{\"CursorData\":5}",
        "{\"SetLanguage\":{}}",
        "// a comment\n{\"SetLanguage\":\"c\"}",
        "{\"SetLanguage\":NaN}",
        "\xef\xbb\xbf{\"SetLanguage\":\"c\"}",
    };
    (void)state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        refuses(ERR_BAD_MESSAGE, bad[i]);
    assert_int_equal(client_decode(&decoder, PAD_V1, (struct slice){0}, &message, &detail), ERR_BAD_MESSAGE);
}

static void test_deep_nesting_is_no_message(void **state)
{
    static char json[100000];
    (void)state;

    memset(json, '[', sizeof json - 1);
    memcpy(json, "{\"Edit\":", 8);
    refuses(ERR_BAD_MESSAGE, json);
}

/* A newer client may say more than we know. */
static void test_unknown_members_are_ignored(void **state)
{
    (void)state;
    assert_int_equal(decode(PAD_V2, "{\"Edit\":{\"revision\":1,\"operation\":[1],\"why\":{\"x\":[1.5]}}}"),
                     OK);
    assert_int_equal(decode(PAD_V1, "{\"ClientInfo\":{\"name\":\"A\",\"hue\":1,\"shape\":\"round\"}}"), OK);
}

/* To a v1 client whatever is not known is not for us. */
static void test_v1_messages_of_which_nothing_is_known(void **state)
{
    static const char *const unknown[] = {
        "{}",
        "{\"\":1}",
        "{\"Nonsense\":{\"deep\":[1.5,null]}}",
        "{\"SetLanguage \":\"c\"}",
        "{\"Edit\":null}",
        "{\"CursorData\":null}",
        "{\"SetLanguage\":null,\"ClientInfo\":null}",
    };
    (void)state;

    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        only_v1_takes(CLIENT_NOTHING, ERR_BAD_MESSAGE, unknown[i]);
    only_v1_takes(CLIENT_SET_LANGUAGE, ERR_BAD_MESSAGE, "{\"SetLanguage\":\"c\",\"Other\":1}");
    only_v1_takes(CLIENT_SET_LANGUAGE, ERR_BAD_MESSAGE, "{\"Other\":1,\"SetLanguage\":\"c\"}");
    only_v1_takes(CLIENT_SET_LANGUAGE, ERR_BAD_MESSAGE, "{\"setlanguage\":\"c\"}");
    only_v1_takes(CLIENT_EDIT, ERR_BAD_MESSAGE, "{\"edit\":{\"REVISION\":7,\"Operation\":[1]}}");
    assert_int_equal(message.edit.revision, 7);
    only_v1_takes(CLIENT_SET_LANGUAGE, ERR_BAD_MESSAGE, "{\"SetLanguage\":\"c\",\"SetLanguage\":\"d\"}");
    assert_slice(message.language, "d");
    only_v1_takes(CLIENT_EDIT, ERR_BAD_MESSAGE,
                  "{\"Edit\":{\"revision\":0,\"revision\":1,\"operation\":[1]}}");
    assert_int_equal(message.edit.revision, 1);
}

static void test_several_keys_are_several_messages_in_v1(void **state)
{
    (void)state;
    only_v1_takes(CLIENT_EDIT, ERR_BAD_MESSAGE,
                  "{\"SetLanguage\":\"c\",\"X\":0,\"ClientInfo\":{\"name\":\"A\",\"hue\":1},"
                  "\"CursorData\":{\"cursors\":[3]},\"Edit\":{\"revision\":5,\"operation\":[1]}}");
    assert_int_equal(message.edit.revision, 5);
    assert_int_equal(client_decode_next(&decoder, &message, &detail), OK);
    assert_int_equal(message.kind, CLIENT_CURSORS);
    assert_int_equal(message.cursors.carets[0], 3);
    assert_int_equal(client_decode_next(&decoder, &message, &detail), OK);
    assert_int_equal(message.kind, CLIENT_INFO);
    assert_slice(message.info.name, "A");
    assert_int_equal(client_decode_next(&decoder, &message, &detail), OK);
    assert_int_equal(message.kind, CLIENT_SET_LANGUAGE);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(client_decode_next(&decoder, &message, &detail), OK);
        assert_int_equal(message.kind, CLIENT_NOTHING);
    }
    assert_int_equal(decode(PAD_V1, "{\"Edit\":{\"operation\":[1]},\"ClientInfo\":5}"), OK);
    assert_int_equal(client_decode_next(&decoder, &message, &detail), ERR_BAD_MESSAGE);
    assert_non_null(detail);
}

static void test_v1_does_not_know_the_messages_of_v2(void **state)
{
    (void)state;
    assert_int_equal(decode(PAD_V1, "{\"Ping\":1}"), OK);
    assert_int_equal(message.kind, CLIENT_NOTHING);
    assert_int_equal(decode(PAD_V1, "{\"Hello\":{\"client\":\"" TOKEN "\"}}"), OK);
    assert_int_equal(message.kind, CLIENT_NOTHING);
    assert_int_equal(decode(PAD_V2, "{\"Ping\":1}"), OK);
    assert_int_equal(message.kind, CLIENT_PING);
}

static void test_every_prefix_of_a_message_is_refused(void **state)
{
    static const char json[] = "{\"CursorData\":{\"cursors\":[1,22],\"selections\":[[3,4]]}}";
    char *exact = NULL;
    (void)state;

    for (size_t len = 0; len < sizeof json - 1; len++) {
        exact = realloc(exact, len + 1); /* so that reading beyond it is noticed */
        memcpy(exact, json, len);
        exact = realloc(exact, len ? len : 1);
        assert_int_equal(client_decode(&decoder, PAD_V1, slice_of(exact, len), &message, &detail),
                         ERR_BAD_MESSAGE);
    }
    free(exact);
    assert_int_equal(decode(PAD_V1, json), OK);
}

/* ---- presence ---- */

static void test_language(void **state)
{
    (void)state;
    assert_int_equal(decode(PAD_V1, "{\"SetLanguage\":\"c++ 2.0_#-\"}"), OK);
    assert_int_equal(message.kind, CLIENT_SET_LANGUAGE);
    assert_slice(message.language, "c++ 2.0_#-");
    refuses(ERR_BAD_MESSAGE, "{\"SetLanguage\":5}");
    refuses_in(PAD_V2, ERR_BAD_MESSAGE, "{\"SetLanguage\":null}");
}

static void v1_languages(const char *json_name, const char *expected)
{
    char json[1024];

    snprintf(json, sizeof json, "{\"SetLanguage\":\"%s\"}", json_name);
    only_v1_takes(CLIENT_SET_LANGUAGE, ERR_BAD_MESSAGE, json);
    assert_non_null(message.language.ptr);
    assert_slice(message.language, expected);
}

static void test_v1_knows_other_languages(void **state)
{
    char longest[PAD_LANGUAGE_KEPT_BYTES_MAX + 40];
    (void)state;

    v1_languages("", "");
    v1_languages("<b>", "<b>");
    v1_languages("Français (Québec)", "Français (Québec)");
    v1_languages("c\\u0000\\n/d", "c/d");
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    memcpy(longest + PAD_LANGUAGE_KEPT_BYTES_MAX - 1, "é", strlen("é")); /* is not cut in two */
    char kept[sizeof longest];
    memcpy(kept, longest, sizeof kept);
    kept[PAD_LANGUAGE_KEPT_BYTES_MAX - 1] = '\0';
    v1_languages(longest, kept);
}

static void names(const char *json_name, const char *expected)
{
    char json[256];

    snprintf(json, sizeof json, "{\"ClientInfo\":{\"name\":\"%s\",\"hue\":359}}", json_name);
    assert_int_equal(decode(PAD_V1, json), OK);
    assert_int_equal(message.kind, CLIENT_INFO);
    assert_int_equal(message.info.hue, 359);
    assert_slice(message.info.name, expected);
}

static void test_info(void **state)
{
    (void)state;
    names("Alice", "Alice");
    names("  Zoë 😀 ", "Zoë 😀");
    names("a\\u0000\\u0007b\\n", "ab");
    names("", "Anonymous");
    names(" \\t\\n", "Anonymous");
}

static void test_info_that_is_none(void **state)
{
    static const char *const hues[] = {"1.5", "\"1\"", "[]", "true", "1e300"};
    char json[128];
    (void)state;

    for (size_t i = 0; i < sizeof hues / sizeof hues[0]; i++) {
        snprintf(json, sizeof json, "{\"ClientInfo\":{\"name\":\"A\",\"hue\":%s}}", hues[i]);
        refuses(ERR_BAD_MESSAGE, json);
    }
    refuses(ERR_BAD_MESSAGE, "{\"ClientInfo\":{\"name\":5,\"hue\":1}}");
    refuses(ERR_BAD_MESSAGE, "{\"ClientInfo\":\"A\"}");
    refuses(ERR_BAD_MESSAGE, "{\"ClientInfo\":[\"A\",1]}");
}

static void test_v1_takes_any_hue_and_no_name(void **state)
{
    static const struct {
        const char *json;
        int hue;
    } hues[] = {{"360", 0},
                {"-1", 359},
                {"400", 40},
                {"180.0", 180},
                {"1e1", 10},
                {"null", 0},
                {"-360", 0},
                {"99999999999", 279},
                {"9223372036854775807", 7},
                {"-9223372036854775808", 352}};
    char json[128];
    (void)state;

    for (size_t i = 0; i < sizeof hues / sizeof hues[0]; i++) {
        snprintf(json, sizeof json, "{\"ClientInfo\":{\"name\":\"A\",\"hue\":%s}}", hues[i].json);
        only_v1_takes(CLIENT_INFO, ERR_BAD_MESSAGE, json);
        assert_int_equal(message.info.hue, hues[i].hue);
    }
    only_v1_takes(CLIENT_INFO, ERR_BAD_MESSAGE, "{\"ClientInfo\":{\"name\":\"A\"}}");
    assert_int_equal(message.info.hue, 0);
    only_v1_takes(CLIENT_INFO, ERR_BAD_MESSAGE, "{\"ClientInfo\":{\"hue\":1}}");
    assert_slice(message.info.name, "Anonymous");
    only_v1_takes(CLIENT_INFO, ERR_BAD_MESSAGE, "{\"ClientInfo\":{\"name\":null,\"hue\":1}}");
    only_v1_takes(CLIENT_INFO, ERR_BAD_MESSAGE, "{\"ClientInfo\":{}}");
}

static void test_v1_takes_one_list_of_cursors(void **state)
{
    (void)state;
    only_v1_takes(CLIENT_CURSORS, ERR_BAD_MESSAGE, "{\"CursorData\":{\"cursors\":[5.0]}}");
    assert_int_equal(message.cursors.caret_count, 1);
    assert_int_equal(message.cursors.carets[0], 5);
    assert_int_equal(message.cursors.selection_count, 0);
    only_v1_takes(CLIENT_CURSORS, ERR_BAD_MESSAGE, "{\"CursorData\":{\"selections\":[[1,2.0]]}}");
    assert_int_equal(message.cursors.selections[0].head, 2);
    only_v1_takes(CLIENT_CURSORS, ERR_BAD_MESSAGE, "{\"CursorData\":{\"cursors\":null}}");
}

static void test_cursors(void **state)
{
    (void)state;
    assert_int_equal(
        decode(PAD_V2, "{\"CursorData\":{\"cursors\":[0,42,99999999999],\"selections\":[[10,25],[7,7]]}}"),
        OK);
    assert_int_equal(message.kind, CLIENT_CURSORS);
    assert_int_equal(message.cursors.caret_count, 3);
    assert_int_equal(message.cursors.carets[1], 42);
    assert_int_equal(message.cursors.carets[2], UINT32_MAX);
    assert_int_equal(message.cursors.selection_count, 2);
    assert_int_equal(message.cursors.selections[0].anchor, 10);
    assert_int_equal(message.cursors.selections[0].head, 25);
    assert_int_equal(message.cursors.selections[1].head, 7);
    assert_int_equal(decode(PAD_V1, "{\"CursorData\":{\"cursors\":[],\"selections\":[]}}"), OK);
    assert_int_equal(message.cursors.caret_count + message.cursors.selection_count, 0);
}

static void test_cursor_lists_are_cut(void **state)
{
    char json[4096] = "{\"CursorData\":{\"cursors\":[0";
    (void)state;

    for (int i = 1; i < 100; i++)
        snprintf(json + strlen(json), sizeof json - strlen(json), ",%d", i);
    strcat(json, "],\"selections\":[[0,1]");
    for (int i = 1; i < 100; i++)
        snprintf(json + strlen(json), sizeof json - strlen(json), ",[%d,%d]", i, i + 1);
    strcat(json, "]}}");
    assert_int_equal(decode(PAD_V1, json), OK);
    assert_int_equal(message.cursors.caret_count, PAD_CURSORS_MAX);
    assert_int_equal(message.cursors.selection_count, PAD_CURSORS_MAX);
    for (uint32_t i = 0; i < PAD_CURSORS_MAX; i++) {
        assert_int_equal(message.cursors.carets[i], i);
        assert_int_equal(message.cursors.selections[i].head, i + 1);
    }
}

static void test_cursors_that_are_none(void **state)
{
    static const char *const bad[] = {
        "{\"cursors\":[-1],\"selections\":[]}",
        "{\"cursors\":[1.5],\"selections\":[]}",
        "{\"cursors\":[null],\"selections\":[]}",
        "{\"cursors\":1,\"selections\":[]}",
        "{\"cursors\":[],\"selections\":[1,2]}",
        "{\"cursors\":[],\"selections\":[[1]]}",
        "{\"cursors\":[],\"selections\":[[1,2,3]]}",
        "{\"cursors\":[],\"selections\":[[1,-2]]}",
        "{\"cursors\":[],\"selections\":[{}]}",
        "{\"cursors\":{},\"selections\":{}}",
        "[[],[]]",
    };
    char json[128];
    (void)state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(json, sizeof json, "{\"CursorData\":%s}", bad[i]);
        refuses(ERR_BAD_MESSAGE, json);
    }
}

/* ---- memory ---- */

/* Each of our own allocations fails once, with a decoder that has none yet. */
static void survives_no_memory(enum pad_version version, const char *json)
{
    enum error err = ERR_NO_MEMORY;
    for (size_t nth = 1; err; nth++) {
        client_decoder_deinit(&decoder);
        alloc_fail_from(nth);
        err = decode(version, json);
        alloc_fail_from(0);
        assert_true(err == OK || err == ERR_NO_MEMORY);
        assert_true(nth > 1 || err == ERR_NO_MEMORY);
    }
}

static void test_every_allocation_may_fail(void **state)
{
    static const char *const messages[] = {
        "{\"Edit\":{\"revision\":1,\"operation\":[1,\"some text\",-3,4,\"more\"]}}",
        "{\"ClientInfo\":{\"name\":\"Alice\",\"hue\":1}}",
        "{\"CursorData\":{\"cursors\":[1],\"selections\":[[1,2]]}}",
    };
    (void)state;

    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        survives_no_memory(PAD_V1, messages[i]);
        survives_no_memory(PAD_V2, messages[i]);
    }
    survives_no_memory(PAD_V1, "{\"SetLanguage\":\"c\"}");
    survives_no_memory(PAD_V1, "{\"Edit\":{\"operation\":[0,\"a\\r\\n\",4.0]}}");
    survives_no_memory(PAD_V2, "{\"Hello\":{\"client\":\"" TOKEN "\",\"name\":\"Alice\"}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edits_are_operations),
        cmocka_unit_test(test_a_nul_is_a_character),
        cmocka_unit_test(test_edits_are_brought_into_normal_form),
        cmocka_unit_test(test_the_sizes_of_components_have_a_bound),
        cmocka_unit_test(test_components_that_are_none),
        cmocka_unit_test(test_v1_operations_are_normalised),
        cmocka_unit_test(test_text_that_is_none),
        cmocka_unit_test(test_the_revision_of_an_edit),
        cmocka_unit_test(test_what_is_no_message),
        cmocka_unit_test(test_deep_nesting_is_no_message),
        cmocka_unit_test(test_unknown_members_are_ignored),
        cmocka_unit_test(test_v1_messages_of_which_nothing_is_known),
        cmocka_unit_test(test_several_keys_are_several_messages_in_v1),
        cmocka_unit_test(test_v1_does_not_know_the_messages_of_v2),
        cmocka_unit_test(test_every_prefix_of_a_message_is_refused),
        cmocka_unit_test(test_language),
        cmocka_unit_test(test_v1_knows_other_languages),
        cmocka_unit_test(test_info),
        cmocka_unit_test(test_info_that_is_none),
        cmocka_unit_test(test_v1_takes_any_hue_and_no_name),
        cmocka_unit_test(test_v1_takes_one_list_of_cursors),
        cmocka_unit_test(test_cursors),
        cmocka_unit_test(test_cursor_lists_are_cut),
        cmocka_unit_test(test_cursors_that_are_none),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("client_message", tests, NULL, let_go);
}
