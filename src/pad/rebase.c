/* Rebases an edit over the operations its author had not seen.
 *
 * It is rebased over one operation after the other, as every client does it:
 * over their composition, inserts at one place might come out in another order.
 *
 * People mostly write in different places, and an operation that replaces one
 * place strictly inside what the edit retains only changes that length. So the
 * edit is held taken apart, and a finger stays at the part that was changed
 * last, for the next keystroke is mostly beside it:
 *
 *     retain 7 | insert "x" | retain 90 | delete 2 | retain 4
 *                               ▲ finger: part 2, which begins at point 7
 *
 * Where an operation meets a border or a deletion, or replaces several places,
 * the whole edit is gone through.
 *
 * What this costs is counted, in about the nanoseconds it takes: an edit of
 * many components against the distant past would otherwise hold up everyone on
 * the shard. */
#include "pad/pad_private.h"

enum error rebase_over(struct op_view *op, struct op_view over, enum op_order order, struct op *held)
{
    struct op rebased = {0};
    const enum error err = op_rebase(*op, over, order, &rebased);
    if (err)
        return err;
    op_deinit(held);
    *held = rebased;
    *op = op_view(held);
    return OK;
}

/* The order that every client works out for the same two authors. A user can
 * meet an operation of the same id: that of who had the id before a restart. */
static enum op_order order_of(struct pad_author a, struct pad_author b)
{
    if (a.order == PAD_BY_TEXT || b.order == PAD_BY_TEXT || a.user_id == b.user_id)
        return OP_BY_TEXT;
    return a.user_id < b.user_id ? OP_A_FIRST : OP_B_FIRST;
}

/* ---- what it costs ---- */

/* Measured where one of 2,000 components was put behind 10,000 operations. */
enum {
    LOOK_NS = 50,      /* at an operation, */
    COMPONENT_NS = 3,  /* at each of its components, and at each part that the finger passes */
    REWRITE_NS = 100,  /* to go through the whole edit, */
    REWRITTEN_NS = 30, /* through each component of the two, */
    BYTES_PER_NS = 32, /* and to copy its texts */
};

/* ---- the edit, taken apart ---- */

struct part {
    enum op_kind kind;
    uint32_t points;
};

struct parts {
    struct op_view op;  /* the operation that was taken apart; it has the texts of the inserts */
    struct buf list;    /* struct part, for each component */
    size_t finger;      /* index of the part that was looked at last */
    uint32_t finger_at; /* the point of the text at which that part begins */
    bool is_moved;      /* some lengths in the list are not those of `op` any more: reassemble */
    uint64_t work;      /* what all of this has cost so far */
};

static size_t count_of(const struct parts *parts)
{
    return parts->list.len / sizeof(struct part);
}

/* The list is made of whole parts in memory that mem_alloc aligned. */
static struct part *part_at(const struct parts *parts, size_t index)
{
    return (struct part *)(void *)parts->list.ptr + index;
}

static enum error take_apart(struct parts *parts, struct op_view op)
{
    struct op_iter it = op_iter(op);
    enum error err = OK;
    buf_clear(&parts->list);
    while (!err && op_iter_next(&it)) {
        const struct part part = {it.kind, it.points};
        err = buf_append(&parts->list, slice_of(&part, sizeof part));
    }
    parts->op = op;
    parts->finger = parts->finger_at = 0;
    parts->is_moved = false;
    return err;
}

/* The points of the text that the part covers: none, for an insert. */
static uint32_t base_points(const struct part *part)
{
    return part->kind == OP_INSERT ? 0 : part->points;
}

/* Moves the finger to the part that `at` lies in; of several that begin there,
 * to the last. There is a part. */
static struct part *point_at(struct parts *parts, uint32_t at)
{
    const size_t from = parts->finger;
    while (parts->finger_at > at)
        parts->finger_at -= base_points(part_at(parts, --parts->finger));
    struct part *part = part_at(parts, parts->finger);
    for (; parts->finger + 1 < count_of(parts) && parts->finger_at + base_points(part) <= at; part++) {
        parts->finger_at += base_points(part);
        parts->finger++;
    }
    const size_t to = parts->finger;
    parts->work += COMPONENT_NS * (from < to ? to - from : from - to);
    return part;
}

