/* Reading a rope, and freeing it. It is made in rope_build.c and edited in
 * rope_edit.c. */
#include "text/rope.h"

#include "base/assert.h"
#include "base/mem.h"
#include "text/rope_node.h"

void rope_deinit(struct rope *r)
{
    if (r->root)
        node_free(r->root, r->height);
    *r = (struct rope){0};
}

/* positions */

enum unit { POINTS, U16 };

static uint32_t in_unit(struct measure size, enum unit unit)
{
    return unit == POINTS ? size.points : size.u16;
}

/* The measure of the text before position `at` of a leaf. */
static struct measure measure_in_leaf(const struct rope_node *leaf, struct measure size, enum unit unit,
                                      uint32_t at)
{
    if (unit == POINTS || size.u16 == size.points)
        return leaf_measure(leaf, size, 0, leaf_offset(leaf, size, at));
    return leaf_measure(leaf, size, 0, (uint32_t)utf8_offset_of_u16(leaf_text(leaf), at));
}

static struct measure measure_at(const struct rope *r, enum unit unit, uint32_t at)
{
    const struct rope_node *node = r->root;
    struct measure before = {0};   /* of all text to the left of `node` */
    struct measure size = r->size; /* of the text in `node` */

    ASSERT(at <= in_unit(r->size, unit));
    if (at == in_unit(r->size, unit))
        return r->size;
    for (unsigned height = r->height; height > 0; height--) {
        const struct inner *inner = (const struct inner *)node;
        unsigned i = 0;
        for (; at >= in_unit(inner->size[i], unit); i++) {
            at -= in_unit(inner->size[i], unit);
            before = measure_add(before, inner->size[i]);
        }
        size = inner->size[i];
        node = inner->child[i];
    }
    return measure_add(before, measure_in_leaf(node, size, unit, at));
}

struct measure rope_measure_at_points(const struct rope *r, uint32_t at_points)
{
    return measure_at(r, POINTS, at_points);
}

struct measure rope_measure_at_u16(const struct rope *r, uint32_t at_u16)
{
    return measure_at(r, U16, at_u16);
}

/* reading */

enum error rope_read(const struct rope *r, uint32_t at_points, uint32_t count_points, struct buf *out)
{
    ASSERT(at_points <= r->size.points && count_points <= r->size.points - at_points);
    if (count_points == 0)
        return OK;

    uint32_t from = rope_measure_at_points(r, at_points).bytes;
    uint32_t to = rope_measure_at_points(r, at_points + count_points).bytes;
    enum error err = buf_reserve(out, to - from);
    if (err)
        return err;
    node_read(r->root, r->height, from, to, out->ptr + out->len);
    out->len += to - from;
    return OK;
}

/* Walks down to the first leaf under the node at `level`. */
static const struct rope_node *first_leaf(struct rope_chunks *it, const struct rope_node *node,
                                          unsigned level)
{
    for (; level < it->height; level++) {
        it->node[level] = node;
        it->index[level] = 0;
        node = ((const struct inner *)node)->child[0];
    }
    return node;
}

struct rope_chunks rope_chunks(const struct rope *r)
{
    struct rope_chunks it = {.height = r->height, .done = r->root == NULL};

    if (r->root)
        it.leaf = first_leaf(&it, r->root, 0);
    return it;
}

bool rope_chunks_next(struct rope_chunks *it, struct slice *chunk)
{
    if (it->done)
        return false;
    *chunk = leaf_text(it->leaf);

    /* Up to the nearest node with a child to the right, and down to its first leaf. */
    for (unsigned level = it->height; level-- > 0;) {
        const struct inner *inner = (const struct inner *)it->node[level];
        if (++it->index[level] < inner->head.count) {
            it->leaf = first_leaf(it, inner->child[it->index[level]], level + 1);
            return true;
        }
    }
    it->done = true;
    return true;
}

static size_t node_memory(const struct rope_node *node, unsigned height)
{
    const struct inner *inner = (const struct inner *)node;
    size_t sum = sizeof *inner;

    if (height == 0)
        return sizeof *node + node->cap;
    for (unsigned i = 0; i < inner->head.count; i++)
        sum += node_memory(inner->child[i], height - 1);
    return sum;
}

size_t rope_memory_bytes(const struct rope *r)
{
    return r->root ? node_memory(r->root, r->height) : 0;
}
