/* Two runs of bytes, entries and index. Dropped entries are only passed over:
 * head counts their slots until there are more of them than entries held, and
 * then both runs move to the front at once, which makes dropping O(1) amortised. */
#include "pad/history.h"

enum { ENTRY_HEAD_MAX = 20 }; /* two varints */

/* The index is made of whole uint32_t in memory that mem_alloc aligned. */
static uint32_t *index_slots(const struct history *h)
{
    return (uint32_t *)(void *)h->index.ptr;
}

/* The offset of the entry of `revision`; at the end of the history, that of the
 * end of the bytes. */
static size_t entry_at(const struct history *h, uint64_t revision)
{
    if (revision >= history_end(h))
        return h->bytes.len;
    return index_slots(h)[h->head + (size_t)(revision - h->base)];
}

static uint64_t seconds_after(const struct history *h, uint64_t revision)
{
    size_t at = entry_at(h, revision);
    uint64_t author = 0, seconds_and_order = 0;
    varint_read(buf_slice(&h->bytes), &at, &author);
    varint_read(buf_slice(&h->bytes), &at, &seconds_and_order);
    return seconds_and_order >> 1;
}

void history_deinit(struct history *h)
{
    buf_deinit(&h->bytes);
    buf_deinit(&h->index);
    *h = (struct history){.base = history_end(h)};
}

static enum error reserve(struct history *h, size_t most_bytes, size_t entries)
{
    if (h->bytes.len + most_bytes > UINT32_MAX) /* what the index can point at */
        return ERR_NO_MEMORY;
    const enum error err = buf_reserve(&h->bytes, most_bytes);
    return err ? err : buf_reserve(&h->index, entries * sizeof(uint32_t));
}

enum error history_reserve(struct history *h, struct op_view op)
{
    return reserve(h, ENTRY_HEAD_MAX + op.code.len, 1);
}

enum error history_reserve_pair(struct history *h, struct op_view first, struct op_view second)
{
    return reserve(h, 2 * ENTRY_HEAD_MAX + first.code.len + second.code.len, 2);
}

enum error history_append(struct history *h, struct pad_author author, int64_t time_s, struct op_view op)
{
    const enum error err = history_reserve(h, op);
    if (err)
        return err;
    if (h->count == 0)
        h->first_time_s = h->last_time_s = time_s;
    const uint64_t later_s = time_s > h->last_time_s ? (uint64_t)time_s - (uint64_t)h->last_time_s : 0;
    const uint32_t at = (uint32_t)h->bytes.len;
    buf_append(&h->index, slice_of(&at, sizeof at));
    buf_append_varint(&h->bytes, author.user_id + 1); /* PAD_SYSTEM_USER wraps around to 0 */
    buf_append_varint(&h->bytes, later_s << 1 | (author.order == PAD_BY_AUTHOR));
    buf_append(&h->bytes, op.code);
    h->last_time_s = (int64_t)((uint64_t)h->last_time_s + later_s);
    h->count++;
    return OK;
}

struct history_entry history_at(const struct history *h, uint64_t revision)
{
    const struct slice bytes = {h->bytes.ptr, entry_at(h, revision + 1)};
    size_t at = entry_at(h, revision);
    uint64_t id_plus_one = 0, seconds_and_order = 0;
    varint_read(bytes, &at, &id_plus_one);
    varint_read(bytes, &at, &seconds_and_order);
    return (struct history_entry){
        .author = {id_plus_one - 1, seconds_and_order & 1 ? PAD_BY_AUTHOR : PAD_BY_TEXT},
        .op = op_view_trusted(slice_from(bytes, at))};
}

size_t history_bytes(const struct history *h, uint64_t from, uint64_t to)
{
    return entry_at(h, to) - entry_at(h, from);
}

uint64_t history_within(const struct history *h, uint64_t from, size_t max_bytes)
{
    uint64_t low = from, high = history_end(h);
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        if (history_bytes(h, middle, history_end(h)) <= max_bytes)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

uint64_t history_reach(const struct history *h, uint64_t from, uint64_t to, size_t max_bytes)
{
    uint64_t low = from + 1, high = to;
    while (low < high) {
        const uint64_t middle = low + (high - low + 1) / 2;
        if (history_bytes(h, from, middle) <= max_bytes)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

uint64_t history_since(const struct history *h, int64_t time_s, uint64_t before)
{
    uint64_t at_s = (uint64_t)h->first_time_s;
    uint64_t revision = h->base;
    while (revision < before && revision < history_end(h) && (int64_t)at_s < time_s) {
        revision++;
        if (revision < history_end(h))
            at_s += seconds_after(h, revision);
    }
    return revision;
}

/* Moves the entries that are held to the front of both runs. */
static void move_over(struct history *h)
{
    const size_t dropped_bytes = entry_at(h, h->base);
    buf_drop_front(&h->bytes, dropped_bytes);
    buf_drop_front(&h->index, (size_t)h->head * sizeof(uint32_t));
    h->head = 0;
    for (uint32_t i = 0; i < h->count; i++)
        index_slots(h)[i] -= (uint32_t)dropped_bytes;
}

void history_drop_before(struct history *h, uint64_t revision)
{
    while (h->count > 0 && h->base < revision) {
        h->base++;
        h->head++;
        h->count--;
        if (h->count > 0)
            h->first_time_s = (int64_t)((uint64_t)h->first_time_s + seconds_after(h, h->base));
    }
    if (h->head > h->count)
        move_over(h);
}

void history_shrink(struct history *h)
{
    if (h->head > 0)
        move_over(h);
    buf_shrink(&h->bytes);
    buf_shrink(&h->index);
}
