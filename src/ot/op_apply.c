/* The effect of an operation on a text, on its size, and on carets in it. */
#include "ot/op_private.h"

/* Takes the inserts of `op` that add_inserts put before position `done_points`
 * out of the text again. */
static void remove_inserts(struct op_view op, struct rope *text, uint32_t done_points)
{
    struct op_iter it = op_iter(op);

    for (uint32_t at = 0; at < done_points && op_iter_next(&it);) {
        if (it.kind != OP_INSERT) {
            at += it.points;
            continue;
        }
        rope_delete(text, at, it.points);
        done_points -= it.points;
    }
}

/* Positions count the base text, which is all still there, and the inserts. */
static enum error add_inserts(struct op_view op, struct rope *text)
{
    struct op_iter it = op_iter(op);

    for (uint32_t at = 0; op_iter_next(&it); at += it.points) {
        if (it.kind != OP_INSERT)
            continue;
        enum error err = rope_insert(text, at, it.text);
        if (err) {
            remove_inserts(op, text, at);
            return err;
        }
    }
    return OK;
}

/* Runs after add_inserts, so that its positions count the inserts as well. */
static void take_deletes(struct op_view op, struct rope *text)
{
    struct op_iter it = op_iter(op);

    for (uint32_t at = 0; op_iter_next(&it);) {
        if (it.kind == OP_DELETE)
            rope_delete(text, at, it.points);
        else
            at += it.points;
    }
}

enum error op_apply(struct op_view op, struct rope *text)
{
    if (op.base_points != rope_size(text).points)
        return ERR_BAD_OPERATION;

    enum error err = add_inserts(op, text);
    if (err)
        return err;
    take_deletes(op, text);
    return OK;
}

int64_t op_growth_bytes(struct op_view op, const struct rope *base)
{
    struct op_iter it = op_iter(op);
    int64_t growth = 0;

    for (uint32_t at = 0; op_iter_next(&it);) {
        if (it.kind == OP_INSERT) {
            growth += (int64_t)it.text.len;
            continue;
        }
        if (it.kind == OP_DELETE) {
            uint32_t from = rope_measure_at_points(base, at).bytes;
            growth -= rope_measure_at_points(base, at + it.points).bytes - from;
        }
        at += it.points;
    }
    return growth;
}

/* Appends the component that undoes `it`, which stands at `at` of the base. */
static enum error append_inverse(struct op *out, const struct op_iter *it, const struct rope *base,
                                 uint32_t at)
{
    struct buf text = {0};
    enum error err;

    if (it->kind == OP_RETAIN)
        return op_retain(out, it->points);
    if (it->kind == OP_INSERT)
        return op_delete(out, it->points);
    err = rope_read(base, at, it->points, &text);
    if (!err)
        err = op_insert_checked(out, buf_slice(&text), it->points);
    buf_deinit(&text);
    return err;
}

enum error op_invert(struct op_view op, const struct rope *base, struct op *out)
{
    struct op_iter it = op_iter(op);
    struct op built = {0};
    uint32_t at = 0;

    if (op.base_points != rope_size(base).points)
        return ERR_BAD_OPERATION;
    while (op_iter_next(&it)) {
        enum error err = append_inverse(&built, &it, base, at);
        if (err) {
            op_deinit(&built);
            return err;
        }
        at += it.kind == OP_INSERT ? 0 : it.points;
    }
    op_move(out, &built);
    return OK;
}

uint32_t op_move_caret(struct op_view op, uint32_t at_points)
{
    struct op_iter it = op_iter(op);
    uint32_t left = at_points < op.base_points ? at_points : op.base_points; /* base text still before it */
    uint32_t moved = 0;                                                      /* result text walked over */

    while (op_iter_next(&it)) {
        if (it.kind == OP_INSERT) {
            moved += it.points;
        } else if (it.points > left) {
            return it.kind == OP_RETAIN ? moved + left : moved;
        } else {
            left -= it.points;
            moved += it.kind == OP_RETAIN ? it.points : 0;
        }
    }
    return moved;
}
