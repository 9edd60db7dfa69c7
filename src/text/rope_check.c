/* The invariant of a rope, walked in full; for tests and fuzzing. */
#include "text/rope.h"
#include "text/rope_node.h"

static bool measure_equal(struct measure a, struct measure b)
{
    return a.bytes == b.bytes && a.points == b.points && a.u16 == b.u16;
}

static const char *check_leaf(const struct rope_node *leaf, struct measure size)
{
    struct measure real;

    if (leaf->count == 0 || leaf->count > leaf->cap || leaf->cap > LEAF_MAX)
        return "a leaf is empty or over full";
    if (utf8_check(leaf_text(leaf), &real) != OK)
        return "a leaf is not valid UTF-8";
    return measure_equal(real, size) ? NULL : "a leaf is not as large as its parent says";
}

static const char *check_node(const struct rope_node *node, unsigned height, struct measure size);

/* The rules between a child and its neighbour, then those below the child. */
static const char *check_child(const struct inner *inner, unsigned i, unsigned height)
{
    const struct rope_node *child = inner->child[i];
    int pair_min = height == 1 ? LEAF_PAIR_MIN : INNER_PAIR_MIN;

    if (height == 1 && child->cap < LEAF_CAP_MIN)
        return "a leaf has too little room to take in a small neighbour";
    if (i > 0 && inner->child[i - 1]->count + child->count <= pair_min)
        return "two neighbours are small enough for one";
    return check_node(child, height - 1, inner->size[i]);
}

static const char *check_node(const struct rope_node *node, unsigned height, struct measure size)
{
    const struct inner *inner = (const struct inner *)node;
    struct measure sum = {0};

    if (height == 0)
        return check_leaf(node, size);
    if (node->count == 0 || node->count > FANOUT)
        return "an inner node is empty or over full";
    for (unsigned i = 0; i < node->count; i++) {
        const char *violation = check_child(inner, i, height);
        if (violation)
            return violation;
        sum = measure_add(sum, inner->size[i]);
    }
    return measure_equal(sum, size) ? NULL : "the sum of an inner node is wrong";
}

const char *rope_check(const struct rope *r)
{
    if (!r->root)
        return measure_equal(r->size, (struct measure){0}) && r->height == 0 ? NULL
                                                                             : "an empty rope has a size";
    if (r->height > ROPE_HEIGHT_MAX)
        return "the tree is too high";
    if (r->height > 0 && r->root->count < 2)
        return "the root has a single child";
    return check_node(r->root, r->height, r->size);
}
