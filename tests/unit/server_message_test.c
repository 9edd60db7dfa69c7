/* link: kp_proto faulty_alloc */
#include "pad/past.h"
#include "proto/server_message.h"
#include "support/alloc_faulty.h"
#include "support/op_text.h"
#include "support/unit.h"

#include <jansson.h>

/* One pad, on which people do things; then what they are told, as text. */
static const struct id128 first_epoch = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}};
static struct pad_limits limits;
static struct pad pad;
static struct pad_peer alice, bob;
static struct buf out;

static int begin(void **state)
{
    (void)state;
    limits = pad_limits_default(262144);
    pad_init(&pad, &limits, first_epoch);
    alice = bob = (struct pad_peer){0};
    return 0;
}

static int end(void **state)
{
    (void)state;
    pad_leave(&alice, 1000);
    pad_leave(&bob, 1000);
    pad_deinit(&pad);
    buf_deinit(&out);
    return 0;
}

static struct pad_welcome join_as(struct pad_peer *peer, struct pad_hello hello)
{
    struct pad_welcome welcome;

    hello.token.bytes[0] = 'x';
    assert_int_equal(pad_join(&pad, peer, &hello, 1000, &welcome), OK);
    return welcome;
}

static struct pad_welcome join_by(enum pad_order order, struct pad_peer *peer, enum pad_version version,
                                  const char *name)
{
    struct pad_hello hello = {.version = version, .name = slice_from_cstr(name), .hue = 180, .order = order};
    struct pad_welcome welcome;

    hello.token.bytes[0] = (uint8_t)name[0];
    assert_int_equal(pad_join(&pad, peer, &hello, 1000, &welcome), OK);
    if (version == PAD_V1)
        assert_int_equal(pad_set_info(peer, hello.name, hello.hue), OK);
    return welcome;
}

static struct pad_welcome join(struct pad_peer *peer, enum pad_version version, const char *name)
{
    return join_by(PAD_BY_TEXT, peer, version, name);
}

static void edit(struct pad_peer *peer, uint64_t revision, const char *line)
{
    struct op op = {0};

    assert_int_equal(op_text_parse(line, &op), OK);
    assert_int_equal(pad_edit(peer, revision, op_view(&op), 1000), OK);
    op_deinit(&op);
    struct buf batch = {0};
    assert_int_equal(pad_encode_batch(&pad, &batch), OK);
    buf_deinit(&batch);
    pad_committed(&pad, pad.revision);
}

/* says(encode_…(&j, …), text): the message is that text, and it is JSON. */
static struct json j;

static void begin_message(void)
{
    buf_clear(&out);
    j = json_to(&out);
}

static void check_message(const char *expected)
{
    json_error_t why;

    assert_int_equal(json_error(&j), OK);
    if (!slice_equal(buf_slice(&out), slice_from_cstr(expected)))
        fail_msg("\n%.*s instead of\n%s", (int)out.len, out.ptr, expected);
    json_t *parsed = json_loadb(out.ptr, out.len, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, &why);
    assert_non_null(parsed);
    json_decref(parsed);
}
#define says(encoding, expected) (begin_message(), (encoding), check_message(expected))

static void writes_op(const char *line, const char *expected)
{
    struct op op = {0};

    assert_int_equal(op_text_parse(line, &op), OK);
    says(encode_operation(&j, op_view(&op)), expected);
    op_deinit(&op);
}

static void test_operations(void **state)
{
    (void)state;
    writes_op("", "[]");
    writes_op("=5", "[5]");
    writes_op("-536870912", "[-536870912]");
    writes_op("=5 +text -3", "[5,\"text\",-3]");
    writes_op("=1 -1 +n", "[1,\"n\",-1]");
    writes_op("+a\\nb\\\\\"😀", "[\"a\\nb\\\\\\\"😀\"]");
    writes_op("+</script>&", "[\"\\u003c/script\\u003e\\u0026\"]");
}

static void test_identity_and_pong(void **state)
{
    (void)state;
    says(encode_identity(&j, 0), "{\"Identity\":0}");
    says(encode_pong(&j, -7), "{\"Pong\":-7}");
}

