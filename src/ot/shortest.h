/* shortest.h - the shortest way from one text to another: as few code points removed and
 * inserted as can be (E. Myers, An O(ND) Difference Algorithm, 1986); for between.c.
 *
 * A way is a walk from (0, 0) to (points of a, points of b): a step right removes a point
 * of `a`, a step down inserts one of `b`, and what both have next is walked for nothing.
 * After d steps the farthest `x` on each diagonal k = x - y is all there is to know. */
#ifndef KOLABPAD_OT_SHORTEST_H
#define KOLABPAD_OT_SHORTEST_H

#include "base/buf.h"

/* Borrowed code points. */
struct points {
    const uint32_t *ptr;
    size_t len;
};

/* At point x of `a`: that one is removed, or point y of `b` inserted before it. */
struct step {
    uint32_t x, y;
    bool is_insert;
};

struct shortest {
    struct buf steps;
    size_t count;
};

/* The steps in their order; *is_found false where it takes more than 250 of them, whose
 * square is what this costs, or more work than there is in *work_left, from which it is
 * taken. ERR_NO_MEMORY. */
enum error shortest_find(struct shortest *way, struct points a, struct points b, int64_t *work_left,
                         bool *is_found);

static inline const struct step *shortest_steps(const struct shortest *way)
{
    return (const struct step *)(const void *)way->steps.ptr;
}

void shortest_deinit(struct shortest *way);

#endif
