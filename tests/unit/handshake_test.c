/* link: kp_net kp_core kp_alloc */
/* Reading HTTP headers: lists, qualities, the handshake, escapes. */
#include "net/content_coding.h"
#include "net/handshake.h"
#include "net/header_list.h"
#include "net/http.h"
#include "net/security_headers.h"
#include "support/unit.h"

static void lists_are_read_item_by_item(void **state)
{
    struct slice list = SLICE(" br;q=0.8, ,gzip ;level=9; Q = 0.05,\tidentity;q=0,x;q=1.0001,y;q=2,z;q=0.5 ");
    static const struct {
        const char *name;
        int quality;
    } rows[] = {{"br", 800}, {"gzip", 50}, {"identity", 0}, {"x", 0}, {"y", 0}, {"z", 500}};
    struct header_item item;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(header_list_next(&list, &item));
        assert_true(slice_equal(item.name, slice_from_cstr(rows[i].name)));
        assert_int_equal(item.quality, rows[i].quality);
    }
    assert_false(header_list_next(&list, &item));
}

static void tokens_compare_without_case_and_whole(void **state)
{
    (void)state;
    assert_true(header_list_has(SLICE("keep-alive, Upgrade"), SLICE("upgrade")));
    assert_false(header_list_has(SLICE("keep-alive, Upgraded"), SLICE("upgrade")));
    assert_false(header_list_has(SLICE(""), SLICE("upgrade")));
    assert_false(header_list_has((struct slice){0}, SLICE("upgrade")));
}

static void expect_coding(const char *accept, enum content_coding chosen)
{
    static const bool all[CODING_COUNT] = {true, true, true};

    assert_int_equal(content_coding_choose(slice_from_cstr(accept), all), chosen);
}

static void the_best_accepted_coding_is_chosen(void **state)
{
    static const bool no_br[CODING_COUNT] = {true, true, false};

    (void)state;
    expect_coding("gzip, deflate, br", CODING_BR);
    expect_coding("gzip, deflate, br;q=0.5", CODING_GZIP);
    expect_coding("gzip;q=0.5, br;q=0.5", CODING_BR);
    expect_coding("br;q=0, gzip;q=0", CODING_IDENTITY);
    expect_coding("*", CODING_BR);
    expect_coding("*;q=0.1, br;q=0", CODING_GZIP);
    expect_coding("identity, br;q=0.9", CODING_IDENTITY);
    expect_coding("", CODING_IDENTITY);
    expect_coding(NULL, CODING_IDENTITY);
    assert_int_equal(content_coding_choose(SLICE("br, gzip"), no_br), CODING_GZIP);
}

static struct handshake good(void)
{
    return (struct handshake){.method = SLICE("GET"),
                              .upgrade = SLICE("WebSocket"),
                              .connection = SLICE("keep-alive, Upgrade"),
                              .version = SLICE("13"),
                              .key = SLICE("dGhlIHNhbXBsZSBub25jZQ==")};
}

static void the_accept_key_is_that_of_the_rfc(void **state)
{
    char accept[HANDSHAKE_ACCEPT_CHARS + 1];

    (void)state;
    handshake_accept(good().key, accept);
    assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

static void each_part_of_the_handshake_counts(void **state)
{
    struct handshake h = good();

    (void)state;
    assert_int_equal(handshake_check(&h), OK);
    h = good(), h.method = SLICE("POST");
    assert_int_equal(handshake_check(&h), ERR_UPGRADE);
    h = good(), h.upgrade = SLICE("h2c");
    assert_int_equal(handshake_check(&h), ERR_UPGRADE);
    h = good(), h.connection = SLICE("close");
    assert_int_equal(handshake_check(&h), ERR_UPGRADE);
    h = good(), h.version = SLICE("8");
    assert_int_equal(handshake_check(&h), ERR_UPGRADE);
    h = good(), h.version = (struct slice){0};
    assert_int_equal(handshake_check(&h), ERR_UPGRADE);
}

static void keys_are_16_bytes_of_base64(void **state)
{
    static const char *const rows[] = {"",
                                       "dGhlIHNhbXBsZSBub25jZQ",
                                       "dGhlIHNhbXBsZSBub25jZQ=a",
                                       "dGhlIHNhbXBsZSBub25jZ===",
                                       "dGhlIHNhbXBsZSBub25jZQ==  ",
                                       "dGhl IHNhbXBsZSBub25jZ==",
                                       "dGhlIHNhbXBs*SBub25jZQ=="};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct handshake h = good();
        h.key = slice_from_cstr(rows[i]);
        assert_int_equal(handshake_check(&h), ERR_HANDSHAKE);
    }
}

static void protocols_are_offered_by_exact_name(void **state)
{
    (void)state;
    assert_true(handshake_offers(SLICE("chat, kolabpad.v2"), SLICE("kolabpad.v2")));
    assert_false(handshake_offers(SLICE("kolabpad.v20"), SLICE("kolabpad.v2")));
    assert_false(handshake_offers(SLICE("Kolabpad.v2"), SLICE("kolabpad.v2")));
}

static void expect_decoded(const char *raw, const char *decoded)
{
    struct buf out = {0};

    assert_int_equal(buf_append(&out, SLICE("before")), OK);
    assert_int_equal(http_percent_decode(slice_from_cstr(raw), &out), decoded != NULL);
    assert_int_equal(out.len, 6 + (decoded ? strlen(decoded) : 0));
    if (decoded)
        assert_memory_equal(out.ptr + 6, decoded, strlen(decoded));
    buf_deinit(&out);
}

