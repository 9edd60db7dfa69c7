/* forward.h - a client's request, sent on to the server that can answer it.
 *
 *   client ─request─► this server ─the same, with a credential─► the other server
 *          ◄─answer──             ◄─answer──
 *
 * What is sent is the client's own HTTP with the headers that matter, to the other
 * server's ordinary port, so that servers of different versions understand each other. A
 * plain request is answered with that server's answer; a handshake that it accepts and an event
 * stream become a tunnel (client_tunnel.h), counted against the client's address here.
 *
 * A request that another server has sent on is never sent on again (http_request.is_relayed),
 * so there are no loops. Shard's thread. */
#ifndef KOLABPAD_API_FORWARD_H
#define KOLABPAD_API_FORWARD_H

#include "net/http.h"
#include "net/upstream.h"
#include "shard/shard.h"

struct forward;

enum forward_outcome {
    FORWARD_ANSWERED,    /* the request is answered, and gone */
    FORWARD_MISDIRECTED, /* that server does not have what was asked for (421, 404 in a search); the request
                            is not answered */
    FORWARD_UNREACHED,   /* there is nobody at that address; the request is not answered */
    FORWARD_FAILED,      /* there was no answer; who was asked may have done it all the same */
};

struct forward_request {
    struct shard *shard;
    struct http_request *http;
    struct store_owner to; /* copied */
    bool may_upgrade;      /* it is a handshake */
    bool may_stream;       /* the answer may be an event stream, which becomes a tunnel too */
    bool is_search;        /* others may have what that server has not: its 404 is FORWARD_MISDIRECTED */
    /* Called once, in a later turn, unless it is cancelled. */
    void (*done)(void *arg, enum forward_outcome outcome);
    void *arg;
};

/* `*out` is for forward_cancel and valid until `done` is called. On error nothing was sent and the request
 * is not answered: ERR_ELSEWHERE (it cannot be reached), ERR_NO_MEMORY, and of a handshake
 * ERR_RATE_LIMITED and ERR_OVERLOADED (too many connections, of that address or in all). */
enum error forward_begin(const struct forward_request *request, struct forward **out);
/* The request is not answered, and `done` not called. NULL is fine. */
void forward_cancel(struct forward *forward);

/* Writes what would be sent, behind `out`: of the request `shard`, `http`, `to` and `may_upgrade` count.
 * ERR_NO_MEMORY. */
enum error forward_write_request(const struct forward_request *request, struct buf *out);

/* Asks that server by `ask`, of which `address` and `peer` are filled in here. NULL: it could not even begin,
 * which is counted and logged, and `done` is not called (net/upstream.h). */
struct upstream *forward_ask(struct shard *shard, const struct store_owner *to, struct upstream_request *ask);

/* Counts and logs that a server could not be reached, or did not answer; `why` is static. */
void forward_log_failure(const struct store_owner *to, const char *why);

/* The others have changed: ends requests and tunnels to servers that are no longer alive. */
void forward_check_peers(struct shard *shard);

#endif
