/* An edit: check, rebase over what its author had not seen, apply. */
#include "pad/pad_private.h"

/* Translates a revision of v1 into ours. Revision 0 of v1 is the empty text when
 * an insert stands for the text before (v1->offset is 1): an edit against it is
 * rebased over that insert first. */
static enum error from_v1(const struct pad *pad, uint64_t *revision, struct op_view *op, struct op *held)
{
    const struct pad_v1 *v1 = pad->v1;
    if (*revision > pad->revision - v1->base + v1->offset)
        return ERR_BAD_REVISION;
    const bool is_before_text = v1->offset > *revision;
    *revision = is_before_text ? v1->base : *revision - v1->offset + v1->base;
    return is_before_text ? rebase_over(op, op_view(&v1->text), held) : OK;
}

static uint32_t points_at(const struct pad *pad, uint64_t revision)
{
    return revision == pad->revision ? rope_size(&pad->text).points
                                     : history_at(&pad->history, revision).op.base_points;
}

static enum error check_fit(const struct pad *pad, uint64_t revision, struct op_view op)
{
    if (revision < pad->history.base || revision > pad->revision)
        return ERR_BAD_REVISION;
    return op.base_points == points_at(pad, revision) ? OK : ERR_BAD_OPERATION;
}

/* An edit that makes the text smaller is taken even where it stays too large. */
static enum error check_size(const struct pad *pad, struct op_view op)
{
    const int64_t growth = op_growth_bytes(op, &pad->text);
    if (growth > 0 && rope_size(&pad->text).bytes + growth > (int64_t)pad->limits->document_bytes)
        return ERR_DOCUMENT_TOO_LARGE;
    return OK;
}

static enum error apply(struct pad *pad, uint64_t author, struct op_view op, int64_t now_ms)
{
    enum error err = history_reserve(&pad->history, op);
    if (!err)
        err = op_apply(op, &pad->text);
    if (err)
        return err;
    history_append(&pad->history, author, now_ms / MS_PER_S, op); /* reserved above */
    pad->revision++;
    return OK;
}

static bool is_journal_behind(const struct pad *pad)
{
    return history_bytes(&pad->history, pad->committed, pad->revision) >= pad->limits->uncommitted_bytes;
}

enum error pad_edit(struct pad_peer *peer, uint64_t revision, struct op_view op, int64_t now_ms)
{
    struct pad *pad = peer->pad;
    struct op held = {0}; /* the rebased edit; `op` is a view of the original until there is one */
    peer->edit_work = 0;
    if (!pad)
        return ERR_REPLACED;
    if (is_journal_behind(pad))
        return ERR_STORAGE;
    enum error err = peer->version == PAD_V1 ? from_v1(pad, &revision, &op, &held) : OK;
    if (!err)
        err = check_fit(pad, revision, op);
    if (!err)
        err = rebase_to_now(pad, revision, &op, &held, &peer->edit_work);
    if (!err)
        err = check_size(pad, op);
    if (!err)
        err = apply(pad, peer->user_id, op, now_ms);
    op_deinit(&held);
    if (err)
        return err;
    if (peer->client) {
        client_edited(pad, peer->client, pad->revision);
        if (revision > peer->floor) /* it has seen that revision */
            peer->floor = revision;
    }
    pad->now_ms = now_ms;
    history_compact_if_grown(pad, now_ms);
    return OK;
}
