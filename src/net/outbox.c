/* A ring of frames; `few` is a ring as well, with room for OUTBOX_INLINE. */
#include "net/outbox.h"

#include "base/alloc.h"
#include "base/assert.h"

#include <assert.h>

static uint32_t capacity(const struct outbox *o)
{
    return o->ring ? o->ring_cap : OUTBOX_INLINE;
}

static struct frame *frame_at(const struct outbox *o, uint32_t i)
{
    struct frame *const *slots = o->ring ? o->ring : o->few;

    return slots[(o->head + i) & (capacity(o) - 1)];
}

/* Doubles the room: from `few` to a ring, from a ring to a larger one. The oldest
 * frame is first again afterwards. */
static enum error grow(struct outbox *o)
{
    uint32_t cap = capacity(o) * 2;
    struct frame **ring = mem_alloc(cap * sizeof *ring);

    if (!ring)
        return ERR_NO_MEMORY;
    for (uint32_t i = 0; i < o->count; i++)
        ring[i] = frame_at(o, i);
    mem_free(o->ring);
    o->ring = ring;
    o->ring_cap = cap;
    o->head = 0;
    return OK;
}

enum error outbox_put(struct outbox *o, struct frame *f)
{
    static_assert((OUTBOX_INLINE & (OUTBOX_INLINE - 1)) == 0, "slots are found by masking");

    if (o->count == capacity(o)) {
        enum error err = grow(o);
        if (err)
            return err;
    }
    struct frame **slots = o->ring ? o->ring : o->few;
    slots[(o->head + o->count) & (capacity(o) - 1)] = frame_ref(f);
    o->count++;
    o->bytes += f->len;
    return OK;
}

size_t outbox_peek(const struct outbox *o, struct iovec *pieces, size_t max)
{
    size_t count = o->count < max ? o->count : max;
    size_t skip = o->sent; /* of the first frame only */

    for (size_t i = 0; i < count; i++, skip = 0) {
        struct frame *f = frame_at(o, (uint32_t)i);
        pieces[i] = (struct iovec){.iov_base = f->bytes + skip, .iov_len = f->len - skip};
    }
    return count;
}

static void drop_oldest(struct outbox *o)
{
    struct frame *f = frame_at(o, 0);

    o->head = (o->head + 1) & (capacity(o) - 1);
    o->count--;
    o->bytes -= f->len;
    o->sent = 0;
    frame_unref(f);
}

size_t outbox_drop(struct outbox *o, size_t bytes)
{
    size_t done = 0;

    while (o->count > 0) {
        size_t rest = frame_at(o, 0)->len - o->sent;
        if (bytes < rest) {
            o->sent += (uint32_t)bytes;
            return done;
        }
        bytes -= rest;
        drop_oldest(o);
        done++;
    }
    ASSERT(bytes == 0); /* nobody can write more than outbox_peek described */
    outbox_deinit(o);   /* gives the ring back */
    return done;
}

void outbox_deinit(struct outbox *o)
{
    while (o->count > 0)
        drop_oldest(o);
    mem_free(o->ring);
    *o = (struct outbox){0};
}