static void test_history_of_a_v2_peer(void **state)
{
    (void)state;
    join(&alice, PAD_V2, "Alice");
    join(&bob, PAD_V2, "Bob");
    edit(&alice, 0, "+hello");
    edit(&bob, 1, "=5 +!");
    says(encode_history(&j, &alice, 0, 2, false),
         "{\"History\":{\"start\":0,\"operations\":[{\"id\":0,\"operation\":[\"hello\"]},"
         "{\"id\":1,\"operation\":[5,\"!\"]}]}}");
    says(encode_history(&j, &alice, 1, 2, false),
         "{\"History\":{\"start\":1,\"operations\":[{\"id\":1,\"operation\":[5,\"!\"]}]}}");
    says(encode_history(&j, &alice, 2, 2, false), "{\"History\":{\"start\":2,\"operations\":[]}}");
}

/* Who goes by author is told of those who do not. */
static void test_history_of_peers_of_both_orders(void **state)
{
    (void)state;
    join(&alice, PAD_V2, "Alice");
    join_by(PAD_BY_AUTHOR, &bob, PAD_V2, "Bob");
    edit(&alice, 0, "+hello");
    edit(&bob, 1, "=5 +!");
    says(encode_history(&j, &bob, 0, 2, false),
         "{\"History\":{\"start\":0,\"operations\":[{\"id\":0,\"order\":\"text\",\"operation\":[\"hello\"]},"
         "{\"id\":1,\"operation\":[5,\"!\"]}]}}");
    says(encode_history(&j, &alice, 0, 2, false),
         "{\"History\":{\"start\":0,\"operations\":[{\"id\":0,\"operation\":[\"hello\"]},"
         "{\"id\":1,\"operation\":[5,\"!\"]}]}}");
}

/* To Bob, who joins with v1, the text before is one insert by the system. */
static void test_history_of_a_v1_peer(void **state)
{
    (void)state;
    join(&alice, PAD_V2, "Alice");
    edit(&alice, 0, "+hel");
    edit(&alice, 1, "=3 +lo");
    join(&bob, PAD_V1, "Bob");
    says(encode_history(&j, &bob, 2, 2, true), "{\"History\":{\"start\":0,\"operations\":[{\"id\":"
                                               "18446744073709551615,\"operation\":[\"hello\"]}]}}");
    edit(&bob, 1, "=5 +!");
    says(encode_history(&j, &bob, 2, 3, true),
         "{\"History\":{\"start\":0,\"operations\":[{\"id\":18446744073709551615,\"operation\":[\"hello\"]},"
         "{\"id\":1,\"operation\":[5,\"!\"]}]}}");
    says(encode_history(&j, &bob, 2, 3, false),
         "{\"History\":{\"start\":1,\"operations\":[{\"id\":1,\"operation\":[5,\"!\"]}]}}");
}

static void test_history_of_a_v1_peer_from_nothing(void **state)
{
    (void)state;
    join(&bob, PAD_V1, "Bob");
    edit(&bob, 0, "+a");
    says(encode_history(&j, &bob, 0, 1, true),
         "{\"History\":{\"start\":0,\"operations\":[{\"id\":0,\"operation\":[\"a\"]}]}}");
}

