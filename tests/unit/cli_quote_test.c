/* link: kp_cli kp_core kp_alloc */
#include "cli/quote.h"
#include "support/unit.h"
#include "text/utf8.h"

#include <string.h>

static void lines_are_counted_as_people_count_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t count;
    } cases[] = {{"", 0}, {"a", 1}, {"a\n", 1}, {"\n", 1}, {"a\nb", 2}, {"a\n\n", 2}, {"\n\n\n", 3}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(quote_line_count(slice_from_cstr(cases[i].text)), cases[i].count);
    struct slice text = SLICE("ab\n\ncd");
    static const size_t begins[] = {0, 3, 4, 6, 6};
    for (size_t line = 1; line <= 5; line++)
        assert_int_equal(quote_offset_of_line(text, line), begins[line - 1]);
    static const size_t line_of[] = {1, 1, 1, 2, 3, 3, 3};
    for (size_t at = 0; at <= text.len; at++)
        assert_int_equal(quote_line_of_offset(text, at), line_of[at]);
}

static void occurrences_do_not_overlap(void **state)
{
    (void)state;
    assert_int_equal(quote_occurrences(SLICE("aaaa"), SLICE("aa")), 2);
    assert_int_equal(quote_occurrences(SLICE("abc"), SLICE("d")), 0);
    assert_int_equal(quote_occurrences(SLICE(""), SLICE("d")), 0);
    assert_int_equal(quote_occurrences(SLICE("a"), SLICE("ab")), 0);
    assert_int_equal(quote_find(SLICE("xay"), SLICE("a"), 0), 1);
    assert_int_equal(quote_find(SLICE("xay"), SLICE("a"), 2), 3);
}

static void a_quote_has_numbers_and_a_mark_at_both_ends(void **state)
{
    (void)state;
    struct buf out = {0};
    size_t shown;
    assert_int_equal(quote_lines(SLICE("one\ntwo\nthree"), 2, 3, 0xabcdef, &out, &shown), OK);
    static const char wanted[] =
        "<untrusted-pad-text-00abcdef>\n     2\ttwo\n     3\tthree\n</untrusted-pad-text-00abcdef>";
    assert_int_equal(out.len, strlen(wanted));
    assert_memory_equal(out.ptr, wanted, out.len);
    assert_int_equal(shown, 3);
    buf_deinit(&out);
}

/* A megabyte in lines, in one line, and in one line of characters that have several bytes. */
static void a_quote_is_bounded_and_cuts_no_character(void **state)
{
    (void)state;
    static const char *const units[] = {"xxxxxxxxx\n", "x", "x😀"};
    for (size_t k = 0; k < 3; k++) {
        struct buf text = {0}, out = {0};
        size_t shown;
        while (text.len < (1 << 20))
            assert_int_equal(buf_append(&text, slice_from_cstr(units[k])), OK);
        assert_int_equal(quote_lines(buf_slice(&text), 1, SIZE_MAX, 1, &out, &shown), OK);
        assert_true(out.len <= QUOTE_BYTES_MAX + 200 && out.len > QUOTE_BYTES_MAX - 200);
        assert_true(shown >= 1 && (k > 0 || shown < quote_line_count(buf_slice(&text))));
        assert_int_equal(utf8_check(buf_slice(&out), NULL), OK);
        buf_deinit(&text);
        buf_deinit(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_counted_as_people_count_them),
        cmocka_unit_test(occurrences_do_not_overlap),
        cmocka_unit_test(a_quote_has_numbers_and_a_mark_at_both_ends),
        cmocka_unit_test(a_quote_is_bounded_and_cuts_no_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