/* Strictly inside: at the borders inserts may tie, and deletes may merge. At
 * either end of the text there is nothing to tie with. */
static bool is_inside(const struct parts *parts, const struct part *part, const struct splice *splice)
{
    const bool is_first = parts->finger == 0, is_last = parts->finger + 1 == count_of(parts);
    return part->kind == OP_RETAIN && (is_first || splice->at > parts->finger_at) &&
           (is_last || splice->at + splice->deleted < parts->finger_at + part->points);
}

/* Rebases over an operation in one place by changing one length. False, and
 * no length changed, when the two meet in a way that takes more than that. */
static bool move_by(struct parts *parts, const struct splice *splice)
{
    if (!splice->is_one_place || count_of(parts) == 0)
        return false;
    struct part *part = point_at(parts, splice->at);
    if (!is_inside(parts, part, splice))
        return false;
    part->points = part->points - splice->deleted + splice->inserted;
    parts->is_moved = true;
    return true;
}

/* ---- and put together ---- */

static enum error append(struct op *op, const struct op_iter *it, uint32_t retained)
{
    if (it->kind == OP_RETAIN)
        return op_retain(op, retained);
    return it->kind == OP_DELETE ? op_delete(op, it->points) : op_insert_checked(op, it->text, it->points);
}

static enum error join(const struct parts *parts, struct op *out)
{
    struct op_iter it = op_iter(parts->op);
    struct op op = {0};
    enum error err = OK;
    for (const struct part *part = part_at(parts, 0); !err && op_iter_next(&it); part++)
        err = append(&op, &it, part->points);
    if (err)
        op_deinit(&op);
    else
        *out = op;
    return err;
}

/* Makes `*op` the operation that its parts have become. */
static enum error reassemble(const struct parts *parts, struct op_view *op, struct op *held)
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

/* ---- over everything since ---- */

/* Rebases over any operation, the long way: puts the edit together, transforms
 * it, and takes it apart again. */
static enum error rewrite(struct parts *parts, const struct splice *splice, enum op_order order,
                          struct op_view *op, struct op *held)
{
    parts->work +=
        REWRITE_NS + REWRITTEN_NS * (count_of(parts) + splice->components) + op->code.len / BYTES_PER_NS;
    enum error err = reassemble(parts, op, held);
    if (!err)
        err = rebase_over(op, splice->op, order, held);
    return err ? err : take_apart(parts, *op);
}

/* Two operations that do not meet have no order, and most do not. */
static enum error put_behind(struct parts *parts, struct pad_author author, const struct history_entry *entry,
                             struct op_view *op, struct op *held)
{
    const struct splice splice = splice_of(entry->op);
    if (parts->work > PAD_REBASE_WORK_MAX) /* asked before, so that a single operation is never too many */
        return ERR_BAD_REVISION;
    parts->work += LOOK_NS + COMPONENT_NS * splice.components;
    if (move_by(parts, &splice))
        return OK;
    return rewrite(parts, &splice, order_of(author, entry->author), op, held);
}

enum error rebase_to_now(const struct pad *pad, uint64_t revision, struct pad_author author,
                         struct op_view *op, struct op *held, uint64_t *work)
{
    struct parts parts = {0};
    if (pad->revision - revision > PAD_REBASE_WORK_MAX / LOOK_NS)
        return ERR_BAD_REVISION; /* known before it is tried */
    enum error err = revision < pad->revision ? take_apart(&parts, *op) : OK;
    for (; !err && revision < pad->revision; revision++) {
        const struct history_entry entry = history_at(&pad->history, revision);
        err = put_behind(&parts, author, &entry, op, held);
    }
    if (!err)
        err = reassemble(&parts, op, held);
    buf_deinit(&parts.list);
    *work += parts.work;
    return err;
}
