/* Looking at a rope, and its end. Made in rope_build.c, edited in rope_edit.c. */
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

/* How far a position given in one unit reaches into `size`. */
typedef uint32_t unit_of(struct measure size);

static uint32_t in_points(struct measure size)
{
    return size.points;
}

static uint32_t in_u16(struct measure size)
{
    return size.u16;
}

/* Walks down to the leaf that holds position *at. The measure of what is
 * before the leaf; *at and *size are then those of the leaf. */
static inline struct measure descend(const struct rope *r, unit_of *unit, uint32_t *at, struct measure *size,
                                     const struct rope_node **leaf)
{
    const struct rope_node *node = r->root;
    struct measure before = {0};

    *size = r->size;
    for (unsigned height = r->height; height > 0; height--) {
        const struct inner *inner = (const struct inner *)node;
        unsigned i = 0;
        for (; i + 1u < inner->head.count && *at > unit(inner->size[i]); i++) {
            *at -= unit(inner->size[i]);
            before = measure_add(before, inner->size[i]);
        }
        *size = inner->size[i];
        node = inner->child[i];
    }
    *leaf = node;
    return before;
}

struct measure rope_measure_at_points(const struct rope *r, uint32_t at_points)
{
    const struct rope_node *leaf;
    struct measure size, before;

    ASSERT(at_points <= r->size.points);
    if (at_points == 0)
        return (struct measure){0};
    if (at_points >= r->size.points)
        return r->size;
    before = descend(r, in_points, &at_points, &size, &leaf);
    return measure_add(before, leaf_measure(leaf, size, at_points));
}

struct measure rope_measure_at_u16(const struct rope *r, uint32_t at_u16)
{
    const struct rope_node *leaf;
    struct measure size, before;

    ASSERT(at_u16 <= r->size.u16);
    if (at_u16 == 0)
        return (struct measure){0};
    if (at_u16 >= r->size.u16)
        return r->size;
    before = descend(r, in_u16, &at_u16, &size, &leaf);
    if (size.bytes == size.u16)
        return measure_add(before, (struct measure){at_u16, at_u16, at_u16});

    struct slice text = leaf_text(leaf);
    text.len = utf8_offset_of_u16(text, at_u16);
    return measure_add(before, utf8_measure(text));
}

/* reading */

static void read_leaf(const struct rope_node *leaf, struct measure size, uint32_t at, uint32_t count,
                      struct buf *out)
{
    uint32_t from = leaf_measure(leaf, size, at).bytes;
    uint32_t to = at + count == size.points ? size.bytes : leaf_measure(leaf, size, at + count).bytes;

    memcpy(out->ptr + out->len, leaf_text(leaf).ptr + from, to - from);
    out->len += to - from;
}

/* Appends a range of a subtree to `out`, which has room for it. */
static void read_node(const struct rope_node *node, unsigned height, struct measure size, uint32_t at,
                      uint32_t count, struct buf *out)
{
    const struct inner *inner = (const struct inner *)node;

    if (height == 0) {
        read_leaf(node, size, at, count, out);
        return;
    }
    for (unsigned i = 0; count > 0; i++) {
        uint32_t points = inner->size[i].points;
        if (at >= points) {
            at -= points;
            continue;
        }
        uint32_t part = points - at < count ? points - at : count;
        read_node(inner->child[i], height - 1, inner->size[i], at, part, out);
        count -= part;
        at = 0;
    }
}

enum error rope_read(const struct rope *r, uint32_t at_points, uint32_t count_points, struct buf *out)
{
    struct measure from, to;
    enum error err;

    ASSERT(at_points <= r->size.points && count_points <= r->size.points - at_points);
    if (count_points == 0)
        return OK;
    from = rope_measure_at_points(r, at_points);
    to = rope_measure_at_points(r, at_points + count_points);
    err = buf_reserve(out, to.bytes - from.bytes);
    if (err)
        return err;
    read_node(r->root, r->height, r->size, at_points, count_points, out);
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
