/* link: kp_pad kp_alloc */
/* The quick ways of moving edits and carets are the plain ones. */
#include "pad/pad_private.h"
#include "support/pad_script.h"
#include "support/random_op.h"
#include "support/unit.h"

static struct op edit_of(struct random *r, uint32_t points)
{
    struct op op = {0};
    if (random_one_in(r, 3))
        random_op(r, points, &op);
    else
        random_edit(r, points, random_below(r, points + 1), &op);
    return op;
}

static void test_carets(void **state)
{
    (void)state;
    struct random r = random_start();
    unsigned one_place = 0;
    for (unsigned round = random_rounds(3000); round > 0; round--) {
        struct op op = edit_of(&r, random_below(&r, 30));
        const struct splice splice = splice_of(op_view(&op));
        one_place += splice.is_one_place;
        for (uint32_t at = 0; at <= op.base_points; at++)
            assert_int_equal(splice_move_caret(&splice, at), op_move_caret(op_view(&op), at));
        op_deinit(&op);
    }
    assert_in_range(one_place, 1000, random_rounds(2900));
}

/* Few people, so that the order between them is of every kind. */
static struct pad_author random_author(struct random *r)
{
    return (struct pad_author){random_below(r, 4), random_one_in(r, 3) ? PAD_BY_TEXT : PAD_BY_AUTHOR};
}

/* Appends `count` operations to the pad, one upon the other. */
static void append_history(struct random *r, struct pad *pad, unsigned count)
{
    for (; count > 0; count--) {
        struct op op = edit_of(r, rope_size(&pad->text).points);
        random_must(op_apply(op_view(&op), &pad->text));
        random_must(history_append(&pad->history, random_author(r), 0, op_view(&op)));
        pad->revision++;
        op_deinit(&op);
    }
}

/* The rule of docs/protocol.md. */
static enum op_order order_of(struct pad_author a, struct pad_author b)
{
    if (a.order == PAD_BY_AUTHOR && b.order == PAD_BY_AUTHOR && a.user_id != b.user_id)
        return a.user_id < b.user_id ? OP_A_FIRST : OP_B_FIRST;
    return OP_BY_TEXT;
}

static void rebase_plainly(const struct pad *pad, uint64_t revision, struct pad_author author, struct op *op)
{
    for (; revision < pad->revision; revision++) {
        struct op moved = {0};
        const struct history_entry entry = history_at(&pad->history, revision);
        random_must(op_rebase(op_view(op), entry.op, order_of(author, entry.author), &moved));
        op_deinit(op);
        *op = moved;
    }
}

static void test_edits(void **state)
{
    (void)state;
    struct random r = random_start();
    for (unsigned round = random_rounds(1000); round > 0; round--) {
        const struct pad_limits limits = pad_limits_default(1 << 20);
        struct pad pad;
        pad_init(&pad, &limits, (struct id128){{1}});
        append_history(&r, &pad, random_below(&r, 30));
        const uint64_t revision = random_below(&r, (uint32_t)pad.revision + 1);
        const uint32_t points = revision < pad.revision ? history_at(&pad.history, revision).op.base_points
                                                        : rope_size(&pad.text).points;
        struct op plain = edit_of(&r, points), edit = {0}, held = {0};
        random_must(op_copy(&edit, op_view(&plain)));
        struct op_view quick = op_view(&edit);
        uint64_t work = 0;
        const struct pad_author author = random_author(&r);
        random_must(rebase_to_now(&pad, revision, author, &quick, &held, &work));
        rebase_plainly(&pad, revision, author, &plain);
        assert_true(op_equal(quick, op_view(&plain)));
        assert_int_equal(quick.base_points, plain.base_points);
        assert_int_equal(quick.target_points, plain.target_points);
        op_deinit(&plain);
        op_deinit(&edit);
        op_deinit(&held);
        pad_deinit(&pad);
    }
}

/* ---- how much of it there may be ---- */

enum { TEXT_POINTS = 100000 };

