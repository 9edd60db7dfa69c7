#include "client/replica.h"

#include "base/mem.h"
#include "client/replica_private.h"

void replica_deinit(struct replica *r)
{
    rope_deinit(&r->server);
    rope_deinit(&r->text);
    unsent_deinit(&r->unsent);
    op_deinit(&r->unshown);
    *r = (struct replica){0};
}

enum error replica_settle(struct replica *r, enum error err)
{
    r->is_broken |= err == ERR_NO_MEMORY;
    return err;
}

/* ---- look ---- */

uint32_t replica_caret(const struct replica *r, uint32_t at_points)
{
    return unsent_move_caret(&r->unsent, at_points);
}

bool replica_may_send_places(const struct replica *r)
{
    return r->link == REPLICA_UP && !r->is_out_of_step && !r->is_broken && !r->is_refused &&
           !r->unsent.at[UNSENT_REST].is_there && !r->unsent.at[UNSENT_BUFFER].is_there;
}

const struct refusal *replica_refusal(const struct replica *r)
{
    return r->is_refused || r->is_retried ? &r->refusal : NULL;
}

uint32_t replica_shown_points(const struct replica *r)
{
    return r->has_unshown ? r->unshown.base_points : rope_size(&r->text).points;
}

static bool is_text(const struct rope *rope, struct slice text)
{
    struct rope_chunks it = rope_chunks(rope);
    struct slice chunk;
    size_t at = 0;
    if (rope_size(rope).bytes != text.len)
        return false;
    while (rope_chunks_next(&it, &chunk)) {
        if (memcmp(chunk.ptr, text.ptr + at, chunk.len) != 0)
            return false;
        at += chunk.len;
    }
    return true;
}

bool replica_is_set_back(const struct replica *r, uint64_t revision, struct slice text)
{
    return r->is_loaded && (r->is_forgotten || revision < r->revision) && !is_text(&r->server, text);
}

/* ---- what is shown ---- */

enum error replica_show_later(struct replica *r, struct op *op)
{
    struct op all = {0};
    if (!r->has_unshown) {
        op_deinit(&r->unshown);
        r->unshown = *op;
        *op = (struct op){0};
        r->has_unshown = true;
        return OK;
    }
    const enum error err = op_compose(op_view(&r->unshown), op_view(op), &all);
    if (err)
        return err;
    op_deinit(&r->unshown);
    r->unshown = all;
    return OK;
}

enum error replica_take_change(struct replica *r, struct op *out, bool *has_change)
{
    *has_change = false;
    if (r->is_broken)
        return ERR_NO_MEMORY;
    if (!r->has_unshown)
        return OK;
    *has_change = !op_is_noop(op_view(&r->unshown));
    r->has_unshown = false;
    if (!*has_change) {
        op_deinit(&r->unshown);
        return OK;
    }
    op_deinit(out);
    *out = r->unshown;
    r->unshown = (struct op){0};
    return OK;
}

/* ---- the owner ---- */

static bool has_deletion(struct op_view op)
{
    struct op_iter it = op_iter(op);
    while (op_iter_next(&it)) {
        if (it.kind == OP_DELETE)
            return true;
    }
    return false;
}

/* An edit of the shown text and what is unshown move over each other. At one place the
 * texts of both stay whole: what is typed goes on with what was typed before, and so comes
 * first; what takes the place of other text comes behind what was put in before that. */
static enum error pass_unshown(struct replica *r, struct op_view typed, struct op *mine)
{
    const enum op_order order = has_deletion(typed) ? OP_B_FIRST : OP_A_FIRST;
    struct op unshown = {0};
    const enum error err = op_transform(typed, op_view(&r->unshown), order, mine, &unshown);
    if (err)
        return err;
    op_deinit(&r->unshown);
    r->unshown = unshown;
    return OK;
}

enum error replica_edit(struct replica *r, struct op_view op)
{
    struct op mine = {0};
    if (r->is_broken)
        return ERR_NO_MEMORY;
    if (op.base_points != replica_shown_points(r))
        return ERR_BAD_OPERATION;
    if (op_is_noop(op))
        return OK;
    enum error err = r->has_unshown ? pass_unshown(r, op, &mine) : op_copy(&mine, op);
    if (!err)
        err = op_apply(op_view(&mine), &r->text);
    if (!err)
        err = unsent_add(&r->unsent, op_view(&mine));
    op_deinit(&mine);
    return replica_settle(r, err);
}

enum error replica_undo_refused(struct replica *r)
{
    struct op undo = {0};
    if (r->is_broken || !r->is_refused)
        return r->is_broken ? ERR_NO_MEMORY : OK;
    enum error err = unsent_undo(&r->unsent, &r->server, &undo);
    if (!err)
        err = op_apply(op_view(&undo), &r->text);
    if (!err)
        err = replica_show_later(r, &undo);
    r->is_refused = false;
    op_deinit(&undo);
    return replica_settle(r, err);
}

enum error replica_retry(struct replica *r)
{
    if (r->is_broken || !r->is_refused)
        return r->is_broken ? ERR_NO_MEMORY : OK;
    r->is_refused = false;
    r->is_retried = true;
    return replica_settle(r, unsent_unsend(&r->unsent));
}
