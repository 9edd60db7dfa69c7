#include "store/arena.h"

#include "base/alloc.h"

#include <stdalign.h>
#include <string.h>

enum {
    BLOCK_BYTES = 4096,
    BIG_BYTES = 1024, /* gets a block of its own, so that the current one stays in use */
    FIRST_ITEMS = 4,
    ALIGNMENT = alignof(max_align_t),
};

struct arena_block {
    struct arena_block *next;
    alignas(max_align_t) char bytes[];
};

struct arena_adopted {
    struct arena_adopted *next;
    void *memory;
};

void store_arena_init(struct store_arena *a, void *first, size_t size_bytes)
{
    *a = (struct store_arena){.at = first, .end = (char *)first + size_bytes};
}

void store_arena_deinit(struct store_arena *a)
{
    for (struct arena_adopted *it = a->adopted; it; it = it->next)
        mem_free(it->memory);
    while (a->blocks) {
        struct arena_block *next = a->blocks->next;
        mem_free(a->blocks);
        a->blocks = next;
    }
    *a = (struct store_arena){0};
}

static struct arena_block *add_block(struct store_arena *a, size_t size_bytes)
{
    struct arena_block *block = mem_alloc(sizeof *block + size_bytes);
    if (!block)
        return NULL;
    block->next = a->blocks;
    a->blocks = block;
    return block;
}

void *store_arena_alloc(struct store_arena *a, size_t size_bytes)
{
    if (size_bytes > SIZE_MAX / 2)
        return NULL;
    size_t size = (size_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (size > (size_t)(a->end - a->at)) {
        struct arena_block *block = add_block(a, size > BIG_BYTES ? size : BLOCK_BYTES);
        if (!block)
            return NULL;
        if (size > BIG_BYTES) {
            a->total += size;
            return block->bytes;
        }
        a->at = block->bytes;
        a->end = block->bytes + BLOCK_BYTES;
    }
    void *piece = a->at;
    a->at += size;
    a->total += size;
    return piece;
}

enum error store_arena_copy(struct store_arena *a, struct slice bytes, struct slice *out)
{
    if (!bytes.ptr) {
        *out = (struct slice){0};
        return OK;
    }
    char *copy = store_arena_alloc(a, bytes.len ? bytes.len : 1);
    if (!copy)
        return ERR_NO_MEMORY;
    memcpy(copy, bytes.ptr, bytes.len);
    *out = slice_of(copy, bytes.len);
    return OK;
}

enum error store_arena_adopt(struct store_arena *a, struct buf *bytes, struct slice *out)
{
    if (!bytes->ptr) {
        *out = (struct slice){.ptr = ""};
        return OK;
    }
    struct arena_adopted *adopted = store_arena_alloc(a, sizeof *adopted);
    if (!adopted)
        return ERR_NO_MEMORY;
    *out = buf_release(bytes);
    *adopted = (struct arena_adopted){.next = a->adopted, .memory = (void *)(uintptr_t)out->ptr};
    a->adopted = adopted;
    a->total += out->len;
    return OK;
}

void *store_arena_grow(struct store_arena *a, void *items, uint32_t count, size_t item_bytes)
{
    bool is_power_of_two = (count & (count - 1)) == 0;
    if (count > 0 && (count < FIRST_ITEMS || !is_power_of_two))
        return items;
    size_t capacity = count < FIRST_ITEMS ? FIRST_ITEMS : (size_t)count * 2;
    void *grown = store_arena_alloc(a, capacity * item_bytes);
    if (grown && count)
        memcpy(grown, items, count * item_bytes);
    return grown;
}
