/* shelf.h - what storage holds of one document, in memory.
 *
 * The row, the journal's batches and the epochs, as pad_restore wants them:
 *
 *     shelf_batch(&shelf, &pad, now_ms)     journal what is new
 *     shelf_snapshot(&shelf, &pad)          write the row
 *     shelf_restore(&shelf, &pad, …)        load, under a new epoch */
#ifndef KOLABPAD_TESTS_SHELF_H
#define KOLABPAD_TESTS_SHELF_H

#include "pad/pad.h"

#include <stdlib.h>

enum { SHELF_BATCHES_MAX = 4096, SHELF_EPOCHS_MAX = 64 };

struct shelf_batch {
    uint64_t first_revision, end_revision;
    int64_t time_ms;
    struct buf bytes;
};

struct shelf_row {
    struct buf text, clients, language, otp;
    uint64_t revision;
};

struct shelf {
    struct shelf_row row;
    struct shelf_batch batches[SHELF_BATCHES_MAX];
    size_t batch_count;
    struct pad_epoch epochs[SHELF_EPOCHS_MAX];
    size_t epoch_count;
};

static inline void shelf_must(enum error err)
{
    if (err)
        abort();
}

/* ---- the row ---- */

static inline void shelf_row_deinit(struct shelf_row *row)
{
    buf_deinit(&row->text);
    buf_deinit(&row->clients);
    buf_deinit(&row->language);
    buf_deinit(&row->otp);
}

static inline struct shelf_row shelf_row_of(const struct pad *pad)
{
    struct shelf_row row = {.revision = pad->revision};
    shelf_must(rope_read(&pad->text, 0, rope_size(&pad->text).points, &row.text));
    shelf_must(pad_encode_clients(pad, &row.clients));
    shelf_must(buf_append(&row.language, pad->language));
    shelf_must(buf_append(&row.otp, pad->otp));
    return row;
}

static inline void shelf_put_row(struct shelf *shelf, struct shelf_row row)
{
    shelf_row_deinit(&shelf->row);
    shelf->row = row;
}

static inline void shelf_snapshot(struct shelf *shelf, const struct pad *pad)
{
    shelf_put_row(shelf, shelf_row_of(pad));
}

/* ---- the journal ---- */

static inline struct shelf_batch shelf_batch_of(struct pad *pad, int64_t now_ms)
{
    struct shelf_batch batch = {.first_revision = pad->journaled, .time_ms = now_ms};
    shelf_must(pad_encode_batch(pad, &batch.bytes));
    batch.end_revision = pad->journaled;
    return batch;
}

static inline void shelf_put_batch(struct shelf *shelf, struct shelf_batch batch)
{
    if (shelf->batch_count == SHELF_BATCHES_MAX)
        abort();
    shelf->batches[shelf->batch_count++] = batch;
}

/* Journals what is new, and commits it. */
static inline void shelf_batch(struct shelf *shelf, struct pad *pad, int64_t now_ms)
{
    if (!pad_has_unjournaled(pad))
        return;
    shelf_put_batch(shelf, shelf_batch_of(pad, now_ms));
    pad_committed(pad, pad->journaled);
}

/* Drops the batches that end at or before `revision`. */
static inline void shelf_drop_before(struct shelf *shelf, uint64_t revision)
{
    size_t kept = 0;
    for (size_t i = 0; i < shelf->batch_count; i++) {
        if (shelf->batches[i].end_revision > revision)
            shelf->batches[kept++] = shelf->batches[i];
        else
            buf_deinit(&shelf->batches[i].bytes);
    }
    shelf->batch_count = kept;
}

static inline void shelf_put_epoch(struct shelf *shelf, const struct pad *pad)
{
    if (shelf->epoch_count == SHELF_EPOCHS_MAX)
        abort();
    shelf->epochs[shelf->epoch_count++] = pad->epochs[pad->epoch_count - 1];
}

/* ---- loading ---- */

static inline struct slice shelf_or_null(const struct buf *b)
{
    return b->len > 0 ? buf_slice(b) : (struct slice){0};
}

static inline enum error shelf_load(const struct shelf *shelf, struct pad *pad,
                                    const struct pad_limits *limits, struct id128 epoch, int64_t now_ms)
{
    static struct pad_stored_batch batches[SHELF_BATCHES_MAX];
    for (size_t i = 0; i < shelf->batch_count; i++)
        batches[i] = (struct pad_stored_batch){shelf->batches[i].first_revision, shelf->batches[i].time_ms,
                                               buf_slice(&shelf->batches[i].bytes)};
    const struct pad_stored stored = {
        .text = buf_slice(&shelf->row.text),
        .revision = shelf->row.revision,
        .language = shelf_or_null(&shelf->row.language),
        .otp = shelf_or_null(&shelf->row.otp),
        .clients = buf_slice(&shelf->row.clients),
        .epochs = shelf->epochs,
        .epoch_count = shelf->epoch_count,
        .batches = batches,
        .batch_count = shelf->batch_count,
    };
    return pad_restore(pad, limits, &stored, epoch, now_ms);
}

/* Loads, and stores the epoch that begins. */
static inline enum error shelf_restore(struct shelf *shelf, struct pad *pad, const struct pad_limits *limits,
                                       struct id128 epoch, int64_t now_ms)
{
    const enum error err = shelf_load(shelf, pad, limits, epoch, now_ms);
    if (!err)
        shelf_put_epoch(shelf, pad);
    return err;
}

static inline void shelf_deinit(struct shelf *shelf)
{
    shelf_row_deinit(&shelf->row);
    for (size_t i = 0; i < shelf->batch_count; i++)
        buf_deinit(&shelf->batches[i].bytes);
    *shelf = (struct shelf){0};
}

#endif
