/* arrival.h - a WebSocket that came by a link, until it is where its document is.
 *
 *   GET /api/socket ─► 101 ─► Hello ─► which document? ─► the document's shard ─┬─► session
 *                      any shard       (the store)                              └─► tunnel to the
 *                                                                    server that has the document
 *
 * The address of such a connection names no document; its Hello does, by the token of a link. So
 * it is heard on any shard until it has said Hello, and every byte it has sent is kept. Then the
 * socket goes where the document is, with these bytes, and is read there from its first byte as if
 * the handshake had just been answered: the Hello is judged there, and all that came behind it.
 *
 * To another server goes a handshake of our own for the same address, with the document's id in a
 * header that is believed of servers only (credential.h). The token is in no header and in no
 * address: it is in the Hello, which goes through the tunnel.
 *
 * A token that opens nothing counts as a wrong password.
 *
 * Owner: the shard that it is on at the moment (shard->arrivals). */
#ifndef KOLABPAD_API_ARRIVAL_H
#define KOLABPAD_API_ARRIVAL_H

#include "api/api.h"
#include "shard/shard.h"

/* Answers the handshake, of a client of this server: 101, or why not. The HTTP server's thread. */
void arrival_begin(struct api *api, struct http_request *request);

/* Closes those that never said Hello. On the shard's timer. */
void arrivals_check_hello(struct shard *shard);

/* Closes all of the shard. */
void arrivals_close_all(struct shard *shard, enum error why);
/* True once none is left. */
bool arrivals_are_gone(const struct shard *shard);

#endif
