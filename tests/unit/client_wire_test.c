/* link: kp_client kp_alloc */
/* What the server says, read; what it is told, written. */
#include "client/incoming.h"
#include "client/outgoing.h"
#include "support/op_text.h"
#include "support/random_op.h"
#include "support/unit.h"

static struct incoming_decoder decoder;

static struct incoming decoded(const char *json)
{
    struct incoming m;
    const char *detail;
    const enum error err = incoming_decode(&decoder, slice_from_cstr(json), &m, &detail);
    if (err)
        fail_msg("%s: %s", json, detail);
    return m;
}

static void assert_refused(const char *json)
{
    struct incoming m, before;
    const char *detail = NULL;
    memset(&m, 0x5a, sizeof m);
    memcpy(&before, &m, sizeof m);
    if (incoming_decode(&decoder, slice_from_cstr(json), &m, &detail) != ERR_BAD_MESSAGE)
        fail_msg("%s is taken", json);
    assert_true(detail && strlen(detail) > 0);
    assert_memory_equal(&m, &before, sizeof m);
}

static void assert_slice(struct slice slice, const char *expected)
{
    assert_int_equal(slice.len, strlen(expected));
    assert_memory_equal(slice.ptr, expected, slice.len);
}

/* ---- reading ---- */

#define WELCOME                                                                                              \
    "{\"Welcome\":{\"user_id\":3,\"epoch\":\"AAAAAAAAAAAAAAAAAAAAAQ\",\"revision\":830,\"resumed\":true,"    \
    "\"committed\":815,\"access\":\"own\",\"language\":\"c\",\"otp\":null,\"limits\":{\"document_bytes\":"   \
    "1048576,\"message_bytes\":1114112},\"created_at\":1767225600,\"expires_at\":null,\"order\":\"author\"," \
    "\"owner\":\"tkn\",\"server\":\"1.0.0\",\"of a newer server\":[1]}}"

static void test_a_welcome(void **state)
{
    (void)state;
    const struct incoming m = decoded(WELCOME);
    const struct incoming_welcome *w = &m.welcome;
    assert_int_equal(m.kind, INCOMING_WELCOME);
    assert_int_equal(w->user_id, 3);
    assert_int_equal(w->revision, 830);
    assert_int_equal(w->committed, 815);
    assert_int_equal(w->document_bytes, 1048576);
    assert_int_equal(w->message_bytes, 1114112);
    assert_int_equal(w->created_s, 1767225600);
    assert_int_equal(w->expires_s, 0);
    assert_int_equal(w->role, ROLE_OWN);
    assert_true(w->resumed && w->by_author);
    assert_null(w->password.ptr);
    assert_slice(w->language, "c");
    assert_slice(w->owner, "tkn");
}

static void test_a_role_that_is_not_known(void **state)
{
    (void)state;
    assert_int_equal(decoded("{\"Access\":{\"role\":\"view\"}}").role, ROLE_VIEW);
    assert_int_equal(decoded("{\"Access\":{\"role\":\"emperor\"}}").role, ROLE_NOT_TOLD);
}

static void test_news_of_the_past(void **state)
{
    (void)state;
    struct incoming m =
        decoded("{\"Restored\":{\"revision\":812,\"at\":1700000000,\"user_id\":1,\"user_name\":\"Bob\"}}");
    assert_int_equal(m.kind, INCOMING_RESTORED);
    assert_true(m.restored.revision == 812 && m.restored.at_s == 1700000000 && m.restored.user_id == 1);
    assert_slice(m.restored.name, "Bob");
    m = decoded("{\"Restored\":{\"revision\":0,\"at\":null,\"user_id\":1,\"user_name\":\"\"}}");
    assert_int_equal(m.restored.at_s, 0);
    m = decoded("{\"HistoryChanged\":{\"change\":\"deleted\",\"kept\":true,\"user_id\":"
                "18446744073709551615,\"user_name\":\"System\"}}");
    assert_int_equal(m.history_changed.change, HISTORY_DELETED);
    assert_true(m.history_changed.is_kept && m.history_changed.user_id == SYSTEM_USER);
    m = decoded(
        "{\"HistoryChanged\":{\"change\":\"halved\",\"kept\":false,\"user_id\":1,\"user_name\":\"\"}}");
    assert_int_equal(m.history_changed.change, HISTORY_CHANGE_UNKNOWN);
    assert_false(decoded(WELCOME).welcome.keeps_history);
}

