/* link: kp_core kp_alloc */
#include "support/random.h"
#include "support/unit.h"
#include "text/utf8.h"

/* An encoder, to make every code point there is. */
static size_t encode(uint32_t point, char out[4])
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xc0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3f));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (char)(0xe0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 0x3f));
        out[2] = (char)(0x80 | (point & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | point >> 18);
    out[1] = (char)(0x80 | (point >> 12 & 0x3f));
    out[2] = (char)(0x80 | (point >> 6 & 0x3f));
    out[3] = (char)(0x80 | (point & 0x3f));
    return 4;
}

static void test_every_code_point(void **state)
{
    (void)state;
    for (uint32_t point = 0; point < 0x110000 + 0x1000; point++) {
        char bytes[4];
        struct measure m;
        size_t len = encode(point, bytes);
        bool is_valid = point < 0x110000 && (point < 0xd800 || point > 0xdfff);
        enum error err = utf8_check(slice_of(bytes, len), &m);
        if (err != (is_valid ? OK : ERR_BAD_TEXT))
            fail_msg("U+%04X", point);
        if (is_valid && (m.bytes != len || m.points != 1 || m.u16 != (point > 0xffff ? 2u : 1u)))
            fail_msg("U+%04X is measured wrongly", point);
    }
}

/* Bytes that do not decode: overlong, cut short, stray, beyond. */
static void test_not_utf8(void **state)
{
    static const char *const wrong[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xc2",
        "\xc2 ",
        "\xdf\xc0",
        "\xe0\x80\x80",
        "\xe0\x9f\xbf",
        "\xe1\x80",
        "\xe1\x80 ",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xef\xbf",
        "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf",
        "\xf1\x80\x80",
        "\xf1\x80\x80 ",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xfe",
        "\xff",
        "\xf8\x88\x80\x80\x80",
    };
    (void)state;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct measure m = {1, 2, 3};
        char text[64];
        for (int before = 0; before < 20; before++) { /* wherever it falls in the words that are read */
            int len =
                snprintf(text, sizeof text, "%.*s%sxxxxxxxxx", before, "éxxxxxxxxxxxxxxxxxxx", wrong[i]);
            if (before == 1)
                continue; /* half of the é */
            assert_int_equal(utf8_check(slice_of(text, (size_t)len), &m), ERR_BAD_TEXT);
        }
        assert_int_equal(utf8_check(slice_from_cstr(wrong[i]), &m), ERR_BAD_TEXT);
        assert_true(m.bytes == 1 && m.points == 2 && m.u16 == 3);
    }
    assert_int_equal(utf8_check(SLICE("a\0b"), NULL), OK);
    assert_int_equal(utf8_check(SLICE(""), NULL), OK);
}

/* Point by point, against what was written. */
static void test_measures_and_offsets(void **state)
{
    struct random rnd = random_start();
    (void)state;

    for (unsigned round = random_rounds(300); round > 0; round--) {
        struct buf text = {0};
        uint32_t points = random_below(&rnd, 60);
        struct measure at = {0}, checked;
        random_text(&rnd, points, &text);
        struct slice s = buf_slice(&text);
        while (at.bytes < s.len) {
            uint8_t lead = (uint8_t)s.ptr[at.bytes];
            struct measure one = {lead < 0x80   ? 1
                                  : lead < 0xe0 ? 2
                                  : lead < 0xf0 ? 3
                                                : 4,
                                  1, lead < 0xf0 ? 1 : 2};
            assert_int_equal(utf8_offset_of_points(s, at.points), at.bytes);
            for (uint32_t unit = 0; unit < one.u16; unit++)
                assert_int_equal(utf8_offset_of_u16(s, at.u16 + unit), at.bytes);
            at = measure_add(at, one);
            struct measure start = utf8_measure(slice_of(s.ptr, at.bytes));
            assert_true(start.bytes == at.bytes && start.points == at.points && start.u16 == at.u16);
        }
        assert_int_equal(at.points, points);
        assert_int_equal(utf8_offset_of_points(s, points), s.len);
        assert_int_equal(utf8_offset_of_points(s, points + 9), s.len);
        assert_int_equal(utf8_offset_of_u16(s, at.u16), s.len);
        assert_int_equal(utf8_check(s, &checked), OK);
        assert_true(checked.bytes == at.bytes && checked.points == at.points && checked.u16 == at.u16);
        buf_deinit(&text);
    }
}

static void test_carriage_returns_are_found_anywhere(void **state)
{
    (void)state;
    for (size_t len = 0; len < 40; len++) {
        char text[40];
        memset(text, '\x0c', sizeof text); /* one bit from it */
        assert_false(utf8_has_cr(slice_of(text, len)));
        for (size_t at = 0; at < len; at++) {
            memset(text, '\x8d', sizeof text);
            text[at] = '\r';
            assert_true(utf8_has_cr(slice_of(text, len)));
            assert_false(utf8_has_cr(slice_of(text, at)));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_not_utf8),
        cmocka_unit_test(test_measures_and_offsets),
        cmocka_unit_test(test_carriage_returns_are_found_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
