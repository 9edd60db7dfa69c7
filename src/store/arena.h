/* arena.h - memory that is given back all at once.
 *
 *     ┌ first ───────────┐   ┌ block ────┐   ┌ big one ──────┐   adopted
 *     │ id │ text │ …    │ → │ rows │ …  │ → │ a whole text  │ → (malloc'd elsewhere)
 *     └──────────────────┘   └───────────┘   └───────────────┘
 *
 * A request's inputs and answers live in its arena. The first bytes come from
 * the owner (they are part of the request's own allocation, so that a small
 * request is one malloc); blocks follow as needed. Pieces are aligned for any
 * type. One owner, no locks. */
#ifndef KOLABPAD_STORE_ARENA_H
#define KOLABPAD_STORE_ARENA_H

#include "base/buf.h"

struct arena_block;
struct arena_adopted;

struct store_arena {
    struct arena_block *blocks;
    struct arena_adopted *adopted;
    char *at, *end; /* what is left of the current block */
    size_t total;   /* bytes given out and adopted */
};

/* `first` is aligned for any type and outlives the arena. */
void store_arena_init(struct store_arena *a, void *first, size_t size_bytes);
void store_arena_deinit(struct store_arena *a);

/* NULL when there is no memory. */
void *store_arena_alloc(struct store_arena *a, size_t size_bytes);

/* The copy of a NULL slice is NULL, that of an empty one is not. */
enum error store_arena_copy(struct store_arena *a, struct slice bytes, struct slice *out);

/* Takes the buffer's memory over; the buffer is empty afterwards. On failure
 * the buffer keeps it. */
enum error store_arena_adopt(struct store_arena *a, struct buf *bytes, struct slice *out);

/* Room for one more item in an array of `count` that began as NULL and is only
 * ever grown by this function. Gives the array, moved if need be, or NULL. */
void *store_arena_grow(struct store_arena *a, void *items, uint32_t count, size_t item_bytes);

#endif
