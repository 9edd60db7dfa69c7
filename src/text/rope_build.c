/* Building a whole rope at once, with full leaves. */
#include "base/assert.h"
#include "base/mem.h"
#include "text/rope.h"
#include "text/rope_node.h"

/* A cut may have to move by up to three bytes to stand between code points,
 * and finding that out takes a fourth. */
enum { LEAF_FILL = LEAF_MAX - 4 };

static uint32_t ceil_div(uint32_t number, uint32_t by)
{
    return (number + by - 1) / by;
}

/* The text that a rope is built from: bytes, or an older rope that is to be
 * packed. It is read once, from its start to its end. */
struct source {
    const char *text; /* NULL: from the rope */
    const struct rope *rope;
    uint32_t at_bytes, len_bytes; /* read so far, and in all */
    uint32_t leaf_cap_min;        /* LEAF_CAP_MIN when there will be several leaves, else 0 */
};

static void take(struct source *from, char *to, uint32_t count_bytes)
{
    uint32_t end = from->at_bytes + count_bytes;

    if (from->text)
        memcpy(to, from->text + from->at_bytes, count_bytes);
    else
        node_read(from->rope->root, from->rope->height, from->at_bytes, end, to);
    from->at_bytes = end;
}

/* Takes the rest of a code point that was cut; the number of bytes. `to` has
 * room for one more. */
static uint32_t finish_point(struct source *from, char *to)
{
    uint32_t count = 0;

    for (; from->at_bytes < from->len_bytes; count++) {
        take(from, to + count, 1);
        if (((uint8_t)to[count] & 0xc0) != 0x80) {
            from->at_bytes--;
            break;
        }
    }
    return count;
}

/* The next leaf, of `leaves` that share the rest evenly. */
static struct rope_node *build_leaf(struct source *from, uint32_t leaves, struct measure *size)
{
    char text[LEAF_MAX];
    uint32_t count = ceil_div(from->len_bytes - from->at_bytes, leaves);

    take(from, text, count);
    count += finish_point(from, text + count);

    struct rope_node *leaf = leaf_new(count > from->leaf_cap_min ? count : from->leaf_cap_min);
    if (!leaf)
        return NULL;
    memcpy(as_leaf(leaf)->text, text, count);
    leaf->count = (uint16_t)count;
    *size = utf8_measure(slice_of(text, count));
    return leaf;
}

/* The number of leaves that fit under a node of that height. */
static uint32_t leaves_under(unsigned height)
{
    uint32_t leaves = 1;

    while (height-- > 0)
        leaves *= FANOUT;
    return leaves;
}

/* A subtree with the next `leaves` leaves, all nodes of a level equally full.
 * `leaves_after` more are built to the right of it afterwards: each leaf takes
 * an even share of what is left for itself and those. NULL, and nothing left
 * behind, when there is no memory. */
static struct rope_node *build_node(struct source *from, uint32_t leaves, unsigned height,
                                    struct measure *size, uint32_t leaves_after)
{
    if (height == 0)
        return build_leaf(from, 1 + leaves_after, size);

    struct rope_node *node = inner_new();
    uint32_t children = ceil_div(leaves, leaves_under(height - 1));
    if (!node)
        return NULL;
    *size = (struct measure){0};
    for (; children > 0; children--) {
        uint32_t share = ceil_div(leaves, children);
        struct measure part;
        leaves -= share;
        struct rope_node *child = build_node(from, share, height - 1, &part, leaves_after + leaves);
        if (!child) {
            node_free(node, height);
            return NULL;
        }
        inner_put(as_inner(node), node->count, child, part);
        *size = measure_add(*size, part);
    }
    return node;
}

static enum error build(struct rope *out, struct source *from)
{
    struct rope built = {0};
    uint32_t leaves = from->len_bytes <= LEAF_MAX ? 1 : ceil_div(from->len_bytes, LEAF_FILL);

    from->leaf_cap_min = leaves > 1 ? LEAF_CAP_MIN : 0;
    while (leaves_under(built.height) < leaves)
        built.height++;
    built.root = build_node(from, leaves, built.height, &built.size, 0);
    if (!built.root)
        return ERR_NO_MEMORY;
    *out = built;
    return OK;
}

enum error rope_from_text(struct rope *out, struct slice text)
{
    struct source from = {.text = text.ptr, .len_bytes = (uint32_t)text.len};

    if (text.len > ROPE_BYTES_MAX)
        return ERR_NO_MEMORY;
    if (text.len == 0) {
        *out = (struct rope){0};
        return OK;
    }
    return build(out, &from);
}

enum error rope_pack(struct rope *r)
{
    struct source from = {.rope = r, .len_bytes = r->size.bytes};
    struct rope packed;

    if (!r->root)
        return OK;
    enum error err = build(&packed, &from);
    if (err)
        return err;
    rope_deinit(r);
    *r = packed;
    return OK;
}
