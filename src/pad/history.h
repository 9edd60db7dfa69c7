/* history.h - the recent operations of a pad, in their byte form.
 *
 * A queue: operations are appended at the end (the newest revision) and
 * dropped from the front (the base). Each entry is
 *
 *     varint(author's id + 1, 0 for the system)
 *     varint(seconds after the entry before << 1 | 1 when the author goes by author)
 *     code of the operation
 *
 * in one run of bytes, with an index of where each begins. Reading entry r is
 * O(1); append and drop are O(1) amortised. A keystroke costs about 16 bytes.
 *
 *     bytes   [ dropped | entry base | entry base+1 | … ]
 *     index   [ dropped |     ●      |      ●       | … ]
 *                        ▲ head
 *
 * Times only ever grow: an entry appended while the clock stands back counts
 * as being of the same second as the one before.
 *
 * Owner: the pad. A zeroed struct with `base` set is a valid empty history. */
#ifndef KOLABPAD_PAD_HISTORY_H
#define KOLABPAD_PAD_HISTORY_H

#include "ot/op.h"

struct history {
    uint64_t base;  /* revision of the first entry: the text before it had `base` operations */
    uint32_t count; /* entries held: base … base + count */
    uint32_t head;  /* index slots (and their bytes) already dropped but not yet moved over */
    struct buf bytes;
    struct buf index;     /* uint32_t each: where the entry begins in `bytes` */
    int64_t last_time_s;  /* of the newest entry */
    int64_t first_time_s; /* of the oldest entry held */
};

/* The rule that an author goes by where inserts of two authors meet at one
 * place. By author counts only where both go by it: then the smaller user id
 * stands first. Between any other two the texts are compared. */
enum pad_order {
    PAD_BY_TEXT, /* v1 clients, v2 clients that do not ask for more, and the system */
    PAD_BY_AUTHOR,
};

struct pad_author {
    uint64_t user_id; /* or PAD_SYSTEM_USER */
    enum pad_order order;
};

struct history_entry {
    struct pad_author author;
    struct op_view op;
};

void history_deinit(struct history *h);

static inline uint64_t history_end(const struct history *h)
{
    return h->base + h->count;
}

/* Makes room for `op`, so that appending it next cannot fail. ERR_NO_MEMORY. */
enum error history_reserve(struct history *h, struct op_view op);

/* The same for two that are appended one after the other. */
enum error history_reserve_pair(struct history *h, struct op_view first, struct op_view second);

/* ERR_NO_MEMORY leaves it as it was. */
enum error history_append(struct history *h, struct pad_author author, int64_t time_s, struct op_view op);

/* The operation that leads from `revision` to `revision` + 1; it must be held.
 * Valid until the history changes. */
struct history_entry history_at(const struct history *h, uint64_t revision);

/* Bytes the entries [from, to) take. */
size_t history_bytes(const struct history *h, uint64_t from, uint64_t to);

/* The lowest revision >= `from` from which on the entries take at most
 * `max_bytes`. */
uint64_t history_within(const struct history *h, uint64_t from, size_t max_bytes);

/* The highest revision <= `to` up to which the entries from `from` on take at
 * most `max_bytes`; past the first entry in any case. `from` < `to`. */
uint64_t history_reach(const struct history *h, uint64_t from, uint64_t to, size_t max_bytes);

/* The first revision whose entry is of `time_s` or later; `before` when there
 * is none below it. Takes time in proportion to the older ones. */
uint64_t history_since(const struct history *h, int64_t time_s, uint64_t before);

/* Drops entries before `revision` (at most all). */
void history_drop_before(struct history *h, uint64_t revision);

/* Gives back the memory that is not in use. */
void history_shrink(struct history *h);

#endif
