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

struct conn {
    uv_poll_t poll;
    struct loop *loop;
    const struct conn_handlers *handlers;
    void *owner;
    struct link link; /* conns, ended or closed */
    struct link fresh, dirty;
    struct waiting heard;         /* TIMEOUT_HEARTBEAT or TIMEOUT_DEAD */
    struct waiting messaged;      /* TIMEOUT_READ */
    struct waiting stalled;       /* TIMEOUT_WRITE or TIMEOUT_CLOSE */
    struct ws_receiver *receiver; /* NULL between messages */
    struct outbox outbox;
    struct frame *pong; /* the newest; older unsent ones need no answer (RFC 6455 5.5.3) */
    struct buf already_read;
    size_t message_max;
    int64_t opened_ms;
    struct conn_end end;
    int fd;
    enum conn_phase phase;
    bool is_behind;       /* conn_is_ready said no; on_drain is owed */
    bool is_blocked;      /* the socket takes nothing: waiting for it to be writable */
    bool is_paused;       /* nothing is read for now */
    bool discards_input;  /* the peer broke the protocol: what it still sends is thrown away */
    bool has_peer_closed; /* its Close was seen */
    bool is_shut;         /* our direction of the socket */
};

/* ---- loop.c ---- */

enum { LOOP_READ_BYTES = 64 * 1024 };

/* Timeouts are looked at from now on, until no connection is left. */
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

/* The socket is done with, now. on_closed follows from the loop. */
void conn_end(struct conn *c, enum error why, uint16_t code);
void conn_ping(struct conn *c);

/* ---- conn_timeout.c ---- */

void timeout_start(struct conn *c, enum conn_timeout timeout);
void timeout_stop(struct conn *c, enum conn_timeout timeout);
void timeout_stop_all(struct conn *c);
/* Acts on all that is due. */
void timeout_sweep(struct loop *loop);
/* How often that is worth doing, in milliseconds. */
uint64_t timeout_sweep_interval_ms(const struct conn_limits *limits);

#endif