static void test_welcome(void **state)
{
    struct pad_welcome welcome = join(&alice, PAD_V2, "Alice");
    struct welcome_message m = {.pad = &pad,
                                .welcome = &welcome,
                                .created_ms = 1767225600999,
                                .expires_ms = 1767830400000,
                                .message_bytes_max = 327680,
                                .access = "edit",
                                .to = &alice,
                                .server = "1.0.0 (abc1234)"};
    (void)state;

    says(encode_welcome(&j, &m),
         "{\"Welcome\":{\"user_id\":0,\"epoch\":\"AAECAwQFBgcICQoLDA0ODw\",\"revision\":0,\"resumed\":false,"
         "\"committed\":0,\"access\":\"edit\",\"language\":null,\"otp\":null,"
         "\"history\":false,\"limits\":{\"document_bytes\":262144,\"message_bytes\":327680},"
         "\"created_at\":1767225600,\"expires_at\":1767830400,\"server\":\"1.0.0 (abc1234)\"}}");
    assert_int_equal(pad_set_language(&alice, SLICE("c")), OK);
    assert_int_equal(pad_set_password(&pad, &alice, SLICE("abc123XYZ-_9")), OK);
    m.expires_ms = 0;
    welcome = (struct pad_welcome){.user_id = 3, .revision = 830, .resumed = true, .committed = 815};
    says(encode_welcome(&j, &m),
         "{\"Welcome\":{\"user_id\":3,\"epoch\":\"AAECAwQFBgcICQoLDA0ODw\",\"revision\":830,\"resumed\":true,"
         "\"committed\":815,\"access\":\"edit\",\"language\":\"c\",\"otp\":\"abc123XYZ-_9\","
         "\"history\":false,\"limits\":{\"document_bytes\":262144,\"message_bytes\":327680},"
         "\"created_at\":1767225600,\"expires_at\":null,\"server\":\"1.0.0 (abc1234)\"}}");
    pad_leave(&alice, 1000);
    join_by(PAD_BY_AUTHOR, &alice, PAD_V2, "Alice");
    says(encode_welcome(&j, &m),
         "{\"Welcome\":{\"user_id\":3,\"epoch\":\"AAECAwQFBgcICQoLDA0ODw\",\"revision\":830,\"resumed\":true,"
         "\"committed\":815,\"access\":\"edit\",\"language\":\"c\",\"otp\":\"abc123XYZ-_9\","
         "\"history\":false,\"limits\":{\"document_bytes\":262144,\"message_bytes\":327680},\"created_at\":"
         "1767225600,"
         "\"expires_at\":null,\"order\":\"author\",\"server\":\"1.0.0 (abc1234)\"}}");
}

/* A guest does not learn the password, and whoever made the document its owner's token. */
static void test_welcome_says_what_one_may_do(void **state)
{
    static const char with_owner[] =
        "{\"Welcome\":{\"user_id\":0,\"epoch\":\"AAECAwQFBgcICQoLDA0ODw\",\"revision\":0,\"resumed\":false,"
        "\"committed\":0,\"access\":\"own\",\"owner\":\"abcdefghijklmnopqrstuv\","
        "\"rights\":{\"owner\":true,\"manage\":\"owner\",\"write\":\"editors\"},"
        "\"language\":null,\"otp\":\"abc123XYZ-_9\","
        "\"history\":false,\"limits\":{\"document_bytes\":262144,\"message_bytes\":327680},"
        "\"created_at\":0,\"expires_at\":null,\"server\":\"1\"}}";
    static const char to_guest[] =
        "{\"Welcome\":{\"user_id\":0,\"epoch\":\"AAECAwQFBgcICQoLDA0ODw\",\"revision\":0,\"resumed\":false,"
        "\"committed\":0,\"access\":\"view\",\"language\":null,\"otp\":null,"
        "\"history\":false,\"limits\":{\"document_bytes\":262144,\"message_bytes\":327680},"
        "\"created_at\":0,\"expires_at\":null,\"server\":\"1\"}}";
    struct pad_welcome welcome = join(&alice, PAD_V2, "Alice");
    struct welcome_message m = {.pad = &pad,
                                .welcome = &welcome,
                                .message_bytes_max = 327680,
                                .access = "own",
                                .owner = SLICE("abcdefghijklmnopqrstuv"),
                                .to = &alice,
                                .server = "1"};
    (void)state;
    assert_int_equal(pad_set_password(&pad, NULL, SLICE("abc123XYZ-_9")), OK);
    assert_int_equal(
        pad_set_rights(&pad, NULL, (struct pad_rights){.has_owner = true, .owner_manages = true}), OK);
    says(encode_welcome(&j, &m), with_owner);
    assert_int_equal(pad_set_rights(&pad, NULL, (struct pad_rights){0}), OK);
    pad_leave(&alice, 1000);
    join_as(&alice, (struct pad_hello){.version = PAD_V2, .is_viewer = true, .is_guest = true});
    m.access = "view";
    m.owner = (struct slice){0};
    says(encode_welcome(&j, &m), to_guest);
}

