/* handshake.h - the opening handshake of RFC 6455, as text: no sockets. */
#ifndef KOLABPAD_NET_HANDSHAKE_H
#define KOLABPAD_NET_HANDSHAKE_H

#include "base/error.h"
#include "base/slice.h"

#include <stdbool.h>

/* The headers that decide; absent ones have ptr NULL. */
struct handshake {
    struct slice method;
    struct slice upgrade;
    struct slice connection;
    struct slice version; /* Sec-WebSocket-Version */
    struct slice key;     /* Sec-WebSocket-Key */
};

enum { HANDSHAKE_ACCEPT_CHARS = 28 };

/* OK for a GET that upgrades to WebSocket version 13 with a key of 16 bytes.
 * ERR_UPGRADE for a request that is no such upgrade, ERR_HANDSHAKE for one without a
 * correct key. */
enum error handshake_check(const struct handshake *h);

/* Sec-WebSocket-Accept for a valid key; `out` gets a terminating NUL. */
void handshake_accept(struct slice key, char out[HANDSHAKE_ACCEPT_CHARS + 1]);

/* True when the list of Sec-WebSocket-Protocol holds exactly this name. */
bool handshake_offers(struct slice protocols, struct slice name);

#endif