static void escapes_are_decoded_or_refused(void **state)
{
    (void)state;
    expect_decoded("", "");
    expect_decoded("plain+plus", "plain+plus");
    expect_decoded("%41%6a%2F%c3%Bc", "Aj/\xc3\xbc");
    expect_decoded("%", NULL);
    expect_decoded("a%4", NULL);
    expect_decoded("%4g", NULL);
    expect_decoded("%%41", NULL);
}

struct found {
    char policy[4096];
    int count;
    bool has_hsts, has_frame_options;
};

static const struct page_policy closed;

static void note(void *arg, const char *name, const char *value)
{
    struct found *found = arg;

    found->count++;
    if (strcmp(name, "Content-Security-Policy") == 0)
        snprintf(found->policy, sizeof found->policy, "%s", value);
    if (strcmp(name, "Strict-Transport-Security") == 0)
        found->has_hsts = true;
    if (strcmp(name, "X-Frame-Options") == 0)
        found->has_frame_options = true;
}

static void the_policy_names_the_host_only_when_it_is_one(void **state)
{
    struct found plain = {0}, tls = {0}, hostile = {0};

    (void)state;
    security_headers_each(&closed, SLICE("pad.example:3030"), false, note, &plain);
    assert_non_null(strstr(plain.policy, "connect-src 'self' ws://pad.example:3030 wss://pad.example:3030;"));
    assert_non_null(strstr(plain.policy, "default-src 'none'"));
    assert_non_null(strstr(plain.policy, "frame-ancestors 'none'"));
    assert_null(strstr(plain.policy, "unsafe-inline"));
    assert_false(plain.has_hsts);

    security_headers_each(&closed, SLICE("[::1]:3030"), true, note, &tls);
    assert_true(tls.has_hsts);
    assert_int_equal(tls.count, plain.count + 1);

    security_headers_each(&closed, SLICE("x; script-src *"), false, note, &hostile);
    assert_non_null(strstr(hostile.policy, "connect-src 'self';"));
    assert_null(strstr(hostile.policy, "*"));
}

static void two_doors_of_the_policy_can_be_opened(void **state)
{
    static char long_list[PAGE_POLICY_FRAMERS_MAX + 1];
    struct page_policy open = {.framers = SLICE("https://a.example http://b.example:8080"),
                               .has_remote_images = true};
    struct found shut = {0}, found = {0}, longest = {0}, too_long = {0};

    (void)state;
    security_headers_each(&closed, SLICE("h"), false, note, &shut);
    assert_true(shut.has_frame_options);
    assert_non_null(strstr(shut.policy, "img-src 'self' data: blob:;"));

    security_headers_each(&open, SLICE("h"), false, note, &found);
    assert_non_null(strstr(found.policy, "frame-ancestors https://a.example http://b.example:8080;"));
    assert_non_null(strstr(found.policy, "img-src 'self' data: blob: https:;"));
    assert_false(found.has_frame_options); /* it could only say no */

    memset(long_list, 'x', sizeof long_list);
    open.framers = slice_of(long_list, sizeof long_list - 1);
    security_headers_each(&open, SLICE("h"), false, note, &longest);
    assert_non_null(
        strstr(longest.policy, "x; require-trusted-types-for 'script'; trusted-types service-worker"));
    open.framers.len++;
    security_headers_each(&open, SLICE("h"), false, note, &too_long);
    assert_non_null(strstr(too_long.policy, "frame-ancestors 'none';"));
}

static void the_policy_can_be_replaced(void **state)
{
    static char long_policy[PAGE_POLICY_TEXT_MAX + 1];
    struct page_policy other = {.replacement = SLICE("default-src 'self' 'unsafe-inline'"),
                                .has_remote_images = true};
    struct found found = {0}, framed = {0}, own = {0}, longest = {0}, too_long = {0};

    (void)state;
    security_headers_each(&other, SLICE("h"), false, note, &found);
    assert_string_equal(found.policy, "default-src 'self' 'unsafe-inline'; frame-ancestors 'none'");
    assert_true(found.has_frame_options);
    other.framers = SLICE("https://a.example");
    security_headers_each(&other, SLICE("h"), false, note, &framed);
    assert_string_equal(framed.policy,
                        "default-src 'self' 'unsafe-inline'; frame-ancestors https://a.example");
    other = (struct page_policy){.replacement = SLICE("Frame-Ancestors *; default-src *")};
    security_headers_each(&other, SLICE("h"), false, note, &own);
    assert_string_equal(own.policy, "Frame-Ancestors *; default-src *");
    assert_false(own.has_frame_options); /* it could only say no */

    memset(long_policy, 'x', sizeof long_policy);
    other.replacement = slice_of(long_policy, sizeof long_policy - 1);
    security_headers_each(&other, SLICE("h"), false, note, &longest);
    assert_non_null(strstr(longest.policy, "x; frame-ancestors 'none'"));
    other.replacement.len++;
    security_headers_each(&other, SLICE("h"), false, note, &too_long);
    assert_non_null(strstr(too_long.policy, "default-src 'none'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_read_item_by_item),
        cmocka_unit_test(tokens_compare_without_case_and_whole),
        cmocka_unit_test(the_best_accepted_coding_is_chosen),
        cmocka_unit_test(the_accept_key_is_that_of_the_rfc),
        cmocka_unit_test(each_part_of_the_handshake_counts),
        cmocka_unit_test(keys_are_16_bytes_of_base64),
        cmocka_unit_test(protocols_are_offered_by_exact_name),
        cmocka_unit_test(escapes_are_decoded_or_refused),
        cmocka_unit_test(the_policy_names_the_host_only_when_it_is_one),
        cmocka_unit_test(two_doors_of_the_policy_can_be_opened),
        cmocka_unit_test(the_policy_can_be_replaced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
