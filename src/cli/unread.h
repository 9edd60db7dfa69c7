/* unread.h - the places of a text that others have changed since somebody looked.
 *
 * Spans of code points in the present text, in order, that move with it. Bounded: where
 * there are too many, neighbours become one. A span of no length is a place where text was
 * deleted. */
#ifndef KOLABPAD_CLI_UNREAD_H
#define KOLABPAD_CLI_UNREAD_H

#include "ot/op.h"

enum { UNREAD_SPANS_MAX = 32 };

struct unread {
    struct unread_span {
        uint32_t from, to;
    } spans[UNREAD_SPANS_MAX];
    size_t count;
};

/* Others made that operation on the text. */
void unread_note(struct unread *u, struct op_view op);
/* It was made by whoever looks: the spans move, and none is added. */
void unread_move(struct unread *u, struct op_view op);
/* Everything was seen. */
static inline void unread_clear(struct unread *u)
{
    u->count = 0;
}

#endif
