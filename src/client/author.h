/* author.h - who made an operation, and the order of inserts that meet
 * (docs/protocol.md, "Order by author").
 *
 * Two concurrent operations that both go by author, and are not of the same, are
 * ordered by their user ids; any other two by their texts. The server works out
 * the same from the same two operations. */
#ifndef KOLABPAD_CLIENT_AUTHOR_H
#define KOLABPAD_CLIENT_AUTHOR_H

#include "ot/op.h"

/* The author of what no user made: text that was loaded, a difference between two
 * texts. */
#define SYSTEM_USER UINT64_MAX

struct author {
    uint64_t user_id;
    bool by_author; /* else by text */
};

static inline struct author author_nobody(void)
{
    return (struct author){SYSTEM_USER, false};
}

/* The order in op_transform(mine, theirs). */
static inline enum op_order author_order(struct author mine, struct author theirs)
{
    if (!mine.by_author || !theirs.by_author || mine.user_id == theirs.user_id)
        return OP_BY_TEXT;
    return mine.user_id < theirs.user_id ? OP_A_FIRST : OP_B_FIRST;
}

#endif
