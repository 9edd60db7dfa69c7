/* pad_storage.h - what storage holds of one pad, in memory.
 *
 * The row, the journal's batches and the epochs, as pad_restore wants them:
 *
 *     pad_storage_journal(&storage, &pad)             journal what is new
 *     pad_storage_snapshot(&storage, &pad)            write the row
 *     pad_storage_restore(&storage, &pad, …)          load, under a new epoch
 *
 * For tests of the pad alone, which change the fields to see what a pad makes of
 * damage. Tests of documents have a store to talk to: fake_store.h. */
#ifndef KOLABPAD_TESTS_PAD_STORAGE_H
#define KOLABPAD_TESTS_PAD_STORAGE_H

#include "pad/pad.h"

#include <stdlib.h>

enum { PAD_STORAGE_BATCHES_MAX = 64, PAD_STORAGE_EPOCHS_MAX = 64 };

struct pad_storage {
    struct {
        struct buf text, clients, language, password;
        uint64_t revision;
    } row;
    struct pad_storage_batch {
        uint64_t first_revision, end_revision;
        struct buf bytes;
    } batches[PAD_STORAGE_BATCHES_MAX];
    size_t batch_count;
    struct pad_epoch epochs[PAD_STORAGE_EPOCHS_MAX];
    size_t epoch_count;
};

static inline void pad_storage_must(enum error err)
{
    if (err)
        abort();
}

/* ---- writing ---- */

/* Journals what is new, and commits it. */
static inline void pad_storage_journal(struct pad_storage *s, struct pad *pad)
{
    if (!pad_has_unjournaled(pad))
        return;
    if (s->batch_count == PAD_STORAGE_BATCHES_MAX)
        abort();
    struct pad_storage_batch *batch = &s->batches[s->batch_count++];
    *batch = (struct pad_storage_batch){.first_revision = pad->journaled};
    pad_storage_must(pad_encode_batch(pad, &batch->bytes));
    batch->end_revision = pad->journaled;
    pad_committed(pad, pad->journaled);
}

static inline void pad_storage_row_clear(struct pad_storage *s)
{
    buf_clear(&s->row.text);
    buf_clear(&s->row.clients);
    buf_clear(&s->row.language);
    buf_clear(&s->row.password);
}

static inline void pad_storage_snapshot(struct pad_storage *s, const struct pad *pad)
{
    pad_storage_row_clear(s);
    s->row.revision = pad->revision;
    pad_storage_must(rope_read(&pad->text, 0, rope_size(&pad->text).points, &s->row.text));
    pad_storage_must(pad_encode_clients(pad, &s->row.clients));
    pad_storage_must(buf_append(&s->row.language, pad->language));
    pad_storage_must(buf_append(&s->row.password, pad->password));
}

/* Drops the batches that end at or before `revision`. */
static inline void pad_storage_trim(struct pad_storage *s, uint64_t revision)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->batch_count; i++) {
        if (s->batches[i].end_revision > revision)
            s->batches[kept++] = s->batches[i];
        else
            buf_deinit(&s->batches[i].bytes);
    }
    s->batch_count = kept;
}

/* ---- loading ---- */

static inline struct slice pad_storage_or_null(const struct buf *b)
{
    return b->len > 0 ? buf_slice(b) : (struct slice){0};
}

static inline enum error pad_storage_load(const struct pad_storage *s, struct pad *pad,
                                          const struct pad_limits *limits, struct id128 epoch, int64_t now_ms)
{
    struct pad_stored_batch batches[PAD_STORAGE_BATCHES_MAX];
    for (size_t i = 0; i < s->batch_count; i++)
        batches[i] = (struct pad_stored_batch){s->batches[i].first_revision, buf_slice(&s->batches[i].bytes)};
    const struct pad_stored stored = {
        .text = buf_slice(&s->row.text),
        .revision = s->row.revision,
        .language = pad_storage_or_null(&s->row.language),
        .password = pad_storage_or_null(&s->row.password),
        .clients = buf_slice(&s->row.clients),
        .epochs = s->epochs,
        .epoch_count = s->epoch_count,
        .batches = batches,
        .batch_count = s->batch_count,
    };
    return pad_restore(pad, limits, &stored, epoch, now_ms);
}

/* Loads, and stores the epoch that begins. */
static inline enum error pad_storage_restore(struct pad_storage *s, struct pad *pad,
                                             const struct pad_limits *limits, struct id128 epoch,
                                             int64_t now_ms)
{
    const enum error err = pad_storage_load(s, pad, limits, epoch, now_ms);
    if (err)
        return err;
    if (s->epoch_count == PAD_STORAGE_EPOCHS_MAX)
        abort();
    s->epochs[s->epoch_count++] = pad->epochs[pad->epoch_count - 1];
    return OK;
}

static inline void pad_storage_deinit(struct pad_storage *s)
{
    buf_deinit(&s->row.text);
    buf_deinit(&s->row.clients);
    buf_deinit(&s->row.language);
    buf_deinit(&s->row.password);
    for (size_t i = 0; i < s->batch_count; i++)
        buf_deinit(&s->batches[i].bytes);
    *s = (struct pad_storage){0};
}

#endif
