#include "store/postgres/port_probe.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_MS = 100 };

/* Takes host:port apart; false if it is neither. */
static bool split(const char *address, char host[256], char port[16])
{
    const char *colon = strrchr(address, ':');
    if (!colon || (size_t)(colon - address) >= 256 || strlen(colon + 1) >= 16)
        return false;
    size_t len = (size_t)(colon - address);
    const char *first = address;
    if (len >= 2 && first[0] == '[' && first[len - 1] == ']') {
        first++;
        len -= 2;
    }
    snprintf(host, 256, "%.*s", (int)len, first);
    snprintf(port, 16, "%s", colon + 1);
    return true;
}

static bool refuses(const struct addrinfo *to)
{
    int fd = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    int why = connect(fd, to->ai_addr, to->ai_addrlen) == 0 ? 0 : errno;
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    if (why == EINPROGRESS && poll(&ready, 1, ANSWER_MS) == 1) {
        socklen_t size = sizeof why;
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &size);
    }
    close(fd);
    return why == ECONNREFUSED;
}

bool port_refuses(const char *address)
{
    char host[256], port[16];
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    if (!split(address, host, port) || getaddrinfo(host, port, &hints, &found) != 0)
        return false;
    bool is_refused = refuses(found);
    freeaddrinfo(found);
    return is_refused;
}
