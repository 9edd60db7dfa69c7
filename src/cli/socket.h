/* socket.h - one WebSocket connection to a pad: whole messages in, whole messages
 * out. What they mean is the client's (src/client). */
#ifndef KOLABPAD_CLI_SOCKET_H
#define KOLABPAD_CLI_SOCKET_H

#include "cli/net.h"

enum { SOCKET_REASON_BYTES = 160 };

struct socket;

/* What its owner is told; each may open, send and close, but not free. */
struct socket_events {
    void (*opened)(struct socket *s);
    void (*message)(struct socket *s, struct slice text);
    /* `code` is the close code, 0 where there was none; `status` that of HTTP where
     * the server did not upgrade, else 0. The socket may be opened again. */
    void (*closed)(struct socket *s, unsigned code, int status, struct slice reason);
    /* All that was sent is with the system. */
    void (*drained)(struct socket *s);
};

enum socket_state { SOCKET_CLOSED, SOCKET_OPENING, SOCKET_OPEN, SOCKET_CLOSING };

struct socket {
    struct net_peer peer;
    struct net *net;
    const struct socket_events *events;
    enum socket_state state;
    struct buf received; /* of a message that is not complete */
    struct buf sending;  /* room for a head, and the message; empty: none waits */
    unsigned close_code; /* that the server gave */
    char reason[SOCKET_REASON_BYTES];
};

void socket_init(struct socket *s, struct net *net, const struct socket_events *events);

/* Begins a connection. When it fails, `closed` is called, perhaps before this returns. */
void socket_open(struct socket *s, const char *path);

/* True when it takes a message: one at a time. */
bool socket_may_send(const struct socket *s);
/* Copies and sends the message. ERR_NO_MEMORY. Only when socket_may_send(). */
enum error socket_send(struct socket *s, struct slice text);

/* Ends the connection as the protocol has it; `closed` is called when it has ended. */
void socket_close(struct socket *s);
/* Ends it at once, without a word to the server, which may be dead, and without
 * `closed`. The socket may be opened again. */
void socket_drop(struct socket *s);

/* Frees its memory; nothing is told any more. */
void socket_deinit(struct socket *s);

#endif
