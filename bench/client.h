/* client.h - many WebSocket clients on one epoll, as cheap as they can be.
 *
 * A fleet is an epoll with the clients of one server on 127.0.0.1. Clients
 * know bytes and messages, not what is in them; peer.h knows that. Anything
 * unexpected ends the program with a message: numbers from a run that went wrong
 * would mislead.
 *
 * One thread. The callbacks may send and may close. */
#ifndef KOLABPAD_BENCH_CLIENT_H
#define KOLABPAD_BENCH_CLIENT_H

#include "base/buf.h"

struct client;

struct fleet {
    int epoll;
    uint16_t port;
    const char *subprotocol; /* offered in the handshake; NULL: none */
    uint32_t opening;        /* handshakes under way */
    uint32_t open;           /* connections that can be used */
    void (*on_open)(struct client *client);
    void (*on_text)(struct client *client, struct slice text);
};

/* Zeroed storage of the caller's that stays put until client_close. */
struct client {
    struct fleet *fleet;
    int fd;
    bool open;               /* the handshake is done */
    struct buf in;           /* the beginning of a message whose end is not here */
    struct buf out;          /* what the socket did not take */
    uint64_t received_bytes; /* from the socket, since the handshake's end */
};

/* Prints `kp-bench: …` and exits with status 1. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

void fleet_open(struct fleet *fleet);

/* Connects and begins the handshake for /api/socket/{name}; on_open follows. */
void client_open(struct fleet *fleet, struct client *client, const char *name);
void client_send(struct client *client, struct slice text);
void client_close(struct client *client);

/* Waits for at most `timeout_ns`, and handles the sockets that are ready. */
void fleet_poll(struct fleet *fleet, int64_t timeout_ns);

/* Monotonic time. */
int64_t now_ns(void);

#endif
