/* link: kp_core kp_alloc */
/* The rope against a flat array, with its invariant checked after each step. */
#include "support/random.h"
#include "support/unit.h"
#include "text/rope.h"

/* The flat array: slow, and obviously right. */

static size_t oracle_offset(const struct buf *text, uint32_t points)
{
    size_t at = 0;

    while (points > 0 && at < text->len) {
        at++;
        while (at < text->len && ((uint8_t)text->ptr[at] & 0xc0) == 0x80)
            at++;
        points--;
    }
    return at;
}

static void oracle_insert(struct buf *text, uint32_t at_points, struct slice piece)
{
    size_t at = oracle_offset(text, at_points);

    assert_int_equal(buf_reserve(text, piece.len), OK);
    if (piece.len == 0)
        return;
    memmove(text->ptr + at + piece.len, text->ptr + at, text->len - at);
    memcpy(text->ptr + at, piece.ptr, piece.len);
    text->len += piece.len;
}

static void oracle_delete(struct buf *text, uint32_t at_points, uint32_t count)
{
    size_t from = oracle_offset(text, at_points), to = oracle_offset(text, at_points + count);

    if (from == to)
        return;
    memmove(text->ptr + from, text->ptr + to, text->len - to);
    text->len -= to - from;
}

static struct measure oracle_measure(struct slice text)
{
    struct measure m = {.bytes = (uint32_t)text.len};

    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = (uint8_t)text.ptr[i];
        m.points += (byte & 0xc0) != 0x80;
        m.u16 += ((byte & 0xc0) != 0x80) + (byte >= 0xf0);
    }
    return m;
}

static void assert_measure(struct measure got, struct measure want)
{
    assert_int_equal(got.bytes, want.bytes);
    assert_int_equal(got.points, want.points);
    assert_int_equal(got.u16, want.u16);
}

static void assert_rope_is(const struct rope *r, struct slice want)
{
    struct buf got = {0};
    struct rope_chunks it = rope_chunks(r);
    struct slice chunk;
    const char *violation = rope_check(r);

    if (violation)
        fail_msg("%s", violation);
    while (rope_chunks_next(&it, &chunk))
        assert_int_equal(buf_append(&got, chunk), OK);
    assert_measure(rope_size(r), oracle_measure(want));
    assert_true(slice_equal(buf_slice(&got), want));
    buf_deinit(&got);
}

static void insert(struct rope *r, uint32_t at, struct slice text)
{
    assert_int_equal(rope_insert(r, at, text), OK);
}

/* a whole life */

static void test_empty_rope_holds_nothing(void **state)
{
    struct rope r = {0};
    struct slice chunk;
    struct rope_chunks it = rope_chunks(&r);
    (void)state;

    assert_false(rope_chunks_next(&it, &chunk));
    assert_int_equal(rope_memory_bytes(&r), 0);
    assert_measure(rope_measure_at_points(&r, 0), (struct measure){0});
    assert_int_equal(rope_from_text(&r, SLICE("")), OK);
    assert_int_equal(rope_pack(&r), OK);
    insert(&r, 0, SLICE("a text"));
    rope_delete(&r, 0, 6);
    assert_rope_is(&r, SLICE(""));
    assert_int_equal(rope_memory_bytes(&r), 0);
    rope_deinit(&r);
}

/* Lengths that matter: keystrokes, about half a leaf, about a leaf, several. */
static uint32_t some_length(struct random *rnd)
{
    static const uint32_t scales[] = {1, 4, 40, 300, 600, 5000};

    return 1 + random_below(rnd, scales[random_below(rnd, 6)]);
}

/* Positions people edit at: anywhere, the ends, and where they were before. */
static uint32_t some_position(struct random *rnd, uint32_t size, uint32_t before)
{
    switch (random_below(rnd, 4)) {
    case 0:
        return 0;
    case 1:
        return size;
    case 2:
        return before < size ? before : size;
    default:
        return random_below(rnd, size + 1);
    }
}

static void test_random_edits_match_a_flat_array(void **state)
{
    struct random rnd = random_start();
    (void)state;

    for (unsigned life = 0; life < random_rounds(12); life++) {
        struct rope r = {0};
        struct buf want = {0}, piece = {0};
        uint32_t at = 0, target = 1 + random_below(&rnd, 60000);
        for (unsigned step = 0; step < 250; step++) {
            uint32_t size = rope_size(&r).points;
            at = some_position(&rnd, size, at);
            if (random_below(&rnd, target) > size / 2) {
                buf_clear(&piece);
                random_text(&rnd, some_length(&rnd), &piece);
                insert(&r, at, buf_slice(&piece));
                oracle_insert(&want, at, buf_slice(&piece));
                at += rope_size(&r).points - size;
            } else if (size > at) {
                uint32_t count = some_length(&rnd) % (size - at) + 1;
                rope_delete(&r, at, count);
                oracle_delete(&want, at, count);
            }
            if (random_one_in(&rnd, 100))
                assert_int_equal(rope_pack(&r), OK);
            assert_rope_is(&r, buf_slice(&want));
        }
        rope_deinit(&r);
        buf_deinit(&want);
        buf_deinit(&piece);
    }
}

/* Single-character deletes from a large text, from everywhere, until it is
 * gone: the tree has to shrink on every level. */
