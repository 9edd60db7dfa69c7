/* The browser module's memory: an allocator on top of memory.grow.
 *
 * The heap is a row of blocks without gaps, from __heap_base to a sentinel:
 *
 *     | head | payload … | head | payload … | … | sentinel |
 *
 * A head knows its own size and that of the block before, so a freed block
 * finds both neighbours and becomes one with those that are free: free memory
 * is never split without need, and large blocks come back. Free blocks are in
 * lists by size class (four to a power of two); a bitmap says which lists have
 * any, so allocating and freeing take a bounded number of steps. This is the
 * two-level segregated fit of Masmano et al. 2004, in its plainest form. */
#include "base/alloc.h"
#include "base/mem.h"
#include "wasm/exports.h"

#include <stdbool.h>

enum {
    GRAIN = 16, /* sizes are multiples of it, and payloads are aligned to it */
    PAGE = 65536,
    CLASSES_PER_POWER = 4,
    CLASSES = 32 * CLASSES_PER_POWER,
    GROW_MIN_PAGES = 4,
};

struct block {
    uint32_t size_before; /* of the block before, 0 for the first */
    uint32_t size : 31;   /* head included */
    uint32_t is_free : 1;
    /* the payload; of a free block, its links */
    struct block *next, *prev;
};

enum { HEAD = 8, SIZE_MAX_BYTES = 1 << 30 };

extern unsigned char __heap_base; /* the linker's: the first byte behind the stack and the data */

static struct block *lists[CLASSES];  /* free blocks, by class_of their size */
static uint32_t bitmap[CLASSES / 32]; /* a bit for each list that is not empty */
static struct block *sentinel;        /* NULL before the first allocation */
static uint32_t used_bytes;           /* of blocks that are not free, heads included */

static struct block *block_after(struct block *b)
{
    return (struct block *)(void *)((char *)b + b->size);
}

static struct block *block_before(struct block *b)
{
    return (struct block *)(void *)((char *)b - b->size_before);
}

/* The class of a size: its highest bit and the two bits behind it. */
static unsigned class_of(uint32_t size)
{
    unsigned power = 31u - (unsigned)__builtin_clz(size);

    return power * CLASSES_PER_POWER + ((size >> (power - 2)) & 3);
}

/* The first class whose every block is at least `size` large. */
static unsigned class_at_least(uint32_t size)
{
    unsigned power = 31u - (unsigned)__builtin_clz(size);

    return class_of(size + (UINT32_C(1) << (power - 2)) - 1);
}

static void list_put(struct block *b)
{
    unsigned class = class_of(b->size);

    b->is_free = 1;
    b->prev = NULL;
    b->next = lists[class];
    if (b->next)
        b->next->prev = b;
    lists[class] = b;
    bitmap[class / 32] |= UINT32_C(1) << (class % 32);
}

static void list_del(struct block *b)
{
    unsigned class = class_of(b->size);

    b->is_free = 0;
    if (b->next)
        b->next->prev = b->prev;
    if (b->prev)
        b->prev->next = b->next;
    else
        lists[class] = b->next;
    if (!lists[class])
        bitmap[class / 32] &= ~(UINT32_C(1) << (class % 32));
}

static struct block *find_free(uint32_t size)
{
    unsigned class = class_at_least(size);
    uint32_t bits = bitmap[class / 32] & (UINT32_MAX << (class % 32));

    for (unsigned word = class / 32;; bits = bitmap[word]) {
        if (bits)
            return lists[word * 32 + (unsigned)__builtin_ctz(bits)];
        if (++word == CLASSES / 32)
            return NULL;
    }
}

static void set_size(struct block *b, uint32_t size)
{
    b->size = size;
    block_after(b)->size_before = size;
}

/* Joins a block that is in no list with its free neighbours, which leave their
 * lists; the result is in no list either. */
static struct block *coalesce(struct block *b)
{
    struct block *after = block_after(b);

    if (after->is_free) {
        list_del(after);
        set_size(b, b->size + after->size);
    }
    if (b->size_before == 0 || !block_before(b)->is_free)
        return b;
    struct block *before = block_before(b);
    list_del(before);
    set_size(before, before->size + b->size);
    return before;
}

/* Cuts what a used block does not need off its end and frees that. */
static void trim(struct block *b, uint32_t size)
{
    uint32_t spare = b->size - size;

    if (spare < GRAIN)
        return;
    set_size(b, size);
    struct block *rest = block_after(b);
    rest->is_free = 0;
    set_size(rest, spare);
    list_put(coalesce(rest));
}

/* Ends the heap at `end`: a head without a payload, never free. */
static void put_sentinel(uintptr_t end)
{
    sentinel = (struct block *)(end - HEAD);
    sentinel->size = 0;
    sentinel->is_free = 0;
}

/* Moves the sentinel up by whole pages; the new memory is one free block. */
static bool grow(uint32_t size)
{
    uint32_t pages = (size + HEAD + PAGE - 1) / PAGE;
    size_t before;

    pages = pages < GROW_MIN_PAGES ? GROW_MIN_PAGES : pages;
    before = __builtin_wasm_memory_grow(0, pages);
    if (before == SIZE_MAX)
        return false;

    struct block *b = sentinel;
    put_sentinel((before + pages) * PAGE);
    set_size(b, (uint32_t)((char *)sentinel - (char *)b));
    list_put(coalesce(b));
    return true;
}

/* Lays the heap out over what the module was given at the start. */
static void init(void)
{
    uintptr_t start = ((uintptr_t)&__heap_base + GRAIN - 1) & ~(uintptr_t)(GRAIN - 1);
    struct block *first = (struct block *)(start + GRAIN - HEAD);

    put_sentinel(__builtin_wasm_memory_size(0) * PAGE);
    first->size_before = 0;
    set_size(first, (uint32_t)((char *)sentinel - (char *)first));
    list_put(first);
}

static uint32_t block_size(size_t payload_bytes)
{
    return ((uint32_t)payload_bytes + HEAD + GRAIN - 1) & ~(uint32_t)(GRAIN - 1);
}

void *mem_alloc(size_t size_bytes)
{
    if (size_bytes > SIZE_MAX_BYTES)
        return NULL;
    if (!sentinel)
        init();

    uint32_t size = block_size(size_bytes);
    struct block *b = find_free(size);
    if (!b) {
        if (!grow(size + size / CLASSES_PER_POWER)) /* as large as find_free may ask for */
            return NULL;
        b = find_free(size);
    }
    list_del(b);
    trim(b, size);
    used_bytes += b->size;
    return &b->next;
}

static struct block *block_of(void *payload)
{
    return (struct block *)(void *)((char *)payload - HEAD);
}

void mem_free(void *ptr)
{
    if (!ptr)
        return;

    struct block *b = block_of(ptr);
    used_bytes -= b->size;
    list_put(coalesce(b));
}

void *mem_realloc(void *ptr, size_t size_bytes)
{
    if (!ptr)
        return mem_alloc(size_bytes);
    if (size_bytes > SIZE_MAX_BYTES)
        return NULL;

    struct block *b = block_of(ptr);
    if (block_size(size_bytes) <= b->size) {
        used_bytes -= b->size;
        trim(b, block_size(size_bytes));
        used_bytes += b->size;
        return ptr;
    }

    void *moved = mem_alloc(size_bytes);
    if (!moved)
        return NULL;
    memcpy(moved, ptr, b->size - HEAD);
    mem_free(ptr);
    return moved;
}

__attribute__((visibility("default"))) uint32_t kp_heap_used(void)
{
    return used_bytes;
}