static void test_roles_and_rights(void **state)
{
    (void)state;
    join(&alice, PAD_V2, "Alice");
    says(encode_owner(&j, SLICE("abcdefghijklmnopqrstuv")),
         "{\"Owner\":{\"token\":\"abcdefghijklmnopqrstuv\"}}");
    says(encode_access(&j, "view", NULL), "{\"Access\":{\"role\":\"view\"}}");
    says(encode_access(&j, "view", "read"), "{\"Access\":{\"role\":\"view\",\"comments\":\"read\"}}");
    assert_int_equal(
        pad_set_rights(&pad, &alice, (struct pad_rights){.has_owner = true, .owner_writes = true}), OK);
    says(encode_rights(&j, &pad), "{\"Rights\":{\"owner\":true,\"manage\":\"editors\",\"write\":\"owner\","
                                  "\"user_id\":0,\"user_name\":\"Alice\"}}");
}

/* All that `version` is told of everything that changed, one message a line. */
static void tells(enum pad_version version, const char *expected)
{
    struct pad_change change;

    begin_message();
    for (struct link *at = NULL; pad_next_change(&pad, 0, &at, &change);)
        if (encode_change(&j, &pad, &change, version))
            json_raw(&j, "\n");
    assert_int_equal(json_error(&j), OK);
    if (!slice_equal(buf_slice(&out), slice_from_cstr(expected)))
        fail_msg("\n%.*s instead of\n%s", (int)out.len, out.ptr, expected);
}

static void test_news_of_the_past(void **state)
{
    (void)state;
    join(&alice, PAD_V2, "Alice");
    assert_int_equal(pad_past_restored(&pad, &alice, 812, 1700000000999), OK);
    says(encode_restored(&j, pad.past), "{\"Restored\":{\"revision\":812,\"at\":1700000000,\"user_id\":0,"
                                        "\"user_name\":\"Alice\"}}");
    assert_int_equal(pad_past_changed(&pad, NULL, PAD_PAST_OFF, false), OK);
    says(encode_history_changed(&j, &pad), "{\"HistoryChanged\":{\"change\":\"off\",\"kept\":false,"
                                           "\"user_id\":18446744073709551615,\"user_name\":\"System\"}}");
    assert_int_equal(pad_past_restored(&pad, NULL, 0, 0), OK);
    assert_int_equal(pad_past_changed(&pad, &alice, PAD_PAST_DELETED, true), OK);
    tells(PAD_V1, "{\"UserInfo\":{\"id\":0,\"info\":{\"name\":\"Alice\",\"hue\":180}}}\n");
    tells(PAD_V2, "{\"UserInfo\":{\"id\":0,\"info\":{\"name\":\"Alice\",\"hue\":180}}}\n"
                  "{\"Restored\":{\"revision\":0,\"at\":null,\"user_id\":18446744073709551615,"
                  "\"user_name\":\"System\"}}\n"
                  "{\"HistoryChanged\":{\"change\":\"deleted\",\"kept\":true,\"user_id\":0,"
                  "\"user_name\":\"Alice\"}}\n");
}

static void test_snapshot(void **state)
{
    (void)state;
    says(encode_snapshot(&j, &pad), "{\"Snapshot\":{\"revision\":0,\"text\":\"\"}}");
    join(&alice, PAD_V2, "Alice");
    edit(&alice, 0, "+\"tea\"\\n😀");
    says(encode_snapshot(&j, &pad), "{\"Snapshot\":{\"revision\":1,\"text\":\"\\\"tea\\\"\\n😀\"}}");
}

static void test_a_large_snapshot_is_the_text(void **state)
{
    struct op op = {0};
    struct buf text = {0};
    json_error_t why;
    (void)state;

    for (int i = 0; i < 20000; i++)
        assert_int_equal(buf_append(&text, SLICE("aé\xe2\x80\xa8😀\n")), OK);
    assert_int_equal(op_insert(&op, buf_slice(&text)), OK);
    join(&alice, PAD_V2, "Alice");
    limits.document_bytes = (uint32_t)text.len;
    assert_int_equal(pad_edit(&alice, 0, op_view(&op), 1000), OK);
    begin_message();
    encode_snapshot(&j, &pad);
    json_t *parsed = json_loadb(out.ptr, out.len, 0, &why);
    json_t *told = json_object_get(json_object_get(parsed, "Snapshot"), "text");
    assert_int_equal(json_string_length(told), text.len);
    assert_memory_equal(json_string_value(told), text.ptr, text.len);
    json_decref(parsed);
    op_deinit(&op);
    buf_deinit(&text);
}

