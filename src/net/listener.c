/* Finding the address, and the words for why it cannot be had. */
#include "net/listener.h"

#include "net/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union any_sockaddr {
    struct sockaddr sa;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t size_of(const union any_sockaddr *a)
{
    return a->sa.sa_family == AF_INET ? sizeof a->v4 : sizeof a->v6;
}

static union any_sockaddr all_of(sa_family_t family, uint16_t port)
{
    union any_sockaddr a = {0};

    a.sa.sa_family = family;
    if (family == AF_INET)
        a.v4.sin_port = htons(port);
    else
        a.v6.sin6_port = htons(port);
    return a;
}

/* An address of either family; "localhost" is that of IPv4. */
static bool parse_host(struct slice host, uint16_t port, union any_sockaddr *out)
{
    struct address a;

    if (slice_equal(host, SLICE("localhost")))
        host = SLICE("127.0.0.1");
    if (!address_parse(host, &a))
        return false;
    *out = all_of(memchr(host.ptr, ':', host.len) ? AF_INET6 : AF_INET, port);
    if (out->sa.sa_family == AF_INET)
        memcpy(&out->v4.sin_addr, a.bytes + 12, 4);
    else
        memcpy(&out->v6.sin6_addr, a.bytes, 16);
    return true;
}

/* A listening socket, or -1 and errno. */
static int listen_at(const union any_sockaddr *a)
{
    static const int yes = 1, no = 0;
    int fd = socket(a->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (a->sa.sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    if (bind(fd, &a->sa, size_of(a)) != 0 || listen(fd, SOMAXCONN) != 0) {
        int why = errno; /* close may change it */
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

/* The errors of a kernel without IPv6, or with none configured. */
static bool is_missing_ipv6(int why)
{
    return why == EAFNOSUPPORT || why == EADDRNOTAVAIL;
}

enum error listener_open(struct slice host, uint16_t port, int *out_fd, char message[LISTENER_MESSAGE_MAX])
{
    union any_sockaddr a = all_of(AF_INET6, port); /* IPV6_V6ONLY is off: IPv4 arrives there as well */

    if (host.len > 0 && !parse_host(host, port, &a)) {
        snprintf(message, LISTENER_MESSAGE_MAX, "HOST: \"%.*s\" is not an IP address", (int)host.len,
                 host.ptr);
        return ERR_OVERLOADED;
    }
    int fd = listen_at(&a);
    if (fd < 0 && host.len == 0 && is_missing_ipv6(errno)) {
        a = all_of(AF_INET, port);
        fd = listen_at(&a);
    }
    if (fd < 0) {
        int why = errno;
        snprintf(message, LISTENER_MESSAGE_MAX, "cannot listen on %.*s port %u: %s%s",
                 host.len > 0 ? (int)host.len : 13, host.len > 0 ? host.ptr : "all addresses", (unsigned)port,
                 strerror(why),
                 why == EADDRINUSE ? " (is another server running? set PORT to use another one)" : "");
        return ERR_OVERLOADED;
    }
    *out_fd = fd;
    return OK;
}

uint16_t listener_port(int fd)
{
    union any_sockaddr a = {0};
    socklen_t size = sizeof a;

    if (getsockname(fd, &a.sa, &size) != 0)
        return 0;
    return ntohs(a.sa.sa_family == AF_INET ? a.v4.sin_port : a.v6.sin6_port);
}
