/* link: kp_proto kp_alloc */
/* The bodies of requests about links, owners and settings: what is taken, and what is not. */
#include "proto/rights_request.h"
#include "support/unit.h"

#include <string.h>

#define TOKEN "AAECAwQFBgcICQoLDA0ODw"
enum { NAME_POINTS = 8, DAYS = 30 };

static struct client_decoder decoder;

static int end(void **state)
{
    (void)state;
    client_decoder_deinit(&decoder);
    return 0;
}

static void expect_link(const char *json, enum error err, struct link_request *out)
{
    const enum error got = link_decode(&decoder, slice_from_cstr(json), NAME_POINTS, out);
    if (got != err)
        fail_msg("%s: %s instead of %s", json, error_code(got), error_code(err));
}

static void test_links(void **state)
{
    struct link_request link;
    (void)state;

    expect_link("{\"role\":\"view\"}", OK, &link);
    assert_false(link.may_edit || link.history || link.expires_ms || link.name.len);
    expect_link("{\"role\":\"edit\",\"name\":\" \\u00e4\\u0007b "
                "\",\"expires_at\":1900000000,\"history\":true,\"more\":1}",
                OK, &link);
    assert_true(link.may_edit && link.history);
    assert_true(slice_equal(link.name, SLICE("\xc3\xa4"
                                             "b")));
    assert_int_equal(link.expires_ms, INT64_C(1900000000000));
    expect_link("{\"role\":\"view\",\"name\":null,\"expires_at\":null,\"history\":null}", OK, &link);
    expect_link("{\"role\":\"view\",\"name\":\"12345678\"}", OK, &link);
    expect_link("{\"role\":\"view\",\"expires_at\":253402300799}", OK, &link);
}

static void test_links_that_are_none(void **state)
{
    static const char *const bad[] = {"",
                                      "{}",
                                      "{\"role\":\"own\"}",
                                      "{\"role\":\"View\"}",
                                      "{\"role\":null}",
                                      "{\"role\":[\"view\"]}",
                                      "{\"role\":\"view\",\"name\":7}",
                                      "{\"role\":\"view\",\"name\":\"123456789\"}",
                                      "{\"role\":\"view\",\"expires_at\":0}",
                                      "{\"role\":\"view\",\"expires_at\":-5}",
                                      "{\"role\":\"view\",\"expires_at\":1.5}",
                                      "{\"role\":\"view\",\"expires_at\":\"1900000000\"}",
                                      "{\"role\":\"view\",\"expires_at\":253402300800}",
                                      "{\"role\":\"view\",\"expires_at\":9223372036854775807}",
                                      "{\"role\":\"view\",\"history\":1}"};
    static const char *const none[] = {"[]", "{", "\"view\"", "{\"role\":\"view\",\"role\":\"edit\"}",
                                       "{\"role\":\"view\"}x"};
    struct link_request link = {.expires_ms = 77};
    (void)state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_link(bad[i], ERR_BAD_LINK, &link);
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        expect_link(none[i], ERR_BAD_REQUEST, &link);
    assert_int_equal(link.expires_ms, 77);
}

static void expect_settings(const char *json, enum error err, struct settings_request *out)
{
    const enum error got = settings_decode(&decoder, slice_from_cstr(json), DAYS, out);
    if (got != err)
        fail_msg("%s: %s instead of %s", json, error_code(got), error_code(err));
}

static void test_settings(void **state)
{
    struct settings_request s;
    (void)state;

    expect_settings("{\"manage\":\"owner\"}", OK, &s);
    assert_true(s.sets_manager && s.owner_manages);
    assert_false(s.sets_writer || s.sets_language || s.sets_keep_days || s.has_user);
    expect_settings(
        "{\"manage\":\"editors\",\"write\":\"owner\",\"language\":\"c++\",\"keep_days\":30,\"user_id\":4,"
        "\"client\":\"" TOKEN "\"}",
        OK, &s);
    assert_true(s.sets_manager && s.sets_writer && s.owner_writes && s.sets_language && s.sets_keep_days &&
                s.has_user);
    assert_false(s.owner_manages);
    assert_int_equal(s.keep_days, 30);
    assert_int_equal(s.user_id, 4);
    assert_int_equal(s.client.bytes[15], 15);
    assert_true(slice_equal(s.language, SLICE("c++")));
    expect_settings("{\"keep_days\":null}", OK, &s);
    assert_true(s.sets_keep_days);
    assert_int_equal(s.keep_days, 0);
}

static void test_settings_that_are_none(void **state)
{
    static const char *const bad[] = {"",
                                      "{}",
                                      "[]",
                                      "{\"manage\":\"me\"}",
                                      "{\"manage\":null}",
                                      "{\"write\":true}",
                                      "{\"language\":\"\"}",
                                      "{\"language\":\"a/b\"}",
                                      "{\"language\":null}",
                                      "{\"keep_days\":1,\"user_id\":-1}",
                                      "{\"keep_days\":1,\"user_id\":1,\"client\":\"short\"}",
                                      "{\"user_id\":1,\"client\":\"" TOKEN "\"}"};
    static const char *const days[] = {"{\"keep_days\":0}",     "{\"keep_days\":31}",
                                       "{\"keep_days\":-1}",    "{\"keep_days\":1.0}",
                                       "{\"keep_days\":\"1\"}", "{\"keep_days\":4294967297}"};
    struct settings_request s = {.keep_days = 77};
    (void)state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_settings(bad[i], ERR_BAD_REQUEST, &s);
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
        expect_settings(days[i], ERR_BAD_KEEP_DAYS, &s);
    assert_int_equal(s.keep_days, 77);
}

static void test_taking_charge(void **state)
{
    struct charge_request c;
    (void)state;

    assert_int_equal(charge_decode(&decoder, SLICE(""), &c), OK);
    assert_false(c.has_user);
    assert_int_equal(charge_decode(&decoder, SLICE("{\"user_id\":3,\"client\":\"" TOKEN "\"}"), &c), OK);
    assert_true(c.has_user && c.user_id == 3 && c.client.bytes[1] == 1);
    assert_int_equal(charge_decode(&decoder, SLICE("{\"user_id\":\"3\"}"), &c), ERR_BAD_REQUEST);
    assert_int_equal(charge_decode(&decoder, SLICE("{\"client\":3}"), &c), ERR_BAD_REQUEST);
    assert_int_equal(charge_decode(&decoder, SLICE("[]"), &c), ERR_BAD_REQUEST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_links),         cmocka_unit_test(test_links_that_are_none),
        cmocka_unit_test(test_settings),      cmocka_unit_test(test_settings_that_are_none),
        cmocka_unit_test(test_taking_charge),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
