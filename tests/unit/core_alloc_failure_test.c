/* link: kp_core faulty_alloc */
/* Every allocation of the core fails once: each function reports it, leaves
 * what it was given as it was, and leaks nothing. */
#include "ot/op.h"
#include "support/alloc_faulty.h"
#include "support/random_op.h"
#include "support/unit.h"

/* One thing the core does. `run` may fail; `look` appends all that can be seen
 * of the outcome to a buffer. */
struct action {
    const char *name;
    enum error (*run)(void);
    void (*look)(struct buf *out);
};

/* The inputs and outputs of the actions, made anew before each. */
static struct rope text;
static struct op a, b, after_a, out_a, out_b;
static struct buf bytes;
static struct random rnd;

static void look_at_rope(struct buf *out)
{
    if (rope_check(&text))
        fail_msg("%s", rope_check(&text));
    random_must(rope_read(&text, 0, text.size.points, out));
}

static void look_at_outputs(struct buf *out)
{
    random_must(buf_append(out, buf_slice(&out_a.code)));
    random_must(buf_append_byte(out, 0xff));
    random_must(buf_append(out, buf_slice(&out_b.code)));
    random_must(buf_append_varint(out, out_a.base_points));
    random_must(buf_append_varint(out, out_a.target_points));
    random_must(buf_append_varint(out, out_a.last));
}

static void look_at_bytes(struct buf *out)
{
    random_must(buf_append(out, buf_slice(&bytes)));
}

static enum error do_buf_append(void)
{
    return buf_append(&bytes, SLICE("a longer text than there is room for"));
}

static enum error do_buf_append_varint(void)
{
    return buf_append_varint(&bytes, UINT64_MAX);
}

static enum error do_buf_reserve(void)
{
    return buf_reserve(&bytes, 1000);
}

static enum error do_rope_read(void)
{
    return rope_read(&text, 0, text.size.points, &bytes);
}

static enum error insert_filler(size_t len)
{
    char *filler = malloc(len);

    memset(filler, 'x', len);
    enum error err = rope_insert(&text, text.size.points / 2, slice_of(filler, len));
    free(filler);
    return err;
}

static enum error do_rope_insert_some(void)
{
    return insert_filler(400);
}

static enum error do_rope_insert_much(void)
{
    return insert_filler(60000);
}

static enum error do_rope_pack(void)
{
    return rope_pack(&text);
}

static enum error do_op_copy(void)
{
    return op_copy(&out_a, op_view(&a));
}

static enum error do_op_retain(void)
{
    return op_retain(&out_a, 1 << 20);
}

static enum error do_op_delete(void)
{
    return op_delete(&out_a, 1 << 20);
}

static enum error do_op_insert(void)
{
    return op_insert(&out_a, SLICE("text that does not fit in what the operation has"));
}

static enum error do_op_compose(void)
{
    return op_compose(op_view(&a), op_view(&after_a), &out_a);
}

static enum error do_op_transform(void)
{
    return op_transform(op_view(&a), op_view(&b), OP_BY_TEXT, &out_a, &out_b);
}

static enum error do_op_rebase(void)
{
    return op_rebase(op_view(&a), op_view(&b), OP_BY_TEXT, &out_a);
}

static enum error do_op_invert(void)
{
    return op_invert(op_view(&a), &text, &out_a);
}

static enum error do_op_apply(void)
{
    return op_apply(op_view(&a), &text);
}

static enum error do_op_cut(void)
{
    const struct op_room room = {40, 4, 0};

    return op_cut(op_view(&a), room, &out_a, &out_b);
}

static const struct action actions[] = {
    {"buf_append", do_buf_append, look_at_bytes},
    {"buf_append_varint", do_buf_append_varint, look_at_bytes},
    {"buf_reserve", do_buf_reserve, look_at_bytes},
    {"rope_read", do_rope_read, look_at_bytes},
    {"rope_insert, some", do_rope_insert_some, look_at_rope},
    {"rope_insert, much", do_rope_insert_much, look_at_rope},
    {"rope_pack", do_rope_pack, look_at_rope},
    {"op_copy", do_op_copy, look_at_outputs},
    {"op_retain", do_op_retain, look_at_outputs},
    {"op_delete", do_op_delete, look_at_outputs},
    {"op_insert", do_op_insert, look_at_outputs},
    {"op_compose", do_op_compose, look_at_outputs},
    {"op_transform", do_op_transform, look_at_outputs},
    {"op_rebase", do_op_rebase, look_at_outputs},
    {"op_invert", do_op_invert, look_at_outputs},
    {"op_cut", do_op_cut, look_at_outputs},
    {"op_apply", do_op_apply, look_at_rope},
};

