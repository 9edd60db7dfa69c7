#include "net/dial.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A machine that is gone is noticed after 9 s without traffic (idle, then two probes),
 * and after 5 s with bytes that it does not take. */
enum { IDLE_S = 5, PROBE_S = 2, PROBES = 2, UNTAKEN_MS = 5000 };

static bool copy(struct slice from, char *to, size_t max)
{
    if (from.len == 0 || from.len > max || memchr(from.ptr, '\0', from.len))
        return false;
    memcpy(to, from.ptr, from.len);
    to[from.len] = '\0';
    return true;
}

static bool is_port(const char *text)
{
    for (const char *at = text; *at; at++)
        if (*at < '0' || *at > '9')
            return false;
    long port = strtol(text, NULL, 10);
    return port >= 1 && port <= 65535;
}

bool dial_parse(struct slice text, struct dial_address *out)
{
    const char *colon = text.len > 0 ? memrchr(text.ptr, ':', text.len) : NULL;
    if (!colon)
        return false;
    struct slice host = slice_of(text.ptr, (size_t)(colon - text.ptr));
    bool is_bracketed = host.len >= 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';

    if (is_bracketed)
        host = slice_of(host.ptr + 1, host.len - 2);
    else if (host.len > 0 && memchr(host.ptr, ':', host.len))
        return false; /* which colon is the port's? */
    return copy(host, out->host, DIAL_HOST_MAX) &&
           copy(slice_from(text, (size_t)(colon + 1 - text.ptr)), out->port, DIAL_PORT_MAX) &&
           is_port(out->port);
}

bool dial_is_number(const struct dial_address *address, struct sockaddr_storage *out, socklen_t *out_len)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *found = NULL;

    if (getaddrinfo(address->host, address->port, &hints, &found) != 0)
        return false;
    memcpy(out, found->ai_addr, found->ai_addrlen);
    *out_len = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

static void set(int fd, int level, int option, int value)
{
    setsockopt(fd, level, option, &value, sizeof value);
}

void dial_limit_buffers(int fd)
{
    set(fd, SOL_SOCKET, SO_SNDBUF, DIAL_BUFFER_BYTES);
    set(fd, SOL_SOCKET, SO_RCVBUF, DIAL_BUFFER_BYTES);
}

int dial_begin(const struct sockaddr *to, socklen_t len)
{
    int fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -1;
    dial_limit_buffers(fd); /* before connecting, or a larger window is agreed on */
    set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set(fd, IPPROTO_TCP, TCP_KEEPIDLE, IDLE_S);
    set(fd, IPPROTO_TCP, TCP_KEEPINTVL, PROBE_S);
    set(fd, IPPROTO_TCP, TCP_KEEPCNT, PROBES);
    set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, UNTAKEN_MS);
    if (connect(fd, to, len) == 0 || errno == EINPROGRESS)
        return fd;
    int why = errno; /* close may change it */
    close(fd);
    errno = why;
    return -1;
}
