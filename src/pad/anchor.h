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

/* A place in an operation, in front of something that it retains. */
struct anchor_mark {
    struct op_iter it;
    uint32_t base, result; /* how much of the text before, and after, is in front of it */
};

/* An operation that many anchors move over, read once. One that changes many places has marks in it, so that
 * each anchor finds its own without reading what is in front. */
enum { ANCHOR_MARKS_MAX = 256 };
struct anchor_step {
    struct splice splice;
    /* So much of its inserts is walked through to bring detached ones back, in all; beyond it they stay
     * detached. */
    size_t budget_bytes;
    uint32_t mark_count;
    struct anchor_mark marks[ANCHOR_MARKS_MAX];
};
/* The operation must stay. */
void anchor_step_init(struct anchor_step *step, struct op_view op);

/* Moves it over the operation. True: it was detached, and its text is back. */
bool anchor_move(struct anchor *a, struct anchor_step *step, struct slice quote);

#endif
