/* Transforming: two operations that were made on one text are walked side by
 * side, a piece at a time, and each is built anew as it is after the other. */
#include "base/assert.h"
#include "ot/op_cursor.h"
#include "ot/op_private.h"

/* One side of the walk: an operation as it was made, and as it is after the
 * other one. `out` is NULL on the side whose result is not wanted (op_rebase). */
struct side {
    struct op_cursor in;
    struct op *out;
};

static enum error keep(struct side *s, uint32_t points)
{
    return s->out ? op_retain(s->out, points) : OK;
}

/* `author` inserts here; the other side retains the text that it finds there. */
static enum error take_insert(struct side *author, struct side *other)
{
    uint32_t points = author->in.at.points;
    struct slice text = op_cursor_take(&author->in, points);
    enum error err = author->out ? op_insert_checked(author->out, text, points) : OK;

    return err ? err : keep(other, points);
}

/* Both insert the same text here. Each keeps its own first and finds the
 * other's behind it, which makes the same text on both sides. */
static enum error take_equal_inserts(struct side *a, struct side *b)
{
    uint32_t points = a->in.at.points;
    struct side *sides[] = {a, b};

    for (int i = 0; i < 2; i++) {
        struct slice text = op_cursor_take(&sides[i]->in, points);
        if (!sides[i]->out)
            continue;
        enum error err = op_insert_checked(sides[i]->out, text, points);
        if (!err)
            err = op_retain(sides[i]->out, points);
        if (err)
            return err;
    }
    return OK;
}

/* Both insert here, and the smaller text goes first. */
static enum error take_smaller_insert(struct side *a, struct side *b)
{
    int order = slice_compare(a->in.at.text, b->in.at.text);

    if (order == 0)
        return take_equal_inserts(a, b);
    return order < 0 ? take_insert(a, b) : take_insert(b, a);
}

/* Both insert here. The one that goes first is taken; the other comes up again
 * as an insert on its own side. */
static enum error take_both_inserts(struct side *a, struct side *b, enum op_order order)
{
    if (order == OP_BY_TEXT)
        return take_smaller_insert(a, b);
    return order == OP_A_FIRST ? take_insert(a, b) : take_insert(b, a);
}

/* The next points of the common text: each side retains or deletes them. Points
 * that the other side deleted are in neither result: they are gone already. */
static enum error take_piece(struct side *a, struct side *b)
{
    uint32_t points = a->in.at.points < b->in.at.points ? a->in.at.points : b->in.at.points;
    bool a_keeps = a->in.at.kind == OP_RETAIN, b_keeps = b->in.at.kind == OP_RETAIN;
    enum error err = OK;

    op_cursor_take(&a->in, points);
    op_cursor_take(&b->in, points);
    if (b_keeps && a->out)
        err = a_keeps ? op_retain(a->out, points) : op_delete(a->out, points);
    if (!err && a_keeps && b->out)
        err = b_keeps ? op_retain(b->out, points) : op_delete(b->out, points);
    return err;
}

static enum error take_next(struct side *a, struct side *b, enum op_order order)
{
    bool a_inserts = op_cursor_is(&a->in, OP_INSERT), b_inserts = op_cursor_is(&b->in, OP_INSERT);

    if (a_inserts && b_inserts)
        return take_both_inserts(a, b, order);
    if (a_inserts)
        return take_insert(a, b);
    if (b_inserts)
        return take_insert(b, a);
    ASSERT(!a->in.done && !b->in.done); /* both are as long as the common text */
    return take_piece(a, b);
}

static enum error walk(struct side *a, struct side *b, enum op_order order)
{
    enum error err = OK;

    while (!err && !(a->in.done && b->in.done))
        err = take_next(a, b, order);
    return err;
}

/* A little more than most results need, so that they are one allocation. */
static enum error reserve(struct op *out, struct op_view of)
{
    return buf_reserve(&out->code, of.code.len + 2 * COMPONENT_HEAD_MAX);
}

enum error op_transform(struct op_view a, struct op_view b, enum op_order order, struct op *a1, struct op *b1)
{
    struct op built_a = {0}, built_b = {0};
    struct side side_a = {op_cursor(a), &built_a}, side_b = {op_cursor(b), &built_b};
    enum error err;

    if (a.base_points != b.base_points)
        return ERR_BAD_OPERATION;
    err = reserve(&built_a, a);
    if (!err)
        err = reserve(&built_b, b);
    if (!err)
        err = walk(&side_a, &side_b, order);
    if (err) {
        op_deinit(&built_a);
        op_deinit(&built_b);
        return err;
    }
    op_move(a1, &built_a);
    op_move(b1, &built_b);
    return OK;
}

enum error op_rebase(struct op_view a, struct op_view over_b, enum op_order order, struct op *a1)
{
    struct op built = {0};
    struct side side_a = {op_cursor(a), &built}, side_b = {op_cursor(over_b), NULL};
    enum error err;

    if (a.base_points != over_b.base_points)
        return ERR_BAD_OPERATION;
    err = reserve(&built, a);
    if (!err)
        err = walk(&side_a, &side_b, order);
    if (err) {
        op_deinit(&built);
        return err;
    }
    op_move(a1, &built);
    return OK;
}
