/* Puts an edit behind the operations its author had not seen.
 *
 * Over each operation by itself, as every client does it: over their
 * composition, inserts at one place might come out in another order.
 *
 * People mostly write in different places. So the edit is held in three parts,
 *
 *     retain lead | core: what changes | retain tail
 *
 * and an operation that replaces one place strictly inside the lead or the
 * tail only changes its length. The core is gone through when the two meet. */
#include "pad/parts.h"

enum error rebase_over(struct op_view *op, struct op_view over, struct op *held)
{
    struct op rebased = {0};
    const enum error err = op_rebase(*op, over, &rebased);
    if (err)
        return err;
    op_deinit(held);
    *held = rebased;
    *op = op_view(held);
    return OK;
}

struct parts {
    uint32_t lead, tail;
    struct op_view core;
    bool is_moved; /* lead or tail are not those of the operation any more */
};

static struct parts parts_of(struct op_view op)
{
    struct parts parts = {.core = op};
    struct op_iter it = op_iter(op);
    const char *last = op.code.ptr;
    while (it.rest.len > 0) {
        last = it.rest.ptr;
        op_iter_next(&it);
        if (last == op.code.ptr && it.kind == OP_RETAIN) {
            parts.lead = it.points;
            parts.core.code = it.rest;
        }
    }
    if (last != op.code.ptr && it.kind == OP_RETAIN) {
        parts.tail = it.points;
        parts.core.code.len = (size_t)(last - parts.core.code.ptr);
    }
    parts.core.base_points -= parts.lead + parts.tail;
    parts.core.target_points -= parts.lead + parts.tail;
    return parts;
}

/* Appends a component as it stands. */
static enum error append(struct op *op, const struct op_iter *it)
{
    if (it->kind == OP_RETAIN)
        return op_retain(op, it->points);
    return it->kind == OP_DELETE ? op_delete(op, it->points) : op_insert(op, it->text);
}

static enum error join(const struct parts *parts, struct op *out)
{
    struct op_iter it = op_iter(parts->core);
    struct op op = {0};
    enum error err = op_retain(&op, parts->lead);
    while (!err && op_iter_next(&it))
        err = append(&op, &it);
    if (!err)
        err = op_retain(&op, parts->tail);
    if (err)
        op_deinit(&op);
    else
        *out = op;
    return err;
}

/* Makes `*op` what its parts have become. */
static enum error settle(const struct parts *parts, struct op_view *op, struct op *held)
{
    struct op joined;
    if (!parts->is_moved)
        return OK;
    const enum error err = join(parts, &joined);
    if (err)
        return err;
    op_deinit(held);
    *held = joined;
    *op = op_view(held);
    return OK;
}

/* Strictly inside: at the borders inserts may tie, and deletes may merge. */
static bool move_by(struct parts *parts, const struct step *step)
{
    uint32_t *part = NULL;
    if (!step->is_one_place)
        return false;
    if (step->at + step->deleted < parts->lead)
        part = &parts->lead;
    else if (step->at > parts->lead + parts->core.base_points)
        part = &parts->tail;
    if (!part)
        return false;
    *part = *part - step->deleted + step->inserted;
    parts->is_moved = true;
    return true;
}

enum error rebase_to_now(const struct pad *pad, uint64_t revision, struct op_view *op, struct op *held)
{
    struct parts parts = parts_of(*op);
    for (; revision < pad->revision; revision++) {
        const struct step step = step_of(history_at(&pad->history, revision).op);
        if (move_by(&parts, &step))
            continue;
        enum error err = settle(&parts, op, held);
        if (!err)
            err = rebase_over(op, step.op, held);
        if (err)
            return err;
        parts = parts_of(*op);
    }
    return settle(&parts, op, held);
}
