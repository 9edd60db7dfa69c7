/* runs.h - who wrote which part of a text: lengths in code points with an author each,
 * together the whole text.
 *
 *     "to be, or not"   by 3, 3, 3, 3, 3, 5, 5 …   →   [5, 3] [8, 5]
 *
 * A gap buffer: what stands before the place of the latest edit is at its front, the
 * rest at its end, so that an edit near the one before moves little. Neighbours have
 * different authors. Of text that nobody is known to have written the author is
 * PAD_SYSTEM_USER.
 *
 * One owner. A zeroed struct is the empty text. */
#ifndef KOLABPAD_ARCHIVE_RUNS_H
#define KOLABPAD_ARCHIVE_RUNS_H

#include "ot/op.h"
#include "pad/pad.h"

struct run {
    uint32_t points;
    uint64_t author;
};

struct runs {
    struct run *items; /* `front` of them, a gap, and from `back` on the rest */
    uint32_t front, back, capacity;
    uint32_t front_points; /* of the text before the gap */
};

void runs_deinit(struct runs *r);

/* A text of so many points by one author, in the place of what was there. ERR_NO_MEMORY. */
enum error runs_reset(struct runs *r, uint32_t points, uint64_t author);

/* `op` was applied to the text. ERR_BAD_OPERATION: it does not start from its length;
 * ERR_NO_MEMORY. Then the runs are of no use any more. */
enum error runs_apply(struct runs *r, struct op_view op, uint64_t author);

uint32_t runs_count(const struct runs *r);
/* The i-th, from the start of the text. */
struct run runs_at(const struct runs *r, uint32_t i);

/* As bytes: varint(points) varint(author + 1) each. Appends; ERR_NO_MEMORY. */
enum error runs_encode(const struct runs *r, struct buf *out);
/* Of bytes that may be anything. ERR_STORAGE unless together they are `points`. */
enum error runs_decode(struct slice bytes, uint32_t points, struct runs *out);

#endif