static void test_the_id_of_the_system(void **state)
{
    struct incoming_entry entry;
    const char *detail;
    (void)state;
    const struct incoming m =
        decoded("{\"History\":{\"start\":5,\"operations\":[{\"id\":18446744073709551615,"
                "\"order\":\"text\",\"operation\":[10,\"x\",-2]},{\"id\":1,\"operation\":[]}]}}");
    assert_int_equal(m.history.start, 5);
    assert_int_equal(m.history.count, 2);
    assert_int_equal(incoming_entry(&decoder, 0, &entry, &detail), OK);
    assert_true(entry.user_id == SYSTEM_USER && entry.by_text);
    assert_int_equal(entry.op.base_points, 12);
    assert_int_equal(incoming_entry(&decoder, 1, &entry, &detail), OK);
    assert_true(entry.user_id == 1 && !entry.by_text);
    assert_int_equal(incoming_entry(&decoder, 2, &entry, &detail), ERR_BAD_MESSAGE);
    assert_true(decoded("{\"Language\":{\"language\":\"c\",\"user_id\":18446744073709551615,\"user_name\":"
                        "\"System\"}}")
                    .setting.user_id == SYSTEM_USER);
}

static void test_people(void **state)
{
    struct incoming_person person;
    const char *detail;
    (void)state;
    const struct incoming m = decoded("{\"Users\":[{\"id\":1,\"name\":\"Bob\",\"hue\":20,\"cursors\":[4,99],"
                                      "\"selections\":[[1,4]]},{\"id\":2,\"name\":\"\",\"hue\":0}]}");
    assert_int_equal(m.users.count, 2);
    assert_int_equal(incoming_person(&decoder, 0, &person, &detail), OK);
    assert_slice(person.name, "Bob");
    assert_int_equal(person.places.caret_count, 2);
    assert_int_equal(person.places.carets[1], 99);
    assert_int_equal(person.places.selections[0].head, 4);
    assert_int_equal(incoming_person(&decoder, 1, &person, &detail), OK);
    assert_int_equal(person.places.caret_count, 0);
    assert_int_equal(decoded("{\"UserInfo\":{\"id\":7,\"info\":null}}").kind, INCOMING_USER_LEFT);
}

/* A server may say more than this program knows, and nothing that it takes up without bound. */
static void test_too_much_is_cut(void **state)
{
    char json[2000] = "{\"UserCursor\":{\"id\":1,\"data\":{\"cursors\":[0";
    (void)state;
    for (int i = 1; i < 200; i++)
        sprintf(json + strlen(json), ",%d", i);
    strcat(json, "],\"selections\":[]}}}");
    assert_int_equal(decoded(json).person.places.caret_count, PERSON_PLACES_MAX);
    sprintf(json, "{\"UserInfo\":{\"id\":1,\"info\":{\"hue\":1,\"name\":\"%0300d\"}}}", 7);
    assert_int_equal(decoded(json).person.name.len, PERSON_NAME_BYTES_MAX);
}

