/* link: kp_proto faulty_alloc */
/* What v2 alone has of messages, and the body of the request for a password. */
#include "support/client_decoding.h"

/* ---- v2 ---- */

static void test_hello_of_a_tab_that_comes_back(void **state)
{
    const struct pad_hello *h = hello("\"client\":\"" TOKEN "\",\"otp\":\"abc123XYZ-_9\",\"epoch\":\"" TOKEN
                                      "\",\"revision\":812,\"name\":\" Alice \",\"hue\":180");
    (void)state;

    assert_int_equal(h->version, PAD_V2);
    for (uint8_t i = 0; i < 16; i++) {
        assert_int_equal(h->token.bytes[i], i);
        assert_int_equal(h->epoch.bytes[i], i);
    }
    assert_true(h->has_epoch);
    assert_int_equal(h->revision, 812);
    assert_slice(h->name, "Alice");
    assert_int_equal(h->hue, 180);
    assert_slice(message.hello.password, "abc123XYZ-_9");
}

static void test_hello_of_a_fresh_tab(void **state)
{
    static const char *const fresh[] = {
        "\"client\":\"" TOKEN "\"",
        "\"client\":\"" TOKEN "\",\"otp\":null,\"epoch\":null,\"revision\":0,\"name\":\"\",\"hue\":0",
        "\"client\":\"" TOKEN "\",\"otp\":null,\"epoch\":null,\"revision\":null,\"name\":null,\"hue\":null",
    };
    (void)state;

    for (size_t i = 0; i < sizeof fresh / sizeof fresh[0]; i++) {
        const struct pad_hello *h = hello(fresh[i]);
        assert_false(h->has_epoch);
        assert_int_equal(h->revision, 0);
        assert_int_equal(h->name.len, 0);
        assert_int_equal(h->hue, 0);
        assert_null(message.hello.password.ptr);
    }
}

/* Such an epoch was never given out, so nothing is known of that state. */
static void test_an_epoch_that_is_no_id_is_unknown(void **state)
{
    static const char *const epochs[] = {
        "", "x", "AAECAwQFBgcICQoLDA0ODx", "AAAAAAAAAAAAAAAAAAAAAA", TOKEN "A", "AAECAwQFBgcICQoLDA0+/w"};
    char members[256];
    (void)state;

    for (size_t i = 0; i < sizeof epochs / sizeof epochs[0]; i++) {
        snprintf(members, sizeof members, "\"client\":\"" TOKEN "\",\"epoch\":\"%s\",\"revision\":7",
                 epochs[i]);
        const struct pad_hello *h = hello(members);
        assert_false(h->has_epoch);
        assert_true(id128_is_zero(h->epoch));
        assert_int_equal(h->revision, 0);
    }
    assert_int_equal(hello("\"client\":\"" TOKEN "\",\"revision\":7")->revision, 0);
}

/* A rule that is not known here is not agreed to, and no error: a newer page may
 * ask for it. */
static void test_the_order_that_a_tab_goes_by(void **state)
{
    static const char *const by_text[] = {"",
                                          ",\"order\":null",
                                          ",\"order\":\"text\"",
                                          ",\"order\":\"Author\"",
                                          ",\"order\":\"\"",
                                          ",\"order\":\"author\\u0000\""};
    char members[128];
    (void)state;

    for (size_t i = 0; i < sizeof by_text / sizeof by_text[0]; i++) {
        snprintf(members, sizeof members, "\"client\":\"" TOKEN "\"%s", by_text[i]);
        assert_int_equal(hello(members)->order, PAD_BY_TEXT);
    }
    assert_int_equal(hello("\"order\":\"author\",\"client\":\"" TOKEN "\"")->order, PAD_BY_AUTHOR);
}

