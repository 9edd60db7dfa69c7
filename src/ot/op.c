/* The appending builder: every operation is made by it, and it is the one place
 * that knows the normal form. The components that an append may still change
 * are the last one and, under an insert that belongs before a delete, the one
 * before it: `last` and `before_last` point at them. */
#include "ot/op.h"

#include "base/mem.h"
#include "ot/op_private.h"

void op_deinit(struct op *op)
{
    buf_deinit(&op->code);
    *op = (struct op){0};
}

void op_clear(struct op *op)
{
    *op = (struct op){.code = {.ptr = op->code.ptr, .cap = op->code.cap}};
}

void op_move(struct op *out, struct op *from)
{
    op_deinit(out);
    *out = *from;
    *from = (struct op){0};
}

enum error op_copy(struct op *out, struct op_view from)
{
    struct op copy = {.base_points = from.base_points, .target_points = from.target_points};
    enum error err = buf_append(&copy.code, from.code);
    if (err)
        return err;

    for (size_t at = 0; at < from.code.len; at = component_read(from.code, at).end) {
        copy.before_last = copy.last;
        copy.last = at;
    }
    op_move(out, &copy);
    return OK;
}

static bool has_components(const struct op *op)
{
    return op->code.len > 0;
}

/* Puts a component behind the last one. There is room. */
static void push(struct op *op, enum op_kind kind, uint32_t points, struct slice text)
{
    char *end = op->code.ptr + op->code.len;
    size_t head = component_write_head(end, kind, points, text.len);

    if (text.len)
        memcpy(end + head, text.ptr, text.len);
    op->before_last = op->last;
    op->last = op->code.len;
    op->code.len += head + text.len;
}

/* Appends a retain or a delete, or makes the last one larger. */
static enum error append_count(struct op *op, enum op_kind kind, uint32_t points)
{
    enum error err = buf_reserve(&op->code, COMPONENT_HEAD_MAX);
    if (err)
        return err;

    if (has_components(op)) {
        struct component last = component_read(buf_slice(&op->code), op->last);
        if (last.kind == kind) {
            op->code.len =
                op->last + component_write_head(op->code.ptr + op->last, kind, last.points + points, 0);
            return OK;
        }
    }
    push(op, kind, points, (struct slice){0});
    return OK;
}

static bool fits(uint32_t sum_points, uint32_t more_points)
{
    return more_points <= OP_POINTS_MAX && sum_points <= OP_POINTS_MAX - more_points;
}

enum error op_retain(struct op *op, uint32_t points)
{
    if (points == 0)
        return OK;
    if (!fits(op->base_points, points) || !fits(op->target_points, points))
        return ERR_BAD_OPERATION;

    enum error err = append_count(op, OP_RETAIN, points);
    if (err)
        return err;
    op->base_points += points;
    op->target_points += points;
    return OK;
}

enum error op_delete(struct op *op, uint32_t points)
{
    if (points == 0)
        return OK;
    if (!fits(op->base_points, points))
        return ERR_BAD_OPERATION;

    enum error err = append_count(op, OP_DELETE, points);
    if (err)
        return err;
    op->base_points += points;
    return OK;
}

/* Adds text to the insert at `at`; what stands behind it moves up. There is
 * room. The number of bytes it moved up by. */
static size_t extend_insert(struct op *op, size_t at, struct slice text, uint32_t points)
{
    struct component old = component_read(buf_slice(&op->code), at);
    char head[COMPONENT_HEAD_MAX], *start = op->code.ptr + at;
    size_t old_head = (size_t)(old.text.ptr - start);
    size_t new_head = component_write_head(head, OP_INSERT, old.points + points, old.text.len + text.len);
    size_t moved = new_head - old_head + text.len, behind = op->code.len - old.end;

    if (behind)
        memmove(op->code.ptr + old.end + moved, op->code.ptr + old.end, behind);
    if (new_head != old_head)
        memmove(start + new_head, old.text.ptr, old.text.len);
    memcpy(start, head, new_head);
    memcpy(start + new_head + old.text.len, text.ptr, text.len);
    op->code.len += moved;
    return moved;
}

/* Puts a new insert at `at`, in front of the delete that is the last
 * component. There is room. */
static void insert_before_delete(struct op *op, struct slice text, uint32_t points)
{
    struct component last = component_read(buf_slice(&op->code), op->last);

    op->code.len = op->last;
    op->last = op->before_last;
    push(op, OP_INSERT, points, text);
    push(op, OP_DELETE, last.points, (struct slice){0});
}

enum error op_insert_checked(struct op *op, struct slice text, uint32_t points)
{
    if (text.len == 0)
        return OK;
    if (!fits(op->target_points, points))
        return ERR_BAD_OPERATION;

    enum error err = buf_reserve(&op->code, text.len + 2 * COMPONENT_HEAD_MAX);
    if (err)
        return err;

    /* It becomes a component of its own, joins the insert that is last, joins the
     * insert in front of the delete that is last, or goes in front of that. */
    struct slice code = buf_slice(&op->code);
    enum op_kind last = has_components(op) ? component_read(code, op->last).kind : OP_RETAIN;
    if (last == OP_RETAIN)
        push(op, OP_INSERT, points, text);
    else if (last == OP_INSERT)
        extend_insert(op, op->last, text, points);
    else if (op->last > 0 && component_read(code, op->before_last).kind == OP_INSERT)
        op->last += extend_insert(op, op->before_last, text, points);
    else
        insert_before_delete(op, text, points);
    op->target_points += points;
    return OK;
}

enum error op_insert(struct op *op, struct slice text)
{
    struct measure size;

    if (utf8_check(text, &size) != OK || utf8_has_cr(text))
        return ERR_BAD_TEXT;
    return op_insert_checked(op, text, size.points);
}
