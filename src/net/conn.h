/* conn.h - one WebSocket connection on a loop, or a stream of HTTP to a client that only listens.
 *
 *   socket ─read─► wslay: frames, UTF-8, fragments ─► on_message
 *   conn_send ─► outbox (shared frames) ─► loop_flush ─writev─► socket
 *
 * An idle connection costs its struct and nothing else: the receive context
 * and its buffers are borrowed from the loop's pool only while a message is
 * incomplete.
 *
 * Slow readers. When more than limits.outbox_frames frames or more than
 * limits.outbox_bytes bytes wait, conn_is_ready says no; the owner then keeps
 * state instead of sending, and is told by on_drain when the outbox is empty
 * again.
 *
 * Closing. conn_close sends what is queued, then a Close frame, and waits
 * shortly for the peer's; conn_kill drops the socket. Either way on_closed
 * comes exactly once, from loop code (never from inside conn_close itself),
 * after which the connection is freed at the end of the turn. After conn_close
 * there are no more on_message and on_drain calls, and sends are ignored.
 *
 * Owner: the loop; all functions on its thread only. */
#ifndef KOLABPAD_NET_CONN_H
#define KOLABPAD_NET_CONN_H

#include "net/frame.h"
#include "net/loop.h"

struct conn;

struct conn_end {
    enum error why; /* OK: the peer closed it; else our reason, ERR_IDLE, ERR_SLOW_READER … */
    uint16_t code;  /* the close code seen or sent; 1006 when the socket just ended */
    bool clean;     /* was there a closing handshake? */
};

struct conn_handlers {
    /* A whole text message, valid UTF-8; borrowed for the call. Binary
     * messages (unless takes_binary, which makes text of them) and oversized
     * ones are closed here (4400, 1009). */
    void (*on_message)(void *owner, struct slice text);
    /* Everything is written, after conn_is_ready had said no. */
    void (*on_drain)(void *owner);
    void (*on_closed)(void *owner, const struct conn_end *end);
    /* Bytes as they came, before they are understood; borrowed for the call, which may close the
     * connection. For who may give it away (conn_release). NULL: nobody wants them. */
    void (*on_bytes)(void *owner, struct slice bytes);
    bool takes_binary;
};

/* Takes over a connected socket whose handshake is done, with the bytes that
 * were already read behind it (copied). The socket is closed on failure too. */
enum error conn_open(struct loop *loop, int fd, struct slice already_read,
                     const struct conn_handlers *handlers, void *owner, struct conn **out);

/* The same for a socket to which only is written: frames are sent as they are, what the client sends
 * is thrown away, and the end is the end of the connection. Never idle; there is no on_message.
 * `has_comments`: those of an event stream are its heartbeat. */
enum error conn_open_stream(struct loop *loop, int fd, bool has_comments,
                            const struct conn_handlers *handlers, void *owner, struct conn **out);
bool conn_is_stream(const struct conn *c);

/* Queues a frame (takes its own reference); written by the next loop_flush.
 * Cannot fail visibly: without memory the connection is killed. */
void conn_send(struct conn *c, struct frame *f);

bool conn_is_ready(const struct conn *c);
size_t conn_waiting_bytes(const struct conn *c);

/* `reason` at most 123 bytes of UTF-8; empty: error_text(why). */
void conn_close(struct conn *c, enum error why, struct slice reason);
void conn_kill(struct conn *c);
bool conn_is_closing(const struct conn *c);

/* Compressed messages are understood from now on, as was agreed in the handshake
 * (deflate.h). For right after conn_open. What is sent is not the connection's: see
 * conn_takes_compressed. */
void conn_set_compressed(struct conn *c);
/* May frames with compressed messages be sent to it? */
bool conn_takes_compressed(const struct conn *c);

/* Messages larger than this are refused with 1009, from the next frame on. */
void conn_set_message_max(struct conn *c, size_t bytes);

/* Reads nothing until conn_resume: what the peer sends stays in its socket, its
 * end included. For right after conn_open, before the first message. Closing
 * resumes by itself. */
void conn_pause(struct conn *c);
void conn_resume(struct conn *c);

/* Gives the socket away, open: nothing more is read from it or written to it here, on_closed is
 * not called, and the connection is gone. Whoever gets the socket opens it anew with the bytes
 * that on_bytes was given, and both are then where they began. Not from inside a handler of this
 * connection. -1, and nothing is changed: it is closing, or bytes wait for its socket. */
int conn_release(struct conn *c);

/* Milliseconds since it was opened; for dumps. */
int64_t conn_age_ms(const struct conn *c);

#endif
