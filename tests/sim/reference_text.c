#include "sim/reference_text.h"

#include <stdlib.h>
#include <string.h>

static void must(enum error err)
{
    if (err)
        abort();
}

void reference_text_deinit(struct reference_text *p)
{
    free(p->points);
    *p = (struct reference_text){0};
}

void reference_text_clear(struct reference_text *p)
{
    p->len = 0;
}

void reference_text_append(struct reference_text *p, uint32_t point)
{
    if (p->len == p->cap) {
        p->cap = p->cap ? 2 * p->cap : 64;
        p->points = realloc(p->points, p->cap * sizeof *p->points);
        if (!p->points)
            abort();
    }
    p->points[p->len++] = point;
}

static void append_point(void *arg, uint32_t point)
{
    reference_text_append(arg, point);
}

void reference_text_append_utf8(struct reference_text *p, struct slice text)
{
    utf8_each(text, append_point, p);
}

void reference_text_copy(struct reference_text *to, const struct reference_text *from)
{
    reference_text_clear(to);
    for (uint32_t i = 0; i < from->len; i++)
        reference_text_append(to, from->points[i]);
}

bool reference_text_equal(const struct reference_text *a, const struct reference_text *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->points, b->points, a->len * sizeof *a->points) == 0);
}

void reference_text_apply(struct reference_text *p, struct op_view op)
{
    struct reference_text result = {0};
    uint32_t at = 0;
    if (op.base_points != p->len)
        abort();
    struct op_iter it = op_iter(op);
    while (op_iter_next(&it)) {
        if (it.kind == OP_INSERT) {
            reference_text_append_utf8(&result, it.text);
            continue;
        }
        for (uint32_t i = 0; it.kind == OP_RETAIN && i < it.points; i++)
            reference_text_append(&result, p->points[at + i]);
        at += it.points;
    }
    reference_text_deinit(p);
    *p = result;
}

void reference_text_diff(const struct reference_text *from, const struct reference_text *to, struct op *out)
{
    const uint32_t shorter = from->len < to->len ? from->len : to->len;
    uint32_t front = 0, back = 0;
    char utf8[4];
    while (front < shorter && from->points[front] == to->points[front])
        front++;
    while (back < shorter - front && from->points[from->len - 1 - back] == to->points[to->len - 1 - back])
        back++;
    op_clear(out);
    must(op_retain(out, front));
    for (uint32_t i = front; i < to->len - back; i++)
        must(op_insert(out, slice_of(utf8, utf8_put(to->points[i], utf8))));
    must(op_delete(out, from->len - front - back));
    must(op_retain(out, back));
}

void utf8_each(struct slice text, void (*visit)(void *arg, uint32_t point), void *arg)
{
    for (size_t i = 0; i < text.len;) {
        const uint8_t lead = (uint8_t)text.ptr[i];
        const size_t len = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        uint32_t point = len == 1 ? lead : lead & (0x7fu >> len);
        for (size_t k = 1; k < len; k++)
            point = point << 6 | ((uint8_t)text.ptr[i + k] & 0x3fu);
        visit(arg, point);
        i += len;
    }
}

size_t utf8_put(uint32_t point, char out[4])
{
    const size_t len = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = len; i-- > 1; point >>= 6)
        out[i] = (char)(0x80 | (point & 0x3f));
    out[0] = (char)(lead[len] | point);
    return len;
}
