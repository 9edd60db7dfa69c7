#include "text/rope_node.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/mem.h"

uint32_t leaf_offset(const struct rope_node *leaf, struct measure size, uint32_t at_points)
{
    if (size.bytes == size.points)
        return at_points;
    if (at_points == size.points)
        return size.bytes;
    return (uint32_t)utf8_offset_of_points(leaf_text(leaf), at_points);
}

struct measure leaf_measure(const struct rope_node *leaf, struct measure size, uint32_t from, uint32_t to)
{
    uint32_t count = to - from;

    if (size.bytes == size.points)
        return (struct measure){count, count, count};
    if (count == size.bytes)
        return size;
    return utf8_measure(slice_of(leaf_text(leaf).ptr + from, count));
}

struct rope_node *leaf_new(uint32_t cap_bytes)
{
    struct rope_node *node = mem_alloc(sizeof *node + cap_bytes);

    ASSERT(cap_bytes > 0 && cap_bytes <= LEAF_MAX);
    if (node)
        *node = (struct rope_node){.cap = (uint16_t)cap_bytes};
    return node;
}

struct rope_node *inner_new(void)
{
    struct inner *inner = mem_alloc(sizeof *inner);

    if (!inner)
        return NULL;
    inner->head = (struct rope_node){0};
    return &inner->head;
}

void node_free(struct rope_node *node, unsigned height)
{
    if (height > 0)
        for (unsigned i = 0; i < node->count; i++)
            node_free(as_inner(node)->child[i], height - 1);
    mem_free(node);
}

char *node_read(const struct rope_node *node, unsigned height, uint32_t from, uint32_t to, char *out)
{
    const struct inner *inner = (const struct inner *)node;

    if (height == 0) {
        memcpy(out, leaf_text(node).ptr + from, to - from);
        return out + (to - from);
    }
    for (unsigned i = 0; to > 0; i++) {
        uint32_t size = inner->size[i].bytes, end = to < size ? to : size;
        if (from < end)
            out = node_read(inner->child[i], height - 1, from, end, out);
        from = from > size ? from - size : 0;
        to -= end;
    }
    return out;
}

void inner_put(struct inner *p, unsigned at, struct rope_node *child, struct measure size)
{
    unsigned behind = p->head.count - at;

    ASSERT(p->head.count < FANOUT && at <= p->head.count);
    memmove(&p->child[at + 1], &p->child[at], behind * sizeof p->child[0]);
    memmove(&p->size[at + 1], &p->size[at], behind * sizeof p->size[0]);
    p->child[at] = child;
    p->size[at] = size;
    p->head.count++;
}

void inner_del(struct inner *p, unsigned at)
{
    unsigned behind = p->head.count - at - 1u;

    memmove(&p->child[at], &p->child[at + 1], behind * sizeof p->child[0]);
    memmove(&p->size[at], &p->size[at + 1], behind * sizeof p->size[0]);
    p->head.count--;
}

static void leaf_append(struct rope_node *to, struct rope_node *from)
{
    ASSERT(to->count + from->count <= to->cap);
    memcpy(as_leaf(to)->text + to->count, as_leaf(from)->text, from->count);
    to->count = (uint16_t)(to->count + from->count);
}

static void inner_append(struct inner *to, const struct inner *from)
{
    memcpy(&to->child[to->head.count], from->child, from->head.count * sizeof from->child[0]);
    memcpy(&to->size[to->head.count], from->size, from->head.count * sizeof from->size[0]);
    to->head.count = (uint16_t)(to->head.count + from->head.count);
}

/* True when children i and i + 1 are small enough to become one. The parent
 * knows the sizes of leaves, so their memory, which may be far away, is not
 * touched for the answer. */
static bool are_small(const struct inner *p, unsigned height, unsigned i)
{
    if (height == 1)
        return p->size[i].bytes + p->size[i + 1].bytes <= LEAF_PAIR_MIN;
    return p->child[i]->count + p->child[i + 1]->count <= INNER_PAIR_MIN;
}

/* Makes children i and i + 1 one if they are small enough. The result
 * never counts less than the larger of them did, so no pair beside it becomes
 * too small by that. */
static bool merge_pair(struct inner *p, unsigned height, unsigned i)
{
    struct rope_node *left = p->child[i], *right = p->child[i + 1];

    if (!are_small(p, height, i))
        return false;

    unsigned seam = left->count;
    if (height == 1)
        leaf_append(left, right);
    else
        inner_append(as_inner(left), as_inner(right));
    mem_free(right);
    p->size[i] = measure_add(p->size[i], p->size[i + 1]);
    inner_del(p, i + 1);
    if (height > 1)
        inner_merge(as_inner(left), height - 1, seam, seam);
    return true;
}

void inner_merge(struct inner *p, unsigned height, unsigned first, unsigned last)
{
    unsigned i = first > 0 ? first - 1 : 0;

    /* After a merge, child i is tried again with its new neighbour, and all
     * that stand behind it have moved up by one. */
    while (i <= last && i + 1 < p->head.count) {
        if (!merge_pair(p, height, i))
            i++;
        else if (last > 0)
            last--;
    }
}
