#include "net/frame_builder.h"

#include "base/assert.h"

enum { KEPT_BYTES = 1024 * 1024 }; /* of each buffer, between frames */

void frame_builder_deinit(struct frame_builder *b)
{
    buf_deinit(&b->framed);
    buf_deinit(&b->payload);
}

void frame_builder_begin(struct frame_builder *b)
{
    ASSERT(!b->is_open);
    buf_clear(&b->framed);
    b->is_open = true;
    b->failed = false;
}

struct json frame_builder_message(struct frame_builder *b)
{
    ASSERT(b->is_open);
    buf_clear(&b->payload);
    return json_to(&b->payload);
}

void frame_builder_end_message(struct frame_builder *b, const struct json *message)
{
    ASSERT(b->is_open);
    if (json_error(message) || frame_append_message(&b->framed, WS_TEXT, buf_slice(&b->payload)))
        b->failed = true;
}

struct frame *frame_builder_finish(struct frame_builder *b)
{
    ASSERT(b->is_open);
    b->is_open = false;
    return b->failed ? NULL : frame_new(buf_slice(&b->framed));
}

/* Gives back what an unusually large frame, such as a snapshot, has needed. */
static void trim(struct buf *buffer)
{
    if (buffer->cap > KEPT_BYTES)
        buf_deinit(buffer);
}

void frame_builder_trim(struct frame_builder *b)
{
    trim(&b->framed);
    trim(&b->payload);
}
