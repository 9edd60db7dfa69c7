/* A pad from what storage holds of it. Storage may hold anything: it may have
 * been cut, edited, or written by another program. */
#include "base/mem.h"
#include "pad/batch.h"
#include "pad/comments.h"
#include "pad/pad_private.h"

#include "text/utf8.h"

/* Any other error in reading stored bytes means that storage is broken. */
static enum error storage_error(enum error err)
{
    return err == OK || err == ERR_NO_MEMORY ? err : ERR_STORAGE;
}

/* ---- the text ---- */

static enum error restore_text(struct pad *pad, struct slice text)
{
    struct buf without_cr = {0};
    enum error err = text.len <= OP_POINTS_MAX ? utf8_check(text, NULL) : ERR_STORAGE;
    if (!err && utf8_has_cr(text)) {
        err = utf8_append_without_cr(&without_cr, text);
        text = buf_slice(&without_cr);
    }
    if (!err)
        err = rope_from_text(&pad->text, text);
    buf_deinit(&without_cr);
    return storage_error(err);
}

static enum error restore_names(struct pad *pad, const struct pad_stored *stored)
{
    struct buf language = {0};
    enum error err = pad_clean_language(stored->language, &language);
    if (err == ERR_BAD_TEXT) /* then it has none */
        err = OK;
    if (!err && language.len > 0)
        err = name_copy(buf_slice(&language), &pad->language);
    if (!err && stored->password.len > 0)
        err = name_copy(stored->password, &pad->password);
    buf_deinit(&language);
    return err;
}

/* ---- the journal ---- */

/* The state of the walk over the batches. Operations below text_revision are in
 * the stored text already and only become history; those from there on are
 * applied to it as well. */
struct replay {
    struct pad *pad;
    uint64_t text_revision; /* of the stored text */
    uint64_t expected;      /* revision of the next operation */
    uint32_t points;        /* length of the text at `expected`, once an operation was read */
};

/* True when the operation starts from the length that the text has before it.
 * Below text_revision that is known from the operation before, if there is one. */
static bool fits(const struct replay *r, struct op_view op)
{
    if (r->expected >= r->text_revision)
        return op.base_points == rope_size(&r->pad->text).points;
    return r->pad->history.count == 0 || op.base_points == r->points;
}

/* Appends the operation to the history, and applies it if the text lacks it. The
 * last one that the text has must lead to the length of the text. */
static enum error replay_operation(struct replay *r, const struct batch_operation *o, int64_t now_ms)
{
    struct pad *pad = r->pad;
    const bool is_news = r->expected >= r->text_revision;
    if (!fits(r, o->op))
        return ERR_STORAGE;
    if (r->expected + 1 == r->text_revision && o->op.target_points != rope_size(&pad->text).points)
        return ERR_STORAGE;
    enum error err = history_append(&pad->history, o->author, now_ms / MS_PER_S, o->op);
    if (!err && is_news)
        err = op_apply(o->op, &pad->text);
    /* Those that are stored at this revision: they move while the operation is there. */
    if (!err && pad->comments && pad->comments->revision == r->expected)
        comments_move(pad->comments, &pad->history, r->expected + 1);
    r->expected++;
    r->points = o->op.target_points;
    if (is_news)
        pad->revision = pad->journaled = pad->committed = r->expected;
    if (!err && o->is_last_of_tab)
        err = client_restore(pad, o->token, o->author.user_id, r->expected);
    clients_reserve_id(pad, o->author.user_id);
    return err;
}

/* Batches should follow each other. A gap below text_revision makes the history
 * before it useless, and it is dropped; a gap behind it is a loss, and
 * overlapping batches contradict each other: both are ERR_STORAGE. */
static enum error begin_batch(struct replay *r, uint64_t first_revision)
{
    if (first_revision == r->expected)
        return OK;
    if (first_revision < r->expected || first_revision > r->text_revision)
        return ERR_STORAGE;
    history_drop_before(&r->pad->history, history_end(&r->pad->history));
    r->pad->history.base = r->expected = first_revision;
    return OK;
}

/* What was stored counts as typed now: whoever comes back after a restart resumes as he would have without
 * one, and no clock on the wall, of this server or of the one that wrote it, decides whether he may. */
