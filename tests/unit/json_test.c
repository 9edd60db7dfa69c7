/* link: kp_core kp_alloc */
/* The JSON writer, and the 22 characters of an id. */
#include "base/id128.h"
#include "base/json.h"
#include "support/random.h"
#include "support/unit.h"

#include <math.h>

/* Compares the text that was written with `want`, and frees it. */
static void assert_written(struct buf *out, const char *want)
{
    assert_int_equal(buf_append_byte(out, 0), OK);
    assert_string_equal(out->ptr, want);
    buf_deinit(out);
}

static void fixed(double value, int decimals, const char *want)
{
    struct buf out = {0};
    struct json j = json_to(&out);
    json_fixed(&j, value, decimals);
    assert_written(&out, want);
}

static void string(struct slice text, const char *want)
{
    struct buf out = {0};
    struct json j = json_to(&out);
    json_quoted(&j, text);
    assert_int_equal(json_error(&j), OK);
    assert_written(&out, want);
}

static void test_integers(void **state)
{
    (void)state;
    struct buf out = {0};
    struct json j = json_to(&out);
    json_raw(&j, "[");
    json_int(&j, INT64_MIN);
    json_raw(&j, ",");
    json_int(&j, -7);
    json_raw(&j, ",");
    json_int(&j, INT64_MAX);
    json_raw(&j, ",");
    json_uint(&j, UINT64_MAX);
    json_raw(&j, ",");
    json_uint(&j, 0);
    json_bytes(&j, SLICE("]"));
    assert_written(&out, "[-9223372036854775808,-7,9223372036854775807,18446744073709551615,0]");
}

static void test_fixed_point(void **state)
{
    (void)state;
    fixed(0, 0, "0");
    fixed(1.5, 0, "2");
    fixed(0.005, 2, "0.01");
    fixed(12.3456789, 3, "12.346");
    fixed(0.999999999, 6, "1.000000");
    fixed(-0.25, 2, "-0.25");
    fixed(-0.001, 2, "0.00");
    fixed(NAN, 2, "0.00");
    fixed(INFINITY, 1, "9000000000000.0");
    fixed(-INFINITY, 0, "-9000000000000");
}

static void test_strings(void **state)
{
    (void)state;
    string(SLICE(""), "\"\"");
    string((struct slice){0}, "\"\"");
    string(SLICE("plain ä 中 😀"), "\"plain ä 中 😀\"");
    string(SLICE("\"\\\n\r\t\b\f"), "\"\\\"\\\\\\n\\r\\t\\b\\f\"");
    string(SLICE("\0\x01\x1f\x7f"), "\"\\u0000\\u0001\\u001f\x7f\"");
    string(SLICE("</script>&"), "\"\\u003c/script\\u003e\\u0026\"");
    string(SLICE("a\xe2\x80\xa8 b\xe2\x80\xa9"), "\"a\\u2028 b\\u2029\"");
    string(SLICE("\xe2\x80\xa7\xe2\x80\xaa"), "\"\xe2\x80\xa7\xe2\x80\xaa\""); /* their neighbours */
}

static void test_null(void **state)
{
    (void)state;
    struct buf out = {0};
    struct json j = json_to(&out);
    json_quoted_or_null(&j, (struct slice){0});
    json_quoted_or_null(&j, SLICE(""));
    assert_written(&out, "null\"\"");
}

/* ---- ids ---- */

static void test_ids_there_and_back(void **state)
{
    (void)state;
    struct random r = random_start();
    for (unsigned round = 0; round < 1000; round++) {
        struct id128 id, back;
        char text[ID128_CHARS];
        for (size_t i = 0; i < sizeof id.bytes; i++)
            id.bytes[i] = (uint8_t)random_next(&r);
        id128_encode(id, text);
        assert_true(id128_decode(slice_of(text, sizeof text), &back));
        assert_true(id128_equal(id, back));
        back.bytes[random_below(&r, 16)] ^= (uint8_t)(1u << random_below(&r, 8));
        assert_false(id128_equal(id, back));
    }
}

static void test_ids_have_one_spelling(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_id;
    } cases[] = {
        {"AAAAAAAAAAAAAAAAAAAAAA", true},
        {"_____________________w", true},
        {"-abcXYZ0189_AAAAAAAAAg", true},
        {"AAAAAAAAAAAAAAAAAAAAAB", false}, /* the last four bits are not zero */
        {"AAAAAAAAAAAAAAAAAAAAA", false},
        {"AAAAAAAAAAAAAAAAAAAAAAA", false},
        {"AAAAAAAAAAAAAAAAAAAA==", false},
        {"+AAAAAAAAAAAAAAAAAAAAA", false},
        {"AAAAAAAAAA AAAAAAAAAAA", false},
        {"", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct id128 id = {{7}};
        assert_int_equal(id128_decode(slice_from_cstr(cases[i].text), &id), cases[i].is_id);
        assert_true(cases[i].is_id || id.bytes[0] == 7);
    }
    struct id128 zero;
    assert_true(id128_decode(SLICE("AAAAAAAAAAAAAAAAAAAAAA"), &zero));
    assert_true(id128_is_zero(zero));
}

/* RFC 4648, section 10, without the padding. */
static void test_base64url(void **state)
{
    (void)state;
    static const char *const vectors[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xff\xfe\xfd", "__79"}};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char out[16] = "";
        const size_t len = base64url_encode(slice_from_cstr(vectors[i][0]), out);
        assert_int_equal(len, strlen(vectors[i][1]));
        assert_string_equal(out, vectors[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_fixed_point),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_null),
        cmocka_unit_test(test_ids_there_and_back),
        cmocka_unit_test(test_ids_have_one_spelling),
        cmocka_unit_test(test_base64url),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