static void test_nibbling_a_large_text_away(void **state)
{
    struct random rnd = random_start();
    struct rope r = {0};
    struct buf want = {0};
    (void)state;

    random_text(&rnd, 40000, &want);
    assert_int_equal(rope_from_text(&r, buf_slice(&want)), OK);
    for (unsigned step = 0; rope_size(&r).points > 0; step++) {
        uint32_t size = rope_size(&r).points, at = random_below(&rnd, size);
        uint32_t count = step % 2 ? 1 : 1 + random_below(&rnd, 150);
        count = count < size - at ? count : size - at;
        rope_delete(&r, at, count);
        oracle_delete(&want, at, count);
        if (step % 16 == 0)
            assert_rope_is(&r, buf_slice(&want));
    }
    assert_int_equal(rope_memory_bytes(&r), 0);
    buf_deinit(&want);
}

/* look */

static void test_positions_convert_as_a_flat_array_does(void **state)
{
    struct random rnd = random_start();
    struct rope r = {0};
    struct buf text = {0};
    (void)state;

    random_text(&rnd, 9000, &text);
    for (unsigned i = 0; i < 3000; i++)
        assert_int_equal(buf_append_byte(&text, 'x'), OK);
    assert_int_equal(rope_from_text(&r, buf_slice(&text)), OK);
    struct measure before = {0};
    for (size_t at = 0; at < text.len;) {
        size_t next = oracle_offset(&(struct buf){.ptr = text.ptr + at, .len = text.len - at}, 1);
        struct measure point = oracle_measure(slice_of(text.ptr + at, next));
        assert_measure(rope_measure_at_points(&r, before.points), before);
        for (uint32_t unit = 0; unit < point.u16; unit++) /* inside a pair counts as before it */
            assert_measure(rope_measure_at_u16(&r, before.u16 + unit), before);
        before = measure_add(before, point);
        at += next;
    }
    assert_measure(rope_measure_at_points(&r, before.points), before);
    assert_measure(rope_measure_at_u16(&r, before.u16), before);
    rope_deinit(&r);
    buf_deinit(&text);
}

static void test_reading_any_range(void **state)
{
    struct random rnd = random_start();
    struct rope r = {0};
    struct buf text = {0}, got = {0};
    (void)state;

    random_text(&rnd, 8000, &text);
    assert_int_equal(rope_from_text(&r, buf_slice(&text)), OK);
    for (unsigned round = 0; round < 500; round++) {
        uint32_t at = random_below(&rnd, 8001), count = random_below(&rnd, 8001 - at);
        size_t from = oracle_offset(&text, at), to = oracle_offset(&text, at + count);
        buf_clear(&got);
        assert_int_equal(rope_read(&r, at, count, &got), OK);
        assert_true(slice_equal(buf_slice(&got), slice_of(text.ptr + from, to - from)));
    }
    rope_deinit(&r);
    buf_deinit(&text);
    buf_deinit(&got);
}

/* memory */

static void assert_overhead_below(const struct rope *r, unsigned percent)
{
    size_t memory = rope_memory_bytes(r), text = rope_size(r).bytes;

    if (memory * 100 > text * (100 + percent))
        fail_msg("%zu bytes hold a text of %zu", memory, text);
    assert_null(rope_check(r));
}

/* Types `points` letters, each behind the one before, from `at` on. */
static void type(struct rope *r, uint32_t at, uint32_t points)
{
    while (points-- > 0)
        insert(r, at++, SLICE("x"));
}

static void test_text_at_rest_costs_little_more_than_its_bytes(void **state)
{
    struct rope r = {0};
    (void)state;

    type(&r, 0, 5 * 1024);
    assert_overhead_below(&r, 30);
    assert_int_equal(rope_pack(&r), OK);
    assert_overhead_below(&r, 12);

    type(&r, 2000, 100 * 1024); /* in the middle of it */
    assert_overhead_below(&r, 12);
    assert_int_equal(rope_pack(&r), OK);
    assert_overhead_below(&r, 5);
    rope_deinit(&r);
}

static void test_typing_backwards_fills_leaves_too(void **state)
{
    struct rope r = {0};
    (void)state;

    for (unsigned i = 0; i < 100 * 1024; i++)
        insert(&r, 0, SLICE("x"));
    assert_overhead_below(&r, 12);
    rope_deinit(&r);
}

static void test_scattered_edits_stay_within_the_invariant(void **state)
{
    struct random rnd = random_start();
    struct rope r = {0};
    (void)state;

    for (unsigned i = 0; i < 50 * 1024; i++)
        insert(&r, random_below(&rnd, i + 1), SLICE("é"));
    assert_overhead_below(&r, 100);
    assert_int_equal(rope_pack(&r), OK);
    assert_overhead_below(&r, 5);
    rope_deinit(&r);
}

static void test_a_large_paste_makes_full_leaves(void **state)
{
    struct rope r = {0};
    size_t len = 5 << 20;
    char *text = memset(malloc(len), 'x', len);
    (void)state;

    type(&r, 0, 100);
    insert(&r, 50, slice_of(text, len));
    assert_overhead_below(&r, 8);
    assert_int_equal(rope_size(&r).points, len + 100);
    rope_deinit(&r);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty_rope_holds_nothing),
        cmocka_unit_test(test_random_edits_match_a_flat_array),
        cmocka_unit_test(test_nibbling_a_large_text_away),
        cmocka_unit_test(test_positions_convert_as_a_flat_array_does),
        cmocka_unit_test(test_reading_any_range),
        cmocka_unit_test(test_text_at_rest_costs_little_more_than_its_bytes),
        cmocka_unit_test(test_typing_backwards_fills_leaves_too),
        cmocka_unit_test(test_scattered_edits_stay_within_the_invariant),
        cmocka_unit_test(test_a_large_paste_makes_full_leaves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