static enum error replay_batch(struct replay *r, const struct pad_stored_batch *stored, int64_t now_ms)
{
    struct batch_reader reader;
    struct batch_operation operation;
    enum error err = begin_batch(r, stored->first_revision);
    if (!err)
        err = batch_open(stored->batch, &reader);
    while (!err && !batch_is_done(&reader)) {
        err = batch_next(&reader, &operation);
        if (!err)
            err = replay_operation(r, &operation, now_ms);
    }
    if (!err && r->expected >= r->text_revision)
        history_compact_if_grown(r->pad, now_ms);
    return err;
}

/* Before the first batch nothing is held, so it may begin anywhere up to the
 * text's revision. */
static enum error restore_batches(struct pad *pad, const struct pad_stored *stored, int64_t now_ms)
{
    struct replay r = {.pad = pad, .text_revision = stored->revision};
    r.expected = stored->batch_count > 0 ? stored->batches[0].first_revision : stored->revision;
    if (r.expected > stored->revision)
        return ERR_STORAGE;
    pad->history.base = r.expected;
    for (size_t i = 0; i < stored->batch_count; i++) {
        const enum error err = replay_batch(&r, &stored->batches[i], now_ms);
        if (err)
            return err;
    }
    if (r.expected < stored->revision) { /* the batches end before the text: they are no history of it */
        history_deinit(&pad->history);
        pad->history.base = stored->revision;
    }
    return OK;
}

/* ---- epochs ---- */

/* Keeps the last few of the stored epochs, and appends the present one. */
static enum error restore_epochs(struct pad *pad, const struct pad_stored *stored, struct id128 present)
{
    const size_t most = PAD_EPOCHS_KEPT - 1;
    const size_t skipped = stored->epoch_count > most ? stored->epoch_count - most : 0;
    uint64_t revision = 0;
    pad->epoch_count = 0;
    for (size_t i = 0; i < stored->epoch_count; i++) {
        if (stored->epochs[i].first_revision < revision || stored->epochs[i].first_revision > pad->revision)
            return ERR_STORAGE;
        revision = stored->epochs[i].first_revision;
        if (i >= skipped)
            pad->epochs[pad->epoch_count++] = stored->epochs[i];
    }
    pad->epochs[pad->epoch_count++] = (struct pad_epoch){present, pad->revision};
    return OK;
}

/* A text above the limit came from an ancestor, which counted characters, or the
 * setting was lowered since. Nobody could type into it without room. */
static void make_room(struct pad *pad)
{
    enum { ROOM_PARTS = 4 };
    const uint32_t usual = pad->limits->document_bytes, bytes = rope_size(&pad->text).bytes;
    if (bytes > usual)
        pad->oversize_bytes = bytes + usual / ROOM_PARTS;
}

/* ---- all of it ---- */

static enum error restore(struct pad *pad, const struct pad_stored *stored, struct id128 epoch,
                          int64_t now_ms)
{
    if (stored->revision > INT64_MAX)
        return ERR_STORAGE;
    pad->now_ms = now_ms;
    pad->revision = pad->journaled = pad->committed = stored->revision;
    enum error err = restore_text(pad, stored->text);
    if (!err)
        err = restore_names(pad, stored);
    if (!err)
        err = clients_decode(pad, stored->clients);
    if (!err)
        err = restore_batches(pad, stored, now_ms);
    if (!err)
        err = restore_epochs(pad, stored, epoch);
    if (!err && stored->last_author > 0 && stored->last_author <= PAD_USER_ID_MAX)
        clients_reserve_id(pad, stored->last_author);
    if (!err && pad->comments)
        comments_settle(pad->comments, &pad->text, pad->revision);
    if (!err) {
        make_room(pad);
        history_compact(pad, now_ms);
    }
    return storage_error(err);
}

enum error pad_restore(struct pad *pad, const struct pad_limits *limits, const struct pad_stored *stored,
                       struct id128 epoch, int64_t now_ms)
{
    pad_init(pad, limits, epoch);
    pad->comments = stored->comments;
    const enum error err = restore(pad, stored, epoch, now_ms);
    if (err) {
        pad_deinit(pad);
        pad_init(pad, limits, epoch);
    }
    return err;
}
