/* late_socket.h - the socket of a request whose answer takes long, so that it holds up neither the HTTP
 * server nor anybody behind it: taken away from that, brought to a shard, written to once, and closed.
 *
 *   late_socket_count ─► late_socket_detach ─► on its way ─► on_arrived ─► late_socket_answer ─► on_gone
 *                                                  │ it could not be had                             ▲
 *                                                  └─────────────────────────────────────────────────┘
 *
 * It is part of its owner, whom it counts as a connection of the client's address from the beginning until
 * on_gone. What the owner will answer may be known before the socket has come (`conn` is NULL until then).
 *
 * The shard's thread, and on it all handlers but on_stranded. */
#ifndef KOLABPAD_API_LATE_SOCKET_H
#define KOLABPAD_API_LATE_SOCKET_H

#include "net/conn.h"
#include "net/http.h"
#include "shard/shard.h"

struct late_socket;

struct late_socket_handlers {
    /* The answer can be given. */
    void (*on_arrived)(struct late_socket *socket);
    /* Called once, at the end: the connection has ended, or there was none, and it is not counted any more.
     * The owner frees itself. */
    void (*on_gone)(struct late_socket *socket);
    /* Instead of on_gone, on the HTTP server's thread: the shard has ended, and the process does. NULL: what
     * is the owner's belongs to the shard, and goes with the process. */
    void (*on_stranded)(struct late_socket *socket);
};

struct late_socket {
    struct loop_task task; /* from the HTTP server's thread back to the shard */
    struct shard *shard;
    const struct late_socket_handlers *handlers;
    struct conn *conn;     /* NULL: it has not come yet */
    struct address client; /* counted, as is, until it is gone */
    bool is_relayed;
    int fd; /* on its way; negative: the client had gone before */
};

/* Sets the fields and counts the connection. ERR_RATE_LIMITED, ERR_OVERLOADED: nothing is counted. */
enum error late_socket_count(struct late_socket *socket, struct shard *shard, const struct http_request *http,
                             const struct late_socket_handlers *handlers);
/* Counts it no more, instead of late_socket_detach. */
void late_socket_uncount(struct late_socket *socket);

/* Takes the socket away from the HTTP server. The request is gone afterwards. */
void late_socket_detach(struct late_socket *socket, struct http_request *http);

/* Writes the whole answer, of which `body` (borrowed, NULL: none) may be a part that others share, and closes
 * behind it. Without memory it is closed without an answer. Once; not before on_arrived. */
void late_socket_answer(struct late_socket *socket, struct slice bytes, struct frame *body);

#endif
