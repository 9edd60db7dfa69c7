/* op_cursor.h - walks an operation in pieces of any size; internal to ot/.
 *
 * Composing and transforming walk two operations side by side; their
 * components do not end at the same places, so each side is taken in pieces. */
#ifndef KOLABPAD_OT_OP_CURSOR_H
#define KOLABPAD_OT_OP_CURSOR_H

#include "ot/op.h"

struct op_cursor {
    struct op_iter at; /* what is left of the current component */
    bool done;
};

static inline void op_cursor_next(struct op_cursor *c)
{
    c->done = !op_iter_next(&c->at);
}

static inline struct op_cursor op_cursor(struct op_view op)
{
    struct op_cursor c = {.at = op_iter(op)};

    op_cursor_next(&c);
    return c;
}

static inline bool op_cursor_is(const struct op_cursor *c, enum op_kind kind)
{
    return !c->done && c->at.kind == kind;
}

/* Takes `points` (at most what is left) of the current component; for an
 * insert the text they are is returned. */
static inline struct slice op_cursor_take(struct op_cursor *c, uint32_t points)
{
    struct slice piece = c->at.text;

    if (points == c->at.points) {
        op_cursor_next(c);
        return piece;
    }
    c->at.points -= points;
    if (c->at.kind != OP_INSERT)
        return piece;
    piece.len = piece.len == points + c->at.points ? points : utf8_offset_of_points(piece, points);
    c->at.text = slice_from(c->at.text, piece.len);
    return piece;
}

#endif
