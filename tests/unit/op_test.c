/* link: kp_core kp_alloc */
/* Operations by example: the builder, the codec, and what two people do. */
#include "ot/op.h"
#include "support/op_text.h"
#include "support/unit.h"

/* a small language */

static struct op op(const char *line)
{
    struct op made = {0};

    assert_int_equal(op_text_parse(line, &made), OK);
    return made;
}

/* `got`, which is let go, is the operation that `want` writes down. */
static void assert_op(struct op got, const char *want, const char *what)
{
    char *line = NULL;
    size_t len;
    FILE *out = open_memstream(&line, &len);

    op_text_print(op_view(&got), out);
    fclose(out);
    if (strcmp(line, want) != 0)
        fail_msg("%s: got \"%s\", want \"%s\"", what, line, want);
    free(line);
    op_deinit(&got);
}

static void build(const char *components, const char *want)
{
    assert_op(op(components), want, components);
}

static void xform_by(enum op_order order, const char *a, const char *b, const char *want_a1,
                     const char *want_b1)
{
    struct op in_a = op(a), in_b = op(b), a1 = {0}, b1 = {0}, rebased = {0};

    assert_int_equal(op_transform(op_view(&in_a), op_view(&in_b), order, &a1, &b1), OK);
    assert_int_equal(op_rebase(op_view(&in_a), op_view(&in_b), order, &rebased), OK);
    assert_true(op_equal(op_view(&a1), op_view(&rebased)));
    assert_op(a1, want_a1, "a1");
    assert_op(b1, want_b1, "b1");
    op_deinit(&in_a);
    op_deinit(&in_b);
    op_deinit(&rebased);
}

static void xform(const char *a, const char *b, const char *want_a1, const char *want_b1)
{
    xform_by(OP_BY_TEXT, a, b, want_a1, want_b1);
}

static void comp(const char *a, const char *b, const char *want)
{
    struct op in_a = op(a), in_b = op(b), out = {0};

    assert_int_equal(op_compose(op_view(&in_a), op_view(&in_b), &out), OK);
    assert_op(out, want, "compose");
    op_deinit(&in_a);
    op_deinit(&in_b);
}

static void assert_text(const struct rope *r, const char *want)
{
    struct buf got = {0};

    assert_int_equal(rope_read(r, 0, rope_size(r).points, &got), OK);
    assert_true(slice_equal(buf_slice(&got), slice_from_cstr(want)));
    buf_deinit(&got);
}

/* Applies `line` to `before`, then undoes it. */
static void apply(const char *before, const char *line, const char *after)
{
    struct op it = op(line), undo = {0};
    struct rope text = {0};

    assert_int_equal(rope_from_text(&text, slice_from_cstr(before)), OK);
    assert_int_equal(op_growth_bytes(op_view(&it), &text), (int64_t)strlen(after) - (int64_t)strlen(before));
    assert_int_equal(op_invert(op_view(&it), &text, &undo), OK);
    assert_int_equal(op_apply(op_view(&it), &text), OK);
    assert_text(&text, after);
    assert_int_equal(op_apply(op_view(&undo), &text), OK);
    assert_text(&text, before);
    op_deinit(&it);
    op_deinit(&undo);
    rope_deinit(&text);
}

static void caret(const char *line, uint32_t at, uint32_t want)
{
    struct op it = op(line);

    assert_int_equal(op_move_caret(op_view(&it), at), want);
    op_deinit(&it);
}

/* the builder */

static void test_builder_keeps_the_normal_form(void **state)
{
    (void)state;
    build("", "");
    build("=0 + -0", "");
    build("=1 =2", "=3");
    build("-1 -2", "-3");
    build("+a +b", "+ab");
    build("-1 +a", "+a -1");
    build("+a -1 +b", "+ab -1");
    build("=1 -1 +a -1 +b =1", "=1 +ab -2 =1");
    build("+é -1 +😀\\n", "+é😀\\n -1");
    build("-1 =1 +a", "-1 =1 +a");
    build("=1 +a -1 =1 -1 +b", "=1 +a -1 =1 +b -1");
}

/* Heads grow by a byte here and there; what stands behind has to move. */
static void test_builder_with_every_length_of_head(void **state)
{
    struct op pieces = {0}, whole = {0};
    struct buf text = {0};
    (void)state;

    for (unsigned i = 0; i < 40000; i++) {
        assert_int_equal(op_insert(&pieces, SLICE("é")), OK);
        assert_int_equal(op_delete(&pieces, 1), OK);
        assert_int_equal(buf_append(&text, SLICE("é")), OK);
    }
    assert_int_equal(op_insert(&whole, buf_slice(&text)), OK);
    assert_int_equal(op_delete(&whole, 40000), OK);
    assert_true(op_equal(op_view(&pieces), op_view(&whole)));
    assert_int_equal(pieces.base_points, 40000);
    assert_int_equal(pieces.target_points, 40000);
    op_clear(&pieces);
    assert_op(pieces, "", "cleared");
    op_deinit(&whole);
    buf_deinit(&text);
}

