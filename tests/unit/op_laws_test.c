/* link: kp_core kp_alloc */
/* The laws of the algebra, over random operations. A failure prints the
 * operations and the seed (KP_SEED=… replays it). */
#include "ot/op.h"
#include "support/op_text.h"
#include "support/random_op.h"
#include "support/unit.h"

enum { ROUNDS = 4000, TEXT_MAX = 30 };

/* One random text, two concurrent operations on it with the order of their
 * inserts, and one after each. */
struct scene {
    struct rope text;
    enum op_order order;
    struct op a, b, after_a, after_after_a;
};

static void scene_init(struct scene *s, struct random *rnd)
{
    struct buf text = {0};

    *s = (struct scene){.order = (enum op_order)random_below(rnd, OP_B_FIRST + 1)};
    random_text(rnd, random_below(rnd, TEXT_MAX), &text);
    random_must(rope_from_text(&s->text, buf_slice(&text)));
    random_op(rnd, s->text.size.points, &s->a);
    random_op(rnd, s->text.size.points, &s->b);
    random_op(rnd, s->a.target_points, &s->after_a);
    random_op(rnd, s->after_a.target_points, &s->after_after_a);
    buf_deinit(&text);
}

static void scene_deinit(struct scene *s)
{
    rope_deinit(&s->text);
    op_deinit(&s->a);
    op_deinit(&s->b);
    op_deinit(&s->after_a);
    op_deinit(&s->after_after_a);
}

/* what went wrong, with what */

static void print(const char *name, const struct op *op)
{
    fprintf(stderr, "  %s: ", name);
    op_text_print(op_view(op), stderr);
    fputc('\n', stderr);
}

static void fail_law(const struct scene *s, const char *law)
{
    static const char *const orders[] = {"by text", "a first", "b first"};

    fprintf(stderr, "  order: %s\n", orders[s->order]);
    print("a", &s->a);
    print("b", &s->b);
    print("after a", &s->after_a);
    print("after that", &s->after_after_a);
    fail_msg("%s does not hold", law);
}

/* The same order when a and b change places. */
static enum op_order mirrored(enum op_order order)
{
    return order == OP_BY_TEXT ? OP_BY_TEXT : order == OP_A_FIRST ? OP_B_FIRST : OP_A_FIRST;
}

/* verbs without error handling */

static struct op compose(const struct op *a, const struct op *b)
{
    struct op out = {0};

    assert_int_equal(op_compose(op_view(a), op_view(b), &out), OK);
    return out;
}

static struct rope copy_of(const struct rope *r)
{
    struct buf text = {0};
    struct rope copy;

    assert_int_equal(rope_read(r, 0, r->size.points, &text), OK);
    assert_int_equal(rope_from_text(&copy, buf_slice(&text)), OK);
    buf_deinit(&text);
    return copy;
}

static struct rope applied(const struct rope *before, const struct op *op)
{
    struct rope after = copy_of(before);

    assert_int_equal(op_apply(op_view(op), &after), OK);
    assert_null(rope_check(&after));
    assert_int_equal(after.size.points, op->target_points);
    assert_int_equal(after.size.bytes, before->size.bytes + op_growth_bytes(op_view(op), before));
    return after;
}

static bool same_text(const struct rope *a, const struct rope *b)
{
    struct buf left = {0}, right = {0};

    random_must(rope_read(a, 0, a->size.points, &left));
    random_must(rope_read(b, 0, b->size.points, &right));
    bool same = slice_equal(buf_slice(&left), buf_slice(&right));
    buf_deinit(&left);
    buf_deinit(&right);
    return same;
}

/* Every operation that the algebra makes must be in normal form, have true lengths,
 * and be the same after encoding and decoding. */
static bool is_sound(const struct op *op)
{
    struct op_view view;
    struct op again = {0};

    if (op_decode(buf_slice(&op->code), &view) != OK)
        return false;
    if (view.base_points != op->base_points || view.target_points != op->target_points)
        return false;
    view = op_view_trusted(buf_slice(&op->code));
    if (view.base_points != op->base_points || view.target_points != op->target_points)
        return false;
    random_must(op_copy(&again, view));
    bool same = again.last == op->last && (op->last == 0 || again.before_last == op->before_last);
    op_deinit(&again);
    return same;
}

/* the laws */