static void test_hello_with_a_link_and_an_owner(void **state)
{
    (void)state;
    hello("\"client\":\"" TOKEN "\",\"link\":\"zzzzzzzzzzzzzzzzzzzzz-\",\"owner\":\"" TOKEN "\"");
    assert_slice(message.hello.link, "zzzzzzzzzzzzzzzzzzzzz-");
    assert_slice(message.hello.owner, TOKEN);
    hello("\"client\":\"" TOKEN "\",\"link\":null,\"owner\":null");
    assert_null(message.hello.link.ptr);
    assert_null(message.hello.owner.ptr);
}

static void test_an_empty_password_is_not_none(void **state)
{
    (void)state;
    hello("\"client\":\"" TOKEN "\",\"otp\":\"\"");
    assert_non_null(message.hello.password.ptr);
    assert_int_equal(message.hello.password.len, 0);
}

static void test_hello_that_is_none(void **state)
{
    static const char *const bad[] = {
        "",
        "\"client\":null",
        "\"client\":5",
        "\"client\":\"short\"",
        "\"client\":\"AAECAwQFBgcICQoLDA0ODx\"", /* a second spelling of the same bits */
        "\"client\":\"AAAAAAAAAAAAAAAAAAAAAA\"", /* not random */
        "\"client\":\"AAECAwQFBgcICQoLDA0+/w\"", /* base64, not base64url */
        "\"client\":\"" TOKEN "==\"",
        "\"client\":\"" TOKEN "\",\"otp\":5",
        "\"client\":\"" TOKEN "\",\"epoch\":{}",
        "\"client\":\"" TOKEN "\",\"revision\":-1",
        "\"client\":\"" TOKEN "\",\"revision\":1.5",
        "\"client\":\"" TOKEN "\",\"revision\":\"1\"",
        "\"client\":\"" TOKEN "\",\"name\":7",
        "\"client\":\"" TOKEN "\",\"hue\":360",
        "\"client\":\"" TOKEN "\",\"hue\":-1",
        "\"client\":\"" TOKEN "\",\"order\":1",
        "\"client\":\"" TOKEN "\",\"link\":7",
        "\"client\":\"" TOKEN "\",\"link\":\"\"",
        "\"client\":\"" TOKEN "\",\"link\":\"" TOKEN "A\"",
        "\"client\":\"" TOKEN "\",\"link\":\"zzzzzzzzzzzzzzzzzzzzz+\"",
        "\"client\":\"" TOKEN "\",\"owner\":true",
        "\"client\":\"" TOKEN "\",\"owner\":\"zzzzzzzzzzzzzzzzzzzzz\"",
        "\"client\":\"" TOKEN "\",\"order\":[\"author\"]",
    };
    char json[256];
    (void)state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(json, sizeof json, "{\"Hello\":{%s}}", bad[i]);
        refuses_in(PAD_V2, ERR_BAD_MESSAGE, json);
    }
    refuses_in(PAD_V2, ERR_BAD_MESSAGE, "{\"Hello\":\"" TOKEN "\"}");
}

static void test_ping(void **state)
{
    (void)state;
    assert_int_equal(decode(PAD_V2, "{\"Ping\":-9223372036854775808}"), OK);
    assert_true(message.ping == INT64_MIN);
    refuses_in(PAD_V2, ERR_BAD_MESSAGE, "{\"Ping\":1.0}");
    refuses_in(PAD_V2, ERR_BAD_MESSAGE, "{\"Ping\":null}");
    refuses_in(PAD_V2, ERR_BAD_MESSAGE, "{\"Ping\":\"1\"}");
}

