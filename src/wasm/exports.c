#include "wasm/exports.h"

#include "base/alloc.h"

/* Makes a function callable from the other side, under its own name. */
#define EXPORT __attribute__((visibility("default")))

/* memory */

EXPORT void *kp_alloc(uint32_t size_bytes)
{
    return mem_alloc(size_bytes ? size_bytes : 1);
}

EXPORT void kp_free(void *ptr)
{
    mem_free(ptr);
}

/* operations */

EXPORT struct op *kp_op_new(void)
{
    struct op *op = mem_alloc(sizeof *op);

    if (op)
        *op = (struct op){0};
    return op;
}

EXPORT void kp_op_free(struct op *op)
{
    if (op)
        op_deinit(op);
    mem_free(op);
}

EXPORT int32_t kp_op_retain(struct op *op, uint32_t points)
{
    return op_retain(op, points);
}

EXPORT int32_t kp_op_insert(struct op *op, const char *utf8, uint32_t len_bytes)
{
    return op_insert(op, slice_of(utf8, len_bytes));
}

EXPORT int32_t kp_op_delete(struct op *op, uint32_t points)
{
    return op_delete(op, points);
}

EXPORT const char *kp_op_code(const struct op *op)
{
    return op->code.ptr;
}

EXPORT uint32_t kp_op_code_len(const struct op *op)
{
    return (uint32_t)op->code.len;
}

EXPORT uint32_t kp_op_base(const struct op *op)
{
    return op->base_points;
}

EXPORT uint32_t kp_op_target(const struct op *op)
{
    return op->target_points;
}

EXPORT uint32_t kp_op_is_noop(const struct op *op)
{
    return op_is_noop(op_view(op));
}

EXPORT int32_t kp_op_compose(const struct op *a, const struct op *b, struct op *out)
{
    return op_compose(op_view(a), op_view(b), out);
}

EXPORT int32_t kp_op_transform(const struct op *a, const struct op *b, uint32_t order, struct op *a1,
                               struct op *b1)
{
    enum op_order rule = order <= OP_B_FIRST ? (enum op_order)order : OP_BY_TEXT;

    return op_transform(op_view(a), op_view(b), rule, a1, b1);
}

EXPORT int32_t kp_op_invert(const struct op *op, const struct rope *base, struct op *out)
{
    return op_invert(op_view(op), base, out);
}

EXPORT int32_t kp_op_cut(const struct op *op, uint32_t json_bytes, uint32_t components, uint32_t growth_bytes,
                         struct op *first, struct op *rest)
{
    return op_cut(op_view(op), (struct op_room){json_bytes, components, growth_bytes}, first, rest);
}

EXPORT int32_t kp_op_apply(const struct op *op, struct rope *text)
{
    return op_apply(op_view(op), text);
}

EXPORT uint32_t kp_op_move_caret(const struct op *op, uint32_t at_points)
{
    return op_move_caret(op_view(op), at_points);
}

/* ropes */

EXPORT struct rope *kp_rope_new(void)
{
    struct rope *r = mem_alloc(sizeof *r);

    if (r)
        *r = (struct rope){0};
    return r;
}

EXPORT void kp_rope_free(struct rope *r)
{
    if (r)
        rope_deinit(r);
    mem_free(r);
}

EXPORT int32_t kp_rope_set(struct rope *r, const char *utf8, uint32_t len_bytes)
{
    struct slice text = slice_of(utf8, len_bytes);
    struct rope built;
    enum error err = utf8_has_cr(text) ? ERR_BAD_TEXT : utf8_check(text, NULL);

    if (!err)
        err = rope_from_text(&built, text);
    if (err)
        return err;
    rope_deinit(r);
    *r = built;
    return OK;
}

EXPORT uint32_t kp_rope_bytes(const struct rope *r)
{
    return r->size.bytes;
}

EXPORT uint32_t kp_rope_points(const struct rope *r)
{
    return r->size.points;
}

EXPORT uint32_t kp_rope_u16(const struct rope *r)
{
    return r->size.u16;
}

static uint32_t at_most(uint32_t value, uint32_t limit)
{
    return value < limit ? value : limit;
}

EXPORT uint32_t kp_rope_u16_of_points(const struct rope *r, uint32_t at_points)
{
    return rope_measure_at_points(r, at_most(at_points, r->size.points)).u16;
}

EXPORT uint32_t kp_rope_points_of_u16(const struct rope *r, uint32_t at_u16)
{
    return rope_measure_at_u16(r, at_most(at_u16, r->size.u16)).points;
}

static uint32_t last_read_bytes; /* of the latest kp_rope_read, until the next */

EXPORT char *kp_rope_read(const struct rope *r, uint32_t at_points, uint32_t count_points)
{
    struct buf out = {0};
    uint32_t at = at_most(at_points, r->size.points);
    uint32_t count = at_most(count_points, r->size.points - at);

    last_read_bytes = 0;
    if (buf_reserve(&out, 1) || rope_read(r, at, count, &out)) {
        buf_deinit(&out);
        return NULL;
    }
    last_read_bytes = (uint32_t)out.len;
    return out.ptr;
}

EXPORT uint32_t kp_rope_read_len(void)
{
    return last_read_bytes;
}