static void test_users(void **state)
{
    const struct pad_range selection = {1, 3};
    (void)state;

    says(encode_users(&j, &pad), "{\"Users\":[]}");
    join(&alice, PAD_V2, "Alice");
    edit(&alice, 0, "+text");
    says(encode_users(&j, &pad),
         "{\"Users\":[{\"id\":0,\"name\":\"Alice\",\"hue\":180,\"cursors\":[],\"selections\":[]}]}");
    join(&bob, PAD_V1, "\"Bob\"");
    assert_int_equal(pad_set_cursors(&bob, (const uint32_t[]){0, 4}, 2, &selection, 1, 2000), OK);
    says(encode_users(&j, &pad),
         "{\"Users\":[{\"id\":0,\"name\":\"Alice\",\"hue\":180,\"cursors\":[],\"selections\":[]},"
         "{\"id\":1,\"name\":\"\\\"Bob\\\"\",\"hue\":180,\"cursors\":[0,4],\"selections\":[[1,3]]}]}");
}

static void test_rejected(void **state)
{
    (void)state;
    says(encode_rejected(&j, 830, ERR_DOCUMENT_TOO_LARGE, 262144),
         "{\"Rejected\":{\"revision\":830,\"code\":\"document_too_large\","
         "\"message\":\"The document would be larger than this server allows.\",\"limit\":262144}}");
    says(encode_rejected(&j, 0, ERR_BAD_TEXT, 0),
         "{\"Rejected\":{\"revision\":0,\"code\":\"bad_text\","
         "\"message\":\"Text must be UTF-8 with \\\\n line ends.\"}}");
}

static void test_people(void **state)
{
    const struct pad_range selections[] = {{10, 25}, {3, 3}};
    (void)state;

    join(&alice, PAD_V1, "Alice");
    edit(&alice, 0, "+0123456789012345678901234567890123456789012");
    says(encode_user_info(&j, &alice, PAD_V2),
         "{\"UserInfo\":{\"id\":0,\"info\":{\"name\":\"Alice\",\"hue\":180}}}");
    pad_set_viewer(&alice, true);
    says(encode_user_info(&j, &alice, PAD_V1),
         "{\"UserInfo\":{\"id\":0,\"info\":{\"name\":\"Alice\",\"hue\":180}}}");
    says(encode_user_info(&j, &alice, PAD_V2),
         "{\"UserInfo\":{\"id\":0,\"info\":{\"name\":\"Alice\",\"hue\":180,\"view\":true}}}");
    pad_set_viewer(&alice, false);
    says(encode_user_left(&j, 3), "{\"UserInfo\":{\"id\":3,\"info\":null}}");
    says(encode_user_cursor(&j, &alice, PAD_V2),
         "{\"UserCursor\":{\"id\":0,\"data\":{\"cursors\":[],\"selections\":[]}}}");
    assert_int_equal(pad_set_cursors(&alice, (const uint32_t[]){42}, 1, selections, 2, 2000), OK);
    says(encode_user_cursor(&j, &alice, PAD_V2),
         "{\"UserCursor\":{\"id\":0,\"data\":{\"cursors\":[42],\"selections\":[[10,25],[3,3]]}}}");
    const struct pad_range behind[] = {{99, 1}};
    assert_int_equal(pad_set_cursors(&alice, (const uint32_t[]){99}, 1, behind, 1, 3000), OK);
    says(encode_user_cursor(&j, &alice, PAD_V2),
         "{\"UserCursor\":{\"id\":0,\"data\":{\"cursors\":[43],\"selections\":[[43,1]]}}}");
    says(encode_user_cursor(&j, &alice, PAD_V1),
         "{\"UserCursor\":{\"id\":0,\"data\":{\"cursors\":[99],\"selections\":[[99,1]]}}}");
}

