/* frame_builder.h - makes one frame out of JSON messages.
 *
 *   begin ─► [compress] ─► (message ─► end_message)* ─► finish
 *
 * A builder makes one frame at a time, which is asserted: a frame that was begun
 * must be finished before the next one begins. Its two buffers are kept between
 * frames, so that building one allocates the frame and nothing else.
 *
 * Errors are sticky: after a failed allocation the calls do nothing, and
 * finish gives NULL.
 *
 * Owner: one loop; its thread only. A zeroed one is ready for use. */
#ifndef KOLABPAD_NET_FRAME_BUILDER_H
#define KOLABPAD_NET_FRAME_BUILDER_H

#include "base/id128.h"
#include "base/json.h"
#include "net/frame.h"

/* Sizes of a message that is worth compressing: below, the header eats what is won;
 * above, it would hold up the others of the loop for over 10 ms. */
enum { FRAME_COMPRESSED_MIN = 1024, FRAME_COMPRESSED_MAX = 1024 * 1024 };

struct frame_builder {
    struct buf framed;         /* the messages that are complete, each with its WebSocket header */
    struct buf payload;        /* the JSON of the message under way */
    struct buf packed;         /* the same, compressed */
    struct deflater *deflater; /* from the first compressed message on */
    bool compresses;           /* since begin: large messages go compressed */
    bool is_plain, is_events;  /* since begin: no WebSocket messages; events with event_id, if that */
    uint64_t event_id;
    struct id128 event_epoch;
    bool has_large; /* since begin: a message that goes compressed to who takes it */
    bool is_open;   /* between begin and finish */
    bool failed;    /* since begin */
};

void frame_builder_deinit(struct frame_builder *b);

void frame_builder_begin(struct frame_builder *b);
/* The readers of this frame take compressed messages: those between
 * FRAME_COMPRESSED_MIN and FRAME_COMPRESSED_MAX bytes will be. Right after begin. */
void frame_builder_compress(struct frame_builder *b);
/* The readers of this frame follow an event stream (WHATWG HTML, server-sent events): each message
 * is an event with this id, and behind the last comes an id of its own, without an event, by which a
 * browser resumes: `id-epoch`. Right after begin. */
void frame_builder_events(struct frame_builder *b, uint64_t id, struct id128 epoch);
/* The text of a message goes into the frame as it is, without anything around it. Right after begin. */
void frame_builder_plain(struct frame_builder *b);
/* Begins a message: its JSON is written to what this gives, then handed to
 * end_message. A message that turns out to be needless need not be ended. */
struct json frame_builder_message(struct frame_builder *b);
void frame_builder_end_message(struct frame_builder *b, const struct json *message);
/* Would the frame look different to readers who take compressed messages, or do not? Before finish. */
bool frame_builder_has_large(const struct frame_builder *b);
/* The frame, with one reference, which is the caller's. It is empty when there
 * was no message. NULL: no memory for some part of it. */
struct frame *frame_builder_finish(struct frame_builder *b);

/* Gives back memory that only an unusually large frame needed. Between frames. */
void frame_builder_trim(struct frame_builder *b);

#endif
