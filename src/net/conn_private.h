/* conn_private.h - a connection as the loop sees it. For loop.c, conn.c and
 * conn_timeout.c only; everybody else has conn.h.
 *
 *   phase   OPEN ──conn_close, Close seen, fault──► CLOSING ──► ENDED
 *             └───────────socket ended, conn_kill──────────────►┘
 *
 *   lists   loop->conns while OPEN or CLOSING, then loop->ended until on_closed
 *           was called, then loop->closed until loop_reap frees it */
#ifndef KOLABPAD_NET_CONN_PRIVATE_H
#define KOLABPAD_NET_CONN_PRIVATE_H

#include "net/conn.h"
#include "net/outbox.h"
#include "net/websocket.h"

enum conn_phase { CONN_OPEN, CONN_CLOSING, CONN_ENDED };

/* A place in one of the loop's lists of what is due, and since when it waits. */
struct waiting {
    struct link link;
    int64_t since_ms;
};

/* Three flags look alike. `is_blocked` is about the socket: it took no more, and
 * libuv tells when it does. `is_behind` is about the outbox: more waits in it
 * than the limits allow, which the owner must know. `is_paused` is about
 * reading. A connection may be any of them without the others. */
struct conn {
    uv_poll_t poll;
    struct loop *loop;
    const struct conn_handlers *handlers;
    void *owner;
    struct link link;  /* conns, ended or closed */
    struct link fresh; /* in loop->fresh: already_read is to be fed */
    struct link dirty; /* in loop->dirty: to be flushed; never while is_blocked */
    /* Since when it waits, and in which of loop->due. Two timeouts share a place
     * when a connection waits for one of them at a time. */
    struct waiting heard;         /* TIMEOUT_HEARTBEAT, after a ping TIMEOUT_DEAD */
    struct waiting messaged;      /* TIMEOUT_READ */
    struct waiting stalled;       /* TIMEOUT_WRITE while OPEN, TIMEOUT_CLOSE while CLOSING */
    struct ws_receiver *receiver; /* NULL between messages */
    struct outbox outbox;
    struct frame *pong;      /* the newest; older unsent ones need no answer (RFC 6455 5.5.3) */
    struct buf already_read; /* bytes behind the handshake, until they are fed */
    size_t message_max;
    int64_t opened_ms;
    struct conn_end end; /* from CLOSING on: what on_closed will report */
    int fd;
    enum conn_phase phase;
    bool is_behind;        /* set by conn_send; on_drain is owed, and clears it */
    bool is_blocked;       /* set when a write is refused, cleared when the outbox is empty */
    bool is_paused;        /* by conn_pause; closing resumes */
    bool discards_input;   /* the peer broke the protocol: its bytes are read and thrown away */
    bool has_peer_closed;  /* its Close was seen: nothing that follows is fed */
    bool takes_compressed; /* as agreed in the handshake; set once, before the first byte is fed */
    bool is_stream;        /* conn_open_stream: it discards_input from the beginning */
    bool is_silent;        /* the same, without comments: nothing is sent but what its owner sends */
    bool is_shut;          /* our direction of the socket is shut down, once, after a fault */
};

/* ---- loop.c ---- */

enum { LOOP_READ_BYTES = 64 * 1024 };

/* Starts the sweep of timeouts; it stops when no connection is left. */
void loop_start_sweep(struct loop *loop);

/* ---- for loop.c ---- */

/* Feeds what was read behind the handshake. */
void conn_feed_already_read(struct conn *c);
/* Writes as much as the socket takes. */
void conn_flush(struct conn *c);
/* Moves it from `ended` to `closed` and tells its owner. */
void conn_tell_closed(struct conn *c);
/* Frees it at the end of this turn. */
void conn_free(struct conn *c);

/* ---- for conn_timeout.c ---- */

/* Ends the connection at once, without another byte. The loop calls on_closed. */
void conn_end(struct conn *c, enum error why, uint16_t code);
void conn_ping(struct conn *c);

/* ---- conn_timeout.c ---- */

void timeout_start(struct conn *c, enum conn_timeout timeout);
void timeout_stop(struct conn *c, enum conn_timeout timeout);
void timeout_stop_all(struct conn *c);
/* Acts on every connection for which a timeout is due. */
void timeout_sweep(struct loop *loop);
/* The interval between sweeps, in milliseconds: a fraction of the shortest timeout. */
uint64_t timeout_sweep_interval_ms(const struct conn_limits *limits);

#endif
