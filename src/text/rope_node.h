/* rope_node.h - the nodes of the tree that a rope is; internal to text/.
 *
 * A leaf holds text and no more memory than it needs: a short text is one
 * short leaf. An inner node holds its children and the measure of each. Which
 * of the two a node is follows from its height: leaves are at height 0. The
 * measure of the root is in the rope. */
#ifndef KOLABPAD_TEXT_ROPE_NODE_H
#define KOLABPAD_TEXT_ROPE_NODE_H

#include "base/slice.h"
#include "text/utf8.h"

struct rope_node {
    uint16_t count; /* bytes of text, or children */
    uint16_t cap;   /* bytes of text there is room for; unused in inner nodes */
};

enum {
    FANOUT = 20,
    LEAF_MAX = 768 - (int)sizeof(struct rope_node),
    /* In a tree with several leaves each has at least this capacity, so that two
     * small neighbours can become one without new memory. */
    LEAF_CAP_MIN = LEAF_MAX / 2,
    /* Two neighbours that hold no more than this together are made one. It is
     * half of what fits, so that an edit here and there does not split and
     * merge all the time. */
    LEAF_PAIR_MIN = LEAF_MAX / 2,
    INNER_PAIR_MIN = FANOUT / 2,
};

struct leaf {
    struct rope_node head;
    char text[];
};

struct inner {
    struct rope_node head;
    struct measure size[FANOUT];
    struct rope_node *child[FANOUT];
};

static inline struct leaf *as_leaf(struct rope_node *node)
{
    return (struct leaf *)node;
}

static inline struct inner *as_inner(struct rope_node *node)
{
    return (struct inner *)node;
}

static inline struct slice leaf_text(const struct rope_node *node)
{
    return slice_of(((const struct leaf *)node)->text, node->count);
}

/* The byte offset of code point `at_points` of a leaf. Most text is ASCII, and
 * of that a position is the same in every unit. */
uint32_t leaf_offset(const struct rope_node *leaf, struct measure size, uint32_t at_points);

/* The measure of the bytes from … to - 1 of a leaf. */
struct measure leaf_measure(const struct rope_node *leaf, struct measure size, uint32_t from, uint32_t to);

/* NULL when there is no memory. */
struct rope_node *leaf_new(uint32_t cap_bytes);
struct rope_node *inner_new(void);

/* Frees the node and everything below it. */
void node_free(struct rope_node *node, unsigned height);

/* Copies bytes from … to - 1 of a subtree to `out`, which has room for them;
 * the end of the copy. */
char *node_read(const struct rope_node *node, unsigned height, uint32_t from, uint32_t to, char *out);

/* Opens a gap in front of child `at` and puts `child` there; there is room. */
void inner_put(struct inner *p, unsigned at, struct rope_node *child, struct measure size);

/* Takes child `at` out, without freeing it. */
void inner_del(struct inner *p, unsigned at);

/* Merges neighbours among the children first-1 … last+1 that are small enough
 * to be one. `height` is that of `p`. Needs no memory. */
void inner_merge(struct inner *p, unsigned height, unsigned first, unsigned last);

#endif
