/* net.h - the loop of this program, and connections from it to one server.
 *
 * libwebsockets speaks TLS, HTTP and WebSocket, on a libuv loop that the rest of
 * the program (files, children, timers) uses as well. TLS is loaded only for an
 * https address: reading the system's certificates takes longer than all else.
 *
 * A proxy is taken from the environment as curl does: HTTPS_PROXY, http_proxy,
 * ALL_PROXY, and NO_PROXY for hosts that need none.
 *
 * One thread. */
#ifndef KOLABPAD_CLI_NET_H
#define KOLABPAD_CLI_NET_H

#include "cli/address.h"
#include "cli/say.h"

#include <libwebsockets.h>
#include <uv.h>

struct net {
    uv_loop_t *loop;
    uv_loop_t own_loop; /* unless it runs on another net's */
    struct lws_context *context;
    struct address server;
    char host[ADDRESS_PART_BYTES + 8]; /* as the Host header has it */
};

/* One connection, as part of whoever uses it. `hear` is told what libwebsockets
 * tells of it and returns what that wants; with LWS_CALLBACK_WSI_DESTROY the
 * connection is gone, and `wsi` NULL. */
struct net_peer {
    int (*hear)(struct net_peer *peer, struct lws *wsi, enum lws_callback_reasons reason, void *in,
                size_t len);
    struct lws *wsi;
};

/* For the server of that address, on that loop, or on one of its own where it is NULL.
 * EXIT_REFUSED, told, when the system does not allow it. `net` stays where it is until
 * net_close(). */
enum exit_code net_open(struct net *net, uv_loop_t *loop, const struct address *server);
/* Closes whatever is open, and waits for the loop to be empty: handles of others, and
 * other nets on it, must have been closed before. */
void net_close(struct net *net);
/* The first half of that, for several nets on one loop: all of them begin to close, the
 * one with the loop first of all is closed last. */
void net_begin_to_close(struct net *net);

/* Begins a connection: an HTTP request with that method, or a WebSocket where it
 * is NULL. `path` begins with "/". False when it failed at once; whether or not
 * `hear` was told, nothing comes afterwards. */
bool net_connect(struct net *net, struct net_peer *peer, const char *method, const char *path);

/* Lets the loop turn until `*is_done`. */
void net_run_until(struct net *net, const bool *is_done);

/* Closes a handle of the loop, which turns until that is done. */
void net_close_handle(struct net *net, uv_handle_t *handle);

/* Unguessable. */
uint64_t net_random(void);

/* Milliseconds that only go forward. */
int64_t net_now_ms(struct net *net);

/* Why there was no connection, in words for people, from libwebsockets' own. */
const char *net_why(const char *words);

/* "https://pad.example" into `out`, for messages. */
void net_name(const struct net *net, char *out, size_t size);

#endif