/* A text of TEXT_POINTS; it is revision 1. */
static void begin_with_a_text(struct pad *pad, const struct pad_limits *limits)
{
    static char text[TEXT_POINTS];
    struct op op = {0};
    memset(text, 'a', sizeof text);
    pad_init(pad, limits, id(1));
    random_must(op_insert(&op, slice_of(text, sizeof text)));
    random_must(op_apply(op_view(&op), &pad->text));
    random_must(history_append(&pad->history, (struct pad_author){.user_id = 0}, 0, op_view(&op)));
    pad->revision = 1;
    op_deinit(&op);
}

static void type_at(struct pad *pad, uint32_t at)
{
    struct op op = {0};
    random_must(op_retain(&op, at));
    random_must(op_insert(&op, SLICE("x")));
    random_must(op_retain(&op, rope_size(&pad->text).points - at));
    random_must(op_apply(op_view(&op), &pad->text));
    random_must(history_append(&pad->history, (struct pad_author){.user_id = 0}, 0, op_view(&op)));
    pad->revision++;
    op_deinit(&op);
}

/* Made against revision 1: that many inserts, evenly spread. */
static struct op edit_of_many_places(uint32_t places)
{
    struct op op = {0};
    for (uint32_t i = 0; i < places; i++) {
        random_must(op_retain(&op, TEXT_POINTS / (places + 1)));
        random_must(op_insert(&op, SLICE("b")));
    }
    random_must(op_retain(&op, TEXT_POINTS - op.base_points));
    return op;
}

static enum error rebase_from_1(const struct pad *pad, const struct op *edit, uint64_t *work)
{
    struct op held = {0};
    struct op_view op = op_view(edit);
    const enum error err = rebase_to_now(pad, 1, (struct pad_author){.user_id = 1}, &op, &held, work);
    op_deinit(&held);
    return err;
}

/* A tab that was frozen for a long class: a thousand places of its own,
 * between ten thousand of others. */
static void test_an_honest_edit_is_never_too_far_behind(void **state)
{
    (void)state;
    struct random r = random_start();
    const struct pad_limits limits = pad_limits_default(1 << 20);
    struct pad pad;
    struct op edit = edit_of_many_places(1000);
    uint64_t work = 0;
    begin_with_a_text(&pad, &limits);
    for (unsigned i = 0; i < 10000; i++)
        type_at(&pad, random_below(&r, TEXT_POINTS));
    assert_int_equal(rebase_from_1(&pad, &edit, &work), OK);
    assert_in_range(work, 10000, PAD_REBASE_WORK_MAX);
    op_deinit(&edit);
    pad_deinit(&pad);
}

/* Every operation ties with one of the inserts, so the whole edit is gone
 * through each time. */
static void test_what_would_hold_up_the_shard_is_refused(void **state)
{
    (void)state;
    const struct pad_limits limits = pad_limits_default(1 << 20);
    struct pad pad;
    struct op edit = edit_of_many_places(20000), small = edit_of_many_places(1);
    uint64_t work = 0;
    begin_with_a_text(&pad, &limits);
    for (unsigned i = 0; i < 10; i++)
        type_at(&pad, TEXT_POINTS / 20001);
    assert_int_equal(rebase_from_1(&pad, &edit, &work), OK);
    for (unsigned i = 10; i < 500; i++)
        type_at(&pad, TEXT_POINTS / 20001);
    work = 0;
    assert_int_equal(rebase_from_1(&pad, &edit, &work), ERR_BAD_REVISION);
    assert_in_range(work, PAD_REBASE_WORK_MAX, PAD_REBASE_WORK_MAX / 10 * 11); /* it is paid for */
    work = 0;
    assert_int_equal(rebase_from_1(&pad, &small, &work), OK);
    assert_in_range(work, 1, PAD_REBASE_WORK_MAX / 100);
    op_deinit(&edit);
    op_deinit(&small);
    pad_deinit(&pad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_carets),
        cmocka_unit_test(test_edits),
        cmocka_unit_test(test_an_honest_edit_is_never_too_far_behind),
        cmocka_unit_test(test_what_would_hold_up_the_shard_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