/* Many scattered edits, so that leaves split in many places. */
static void make_scattered_op(uint32_t base_points, struct op *out)
{
    for (uint32_t left = base_points; left > 0;) {
        uint32_t count = 1 + random_below(&rnd, 300);
        count = count < left ? count : left;
        random_insert(&rnd, out, 200);
        random_must(random_one_in(&rnd, 2) ? op_retain(out, count) : op_delete(out, count));
        left -= count;
    }
}

static void make_world(uint32_t points)
{
    struct buf initial = {0};

    random_text(&rnd, points, &initial);
    random_must(rope_from_text(&text, buf_slice(&initial)));
    make_scattered_op(points, &a);
    make_scattered_op(points, &b);
    make_scattered_op(a.target_points, &after_a);
    random_must(op_insert(&out_a, SLICE("kept")));
    random_must(op_insert(&out_b, SLICE("kept")));
    random_must(buf_append(&bytes, SLICE("kept")));
    buf_shrink(&out_a.code);
    buf_shrink(&bytes);
    buf_deinit(&initial);
}

static void end_world(void)
{
    rope_deinit(&text);
    op_deinit(&a);
    op_deinit(&b);
    op_deinit(&after_a);
    op_deinit(&out_a);
    op_deinit(&out_b);
    buf_deinit(&bytes);
}

/* Runs the action with the nth allocation failing. False when there was no nth. */
static bool fails_at(const struct action *action, size_t nth, bool only_once)
{
    struct buf before = {0}, after = {0};

    action->look(&before);
    if (only_once)
        alloc_fail_once(nth);
    else
        alloc_fail_from(nth);
    enum error err = action->run();
    bool has_failed = alloc_has_failed();
    alloc_fail_from(0);
    action->look(&after);
    if (err != (has_failed ? ERR_NO_MEMORY : OK))
        fail_msg("%s, allocation %zu: returned %s", action->name, nth, error_code(err));
    if (has_failed && !slice_equal(buf_slice(&before), buf_slice(&after)))
        fail_msg("%s, allocation %zu: changed something", action->name, nth);
    buf_deinit(&before);
    buf_deinit(&after);
    return has_failed;
}

static void check_action(const struct action *action, uint32_t points, bool only_once)
{
    size_t blocks = alloc_live_blocks();

    for (size_t nth = 1;; nth++) {
        make_world(points);
        bool had_nth = fails_at(action, nth, only_once);
        end_world();
        if (alloc_live_blocks() != blocks)
            fail_msg("%s, allocation %zu: leaked", action->name, nth);
        if (!had_nth && points > 0 && nth == 1)
            fail_msg("%s does not allocate, so this proves nothing", action->name);
        if (!had_nth)
            return;
    }
}

static void test_each_allocation_failing(void **state)
{
    (void)state;
    rnd = random_start();
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        check_action(&actions[i], 6000, true);
        check_action(&actions[i], 6000, false);
        check_action(&actions[i], 20, true);
        check_action(&actions[i], 0, true);
    }
}

static void test_deleting_never_allocates(void **state)
{
    (void)state;
    rnd = random_start();
    make_world(40000);
    alloc_fail_from(1);
    while (text.size.points > 0) {
        uint32_t at = random_below(&rnd, text.size.points), left = text.size.points - at;
        uint32_t count = 1 + random_below(&rnd, 400);
        rope_delete(&text, at, count < left ? count : left);
    }
    assert_false(alloc_has_failed());
    alloc_fail_from(0);
    end_world();
}

/* A tree that a failed insertion left behind is one to go on with. */
static void test_going_on_after_failures(void **state)
{
    size_t blocks = alloc_live_blocks();
    (void)state;

    rnd = random_start();
    for (unsigned step = 0; step < 3000; step++) {
        struct buf piece = {0};
        random_text(&rnd, 1 + random_below(&rnd, 300), &piece);
        uint32_t at = random_below(&rnd, text.size.points + 1);
        alloc_fail_once(random_below(&rnd, 4));
        enum error err = rope_insert(&text, at, buf_slice(&piece));
        assert_int_equal(err, alloc_has_failed() ? ERR_NO_MEMORY : OK);
        alloc_fail_from(0);
        buf_deinit(&piece);
        if (step % 50 == 0)
            assert_null(rope_check(&text));
    }
    rope_deinit(&text);
    assert_int_equal(alloc_live_blocks(), blocks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_allocation_failing),
        cmocka_unit_test(test_deleting_never_allocates),
        cmocka_unit_test(test_going_on_after_failures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
