/* link: kp_pad kp_alloc */
/* The quick ways of moving edits and carets are the plain ones. */
#include "pad/parts.h"
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
        const struct step step = step_of(op_view(&op));
        one_place += step.is_one_place;
        for (uint32_t at = 0; at <= op.base_points; at++)
            assert_int_equal(step_move_caret(&step, at), op_move_caret(op_view(&op), at));
        op_deinit(&op);
    }
    assert_in_range(one_place, 1000, random_rounds(2900));
}

/* Appends `count` operations to the pad, one upon the other. */
static void append_history(struct random *r, struct pad *pad, unsigned count)
{
    for (; count > 0; count--) {
        struct op op = edit_of(r, rope_size(&pad->text).points);
        random_must(op_apply(op_view(&op), &pad->text));
        random_must(history_append(&pad->history, 0, 0, op_view(&op)));
        pad->revision++;
        op_deinit(&op);
    }
}

static void rebase_plainly(const struct pad *pad, uint64_t revision, struct op *op)
{
    for (; revision < pad->revision; revision++) {
        struct op moved = {0};
        random_must(op_rebase(op_view(op), history_at(&pad->history, revision).op, &moved));
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
        random_must(rebase_to_now(&pad, revision, &quick, &held));
        rebase_plainly(&pad, revision, &plain);
        assert_true(op_equal(quick, op_view(&plain)));
        assert_int_equal(quick.base_points, plain.base_points);
        assert_int_equal(quick.target_points, plain.target_points);
        op_deinit(&plain);
        op_deinit(&edit);
        op_deinit(&held);
        pad_deinit(&pad);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_carets),
        cmocka_unit_test(test_edits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