static void test_language_and_password(void **state)
{
    (void)state;
    join(&alice, PAD_V1, "Alice");
    assert_int_equal(pad_set_language(&alice, SLICE("python")), OK);
    says(encode_language(&j, &pad),
         "{\"Language\":{\"language\":\"python\",\"user_id\":0,\"user_name\":\"Alice\"}}");
    says(
        encode_language_initial(&j, &pad),
        "{\"Language\":{\"language\":\"python\",\"user_id\":18446744073709551615,\"user_name\":\"System\"}}");
    assert_int_equal(pad_set_password(&pad, &alice, SLICE("abc123XYZ-_9")), OK);
    says(encode_password(&j, &pad),
         "{\"OTP\":{\"otp\":\"abc123XYZ-_9\",\"user_id\":0,\"user_name\":\"Alice\"}}");
    says(encode_password_initial(&j, &pad),
         "{\"OTP\":{\"otp\":\"abc123XYZ-_9\",\"user_id\":18446744073709551615,\"user_name\":\"System\"}}");
    assert_int_equal(pad_set_password(&pad, NULL, (struct slice){0}), OK);
    says(encode_password(&j, &pad),
         "{\"OTP\":{\"otp\":null,\"user_id\":18446744073709551615,\"user_name\":\"System\"}}");
}

static void test_storage(void **state)
{
    (void)state;
    says(encode_storage(&j, &pad), "{\"Storage\":{\"writable\":true}}");
    pad_set_storage_failing(&pad, true);
    says(encode_storage(&j, &pad), "{\"Storage\":{\"writable\":false}}");
}

static void test_changes(void **state)
{
#define CHANGES_OF_BOTH                                                                                      \
    "{\"UserInfo\":{\"id\":0,\"info\":{\"name\":\"Alice\",\"hue\":180}}}\n"                                  \
    "{\"Language\":{\"language\":\"c\",\"user_id\":0,\"user_name\":\"Alice\"}}\n"                            \
    "{\"OTP\":{\"otp\":\"x\",\"user_id\":0,\"user_name\":\"Alice\"}}\n"                                      \
    "{\"UserCursor\":{\"id\":0,\"data\":{\"cursors\":[0],\"selections\":[]}}}\n"
    (void)state;

    join(&alice, PAD_V1, "Alice");
    assert_int_equal(pad_set_language(&alice, SLICE("c")), OK);
    assert_int_equal(pad_set_password(&pad, &alice, SLICE("x")), OK);
    assert_int_equal(pad_set_cursors(&alice, (const uint32_t[]){0}, 1, NULL, 0, 2000), OK);
    pad_set_storage_failing(&pad, true);
    tells(PAD_V1, CHANGES_OF_BOTH);
    tells(PAD_V2, CHANGES_OF_BOTH "{\"Storage\":{\"writable\":false}}\n");
}

static void test_who_left_is_told_to_those_who_stay(void **state)
{
    struct pad_change change;
    bool told = false;
    (void)state;

    join(&alice, PAD_V2, "Alice");
    join(&bob, PAD_V2, "Bob");
    const uint64_t before = pad.sequence;
    pad_told_items(&alice, before);
    pad_leave(&bob, 2000);
    for (struct link *at = NULL; pad_next_change(&pad, before, &at, &change);) {
        assert_int_equal(change.kind, PAD_ITEM_LEFT);
        says(encode_change(&j, &pad, &change, PAD_V2), "{\"UserInfo\":{\"id\":1,\"info\":null}}");
        told = true;
    }
    assert_true(told);
}

/* A message that finds no memory says so, wherever that happens. */
static void test_every_allocation_may_fail(void **state)
{
    size_t nth = 0;
    (void)state;

    join(&alice, PAD_V2, "Alice");
    edit(&alice, 0, "+some\\ntext");
    do {
        buf_deinit(&out);
        begin_message();
        alloc_fail_from(++nth);
        encode_snapshot(&j, &pad);
        alloc_fail_from(0);
    } while (json_error(&j) == ERR_NO_MEMORY);
    assert_true(nth > 2);
    check_message("{\"Snapshot\":{\"revision\":1,\"text\":\"some\\ntext\"}}");
}

#define test(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_operations),
        test(test_identity_and_pong),
        test(test_history_of_a_v2_peer),
        test(test_history_of_peers_of_both_orders),
        test(test_history_of_a_v1_peer),
        test(test_history_of_a_v1_peer_from_nothing),
        test(test_welcome),
        test(test_welcome_says_what_one_may_do),
        test(test_roles_and_rights),
        test(test_news_of_the_past),
        test(test_snapshot),
        test(test_a_large_snapshot_is_the_text),
        test(test_users),
        test(test_rejected),
        test(test_people),
        test(test_language_and_password),
        test(test_storage),
        test(test_changes),
        test(test_who_left_is_told_to_those_who_stay),
        test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("server_message", tests, NULL, NULL);
}
