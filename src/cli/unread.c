#include "cli/unread.h"

#include <string.h>

void unread_move(struct unread *u, struct op_view op)
{
    for (size_t i = 0; i < u->count; i++) {
        u->spans[i].from = op_move_caret(op, u->spans[i].from);
        u->spans[i].to = op_move_caret(op, u->spans[i].to);
    }
}

/* Makes one of the two neighbours with the least between them. */
static void join_closest(struct unread *u)
{
    size_t best = 0;
    for (size_t i = 1; i + 1 < u->count; i++)
        if (u->spans[i + 1].from - u->spans[i].to < u->spans[best + 1].from - u->spans[best].to)
            best = i;
    u->spans[best].to = u->spans[best + 1].to;
    memmove(&u->spans[best + 1], &u->spans[best + 2], (u->count - best - 2) * sizeof(u->spans[0]));
    u->count--;
}

/* Spans that touch or overlap the new one become part of it. */
static void add(struct unread *u, uint32_t from, uint32_t to)
{
    size_t at = 0, end;
    while (at < u->count && u->spans[at].to < from)
        at++;
    for (end = at; end < u->count && u->spans[end].from <= to; end++) {
        from = u->spans[end].from < from ? u->spans[end].from : from;
        to = u->spans[end].to > to ? u->spans[end].to : to;
    }
    if (end == at && u->count == UNREAD_SPANS_MAX) {
        join_closest(u);
        add(u, from, to);
        return;
    }
    memmove(&u->spans[at + 1], &u->spans[end], (u->count - end) * sizeof(u->spans[0]));
    u->spans[at] = (struct unread_span){from, to};
    u->count = u->count - (end - at) + 1;
}

void unread_note(struct unread *u, struct op_view op)
{
    struct op_iter it = op_iter(op);
    uint32_t at = 0;
    unread_move(u, op);
    while (op_iter_next(&it)) {
        uint32_t length = it.kind == OP_DELETE ? 0 : it.points;
        if (it.kind != OP_RETAIN)
            add(u, at, at + length);
        at += length;
    }
}