static void test_builder_refuses(void **state)
{
    struct op it = op("=1 +a");
    (void)state;

    assert_int_equal(op_insert(&it, SLICE("\xff")), ERR_BAD_TEXT);
    assert_int_equal(op_insert(&it, SLICE("\xed\xa0\x80")), ERR_BAD_TEXT);
    assert_int_equal(op_insert(&it, SLICE("a\r\nb")), ERR_BAD_TEXT);
    assert_int_equal(op_retain(&it, OP_POINTS_MAX - 1), ERR_BAD_OPERATION);
    assert_int_equal(op_retain(&it, UINT32_MAX), ERR_BAD_OPERATION);
    assert_int_equal(op_delete(&it, OP_POINTS_MAX), ERR_BAD_OPERATION);
    assert_int_equal(op_delete(&it, OP_POINTS_MAX - 1), OK);
    assert_int_equal(op_delete(&it, 1), ERR_BAD_OPERATION);
    assert_int_equal(it.base_points, OP_POINTS_MAX);
    assert_op(it, "=1 +a -536870911", "after refusals");
}

static void test_copies_can_be_built_on(void **state)
{
    struct op it = op("=1 +a -1"), copy = {0};
    (void)state;

    assert_int_equal(op_copy(&copy, op_view(&it)), OK);
    assert_int_equal(op_insert(&copy, SLICE("b")), OK);
    assert_int_equal(op_delete(&copy, 1), OK);
    assert_op(copy, "=1 +ab -2", "copy");
    assert_op(it, "=1 +a -1", "original");
}

/* the codec */

static void decode(struct slice code, enum error want)
{
    struct op_view view = {.base_points = 77};
    /* a copy of its very size, so that reading beyond it is noticed */
    char *bytes = malloc(code.len ? code.len : 1);

    memcpy(bytes, code.ptr, code.len);
    enum error err = op_decode(slice_of(bytes, code.len), &view);
    free(bytes);
    if (err != want)
        fail_msg("%zu bytes: %s, not %s", code.len, error_code(err), error_code(want));
    assert_true(err == OK || view.base_points == 77);
}

#define HEAD(n, kind) (char)((n) << 2 | (kind))
#define DECODE(want, ...) decode(slice_of((char[]){__VA_ARGS__}, sizeof((char[]){__VA_ARGS__})), want)

static void test_decode_takes_normal_form_only(void **state)
{
    (void)state;
    decode(SLICE(""), OK);
    DECODE(OK, HEAD(1, OP_RETAIN));
    DECODE(OK, HEAD(1, OP_INSERT), 1, 'a', HEAD(2, OP_DELETE));
    DECODE(OK, HEAD(1, OP_INSERT), 4, '\xf0', '\x9f', '\x98', '\x80');
    DECODE(ERR_BAD_OPERATION, HEAD(0, OP_RETAIN));
    DECODE(ERR_BAD_OPERATION, HEAD(0, OP_INSERT), 0);
    DECODE(ERR_BAD_OPERATION, HEAD(1, 3));
    DECODE(ERR_BAD_OPERATION, HEAD(1, OP_RETAIN), HEAD(1, OP_RETAIN));
    DECODE(ERR_BAD_OPERATION, HEAD(1, OP_DELETE), HEAD(1, OP_DELETE));
    DECODE(ERR_BAD_OPERATION, HEAD(1, OP_INSERT), 1, 'a', HEAD(1, OP_INSERT), 1, 'a');
    DECODE(ERR_BAD_OPERATION, HEAD(2, OP_DELETE), HEAD(1, OP_INSERT), 1, 'a');
    DECODE(ERR_BAD_OPERATION, (char)(HEAD(1, OP_RETAIN) | 0x80), 0); /* a longer form of 1 */
    DECODE(ERR_BAD_OPERATION, HEAD(1, OP_INSERT), '\x81', 0, 'a');
}

