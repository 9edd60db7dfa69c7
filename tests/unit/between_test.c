/* link: kp_core faulty_alloc */
/* The difference between two texts; that it is the page's is for tests/differential. */
#include "base/hash.h"
#include "ot/between.h"
#include "support/alloc_faulty.h"
#include "support/op_text.h"
#include "support/random_op.h"
#include "support/unit.h"

enum { ROUNDS = 1500, TEXT_MAX = 400 };

static void assert_between(const char *from, const char *to, const char *expected)
{
    struct op op = {0}, wanted = {0};
    assert_int_equal(op_between(slice_from_cstr(from), slice_from_cstr(to), &op), OK);
    assert_int_equal(op_text_parse(expected, &wanted), OK);
    if (!op_equal(op_view(&op), op_view(&wanted))) {
        op_text_print(op_view(&op), stderr);
        fail_msg(" is not %s", expected);
    }
    op_deinit(&op);
    op_deinit(&wanted);
}

static void test_examples(void **state)
{
    (void)state;
    assert_between("", "", "");
    assert_between("same", "same", "=4");
    assert_between("", "new", "+new");
    assert_between("old", "", "-3");
    assert_between("one\ntwo\nthree\n", "one\n2\nthree\n", "=4 +2 -3 =7");
    /* A line that moved is taken out and put in: the rest is not touched. */
    assert_between("a\nb\nc\nd\n", "b\nc\nd\na\n", "-2 =5 +\\na =1");
    /* A word is replaced as a whole, whatever letters it shares with the next. */
    assert_between("the cat sat", "the dog sat", "=4 +dog -3 =4");
    assert_between("😀 x", "😀 y", "=2 +y -1");
}

/* A text, and what somebody made of it. */
static void random_pair(struct random *r, struct buf *from, struct buf *to)
{
    struct rope text = {0};
    struct op op = {0};
    buf_clear(from);
    buf_clear(to);
    random_text(r, random_below(r, TEXT_MAX), from);
    random_must(rope_from_text(&text, buf_slice(from)));
    random_op(r, rope_size(&text).points, &op);
    random_must(op_apply(op_view(&op), &text));
    random_must(rope_read(&text, 0, rope_size(&text).points, to));
    rope_deinit(&text);
    op_deinit(&op);
}

static void test_it_turns_one_into_the_other(void **state)
{
    struct random r = random_start();
    struct buf from = {0}, to = {0}, made = {0};
    (void)state;
    for (unsigned round = random_rounds(ROUNDS); round > 0; round--) {
        struct rope text = {0};
        struct op op = {0};
        random_pair(&r, &from, &to);
        assert_int_equal(op_between(buf_slice(&from), buf_slice(&to), &op), OK);
        assert_int_equal(rope_from_text(&text, buf_slice(&from)), OK);
        assert_int_equal(op_apply(op_view(&op), &text), OK);
        buf_clear(&made);
        assert_int_equal(rope_read(&text, 0, rope_size(&text).points, &made), OK);
        assert_true(slice_equal(buf_slice(&made), buf_slice(&to)));
        assert_int_equal(op_is_noop(op_view(&op)), slice_equal(buf_slice(&from), buf_slice(&to)));
        op_deinit(&op);
        rope_deinit(&text);
    }
    buf_deinit(&from);
    buf_deinit(&to);
    buf_deinit(&made);
    assert_int_equal(alloc_live_blocks(), 0);
}

static void test_a_carriage_return_is_refused(void **state)
{
    struct op op = {0};
    (void)state;
    assert_int_equal(op_retain(&op, 7), OK);
    assert_int_equal(op_between(SLICE("one\n"), SLICE("one\r\n"), &op), ERR_BAD_TEXT);
    assert_int_equal(op.base_points, 7);
    op_deinit(&op);
    assert_int_equal(alloc_live_blocks(), 0);
}

static void test_without_memory_nothing_is_changed(void **state)
{
    const struct slice from = SLICE("a b c\nd e f\ng\n"), to = SLICE("g\na c\nd x f\n");
    enum error err = ERR_NO_MEMORY;
    size_t nth = 1;
    (void)state;
    for (; err; nth++) {
        struct op op = {0};
        assert_int_equal(op_retain(&op, 7), OK);
        alloc_fail_once(nth);
        err = op_between(from, to, &op);
        alloc_fail_once(0);
        assert_int_equal(op.base_points, err ? 7 : 14);
        op_deinit(&op);
        assert_int_equal(alloc_live_blocks(), 0);
    }
    assert_true(nth > 5);
}

