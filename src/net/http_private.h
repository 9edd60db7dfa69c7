/* http_private.h - one request and its answer, inside the HTTP server. For
 * http*.c only; everybody else has http.h.
 *
 *   READING ─► HANDLING ──answered at once──────────────► ANSWERED ─► queued
 *                 │                                         ▲
 *                 └─► SUSPENDED ──answered, any thread──────┤
 *                         └────── DETACHED: its socket is taken away, and nothing is queued
 *
 * The exchange belongs to the HTTP library's thread and is freed there when
 * the library has done with the request, which it cannot before the answer:
 * while suspended it does not look at the connection. The answering thread
 * writes `response` and then moves `phase`; it touches nothing after that. */
#ifndef KOLABPAD_NET_HTTP_PRIVATE_H
#define KOLABPAD_NET_HTTP_PRIVATE_H

#include "base/list.h"
#include "net/http.h"
#include "net/request_deadline.h"

#include <microhttpd.h>
#include <stdatomic.h>

enum exchange_phase {
    EXCHANGE_READING,
    EXCHANGE_HANDLING,
    EXCHANGE_SUSPENDED,
    EXCHANGE_DETACHED,
    EXCHANGE_ANSWERED
};

struct exchange {
    struct http_request req; /* first: the handler's pointer is ours */
    struct http_server *server;
    struct MHD_Connection *connection;
    struct deadline *deadline;
    _Atomic int phase;       /* enum exchange_phase; see above who moves it */
    bool is_in_progress;     /* given to the handler: counted in http_server.in_progress */
    struct buf target;       /* as sent, later with its path decoded as far as in http_request.path */
    const char *sent_target; /* where the library has it; for request_head.h, before the handler runs */
    bool is_http_1_0;
    struct slice query; /* in target, behind '?' */
    struct buf body;
    uint64_t body_bytes; /* received, kept or not */
    uint64_t announced;  /* by Content-Length; 0: nothing was */
    uint64_t body_max;
    bool is_crowded_out;       /* there was no room for the body beside those of others: none of it is kept */
    struct slice allow_origin; /* http_allow_origin; ptr NULL: nobody was allowed */
    struct link texts;         /* decoded and joined values, freed with the exchange */

    struct MHD_Response *response; /* NULL: no memory for one, the connection is closed */
    int status;
    /* Set by http_upgrade and cleared when it was called: exactly once. */
    void (*on_socket)(void *arg, int fd, struct slice already_read);
    void *on_socket_arg;
};

static inline struct exchange *exchange_of(struct http_request *req)
{
    return (struct exchange *)(void *)req;
}

struct http_server {
    struct MHD_Daemon *daemon;
    struct deadline_watch *deadlines;
    struct buf base_path;
    int listen_fd;
    bool is_shared;               /* the socket outlives this server */
    bool is_quiet;                /* http_quiesce was called */
    bool knows_layout;            /* the library is the one whose memory request_head.h knows */
    _Atomic uint64_t in_progress; /* given to the handler and not yet done with */
    uint16_t port;
    int dead_fd; /* a socket that is connected to nobody, for the library in the place of one that was taken
                    away */
    uint64_t bodies_bytes; /* of all bodies that are kept; the library's thread only */
    struct http_config config;
};

/* ---- http_exchange.c ---- */

/* In EXCHANGE_READING, for a request whose target was just read. NULL: no memory. */
struct exchange *exchange_new(struct http_server *server, struct MHD_Connection *connection,
                              struct slice target);
/* The library has done with the request. */
void exchange_free(struct exchange *x);
/* What was kept of the body is not wanted. The library's thread only. */
void exchange_drop_body(struct exchange *x);
/* A copy that lives as long as the exchange; ptr NULL: no memory. */
struct slice exchange_keep(struct exchange *x, struct slice bytes);

/* ---- http_request.c ---- */

/* Decodes, where they are, the escapes of letters, digits and "-._~", which mean the
 * same as the characters (RFC 3986, 6.2.2.2). */
void http_decode_unreserved(struct slice *path);

/* ---- http_response.c ---- */

/* Takes the socket of a suspended connection away, for on_socket, and resumes the connection, which ends. */
void exchange_take_socket(struct exchange *x);
/* Hands the prepared response to the library. For its thread. */
enum MHD_Result exchange_queue_response(struct exchange *x);

#endif
