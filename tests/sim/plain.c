#include "sim/plain.h"

#include <stdlib.h>
#include <string.h>

static void must(enum error err)
{
    if (err)
        abort();
}

void plain_deinit(struct plain *p)
{
    free(p->points);
    *p = (struct plain){0};
}

void plain_clear(struct plain *p)
{
    p->len = 0;
}

void plain_append(struct plain *p, uint32_t point)
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
    plain_append(arg, point);
}

void plain_append_utf8(struct plain *p, struct slice text)
{
    utf8_each(text, append_point, p);
}

void plain_copy(struct plain *to, const struct plain *from)
{
    plain_clear(to);
    for (uint32_t i = 0; i < from->len; i++)
        plain_append(to, from->points[i]);
}

bool plain_equal(const struct plain *a, const struct plain *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->points, b->points, a->len * sizeof *a->points) == 0);
}

void plain_apply(struct plain *p, struct op_view op)
{
    struct plain result = {0};
    uint32_t at = 0;
    if (op.base_points != p->len)
        abort();
    struct op_iter it = op_iter(op);
    while (op_iter_next(&it)) {
        if (it.kind == OP_INSERT) {
            plain_append_utf8(&result, it.text);
            continue;
        }
        for (uint32_t i = 0; it.kind == OP_RETAIN && i < it.points; i++)
            plain_append(&result, p->points[at + i]);
        at += it.points;
    }
    plain_deinit(p);
    *p = result;
}

void plain_diff(const struct plain *from, const struct plain *to, struct op *out)
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