static bool law_results_are_sound(const struct scene *s)
{
    struct op a1 = {0}, b1 = {0}, undo = {0}, both = compose(&s->a, &s->after_a);

    random_must(op_transform(op_view(&s->a), op_view(&s->b), s->order, &a1, &b1));
    random_must(op_invert(op_view(&s->a), &s->text, &undo));
    bool holds = is_sound(&s->a) && is_sound(&s->b) && is_sound(&a1) && is_sound(&b1) && is_sound(&undo) &&
                 is_sound(&both);
    op_deinit(&a1);
    op_deinit(&b1);
    op_deinit(&undo);
    op_deinit(&both);
    return holds;
}

/* TP1: both sides end with one text, and with one operation for it. */
static bool law_both_orders_converge(const struct scene *s)
{
    struct op a1 = {0}, b1 = {0};

    random_must(op_transform(op_view(&s->a), op_view(&s->b), s->order, &a1, &b1));
    struct op left = compose(&s->a, &b1), right = compose(&s->b, &a1);
    struct rope after_a = applied(&s->text, &s->a), after_b = applied(&s->text, &s->b);
    struct rope at_a = applied(&after_a, &b1), at_b = applied(&after_b, &a1);
    bool holds = op_equal(op_view(&left), op_view(&right)) && same_text(&at_a, &at_b);
    op_deinit(&a1);
    op_deinit(&b1);
    op_deinit(&left);
    op_deinit(&right);
    rope_deinit(&after_a);
    rope_deinit(&after_b);
    rope_deinit(&at_a);
    rope_deinit(&at_b);
    return holds;
}

static bool law_compose_is_one_after_the_other(const struct scene *s)
{
    struct op both = compose(&s->a, &s->after_a);
    struct rope after_a = applied(&s->text, &s->a), in_two = applied(&after_a, &s->after_a);
    struct rope at_once = applied(&s->text, &both);
    bool holds = same_text(&in_two, &at_once);

    op_deinit(&both);
    rope_deinit(&after_a);
    rope_deinit(&in_two);
    rope_deinit(&at_once);
    return holds;
}

static bool law_compose_is_associative(const struct scene *s)
{
    struct op first = compose(&s->a, &s->after_a), last = compose(&s->after_a, &s->after_after_a);
    struct op left = compose(&first, &s->after_after_a), right = compose(&s->a, &last);
    bool holds = op_equal(op_view(&left), op_view(&right));

    op_deinit(&first);
    op_deinit(&last);
    op_deinit(&left);
    op_deinit(&right);
    return holds;
}

/* Undoing gives the text back, and undoing the undoing does it again. */
static bool law_invert_undoes(const struct scene *s)
{
    struct op undo = {0}, redo = {0};
    struct rope after = applied(&s->text, &s->a);

    random_must(op_invert(op_view(&s->a), &s->text, &undo));
    struct rope again = applied(&after, &undo);
    random_must(op_invert(op_view(&undo), &after, &redo));
    struct rope once_more = applied(&again, &redo);
    bool holds = same_text(&again, &s->text) && same_text(&once_more, &after);
    op_deinit(&undo);
    op_deinit(&redo);
    rope_deinit(&after);
    rope_deinit(&again);
    rope_deinit(&once_more);
    return holds;
}

static bool law_rebase_is_half_a_transform(const struct scene *s)
{
    struct op a1 = {0}, b1 = {0}, rebased = {0};

    random_must(op_transform(op_view(&s->a), op_view(&s->b), s->order, &a1, &b1));
    random_must(op_rebase(op_view(&s->a), op_view(&s->b), s->order, &rebased));
    bool holds = op_equal(op_view(&a1), op_view(&rebased));
    random_must(op_rebase(op_view(&s->b), op_view(&s->a), mirrored(s->order), &rebased));
    holds = holds && op_equal(op_view(&b1), op_view(&rebased));
    op_deinit(&a1);
    op_deinit(&b1);
    op_deinit(&rebased);
    return holds;
}

/* It makes no difference which operation is called a and which b: neither side is
 * the server. */
static bool law_transform_is_symmetric(const struct scene *s)
{
    struct op a1 = {0}, b1 = {0}, a2 = {0}, b2 = {0};

    random_must(op_transform(op_view(&s->a), op_view(&s->b), s->order, &a1, &b1));
    random_must(op_transform(op_view(&s->b), op_view(&s->a), mirrored(s->order), &b2, &a2));
    bool holds = op_equal(op_view(&a1), op_view(&a2)) && op_equal(op_view(&b1), op_view(&b2));
    op_deinit(&a1);
    op_deinit(&b1);
    op_deinit(&a2);
    op_deinit(&b2);
    return holds;
}

