/* The byte form of an operation: components one by one, and the check of bytes
 * from outside. */
#include "ot/op_private.h"

enum { KIND_BITS = 2, KIND_MASK = 3 };

/* A varint that is known to be whole and to fit. */
static uint32_t read_number(const char *code, size_t *at)
{
    uint32_t byte = (uint8_t)code[(*at)++], value = byte & 0x7f;

    for (unsigned shift = 7; byte >= 0x80; shift += 7) {
        byte = (uint8_t)code[(*at)++];
        value |= (byte & 0x7f) << shift;
    }
    return value;
}

struct component component_read(struct slice code, size_t at)
{
    uint32_t head = read_number(code.ptr, &at);
    struct component c = {.kind = (enum op_kind)(head & KIND_MASK), .points = head >> KIND_BITS};

    if (c.kind == OP_INSERT) {
        size_t bytes = read_number(code.ptr, &at);
        c.text = slice_of(code.ptr + at, bytes);
        at += bytes;
    }
    c.end = at;
    return c;
}

size_t component_write_head(char *to, enum op_kind kind, uint32_t points, size_t text_bytes)
{
    size_t size = varint_write(to, (uint64_t)points << KIND_BITS | kind);

    if (kind == OP_INSERT)
        size += varint_write(to + size, text_bytes);
    return size;
}

/* look */

struct op_iter op_iter(struct op_view op)
{
    return (struct op_iter){.rest = op.code};
}

bool op_iter_next(struct op_iter *it)
{
    if (it->rest.len == 0)
        return false;

    struct component c = component_read(it->rest, 0);
    it->kind = c.kind;
    it->points = c.points;
    it->text = c.text;
    it->rest = slice_from(it->rest, c.end);
    return true;
}

struct op_view op_view_trusted(struct slice code)
{
    struct op_view view = {.code = code};
    struct op_iter it = op_iter(view);

    while (op_iter_next(&it)) {
        view.base_points += it.kind == OP_INSERT ? 0 : it.points;
        view.target_points += it.kind == OP_DELETE ? 0 : it.points;
    }
    return view;
}

bool op_equal(struct op_view a, struct op_view b)
{
    return slice_equal(a.code, b.code);
}

bool op_is_noop(struct op_view op)
{
    struct op_iter it = op_iter(op);

    return !op_iter_next(&it) || (it.kind == OP_RETAIN && it.rest.len == 0);
}

/* untrusted bytes */

/* A varint in its shortest form, no larger than `max`. */
static bool take_number(struct slice code, size_t *at, uint64_t max, uint64_t *value)
{
    size_t start = *at;

    return varint_read(code, at, value) && *value <= max && varint_size(*value) == *at - start;
}

/* Reads and checks the component at c->end; moves it on. */
static enum error take_component(struct slice code, struct component *c)
{
    struct measure size;
    uint64_t head, bytes;

    if (!take_number(code, &c->end, (uint64_t)OP_POINTS_MAX << KIND_BITS | KIND_MASK, &head))
        return ERR_BAD_OPERATION;
    c->kind = (enum op_kind)(head & KIND_MASK);
    c->points = (uint32_t)(head >> KIND_BITS);
    if (c->points == 0 || c->points > OP_POINTS_MAX || (head & KIND_MASK) > OP_INSERT)
        return ERR_BAD_OPERATION;
    if (c->kind != OP_INSERT)
        return OK;

    if (!take_number(code, &c->end, code.len, &bytes) || bytes > code.len - c->end)
        return ERR_BAD_OPERATION;
    c->text = slice_of(code.ptr + c->end, bytes);
    c->end += bytes;
    if (utf8_check(c->text, &size) != OK || utf8_has_cr(c->text))
        return ERR_BAD_TEXT;
    return size.points == c->points ? OK : ERR_BAD_OPERATION;
}

enum error op_decode(struct slice code, struct op_view *out)
{
    struct op_view view = {.code = code};
    struct component c = {0};      /* the component before, until the next is read over it */
    uint64_t base = 0, target = 0; /* wide enough for the sum that is too large */

    while (c.end < code.len) {
        bool is_first = c.end == 0;
        enum op_kind before = c.kind;
        enum error err = take_component(code, &c);
        if (err)
            return err;
        if (!is_first && (c.kind == before || (c.kind == OP_INSERT && before == OP_DELETE)))
            return ERR_BAD_OPERATION;
        base += c.kind == OP_INSERT ? 0 : c.points;
        target += c.kind == OP_DELETE ? 0 : c.points;
        if (base > OP_POINTS_MAX || target > OP_POINTS_MAX)
            return ERR_BAD_OPERATION;
    }
    view.base_points = (uint32_t)base;
    view.target_points = (uint32_t)target;
    *out = view;
    return OK;
}
