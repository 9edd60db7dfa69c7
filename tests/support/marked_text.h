/* marked_text.h - where a piece of a text is, found the slow way: each character is marked or not, and the
 * piece is from the first marked one to behind the last. What the anchors of the server and the client are
 * held against. */
#ifndef KOLABPAD_TESTS_MARKED_TEXT_H
#define KOLABPAD_TESTS_MARKED_TEXT_H

#include "ot/op.h"

#include <stdlib.h>
#include <string.h>

enum { MARKED_TEXT_MAX = 4096 };

struct marked_text {
    bool is_marked[MARKED_TEXT_MAX];
    uint32_t len;
};

/* A text of that length whose piece is [from, to). */
static inline void marked_text_init(struct marked_text *m, uint32_t len, uint32_t from, uint32_t to)
{
    if (len > MARKED_TEXT_MAX)
        abort();
    *m = (struct marked_text){.len = len};
    memset(m->is_marked + from, true, to - from);
}

/* Where it begins and ends; of one that is all gone, `len` and 0. */
static inline uint32_t marked_text_from(const struct marked_text *m)
{
    uint32_t at = 0;
    while (at < m->len && !m->is_marked[at])
        at++;
    return at;
}

static inline uint32_t marked_text_to(const struct marked_text *m)
{
    uint32_t at = m->len;
    while (at > 0 && !m->is_marked[at - 1])
        at--;
    return at;
}

static inline bool marked_text_is_lost(const struct marked_text *m)
{
    return marked_text_to(m) == 0;
}

/* What comes in strictly inside is marked, whatever is deleted in the same operation. */
static inline void marked_text_apply(struct marked_text *m, struct op_view op)
{
    const uint32_t from = marked_text_from(m), to = marked_text_to(m);
    static struct marked_text next;
    struct op_iter it = op_iter(op);
    next.len = 0;
    for (uint32_t at = 0; op_iter_next(&it);) {
        for (uint32_t i = 0; i < it.points && it.kind != OP_DELETE; i++) {
            if (next.len == MARKED_TEXT_MAX)
                abort();
            next.is_marked[next.len++] = it.kind == OP_INSERT ? from < at && at < to : m->is_marked[at + i];
        }
        at += it.kind == OP_INSERT ? 0 : it.points;
    }
    memcpy(m->is_marked, next.is_marked, next.len);
    m->len = next.len;
}

#endif
