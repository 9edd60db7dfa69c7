/* An edit: check, rebase over what its author had not seen, apply. */
#include "pad/pad_private.h"

/* Translates a revision of v1 into ours. Revision 0 of v1 is the empty text when
 * an insert stands for the text before (v1->offset is not 0): an edit against it is
 * rebased over that insert first. So is one of a copy that has line ends of its
 * own over their correction. What is before the peer came it has not seen as it was. */
static enum error from_v1(const struct pad_peer *peer, uint64_t *revision, struct op_view *op,
                          struct op *held)
{
    const struct pad *pad = peer->pad;
    const struct pad_v1 *v1 = pad->v1;
    if (*revision > pad->revision - v1->base + v1->offset)
        return ERR_BAD_REVISION;
    if (*revision == 0 && v1->offset > 0 && peer->floor == v1->base) {
        *revision = v1->base;
        return rebase_over(op, op_view(&v1->text), OP_BY_TEXT, held);
    }
    if (*revision + v1->base < peer->floor + v1->offset)
        return ERR_BAD_REVISION;
    *revision = *revision + v1->base - v1->offset;
    const struct op *correction = correction_at(peer, *revision);
    const bool is_of_own_copy = correction && op->base_points == correction->base_points;
    return is_of_own_copy ? rebase_over(op, op_view(correction), OP_BY_TEXT, held) : OK;
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

uint32_t pad_document_bytes_max(const struct pad *pad)
{
    const uint32_t usual = pad->limits->document_bytes;
    return pad->oversize_bytes > usual ? pad->oversize_bytes : usual;
}

/* An edit that makes the text smaller is taken even where it stays too large. */
static enum error check_size(const struct pad *pad, struct op_view op)
{
    const int64_t growth = op_growth_bytes(op, &pad->text);
    if (growth > 0 && rope_size(&pad->text).bytes + growth > (int64_t)pad_document_bytes_max(pad))
        return ERR_DOCUMENT_TOO_LARGE;
    return OK;
}

static enum error apply(struct pad *pad, struct pad_author author, struct op_view op, int64_t now_ms)
{
    enum error err = check_size(pad, op);
    if (!err)
        err = history_reserve(&pad->history, op);
    if (!err)
        err = op_apply(op, &pad->text);
    if (err)
        return err;
    history_append(&pad->history, author, now_ms / MS_PER_S, op); /* reserved above */
    pad->revision++;
    return OK;
}

/* The edit, and behind it the operation that is nothing to all but its author. */
static enum error apply_pair(struct pad_peer *peer, struct op_view edit, struct pad_correction *correction,
                             int64_t now_ms)
{
    struct pad *pad = peer->pad;
    struct op nothing = {0};
    enum error err = op_retain(&nothing, edit.target_points);
    if (!err)
        err = history_reserve_pair(&pad->history, edit, op_view(&nothing));
    if (!err)
        err = apply(pad, (struct pad_author){peer->user_id, peer->order}, edit, now_ms);
    if (!err) {
        correction_keep(peer, correction, pad->revision);
        history_append(&pad->history, pad_system_author(), now_ms / MS_PER_S,
                       op_view(&nothing)); /* reserved */
        pad->revision++;
    }
    op_deinit(&nothing);
    return err;
}

/* Applies an edit that brings line ends of its own. */
static enum error apply_foreign(struct pad_peer *peer, struct op_view op, int64_t now_ms)
{
    struct op edit = {0}, fix = {0};
    struct pad_correction *correction = NULL;
    enum error err = line_ends_split(op, &peer->pad->text, &edit, &fix);
    if (!err)
        err = correction_new(peer, op, &fix, history_budget_bytes(peer->pad), &correction);
    if (!err)
        err = apply_pair(peer, op_view(&edit), correction, now_ms);
    if (err && correction)
        correction_free(correction);
    op_deinit(&edit);
    op_deinit(&fix);
    return err;
}

static bool is_journal_behind(const struct pad *pad)
{
    return history_bytes(&pad->history, pad->committed, pad->revision) >= pad->limits->uncommitted_bytes;
}

enum error pad_edit(struct pad_peer *peer, uint64_t revision, struct op_view op, int64_t now_ms)
{
    struct pad *pad = peer->pad;
    const struct pad_author author = {peer->user_id, peer->order};
    struct pad_client *client = NULL;
    struct op held = {0}; /* the rebased edit; `op` is a view of the original until there is one */
    peer->edit_work = 0;
    if (!pad)
        return ERR_REPLACED;
    if (peer->is_viewer)
        return ERR_VIEW_ONLY;
    if (is_journal_behind(pad))
        return ERR_STORAGE;
    enum error err = peer->version == PAD_V1 ? from_v1(peer, &revision, &op, &held) : OK;
    if (!err)
        err = check_fit(pad, revision, op);
    if (!err)
        err = rebase_to_now(pad, revision, author, &op, &held, &peer->edit_work);
    if (!err)
        err = client_for_edit(peer, now_ms, &client);
    if (!err && peer->version == PAD_V1 && line_ends_are_foreign(op))
        err = apply_foreign(peer, op, now_ms);
    else if (!err)
        err = apply(pad, author, op, now_ms);
    op_deinit(&held);
    if (err)
        return err;
    corrections_seen(peer, revision);
    if (client) {
        client_edited(pad, client, pad->revision);
        if (revision > peer->floor) /* it has seen that revision */
            peer->floor = revision;
    }
    pad->now_ms = now_ms;
    history_compact_if_grown(pad, now_ms);
    return OK;
}
