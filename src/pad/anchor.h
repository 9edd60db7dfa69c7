/* anchor.h - a piece of the text that is remembered while the text is edited.
 *
 *     text   The quick brown fox
 *                ├───┤             from … to, in points
 *
 * It moves with each operation. What is inserted at `from` or at `to` is not in it, what is inserted in
 * between is. When the last of its text is deleted it is detached: from == to, where that text was. Then it
 * remembers where in the deleted run it stood, so that an operation which puts that run back, an undo, puts
 * it back as well. Whether it is the same text, its quote says: what it was when it was made, cut at
 * QUOTE_POINTS_MAX.
 *
 * Every tab moves its copies by the same rules (docs/protocol.md, Comments). Only the last rule is the
 * server's alone, since it needs to know what the tab may not. */
#ifndef KOLABPAD_PAD_ANCHOR_H
#define KOLABPAD_PAD_ANCHOR_H

#include "pad/splice.h"

enum { QUOTE_POINTS_MAX = 200 };

struct anchor {
    uint32_t from, to;
    /* Of one that is detached; else 0. */
    uint32_t lost_offset; /* from the start of the deleted run to its text */
    uint32_t lost_points; /* of its text; 0: not known, and it does not come back */
};

static inline bool anchor_is_detached(const struct anchor *a)
{
    return a->from >= a->to;
}

/* An operation that many anchors move over, read once. `budget_bytes`: so much of its inserts is walked
 * through to bring detached ones back, in all; beyond it they stay detached. */
struct anchor_step {
    struct splice splice;
    size_t budget_bytes;
};
struct anchor_step anchor_step_of(struct op_view op);

/* Moves it over the operation. True: it was detached, and its text is back. */
bool anchor_move(struct anchor *a, struct anchor_step *step, struct slice quote);

#endif
