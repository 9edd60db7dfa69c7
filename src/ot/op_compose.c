/* Composing: the text between the two operations is walked once, a piece at a
 * time; `a` has made it and `b` changes it. */
#include "base/assert.h"
#include "ot/op_cursor.h"
#include "ot/op_private.h"

/* The next points of the text between: `a` inserted or retained them, and `b`
 * retains or deletes them. An insert that is deleted at once leaves no trace. */
static enum error compose_piece(struct op_cursor *a, struct op_cursor *b, struct op *out)
{
    uint32_t points = a->at.points < b->at.points ? a->at.points : b->at.points;
    bool is_new = a->at.kind == OP_INSERT, is_kept = b->at.kind == OP_RETAIN;
    struct slice text = op_cursor_take(a, points);

    op_cursor_take(b, points);
    if (is_new)
        return is_kept ? op_insert_checked(out, text, points) : OK;
    return is_kept ? op_retain(out, points) : op_delete(out, points);
}

/* Text that `a` deleted or that `b` inserts is not in the text between, and goes
 * straight into the result. The rest is taken in pieces that both sides share. */
static enum error compose_next(struct op_cursor *a, struct op_cursor *b, struct op *out)
{
    uint32_t points = a->at.points;

    if (op_cursor_is(a, OP_DELETE)) {
        op_cursor_take(a, points);
        return op_delete(out, points);
    }
    if (op_cursor_is(b, OP_INSERT)) {
        points = b->at.points;
        return op_insert_checked(out, op_cursor_take(b, points), points);
    }
    ASSERT(!a->done && !b->done); /* both are as long as the text between */
    return compose_piece(a, b, out);
}

enum error op_compose(struct op_view a, struct op_view b, struct op *out)
{
    struct op_cursor in_a = op_cursor(a), in_b = op_cursor(b);
    struct op built = {0};
    enum error err;

    if (a.target_points != b.base_points)
        return ERR_BAD_OPERATION;
    err = buf_reserve(&built.code, a.code.len + b.code.len + 2 * COMPONENT_HEAD_MAX);
    while (!err && !(in_a.done && in_b.done))
        err = compose_next(&in_a, &in_b, &built);
    if (err) {
        op_deinit(&built);
        return err;
    }
    op_move(out, &built);
    return OK;
}
