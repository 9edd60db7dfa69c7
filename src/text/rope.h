/* rope.h - the text of a document, editable anywhere in O(log n).
 *
 * A B+ tree. Leaves hold runs of UTF-8, cut only between code points; inner
 * nodes hold, for each child, the measure (bytes, points, u16) of all the text
 * below it. Finding a position in any unit is one walk down; an edit changes
 * one leaf and the sums above it.
 *
 *                 [ 812 points | 655 points ]
 *                   /                    \
 *        [ 400 | 412 ]                [ 655 ]
 *          /       \                     |
 *      "to be"   "or not …"          "to be …"
 *
 * Invariant (rope_check): every leaf at the same depth and not empty, a root
 * that is no leaf has two children or more, any two neighbours under one node
 * are together more than half of what one holds (so nodes are a quarter full
 * on average at worst), sums exact, text valid UTF-8. Text typed in sequence
 * leaves full leaves behind, wherever it is typed.
 *
 * Units: positions are in code points unless the name says otherwise. Owner:
 * whoever holds the struct; no thread but the owner's touches it. A zeroed
 * struct is a valid empty rope. An empty rope holds no memory of its own.
 *
 * Failure: ERR_NO_MEMORY, with the text unchanged; also when a text would be
 * longer than ROPE_BYTES_MAX. Positions out of range are
 * the caller's mistake and are asserted: what comes from a peer is checked
 * against rope_size first (op_apply does). */
#ifndef KOLABPAD_TEXT_ROPE_H
#define KOLABPAD_TEXT_ROPE_H

#include "base/buf.h"
#include "text/utf8.h"

struct rope_node;

#define ROPE_BYTES_MAX (UINT32_C(1) << 31)

struct rope {
    struct rope_node *root; /* NULL when empty */
    struct measure size;
    uint8_t height; /* of the tree: 0 when the root is a leaf */
};

/* make and let go */

/* Builds a rope from valid UTF-8, leaves full: the densest form. `out` must
 * not own a tree. */
enum error rope_from_text(struct rope *out, struct slice text);
void rope_deinit(struct rope *r);

/* look */

static inline struct measure rope_size(const struct rope *r)
{
    return r->size;
}

/* The measure of the text before a position given in points (or in u16; a
 * position inside a surrogate pair counts as before that code point). */
struct measure rope_measure_at_points(const struct rope *r, uint32_t at_points);
struct measure rope_measure_at_u16(const struct rope *r, uint32_t at_u16);

/* Appends `count_points` of text from `at_points` to `out`. */
enum error rope_read(const struct rope *r, uint32_t at_points, uint32_t count_points, struct buf *out);

/* Visits the text in order, a leaf at a time, without copying:
 *
 *     struct rope_chunks it = rope_chunks(r);
 *     struct slice chunk;
 *     while (rope_chunks_next(&it, &chunk)) …
 *
 * Any edit of the rope ends the iteration. */
enum { ROPE_HEIGHT_MAX = 12 };
struct rope_chunks {
    const struct rope_node *node[ROPE_HEIGHT_MAX]; /* the way down … */
    uint8_t index[ROPE_HEIGHT_MAX];
    const struct rope_node *leaf; /* … to the leaf that comes next */
    uint8_t height;
    bool done;
};
struct rope_chunks rope_chunks(const struct rope *r);
bool rope_chunks_next(struct rope_chunks *it, struct slice *chunk);

/* Bytes of memory the tree holds, headers of the allocator not counted. */
size_t rope_memory_bytes(const struct rope *r);

/* change */

/* Inserts valid UTF-8 before the code point `at_points` (<= size). */
enum error rope_insert(struct rope *r, uint32_t at_points, struct slice text);

/* Deletes `count_points` from `at_points` on. Cannot fail and needs no memory. */
void rope_delete(struct rope *r, uint32_t at_points, uint32_t count_points);

/* Rebuilds the tree with full leaves, for a text that will be left alone.
 * ERR_NO_MEMORY leaves it as it was, which is harmless. */
enum error rope_pack(struct rope *r);

/* debug: walks everything and returns a description of the first violation of
 * the invariant, or NULL. */
const char *rope_check(const struct rope *r);

#endif