/* What one side inserts, at one place of its own, into the text of both. */
static struct op insertion(const struct scene *s, uint32_t at, const char *text)
{
    struct op op = {0};

    random_must(op_retain(&op, at));
    random_must(op_insert(&op, slice_from_cstr(text)));
    random_must(op_retain(&op, s->text.size.points - at));
    return op;
}

/* Inserts at one place come out in the order asked for, whatever they are. */
static bool law_the_order_is_kept(const struct scene *s)
{
    uint32_t at = s->text.size.points / 2;
    struct op smaller = insertion(s, at, "m"), larger = insertion(s, at, "mm");
    const struct op *a = s->order == OP_A_FIRST ? &larger : &smaller, *b = a == &larger ? &smaller : &larger;
    struct op a1 = {0}, b1 = {0}, want = insertion(s, at, "mmm");

    random_must(op_transform(op_view(a), op_view(b), s->order, &a1, &b1));
    struct op both = compose(b, &a1);
    /* the first one stands where it was made: the other is retained behind it or before it */
    struct op_view first = op_view(s->order == OP_B_FIRST ? &b1 : &a1);
    struct op_iter it = op_iter(first);
    bool holds = op_equal(op_view(&both), op_view(&want)) && op_iter_next(&it);
    holds = holds && (at > 0 ? it.kind == OP_RETAIN && it.points == at : it.kind == OP_INSERT);
    op_deinit(&smaller);
    op_deinit(&larger);
    op_deinit(&want);
    op_deinit(&a1);
    op_deinit(&b1);
    op_deinit(&both);
    return holds;
}

/* Carets stay in the text and keep their order; the last one stays the last. */
static bool law_carets_stay_within(const struct scene *s)
{
    uint32_t before = 0;

    for (uint32_t at = 0; at <= s->a.base_points + 2; at++) {
        uint32_t moved = op_move_caret(op_view(&s->a), at);
        if (moved > s->a.target_points || moved < before)
            return false;
        before = moved;
    }
    return before == s->a.target_points;
}

static void check_law(bool (*law)(const struct scene *), const char *name)
{
    struct random rnd = random_start();

    for (unsigned round = random_rounds(ROUNDS); round > 0; round--) {
        struct scene s;
        scene_init(&s, &rnd);
        if (!law(&s))
            fail_law(&s, name);
        scene_deinit(&s);
    }
}

#define LAW(name)                                                                                            \
    static void test_##name(void **state)                                                                    \
    {                                                                                                        \
        (void)state;                                                                                         \
        check_law(law_##name, #name);                                                                        \
    }

LAW(results_are_sound)
LAW(both_orders_converge)
LAW(compose_is_one_after_the_other)
LAW(compose_is_associative)
LAW(invert_undoes)
LAW(rebase_is_half_a_transform)
LAW(transform_is_symmetric)
LAW(the_order_is_kept)
LAW(carets_stay_within)

/* Long texts, so that operations reach over leaves of the rope. */
static void test_laws_hold_on_long_texts(void **state)
{
    struct random rnd = random_start();
    (void)state;

    for (unsigned round = random_rounds(20); round > 0; round--) {
        struct scene s = {.order = (enum op_order)random_below(&rnd, OP_B_FIRST + 1)};
        struct buf text = {0};
        random_text(&rnd, 3000 + random_below(&rnd, 9000), &text);
        random_must(rope_from_text(&s.text, buf_slice(&text)));
        buf_deinit(&text);
        random_op(&rnd, s.text.size.points, &s.a);
        random_op(&rnd, s.text.size.points, &s.b);
        random_op(&rnd, s.a.target_points, &s.after_a);
        random_op(&rnd, s.after_a.target_points, &s.after_after_a);
        assert_true(law_results_are_sound(&s));
        assert_true(law_both_orders_converge(&s));
        assert_true(law_compose_is_one_after_the_other(&s));
        assert_true(law_compose_is_associative(&s));
        assert_true(law_invert_undoes(&s));
        scene_deinit(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results_are_sound),
        cmocka_unit_test(test_both_orders_converge),
        cmocka_unit_test(test_compose_is_one_after_the_other),
        cmocka_unit_test(test_compose_is_associative),
        cmocka_unit_test(test_invert_undoes),
        cmocka_unit_test(test_rebase_is_half_a_transform),
        cmocka_unit_test(test_transform_is_symmetric),
        cmocka_unit_test(test_the_order_is_kept),
        cmocka_unit_test(test_carets_stay_within),
        cmocka_unit_test(test_laws_hold_on_long_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
