#include "archive/sittings.h"

#include <string.h>

void sittings_deinit(struct sittings *s)
{
    buf_deinit(&s->items);
    s->count = 0;
}

void sittings_clear(struct sittings *s)
{
    buf_clear(&s->items);
    s->count = 0;
}

static struct sitting *items_of(const struct sittings *s)
{
    return (struct sitting *)(void *)s->items.ptr;
}

const struct sitting *sittings_at(const struct sittings *s, uint32_t i)
{
    return &items_of(s)[i];
}

/* ---- who ---- */

static bool has_author(const struct sitting *sitting, uint64_t author)
{
    for (uint32_t i = 0; i < sitting->author_count; i++)
        if (sitting->authors[i] == author)
            return true;
    return false;
}

static bool has_all_authors(const struct sitting *sitting, const struct sitting *of)
{
    for (uint32_t i = 0; i < of->author_count; i++)
        if (!has_author(sitting, of->authors[i]))
            return false;
    return true;
}

static bool is_soon_after(const struct sitting *sitting, int64_t began_ms, int64_t pause_ms)
{
    return began_ms - sitting->ended_ms < pause_ms;
}

/* ---- joining ---- */

static void absorb(struct sitting *into, const struct sitting *next)
{
    into->end = next->end;
    if (next->ended_ms > into->ended_ms) /* a clock may go back */
        into->ended_ms = next->ended_ms;
    into->inserted += next->inserted;
    into->deleted += next->deleted;
    for (uint32_t i = 0; i < next->author_count && into->author_count < SITTING_AUTHORS_MAX; i++)
        if (!has_author(into, next->authors[i]))
            into->authors[into->author_count++] = next->authors[i];
}

/* From which of the latest ones on `next` is typed at the same time with: where its
 * author was seen twice already, or where a crowd begins. `count`: with none. */
static uint32_t find_company(const struct sittings *s, const struct sitting *next)
{
    uint32_t seen = 0, i = s->count;
    for (; i > 0 && i + SITTING_CROWD > s->count; i--) {
        const struct sitting *sitting = sittings_at(s, i - 1);
        if (!is_soon_after(sitting, next->began_ms, SITTING_TOGETHER_MS))
            return s->count;
        if (next->author_count == 1 && has_author(sitting, next->authors[0]) && ++seen == 2)
            return i - 1;
    }
    return i + SITTING_CROWD > s->count ? s->count : i;
}

/* Where not all are named, nobody knows whether its author is in it. */
static bool may_have_author(const struct sitting *sitting, const struct sitting *of)
{
    bool is_crowd = sitting->author_count == SITTING_AUTHORS_MAX;
    return has_all_authors(sitting, of) ||
           (is_crowd && is_soon_after(sitting, of->began_ms, SITTING_TOGETHER_MS));
}

static enum error add(struct sittings *s, const struct sitting *next)
{
    struct sitting *last = s->count > 0 ? &items_of(s)[s->count - 1] : NULL;
    if (last && last->end == next->first && is_soon_after(last, next->began_ms, SITTING_PAUSE_MS) &&
        may_have_author(last, next)) {
        absorb(last, next);
        return OK;
    }
    uint32_t company = find_company(s, next);
    if (company == s->count) {
        enum error err = buf_append(&s->items, slice_of((const char *)next, sizeof *next));
        s->count += !err;
        return err;
    }
    for (uint32_t i = company + 1; i < s->count; i++)
        absorb(&items_of(s)[company], sittings_at(s, i));
    absorb(&items_of(s)[company], next);
    s->count = company + 1;
    s->items.len = s->count * sizeof *next;
    return OK;
}

enum error sittings_add_entry(struct sittings *s, const struct archive_entry *entry)
{
    struct sitting one = {
        .first = entry->first, .end = entry->end, .began_ms = entry->time_ms, .ended_ms = entry->time_ms};
    if (entry->author != PAD_SYSTEM_USER)
        one.authors[one.author_count++] = entry->author;
    for (struct op_iter it = op_iter(entry->op); op_iter_next(&it);) {
        one.inserted += it.kind == OP_INSERT ? it.points : 0;
        one.deleted += it.kind == OP_DELETE ? it.points : 0;
    }
    return add(s, &one);
}

/* ---- as bytes ---- */

/* varint(revisions) varint(zigzag(ms after the one before ended)) varint(ms it took)
 * varint(inserted) varint(deleted) varint(authors) authors × varint(user id) */
enum error sittings_encode(const struct sittings *s, struct buf *out)
{
    const size_t before = out->len;
    int64_t time_ms = 0;
    enum error err = OK;
    for (uint32_t i = 0; !err && i < s->count; i++) {
        const struct sitting *one = sittings_at(s, i);
        const uint64_t numbers[] = {one->end - one->first,
                                    zigzag(one->began_ms - time_ms),
                                    (uint64_t)(one->ended_ms - one->began_ms),
                                    one->inserted,
                                    one->deleted,
                                    one->author_count};
        for (size_t k = 0; !err && k < sizeof numbers / sizeof numbers[0]; k++)
            err = buf_append_varint(out, numbers[k]);
        for (uint32_t k = 0; !err && k < one->author_count; k++)
            err = buf_append_varint(out, one->authors[k]);
        time_ms = one->ended_ms;
    }
    if (err)
        out->len = before;
    return err;
}

static bool decode(struct slice *bytes, uint64_t first, int64_t time_ms, struct sitting *out)
{
    uint64_t revisions, after_ms, took_ms, authors;
    *out = (struct sitting){.first = first};
    if (!take_varint(bytes, &revisions) || !take_varint(bytes, &after_ms) || !take_varint(bytes, &took_ms) ||
        !take_varint(bytes, &out->inserted) || !take_varint(bytes, &out->deleted) ||
        !take_varint(bytes, &authors) || authors > SITTING_AUTHORS_MAX || revisions > INT64_MAX - first)
        return false;
    out->end = first + revisions;
    out->began_ms = (int64_t)((uint64_t)time_ms + (uint64_t)unzigzag(after_ms));
    out->ended_ms = (int64_t)((uint64_t)out->began_ms + took_ms);
    if (!time_is_sane(out->began_ms) || !time_is_sane(out->ended_ms))
        return false;
    for (; out->author_count < authors; out->author_count++)
        if (!take_varint(bytes, &out->authors[out->author_count]))
            return false;
    return true;
}

enum error sittings_add_encoded(struct sittings *s, struct slice bytes, uint64_t first)
{
    int64_t time_ms = 0;
    enum error err = OK;
    while (!err && bytes.len > 0) {
        struct sitting one;
        if (!decode(&bytes, first, time_ms, &one))
            return ERR_STORAGE;
        first = one.end;
        time_ms = one.ended_ms;
        err = add(s, &one);
    }
    return err;
}
