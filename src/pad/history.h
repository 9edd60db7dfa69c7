/* history.h - the recent operations of a pad, in their byte form.
 *
 * A queue: operations are appended at the end (the newest revision) and
 * dropped from the front (the base). Each entry is
 *
 *     varint(author + 1, 0 for the system)  varint(seconds after the entry before)  code of the operation
 *
 * in one run of bytes, with an index of where each begins. Reading entry r is
 * O(1); append and drop are O(1) amortised. A keystroke costs about 16 bytes.
 *
 * Owner: the pad. A zeroed struct with `base` set is a valid empty history. */
#ifndef KOLABPAD_PAD_HISTORY_H
#define KOLABPAD_PAD_HISTORY_H

#include "ot/op.h"

struct history {
    uint64_t base;        /* revision of the first entry: the text before it had `base` operations */
    uint32_t count;       /* entries held: base … base + count */
    uint32_t head;        /* index slots and bytes already dropped but not yet moved over */
    struct buf bytes;
    struct buf index;     /* uint32_t each: where the entry begins in `bytes` */
    int64_t last_time_s;  /* of the newest entry */
    int64_t first_time_s; /* of the oldest entry held */
};

struct history_entry {
    uint64_t author; /* user id, or PAD_SYSTEM_USER */
    int64_t time_s;  /* only exact for the oldest and newest; see history_time */
    struct op_view op;
};

void history_deinit(struct history *h);

static inline uint64_t history_end(const struct history *h)
{
    return h->base + h->count;
}

/* ERR_NO_MEMORY leaves it as it was. */
enum error history_append(struct history *h, uint64_t author, int64_t time_s, struct op_view op);

/* The operation that leads from `revision` to `revision` + 1; it must be held.
 * Valid until the history changes. */
struct history_entry history_at(const struct history *h, uint64_t revision);

/* Bytes the entries [from, to) take. */
size_t history_bytes(const struct history *h, uint64_t from, uint64_t to);

/* Drops entries before `revision` (at most all). */
void history_drop_before(struct history *h, uint64_t revision);

/* The first revision whose entry is at least as young as `time_s`. */
uint64_t history_since(const struct history *h, int64_t time_s);

void history_shrink(struct history *h);

#endif
