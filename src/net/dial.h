/* dial.h - sockets to other servers of ours.
 *
 * An address is "host:port", as CLUSTER_ADDRESS has it: 10.0.0.5:3030, [fd00::5]:3030
 * or a name, which somebody else resolves (net/upstream.c), since that takes time.
 *
 * What goes through such a socket is somebody's typing, and its two ends are told
 * apart by nothing: so the kernel buffers little (a slow reader must be noticed where
 * its document is, and not a megabyte later), and a machine that has vanished is
 * noticed within seconds. */
#ifndef KOLABPAD_NET_DIAL_H
#define KOLABPAD_NET_DIAL_H

#include "base/slice.h"

#include <sys/socket.h>

enum { DIAL_HOST_MAX = 255, DIAL_PORT_MAX = 5, DIAL_BUFFER_BYTES = 64 * 1024 };

struct dial_address {
    char host[DIAL_HOST_MAX + 1]; /* without brackets */
    char port[DIAL_PORT_MAX + 1];
};

/* False: that is no "host:port". */
bool dial_parse(struct slice text, struct dial_address *out);

/* When the host is an IP address; false when it is a name. Does not block. */
bool dial_is_number(const struct dial_address *address, struct sockaddr_storage *out, socklen_t *out_len);

/* A non-blocking socket that has begun to connect: it is writable when it is through,
 * and SO_ERROR then says how it went. -1, and errno. */
int dial_begin(const struct sockaddr *to, socklen_t len);

/* The size of the kernel's buffers, for the other end of such a socket as well. */
void dial_limit_buffers(int fd);

#endif
