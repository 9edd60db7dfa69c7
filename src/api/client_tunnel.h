/* client_tunnel.h - from another server's 101 to a tunnel between it and the client.
 *
 * The client is answered with a 101 of our own, whose key is the client's and so is the
 * accept; from then on its bytes and that server's are moved (net/tunnel.h) on the
 * loop of the shard. */
#ifndef KOLABPAD_API_CLIENT_TUNNEL_H
#define KOLABPAD_API_CLIENT_TUNNEL_H

#include "net/http.h"
#include "net/upstream.h"
#include "shard/shard.h"

/* Answers the request. `upgraded` is the 101 of the server `peer`: its socket is taken over, and what it
 * chose of the client's offers is the client's answer. The connection of the client was counted
 * by limits_connect, and is given back at the end. Shard's thread. On failure the
 * request is not answered, the socket closed, and the connection still counted:
 * ERR_NO_MEMORY. */
enum error client_tunnel_begin(struct shard *shard, struct http_request *http, uint64_t peer,
                               const struct upstream_answer *upgraded);

/* The same for a client that has its 101 already: its socket, which is taken over, and what it has
 * sent. It is counted as above, and given back at the end, also on failure. */
void client_tunnel_join(struct shard *shard, struct address client, int client_fd, struct slice from_client,
                        uint64_t peer, const struct upstream_answer *upgraded);

/* The same of an event stream: `streamed` is its head, and the client gets a head of our own. Its socket is
 * taken from the HTTP server without a 101. */
enum error client_tunnel_begin_stream(struct shard *shard, struct http_request *http, uint64_t peer,
                                      const struct upstream_answer *streamed);

#endif
