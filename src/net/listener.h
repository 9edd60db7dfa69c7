/* listener.h - the socket that the HTTP server listens on.
 *
 * Made here rather than by the HTTP library, so that a port in use gives one
 * clear message and all addresses means IPv6 and IPv4 on one socket. */
#ifndef KOLABPAD_NET_LISTENER_H
#define KOLABPAD_NET_LISTENER_H

#include "base/error.h"
#include "base/slice.h"

enum { LISTENER_MESSAGE_MAX = 512 };

/* `host`: an address, or empty for all of them; where there is no IPv6, all of
 * IPv4. `port` 0: any free one. ERR_OVERLOADED when it cannot be had, and
 * `message` says which address and why. */
enum error listener_open(struct slice host, uint16_t port, int *out_fd, char message[LISTENER_MESSAGE_MAX]);

/* The port it got. */
uint16_t listener_port(int fd);

#endif