static void test_decode_checks_texts_and_lengths(void **state)
{
    (void)state;
    DECODE(ERR_BAD_OPERATION, HEAD(2, OP_INSERT), 1, 'a'); /* not two code points */
    DECODE(ERR_BAD_OPERATION, HEAD(1, OP_INSERT), 2, 'a', 'b');
    DECODE(ERR_BAD_OPERATION, HEAD(1, OP_INSERT), 2, 'a'); /* ends early */
    DECODE(ERR_BAD_OPERATION, HEAD(1, OP_INSERT));
    DECODE(ERR_BAD_OPERATION, '\x80');
    DECODE(ERR_BAD_OPERATION, HEAD(1, OP_INSERT), '\xff', '\xff', '\xff', '\xff', '\xff', '\xff', '\xff',
           '\xff', '\xff', 1, 'a');
    DECODE(ERR_BAD_TEXT, HEAD(1, OP_INSERT), 1, '\r');
    DECODE(ERR_BAD_TEXT, HEAD(1, OP_INSERT), 2, '\xc0', '\x80');
    DECODE(ERR_BAD_TEXT, HEAD(1, OP_INSERT), 3, '\xed', '\xa0', '\x80');
    DECODE(ERR_BAD_TEXT, HEAD(1, OP_INSERT), 1, '\xe2');
}

static void test_decode_bounds_sums(void **state)
{
    struct buf code = {0};
    (void)state;

    assert_int_equal(buf_append_varint(&code, (uint64_t)OP_POINTS_MAX << 2 | OP_RETAIN), OK);
    decode(buf_slice(&code), OK);
    assert_int_equal(buf_append_varint(&code, 1 << 2 | OP_DELETE), OK);
    decode(buf_slice(&code), ERR_BAD_OPERATION);
    buf_clear(&code);
    assert_int_equal(buf_append_varint(&code, (uint64_t)(OP_POINTS_MAX + 1) << 2 | OP_RETAIN), OK);
    decode(buf_slice(&code), ERR_BAD_OPERATION);
    buf_clear(&code);
    assert_int_equal(buf_append_varint(&code, UINT64_C(1) << 34), OK); /* 1 << 32 components: not 0 */
    decode(buf_slice(&code), ERR_BAD_OPERATION);
    buf_deinit(&code);
}

/* the algebra */

static void test_compose(void **state)
{
    (void)state;
    comp("", "", "");
    comp("+ab", "=1 +c =1", "+acb");
    comp("+ab", "-2", "");
    comp("=3", "=1 -1 =1", "=1 -1 =1");
    comp("=1 -1 =1", "=1 +x =1", "=1 +x -1 =1");
    comp("-2", "+x", "+x -2");
    comp("=2 +ab -3", "=1 -2 +x =1", "=1 +xb -4");
    comp("+😀é", "=1 -1", "+😀");
}

static void test_transform(void **state)
{
    (void)state;
    xform("", "", "", "");
    xform("=2 +ab -3", "=5 +x", "=2 +ab -3 =1", "=4 +x");
    xform("+a =3", "=3 +b", "+a =4", "=4 +b");
    xform("-3", "-3", "", "");
    xform("-2 =1", "=1 -2", "-1", "-1");
    xform("-3", "=1 +x =2", "-1 =1 -2", "+x");
    xform("=1 +😀 -2 =1", "=2 +é =2", "=1 +😀 -1 =1 -1 =1", "=2 +é =1");
}

static void test_inserts_at_one_place_are_ordered_by_code_points(void **state)
{
    (void)state;
    xform("+a", "+b", "+a =1", "=1 +b");
    xform("+b", "+a", "=1 +b", "+a =1");
    xform("+ab", "+a", "=1 +ab", "+a =2");
    xform("+same", "+same", "+same =4", "+same =4");
    /* UTF-16 would put U+1F600 before U+FFFD, as its first unit is 0xd83d */
    xform("+😀", "+\xef\xbf\xbd", "=1 +😀", "+\xef\xbf\xbd =1");
    xform("=1 +b -1", "=1 +a -1", "=2 +b", "=1 +a =1");
}

static void test_inserts_at_one_place_are_ordered_as_told(void **state)
{
    (void)state;
    xform_by(OP_A_FIRST, "+b", "+a", "+b =1", "=1 +a");
    xform_by(OP_B_FIRST, "+a", "+b", "=1 +a", "+b =1");
    xform_by(OP_A_FIRST, "+same", "+same", "+same =4", "=4 +same");
    xform_by(OP_B_FIRST, "+same", "+same", "=4 +same", "+same =4");
    /* one order for all the places at which they meet */
    xform_by(OP_A_FIRST, "+a =1 +z", "+m =1 +m", "+a =2 +z =1", "=1 +m =2 +m");
    xform_by(OP_B_FIRST, "=1 +b -1", "=1 +c -1", "=2 +b", "=1 +c =1");
    /* where they do not meet it is of no account */
    xform_by(OP_B_FIRST, "+a =2", "=1 +b =1", "+a =3", "=2 +b =1");
}

