/* arrival_tunnel.h - a client that came by a link, joined to the server that has its document.
 *
 * The client has its 101 already. The other server is sent a handshake for the same protocol and
 * extensions, and when it has accepted that, everything the client has sent (arrival.h).
 *
 * Shard's thread. */
#ifndef KOLABPAD_API_ARRIVAL_TUNNEL_H
#define KOLABPAD_API_ARRIVAL_TUNNEL_H

#include "api/forward.h"

/* The header in which a server says to another one for which document the client came, with escapes. */
extern const char arrival_document_header[];

struct arrival_tunnel;

struct arrival_tunnel_request {
    struct shard *shard;
    struct address client;
    struct store_owner to; /* copied */
    struct slice id;       /* of the document; copied */
    bool compresses;       /* as was agreed with the client */
    int fd;                /* the client's socket; the tunnel's when `done` says FORWARD_ANSWERED */
    struct slice read;     /* what it has sent; stays put until `done` */
    /* Called once, in a later turn, unless it is cancelled. With FORWARD_ANSWERED the connection is
     * counted by the tunnel from then on. */
    void (*done)(void *arg, enum forward_outcome outcome);
    void *arg;
};

/* `*out` is for arrival_tunnel_cancel and valid until `done` is called. ERR_ELSEWHERE: it cannot be
 * reached; ERR_NO_MEMORY. */
enum error arrival_tunnel_begin(const struct arrival_tunnel_request *request, struct arrival_tunnel **out);
/* `done` is not called. NULL is fine. */
void arrival_tunnel_cancel(struct arrival_tunnel *t);

#endif
