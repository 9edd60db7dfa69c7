#include "net/frame_builder.h"

#include "base/assert.h"
#include "net/deflate.h"

enum { KEPT_BYTES = 1024 * 1024 }; /* of each buffer, between frames */

void frame_builder_deinit(struct frame_builder *b)
{
    buf_deinit(&b->framed);
    buf_deinit(&b->payload);
    buf_deinit(&b->packed);
    deflater_free(b->deflater);
    b->deflater = NULL;
}

void frame_builder_begin(struct frame_builder *b)
{
    ASSERT(!b->is_open);
    buf_clear(&b->framed);
    b->is_open = true;
    b->failed = false;
    b->compresses = b->is_plain = b->is_events = false;
    b->has_large = false;
}

void frame_builder_events(struct frame_builder *b, uint64_t id, struct id128 epoch)
{
    ASSERT(b->is_open);
    b->is_events = true;
    b->event_id = id;
    b->event_epoch = epoch;
}

void frame_builder_plain(struct frame_builder *b)
{
    ASSERT(b->is_open);
    b->is_plain = true;
}

void frame_builder_compress(struct frame_builder *b)
{
    ASSERT(b->is_open);
    b->compresses = true;
}

struct json frame_builder_message(struct frame_builder *b)
{
    ASSERT(b->is_open);
    buf_clear(&b->payload);
    return json_to(&b->payload);
}

static enum error append_compressed(struct frame_builder *b)
{
    buf_clear(&b->packed);
    enum error err = deflate_message(&b->deflater, buf_slice(&b->payload), &b->packed);
    return err ? err : frame_append_message(&b->framed, WS_TEXT | WS_COMPRESSED, buf_slice(&b->packed));
}

/* JSON has no line ends of its own. */
static enum error append_event(struct frame_builder *b)
{
    struct json j = json_to(&b->framed);
    json_raw(&j, "id: ");
    json_uint(&j, b->event_id);
    json_raw(&j, "\ndata: ");
    json_bytes(&j, buf_slice(&b->payload));
    json_raw(&j, "\n\n");
    return json_error(&j);
}

static enum error append(struct frame_builder *b)
{
    if (b->is_plain)
        return buf_append(&b->framed, buf_slice(&b->payload));
    if (b->is_events)
        return append_event(b);
    bool is_large = b->payload.len >= FRAME_COMPRESSED_MIN && b->payload.len <= FRAME_COMPRESSED_MAX;
    b->has_large |= is_large;
    if (is_large && b->compresses)
        return append_compressed(b);
    return frame_append_message(&b->framed, WS_TEXT, buf_slice(&b->payload));
}

void frame_builder_end_message(struct frame_builder *b, const struct json *message)
{
    ASSERT(b->is_open);
    if (json_error(message) || append(b))
        b->failed = true;
}

bool frame_builder_has_large(const struct frame_builder *b)
{
    ASSERT(b->is_open);
    return b->has_large;
}

/* An event without data is none: it only sets what a browser sends as Last-Event-ID. */
static enum error append_resume_id(struct frame_builder *b)
{
    char epoch[ID128_CHARS];
    struct json j = json_to(&b->framed);
    id128_encode(b->event_epoch, epoch);
    json_raw(&j, "id: ");
    json_uint(&j, b->event_id);
    json_raw(&j, "-");
    json_bytes(&j, slice_of(epoch, sizeof epoch));
    json_raw(&j, "\n\n");
    return json_error(&j);
}

struct frame *frame_builder_finish(struct frame_builder *b)
{
    ASSERT(b->is_open);
    b->is_open = false;
    if (b->is_events && b->framed.len > 0 && append_resume_id(b))
        b->failed = true;
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
    trim(&b->packed);
}