static void test_restored(void **state)
{
    (void)state;
    assert_int_equal(decode(PAD_V2, "{\"Restored\":{\"revision\":812,\"at\":1700000000}}"), OK);
    assert_int_equal(message.kind, CLIENT_RESTORED);
    assert_true(message.restored.revision == 812 && message.restored.at_ms == INT64_C(1700000000000));
    assert_int_equal(decode(PAD_V2, "{\"Restored\":{\"revision\":0,\"at\":null}}"), OK);
    assert_true(message.restored.at_ms == 0);
    assert_int_equal(decode(PAD_V1, "{\"Restored\":{\"revision\":0}}"), OK);
    assert_int_equal(message.kind, CLIENT_NOTHING);
    refuses_in(PAD_V2, ERR_BAD_MESSAGE, "{\"Restored\":1}");
    refuses_in(PAD_V2, ERR_BAD_MESSAGE, "{\"Restored\":{}}");
    refuses_in(PAD_V2, ERR_BAD_MESSAGE, "{\"Restored\":{\"revision\":-1}}");
    refuses_in(PAD_V2, ERR_BAD_MESSAGE, "{\"Restored\":{\"revision\":1,\"at\":-1}}");
    refuses_in(PAD_V2, ERR_BAD_MESSAGE, "{\"Restored\":{\"revision\":1,\"at\":9223372036854775807}}");
}

/* ---- the HTTP body ---- */

static void test_protect(void **state)
{
    struct protect_request r;
    (void)state;

    assert_int_equal(protect_decode(&decoder, SLICE("{\"user_id\":1,\"user_name\":\"Alice\"}"), &r), OK);
    assert_int_equal(r.user_id, 1);
    assert_slice(r.user_name, "Alice");
    assert_null(r.password.ptr);
    assert_false(r.has_client);
    assert_int_equal(
        protect_decode(&decoder, SLICE("{\"user_id\":0,\"otp\":\"x\",\"client\":\"" TOKEN "\",\"more\":[]}"),
                       &r),
        OK);
    assert_slice(r.password, "x");
    assert_null(r.user_name.ptr);
    assert_true(r.has_client);
    assert_int_equal(r.client.bytes[15], 15);
    assert_int_equal(protect_decode(&decoder,
                                    SLICE("{\"user_id\":0,\"otp\":null,\"client\":null,\"user_name\":null}"),
                                    &r),
                     OK);
    assert_null(r.password.ptr);
    assert_false(r.has_client);
    assert_true(r.has_user);
    assert_int_equal(protect_decode(&decoder, SLICE(""), &r), OK); /* as an owner may send it */
    assert_false(r.has_user);
}

static void test_protect_that_is_none(void **state)
{
    static const char *const bad[] = {"[]",
                                      "user_id=1",
                                      "{\"user_id\":-1}",
                                      "{\"user_id\":1.0}",
                                      "{\"user_id\":\"1\"}",
                                      "{\"user_id\":null}",
                                      "{\"user_id\":18446744073709551615}",
                                      "{\"user_id\":1,\"user_id\":2}",
                                      "{\"user_id\":1,\"user_name\":5}",
                                      "{\"user_id\":1,\"otp\":5}",
                                      "{\"user_id\":1,\"client\":\"short\"}",
                                      "{\"user_id\":1,\"client\":5}",
                                      "{\"user_id\":1} {}"};
    struct protect_request r = {.user_id = 77};
    (void)state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(protect_decode(&decoder, slice_from_cstr(bad[i]), &r), ERR_BAD_REQUEST);
    assert_int_equal(r.user_id, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hello_of_a_tab_that_comes_back),
        cmocka_unit_test(test_hello_of_a_fresh_tab),
        cmocka_unit_test(test_an_epoch_that_is_no_id_is_unknown),
        cmocka_unit_test(test_the_order_that_a_tab_goes_by),
        cmocka_unit_test(test_hello_with_a_link_and_an_owner),
        cmocka_unit_test(test_an_empty_password_is_not_none),
        cmocka_unit_test(test_hello_that_is_none),
        cmocka_unit_test(test_ping),
        cmocka_unit_test(test_restored),
        cmocka_unit_test(test_protect),
        cmocka_unit_test(test_protect_that_is_none),
    };
    return cmocka_run_group_tests_name("client_message", tests, NULL, let_go);
}
