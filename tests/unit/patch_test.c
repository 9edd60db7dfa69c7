/* link: kp_proto kp_alloc */
/* The body of a PATCH: the two kinds, and what is neither. */
#include "proto/patch.h"
#include "support/unit.h"

#include <string.h>

static struct client_decoder decoder;

static enum error decode(const char *json, struct patch *out)
{
    return patch_decode(&decoder, slice_from_cstr(json), out);
}

static void test_an_operation(void **state)
{
    struct patch patch;
    (void)state;
    assert_int_equal(decode("{\"revision\":812,\"operation\":[5,\"x\",-2],\"later\":true}", &patch), OK);
    assert_true(patch.is_operation);
    assert_int_equal(patch.revision, 812);
    assert_int_equal(patch.op.base_points, 7);
    assert_int_equal(patch.op.target_points, 6);
}

static void test_a_replacement(void **state)
{
    struct patch patch;
    (void)state;
    assert_int_equal(decode("{\"replace\":\"a\\u0000b\",\"with\":\"\"}", &patch), OK);
    assert_false(patch.is_operation);
    assert_int_equal(patch.old.len, 3);
    assert_int_equal(patch.with.len, 0);
    assert_int_equal(patch.count, 1);
    assert_int_equal(decode("{\"replace\":\"a\",\"with\":\"b\",\"count\":12}", &patch), OK);
    assert_int_equal(patch.count, 12);
    assert_int_equal(decode("{\"replace\":\"a\",\"with\":\"b\",\"count\":null}", &patch), OK);
    assert_int_equal(patch.count, 1);
}

static void test_what_is_neither(void **state)
{
    static const struct {
        const char *json;
        enum error err;
    } cases[] = {
        {"", ERR_BAD_PATCH},
        {"[]", ERR_BAD_PATCH},
        {"{}", ERR_BAD_PATCH},
        {"{\"revision\":1}", ERR_BAD_PATCH},
        {"{\"operation\":[1]}", ERR_BAD_PATCH},
        {"{\"revision\":1.0,\"operation\":[1]}", ERR_BAD_PATCH},
        {"{\"revision\":\"1\",\"operation\":[1]}", ERR_BAD_PATCH},
        {"{\"revision\":1,\"operation\":{}}", ERR_BAD_OPERATION},
        {"{\"revision\":1,\"operation\":[0]}", ERR_BAD_OPERATION},
        {"{\"revision\":1,\"operation\":[\"\\r\"]}", ERR_BAD_TEXT},
        {"{\"revision\":1,\"operation\":[1],\"replace\":\"a\",\"with\":\"b\"}", ERR_BAD_PATCH},
        {"{\"replace\":\"a\"}", ERR_BAD_PATCH},
        {"{\"replace\":\"\",\"with\":\"b\"}", ERR_BAD_PATCH},
        {"{\"replace\":1,\"with\":\"b\"}", ERR_BAD_PATCH},
        {"{\"replace\":\"a\",\"with\":\"\\r\"}", ERR_BAD_TEXT},
        {"{\"replace\":\"a\\r\",\"with\":\"\"}", ERR_BAD_TEXT},
        {"{\"replace\":\"a\",\"with\":\"b\",\"count\":0}", ERR_BAD_PATCH},
        {"{\"replace\":\"a\",\"with\":\"b\",\"count\":-1}", ERR_BAD_PATCH},
        {"{\"replace\":\"a\",\"replace\":\"b\",\"with\":\"b\"}", ERR_BAD_PATCH},
        {"{\"replace\":\"\\ud83d\",\"with\":\"b\"}", ERR_BAD_PATCH},
    };
    struct patch patch;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memset(&patch, 7, sizeof patch);
        const struct patch before = patch;
        if (decode(cases[i].json, &patch) != cases[i].err)
            fail_msg("%s", cases[i].json);
        assert_memory_equal(&patch, &before, sizeof patch);
    }
}

static int let_go(void **state)
{
    (void)state;
    client_decoder_deinit(&decoder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_operation),
        cmocka_unit_test(test_a_replacement),
        cmocka_unit_test(test_what_is_neither),
    };
    return cmocka_run_group_tests(tests, NULL, let_go);
}