static void test_lengths_must_fit(void **state)
{
    struct op a = op("=3"), b = op("=4"), out = op("+kept"), other = op("+kept");
    struct rope text = {0};
    (void)state;

    assert_int_equal(op_compose(op_view(&a), op_view(&b), &out), ERR_BAD_OPERATION);
    assert_int_equal(op_transform(op_view(&a), op_view(&b), OP_BY_TEXT, &out, &other), ERR_BAD_OPERATION);
    assert_int_equal(op_rebase(op_view(&a), op_view(&b), OP_BY_TEXT, &out), ERR_BAD_OPERATION);
    assert_int_equal(op_apply(op_view(&a), &text), ERR_BAD_OPERATION);
    assert_int_equal(op_invert(op_view(&a), &text, &out), ERR_BAD_OPERATION);
    assert_op(out, "+kept", "out");
    assert_op(other, "+kept", "other");
    op_deinit(&a);
    op_deinit(&b);
}

/* Two operations, each within the limit, whose results together are not. */
static void test_sums_beyond_the_limit_are_refused(void **state)
{
    struct op a = {0}, b = {0}, a1 = op("+kept"), b1 = op("+kept");
    (void)state;

    assert_int_equal(op_retain(&a, OP_POINTS_MAX - 3), OK);
    assert_int_equal(op_insert(&a, SLICE("ab")), OK);
    assert_int_equal(op_retain(&b, OP_POINTS_MAX - 3), OK);
    assert_int_equal(op_insert(&b, SLICE("cd")), OK);
    assert_int_equal(op_transform(op_view(&a), op_view(&b), OP_A_FIRST, &a1, &b1), ERR_BAD_OPERATION);
    assert_int_equal(op_rebase(op_view(&a), op_view(&b), OP_A_FIRST, &a1), ERR_BAD_OPERATION);
    assert_op(a1, "+kept", "a1");
    assert_op(b1, "+kept", "b1");
    op_deinit(&a);
    op_deinit(&b);
}

static void test_apply_and_undo(void **state)
{
    (void)state;
    apply("", "", "");
    apply("to bee", "=5 +! -1", "to be!");
    apply("abc", "-3", "");
    apply("", "+abc", "abc");
    apply("a😀é", "=1 -1 =1 +中", "aé中");
}

static void test_noop(void **state)
{
    struct op none = op(""), retain = op("=4"), same = op("=1 +a -1");
    (void)state;

    assert_true(op_is_noop(op_view(&none)));
    assert_true(op_is_noop(op_view(&retain)));
    assert_false(op_is_noop(op_view(&same)));
    op_deinit(&retain);
    op_deinit(&same);
}

static void test_carets(void **state)
{
    (void)state;
    caret("=2 +ab =2", 1, 1);
    caret("=2 +ab =2", 2, 4); /* an insert at the caret pushes it */
    caret("=2 +ab =2", 3, 5);
    caret("=1 -2 =1", 0, 0);
    caret("=1 -2 =1", 1, 1);
    caret("=1 -2 =1", 2, 1); /* in deleted text: to the place of the deletion */
    caret("=1 -2 =1", 3, 1);
    caret("=1 -2 =1", 4, 2);
    caret("=1 +x -2 =1", 2, 2);
    caret("=3", 99, 3); /* beyond the end counts as the end */
    caret("=3 +ab", 99, 5);
    caret("", 7, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builder_keeps_the_normal_form),
        cmocka_unit_test(test_builder_with_every_length_of_head),
        cmocka_unit_test(test_builder_refuses),
        cmocka_unit_test(test_copies_can_be_built_on),
        cmocka_unit_test(test_decode_takes_normal_form_only),
        cmocka_unit_test(test_decode_checks_texts_and_lengths),
        cmocka_unit_test(test_decode_bounds_sums),
        cmocka_unit_test(test_compose),
        cmocka_unit_test(test_transform),
        cmocka_unit_test(test_inserts_at_one_place_are_ordered_by_code_points),
        cmocka_unit_test(test_inserts_at_one_place_are_ordered_as_told),
        cmocka_unit_test(test_lengths_must_fit),
        cmocka_unit_test(test_sums_beyond_the_limit_are_refused),
        cmocka_unit_test(test_apply_and_undo),
        cmocka_unit_test(test_noop),
        cmocka_unit_test(test_carets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
