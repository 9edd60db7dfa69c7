/* address.h - IP addresses, networks, and the client behind proxies.
 *
 * IPv4 is held as IPv4-mapped IPv6, so that there is one form to compare. */
#ifndef KOLABPAD_NET_ADDRESS_H
#define KOLABPAD_NET_ADDRESS_H

#include "base/buf.h"
#include <sys/socket.h>

struct address {
    uint8_t bytes[16];
};

struct network {
    struct address prefix;
    uint8_t bits; /* 0 … 128 */
};

enum { ADDRESS_TEXT_MAX = 46 };

bool address_parse(struct slice text, struct address *out);
bool address_from_sockaddr(const struct sockaddr *sa, struct address *out);
/* IPv4 in dotted form. `out` gets a terminating NUL; returns the length. */
size_t address_format(struct address a, char out[ADDRESS_TEXT_MAX]);
bool address_equal(struct address a, struct address b);
/* The /64 of an IPv6 address (one customer), an IPv4 address itself: the unit
 * that per-address limits count. */
struct address address_limit_key(struct address a);

/* "10.0.0.0/8", "::1", "192.168.1.4"; false when it is neither. */
bool network_parse(struct slice text, struct network *out);
bool network_contains(struct network n, struct address a);

/* The client behind trusted proxies: walks X-Forwarded-For from the right for
 * as long as the address it has is trusted. Malformed entries end the walk. */
struct address address_behind_proxies(struct address peer, struct slice x_forwarded_for,
                                      const struct network *trusted, size_t trusted_count);

#endif