/* A long text of which every line is another one takes no square of its length. */
static void test_a_long_difference_ends(void **state)
{
    enum { LINES = 20000 };
    struct buf from = {0}, to = {0};
    struct op op = {0};
    (void)state;
    for (int i = 0; i < LINES; i++) {
        char line[40];
        snprintf(line, sizeof line, "line %d\n", i);
        assert_int_equal(buf_append(&from, slice_from_cstr(line)), OK);
        snprintf(line, sizeof line, "other %d\n", LINES - i);
        assert_int_equal(buf_append(&to, slice_from_cstr(line)), OK);
    }
    assert_int_equal(op_between(buf_slice(&from), buf_slice(&to), &op), OK);
    op_deinit(&op);
    buf_deinit(&from);
    buf_deinit(&to);
}

/* ---- bounded ---- */

enum { MIB = 1024 * 1024 };

static void check_bounded(struct buf *from, struct buf *to, uint64_t most)
{
    struct rope text = {0};
    struct op op = {0};
    struct buf made = {0};
    uint64_t work = 0;
    assert_int_equal(op_between_bounded(buf_slice(from), buf_slice(to), &op, &work), OK);
    assert_in_range(work, 1, most);
    assert_int_equal(rope_from_text(&text, buf_slice(from)), OK);
    assert_int_equal(op_apply(op_view(&op), &text), OK);
    assert_int_equal(rope_read(&text, 0, rope_size(&text).points, &made), OK);
    assert_true(slice_equal(buf_slice(&made), buf_slice(to)));
    op_deinit(&op);
    rope_deinit(&text);
    buf_deinit(&made);
    buf_deinit(from);
    buf_deinit(to);
}

static void add_letters(struct random *r, unsigned count, char first, struct buf *text)
{
    for (; count > 0; count--)
        assert_int_equal(buf_append_byte(text, (uint8_t)(first + (int)random_below(r, 20))), OK);
}

/* Lines that stay, and between any two of them as much as is still compared exactly: it would be
 * half a second. Work is counted and not time, so that no machine is too slow for it. */
static void test_many_gaps_end(void **state)
{
    static const unsigned sizes[] = {120, 240, 480};
    struct random r = random_start();
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct buf from = {0}, to = {0};
        for (unsigned line = 0; from.len < MIB; line++) {
            char anchor[32];
            snprintf(anchor, sizeof anchor, "\nline %u\n", line);
            assert_int_equal(buf_append(&from, slice_from_cstr(anchor)), OK);
            assert_int_equal(buf_append(&to, slice_from_cstr(anchor)), OK);
            add_letters(&r, sizes[i], 'a', &from);
            add_letters(&r, sizes[i], i == 1 ? 'A' : 'a', &to);
        }
        check_bounded(&from, &to, UINT64_C(80000000));
    }
}

/* Words that all begin their search at one place of the table, as somebody may choose them. */
static void test_words_that_meet_end(void **state)
{
    enum { WORDS = 3000, MASK = 0x3ff };
    struct buf from = {0}, to = {0};
    (void)state;
    for (unsigned i = 0, found = 0; found < WORDS; i++) {
        char word[16];
        uint32_t points[16];
        int len = snprintf(word, sizeof word, "w%u", i);
        for (int at = 0; at < len; at++)
            points[at] = (uint8_t)word[at];
        if ((hash_bytes(0, slice_of(points, (size_t)len * sizeof *points)) & MASK) != 0)
            continue;
        found++;
        assert_int_equal(buf_append(&from, slice_of(word, (size_t)len)), OK);
        assert_int_equal(buf_append(&from, SLICE(" a ")), OK);
        assert_int_equal(buf_append(&to, SLICE(" b ")), OK);
        assert_int_equal(buf_append(&to, slice_of(word, (size_t)len)), OK);
    }
    check_bounded(&from, &to, UINT64_C(80000000));
}

static void test_within_the_bound_it_is_the_same(void **state)
{
    struct random r = random_start();
    struct buf from = {0}, to = {0};
    (void)state;
    for (unsigned round = random_rounds(ROUNDS); round > 0; round--) {
        struct op bounded = {0}, op = {0};
        uint64_t work = 0;
        random_pair(&r, &from, &to);
        assert_int_equal(op_between(buf_slice(&from), buf_slice(&to), &op), OK);
        assert_int_equal(op_between_bounded(buf_slice(&from), buf_slice(&to), &bounded, &work), OK);
        assert_true(op_equal(op_view(&op), op_view(&bounded)));
        op_deinit(&op);
        op_deinit(&bounded);
    }
    buf_deinit(&from);
    buf_deinit(&to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_it_turns_one_into_the_other),
        cmocka_unit_test(test_a_carriage_return_is_refused),
        cmocka_unit_test(test_without_memory_nothing_is_changed),
        cmocka_unit_test(test_a_long_difference_ends),
        cmocka_unit_test(test_many_gaps_end),
        cmocka_unit_test(test_words_that_meet_end),
        cmocka_unit_test(test_within_the_bound_it_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
