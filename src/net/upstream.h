/* upstream.h - asks another server of ours, and hears its answer.
 *
 *   resolve ─► connect ─► send ─► head ─┬─► body ─► done
 *                                       └─► 101, or an event stream: done, with the socket
 *
 * One request on a connection of its own. Bounded: UPSTREAM_CONNECT_MS for
 * getting there, UPSTREAM_SILENCE_MS without a byte, RESPONSE_HEAD_MAX, and the body as whoever asks says.
 * Nothing is tried twice here: who asks knows what may be.
 *
 * Knows bytes and HTTP, not documents. Owner: one loop; its thread only. */
#ifndef KOLABPAD_NET_UPSTREAM_H
#define KOLABPAD_NET_UPSTREAM_H

#include "base/buf.h"
#include "net/loop.h"
#include "net/response_head.h"

enum { UPSTREAM_CONNECT_MS = 1000, UPSTREAM_SILENCE_MS = 10 * 1000 };

struct upstream;

/* All requests of a loop that are under way. */
struct upstreams {
    struct loop *loop;
    int64_t connect_ms, silence_ms;
    struct link all; /* struct upstream */
    bool is_closed;  /* upstreams_close was called: nothing begins any more */
};

struct upstream_answer {
    enum error err;  /* ERR_ELSEWHERE: there was no answer that could be read; ERR_NO_MEMORY */
    const char *why; /* of an error, for the log; static */
    bool is_sent;    /* with an error: the request may have arrived all the same */
    struct response_head head;
    struct slice body;  /* of a 101 and of a stream: what came behind the head */
    struct slice bytes; /* head and body as they came */
    int fd; /* of a 101 and of a stream: the socket, the callee's from then on (non-blocking); else -1 */
};

struct upstream_request {
    struct slice address; /* "host:port" of the server; copied */
    uint64_t peer;        /* its number, for upstreams_close_dead */
    struct buf *bytes;    /* the request as it is sent; taken over, also on failure */
    size_t body_max;      /* a larger body is an answer that cannot be read */
    bool takes_upgrade;   /* a 101 is given on with its socket; else it cannot be read */
    bool takes_stream;    /* the same of an event stream */
    int64_t silence_ms;   /* how long it may say nothing; 0: UPSTREAM_SILENCE_MS */
    /* Called once, in a later turn, unless it is cancelled; what the answer borrows is gone after it. */
    void (*done)(void *owner, const struct upstream_answer *answer);
    void *owner;
};

void upstreams_init(struct upstreams *all, struct loop *loop);
/* Before loop_deinit: ends what is under way, whose `done` is called. */
void upstreams_close(struct upstreams *all);
/* Servers have died: ends what was asked of them, whose `done` is called. */
void upstreams_close_dead(struct upstreams *all, bool (*is_alive)(void *arg, uint64_t peer), void *arg);

/* NULL: it could not even begin (no such address, no memory, no sockets), and `done` is not called. The
 * handle is for upstream_cancel and valid until `done` is called. */
struct upstream *upstream_ask(struct upstreams *all, const struct upstream_request *request);
/* Whoever asked has gone: `done` is not called. NULL is fine. */
void upstream_cancel(struct upstream *u);

#endif
