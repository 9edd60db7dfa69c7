/* frame.h - bytes on their way to sockets, shared by every connection that
 * gets the same.
 *
 * A frame holds one or more complete server-to-client WebSocket messages,
 * header and payload, ready for the wire. Server messages are not masked, so a
 * broadcast is framed once and referenced by each outbox.
 *
 * Reference counts are plain integers: a frame belongs to one loop and never
 * crosses threads. */
#ifndef KOLABPAD_NET_FRAME_H
#define KOLABPAD_NET_FRAME_H

#include "base/buf.h"

struct frame {
    uint32_t refs;
    uint32_t len;
    char bytes[];
};

enum ws_opcode { WS_TEXT = 1, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };

/* Added to WS_TEXT: the payload is compressed (RSV1 of RFC 7692). */
enum { WS_COMPRESSED = 0x40 };

/* Appends one whole message (RFC 6455, FIN set, unmasked) to `out`. */
enum error frame_append_message(struct buf *out, unsigned opcode, struct slice payload);

/* A frame with a copy of these bytes, one reference; NULL: no memory. */
struct frame *frame_new(struct slice bytes);
struct frame *frame_ref(struct frame *f);
void frame_unref(struct frame *f); /* NULL is fine */

#endif
