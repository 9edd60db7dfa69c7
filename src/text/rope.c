/* Making a rope, and looking at it. Editing is in rope_edit.c. */
#include "text/rope.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/mem.h"
#include "text/rope_node.h"

/* Lengths of valid texts fit 32 bits with room to add two. */
static const size_t text_bytes_max = (size_t)1 << 31;

/* build */

/* Text that comes in one piece or, when a rope is rebuilt, in many. */
struct source {
    struct slice chunk;
    struct rope_chunks more;
    uint32_t rest_bytes;
};

static void source_copy(struct source *from, char *to, uint32_t count_bytes)
{
    from->rest_bytes -= count_bytes;
    while (count_bytes > 0) {
        if (from->chunk.len == 0)
            rope_chunks_next(&from->more, &from->chunk);
        size_t part = from->chunk.len < count_bytes ? from->chunk.len : count_bytes;
        memcpy(to, from->chunk.ptr, part);
        from->chunk = slice_from(from->chunk, part);
        to += part;
        count_bytes -= (uint32_t)part;
    }
}

static bool source_is_inside_point(const struct source *from)
{
    return from->chunk.len > 0 && (from->chunk.ptr[0] & 0xc0) == 0x80;
}

/* A leaf with an even share of the rest, cut between code points. */
static struct rope_node *build_leaf(struct source *from, uint32_t leaves, struct measure *size)
{
    char text[LEAF_MAX];
    uint32_t count = (from->rest_bytes + leaves - 1) / leaves;
    uint32_t cap_min = size->bytes > LEAF_MAX ? LEAF_CAP_MIN : 0;

    source_copy(from, text, count);
    while (source_is_inside_point(from))
        source_copy(from, text + count++, 1);

    struct rope_node *leaf = leaf_new(count > cap_min ? count : cap_min);
    if (!leaf)
        return NULL;
    leaf->count = (uint16_t)count;
    memcpy(as_leaf(leaf)->text, text, count);
    *size = utf8_measure(slice_of(text, count));
    return leaf;
}
