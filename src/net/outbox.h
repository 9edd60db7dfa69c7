/* outbox.h - the frames that wait for one socket, oldest first.
 *
 *     frames  [ f0 | f1 | f2 | f3 ]
 *              ▲ `sent` bytes of f0 are already on the wire
 *
 * The queue holds references; the bytes are shared with every other outbox
 * that was given the same frame. The first few fit inside the struct, so an
 * outbox that keeps up never allocates; more go to a ring on the heap, which
 * is given back when the outbox is empty again.
 *
 * A zeroed struct is an empty outbox. Owner: its connection. */
#ifndef KOLABPAD_NET_OUTBOX_H
#define KOLABPAD_NET_OUTBOX_H

#include "net/frame.h"
#include <sys/uio.h>

enum { OUTBOX_INLINE = 4 };

struct outbox {
    struct frame **ring; /* NULL: `few` is in use */
    struct frame *few[OUTBOX_INLINE];
    uint32_t ring_cap; /* a power of two */
    uint32_t head;     /* where the oldest is */
    uint32_t count;
    uint32_t sent; /* bytes of the oldest that are written */
    size_t bytes;  /* of all, those written included */
};

/* Takes its own reference. ERR_NO_MEMORY leaves the outbox as it was. */
enum error outbox_put(struct outbox *o, struct frame *f);

/* Describes the first bytes to write, at most `max` pieces; how many. */
size_t outbox_peek(const struct outbox *o, struct iovec *pieces, size_t max);

/* The first `bytes` of what outbox_peek showed are written: drops the frames
 * that are done; how many. */
size_t outbox_drop(struct outbox *o, size_t bytes);

static inline bool outbox_is_empty(const struct outbox *o)
{
    return o->count == 0;
}

static inline size_t outbox_waiting_bytes(const struct outbox *o)
{
    return o->bytes - o->sent;
}

/* Drops everything and gives the memory back. */
void outbox_deinit(struct outbox *o);

#endif