static void test_what_is_no_message(void **state)
{
    static const char *const wrong[] = {
        "",
        "[]",
        "{}",
        "{\"Pong\":1,\"Pong\":1}",
        "{\"Pong\":1,\"Storage\":{\"writable\":true}}",
        "{\"Pong\":\"1\"}",
        "{\"Pong\":1} x",
        "{\"Snapshot\":{\"revision\":-1,\"text\":\"\"}}",
        "{\"Snapshot\":{\"revision\":1.5,\"text\":\"\"}}",
        "{\"Snapshot\":{\"revision\":1,\"text\":\"\\ud800\"}}",
        "{\"History\":{\"start\":0,\"operations\":{}}}",
        "{\"UserInfo\":{\"id\":1,\"info\":{\"name\":\"x\",\"hue\":360}}}",
        "{\"UserCursor\":{\"id\":1,\"data\":{\"cursors\":[-1],\"selections\":[]}}}",
        "{\"Storage\":{\"writable\":1}}",
        "{\"Restored\":{\"at\":1,\"user_id\":1,\"user_name\":\"\"}}",
        "{\"Restored\":{\"revision\":1,\"at\":\"1\",\"user_id\":1,\"user_name\":\"\"}}",
        "{\"Restored\":{\"revision\":1,\"at\":1,\"user_id\":1}}",
        "{\"HistoryChanged\":{\"change\":\"off\",\"user_id\":1,\"user_name\":\"\"}}",
        "{\"HistoryChanged\":{\"change\":1,\"kept\":true,\"user_id\":1,\"user_name\":\"\"}}",
        "{\"Welcome\":{\"user_id\":3}}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_refused(wrong[i]);
    assert_int_equal(decoded("{\"Tomorrow\":{\"what\":1}}").kind, INCOMING_UNKNOWN);
}

static void test_what_is_no_operation(void **state)
{
    static const char *const wrong[] = {"[0]",        "[\"\"]", "[1.5]",       "[[1]]",
                                        "[\"a\\r\"]", "{}",     "[536870913]", "[-1e300]"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char json[200];
        struct incoming_entry entry;
        const char *detail = NULL;
        snprintf(json, sizeof json,
                 "{\"History\":{\"start\":0,\"operations\":[{\"id\":1,\"operation\":%s}]}}", wrong[i]);
        decoded(json);
        assert_int_not_equal(incoming_entry(&decoder, 0, &entry, &detail), OK);
        assert_non_null(detail);
    }
}

/* ---- writing ---- */

static void assert_written(const struct buf *out, const char *expected)
{
    assert_slice(buf_slice(out), expected);
}

static void test_hello(void **state)
{
    struct buf out = {0};
    struct outgoing_hello hello = {
        .token = {.bytes = {[15] = 1}}, .revision = 7, .name = SLICE("A\"da"), .hue = 180};
    (void)state;
    assert_int_equal(outgoing_hello(&out, &hello), OK);
    assert_written(&out, "{\"Hello\":{\"client\":\"AAAAAAAAAAAAAAAAAAAAAQ\",\"otp\":null,\"epoch\":null,"
                         "\"revision\":0,\"name\":\"A\\\"da\",\"hue\":180,\"order\":\"author\"}}");
    buf_clear(&out);
    hello.password = SLICE("secret");
    hello.link = SLICE("lnk");
    hello.owner = SLICE("own");
    hello.has_epoch = hello.by_text = true;
    assert_int_equal(outgoing_hello(&out, &hello), OK);
    assert_written(&out,
                   "{\"Hello\":{\"client\":\"AAAAAAAAAAAAAAAAAAAAAQ\",\"otp\":\"secret\",\"link\":\"lnk\","
                   "\"owner\":\"own\",\"epoch\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"revision\":7,"
                   "\"name\":\"A\\\"da\",\"hue\":180}}");
    buf_deinit(&out);
}

static void test_messages(void **state)
{
    const struct places places = {
        .caret_count = 2, .carets = {1, 2}, .selection_count = 1, .selections = {{.anchor = 3, .head = 4}}};
    struct buf out = {0};
    struct op op = {0};
    (void)state;
    assert_int_equal(op_text_parse("=3 +<\\n>\"\\\\ -2", &op), OK);
    assert_int_equal(outgoing_edit(&out, 42, op_view(&op)), OK);
    assert_written(&out, "{\"Edit\":{\"revision\":42,\"operation\":[3,\"<\\n>\\\"\\\\\",-2]}}");
    buf_clear(&out);
    assert_int_equal(outgoing_places(&out, &places), OK);
    assert_written(&out, "{\"CursorData\":{\"cursors\":[1,2],\"selections\":[[3,4]]}}");
    buf_clear(&out);
    assert_int_equal(outgoing_string(&out, slice_of("\x01\x1f\x7f\b\0", 5)), OK);
    assert_written(&out, "\"\\u0001\\u001f\x7f\\b\\u0000\"");
    buf_deinit(&out);
    op_deinit(&op);
}

/* op_cut counts what is written here. */
static void test_a_part_is_as_large_as_it_was_cut(void **state)
{
    struct random r = random_start();
    (void)state;
    for (unsigned round = random_rounds(2000); round > 0; round--) {
        struct op op = {0}, first = {0}, rest = {0};
        struct buf out = {0};
        const struct op_room room = {
            .json_bytes = 40 + random_below(&r, 60), .components = 100, .growth_bytes = 10000};
        random_op(&r, random_below(&r, 60), &op);
        assert_int_equal(op_cut(op_view(&op), room, &first, &rest), OK);
        assert_int_equal(outgoing_operation(&out, op_view(&first)), OK);
        assert_in_range(out.len, 2, room.json_bytes);
        buf_deinit(&out);
        op_deinit(&op);
        op_deinit(&first);
        op_deinit(&rest);
    }
}

static int let_go(void **state)
{
    (void)state;
    incoming_deinit(&decoder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_welcome),
        cmocka_unit_test(test_a_role_that_is_not_known),
        cmocka_unit_test(test_news_of_the_past),
        cmocka_unit_test(test_the_id_of_the_system),
        cmocka_unit_test(test_people),
        cmocka_unit_test(test_too_much_is_cut),
        cmocka_unit_test(test_what_is_no_message),
        cmocka_unit_test(test_what_is_no_operation),
        cmocka_unit_test(test_hello),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_a_part_is_as_large_as_it_was_cut),
    };
    return cmocka_run_group_tests(tests, NULL, let_go);
}
