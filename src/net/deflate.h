/* deflate.h - messages made smaller by DEFLATE, as RFC 7692 has it
 * (permessage-deflate), without context takeover: each message stands alone.
 *
 *   deflate_is_offered      in the handshake
 *   inflater ─► inflate     a message that came compressed
 *   deflater ─► deflate     a message that goes
 *
 * Both take some 45 and 270 KB, so there is one of each for a loop, made at the
 * first use and kept. They belong to the loop's thread. */
#ifndef KOLABPAD_NET_DEFLATE_H
#define KOLABPAD_NET_DEFLATE_H

#include "base/buf.h"

/* What Sec-WebSocket-Extensions answers to an offer that is taken. */
extern const struct slice deflate_accepted;

/* True when the list of Sec-WebSocket-Extensions holds an offer that
 * deflate_accepted answers: one of permessage-deflate, each parameter known, valid
 * and named once. An offer that limits our window (server_max_window_bits below 15)
 * is not taken. */
bool deflate_is_offered(struct slice extensions);

struct inflater;
struct deflater;

/* Appends the message behind `payload` to `out`, at most `max` bytes of it.
 * *inflater is NULL at first, and made here.
 *   ERR_BAD_MESSAGE        not DEFLATE, or cut off
 *   ERR_MESSAGE_TOO_LARGE  more than max; nothing beyond it was unpacked
 *   ERR_NO_MEMORY */
enum error inflate_message(struct inflater **inflater, struct slice payload, size_t max, struct buf *out);
void inflater_free(struct inflater *inflater); /* NULL is fine */

/* Appends the payload for `message` to `out`. *deflater is NULL at first, and made
 * here. ERR_NO_MEMORY is the only error, and leaves `out` as it was. */
enum error deflate_message(struct deflater **deflater, struct slice message, struct buf *out);
void deflater_free(struct deflater *deflater); /* NULL is fine */

#endif
