#include "app/healthcheck.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { TIMEOUT_S = 5 };

static int connect_to(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return -1;
    int fd = -1;
    for (struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        struct timeval timeout = {.tv_sec = TIMEOUT_S};
        if (fd >= 0) {
            setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
            setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
        }
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

/* The first bytes of the answer, NUL-terminated; 0 when there was none. */
static size_t ask(int fd, const struct config *config, char *answer, size_t size)
{
    char request[512];
    int len = snprintf(request, sizeof(request),
                       "GET %s/api/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                       config->base_path);
    if (send(fd, request, (size_t)len, MSG_NOSIGNAL) != len)
        return 0;
    size_t got = 0;
    ssize_t n;
    while (got + 1 < size && (n = recv(fd, answer + got, size - 1 - got, 0)) > 0)
        got += (size_t)n;
    answer[got] = '\0';
    return got;
}

int healthcheck_run(const struct config *config)
{
    char port[8], answer[4096];
    snprintf(port, sizeof(port), "%u", config->port);
    const char *host = config->host[0] ? config->host : "localhost";
    int fd = connect_to(host, port);
    if (fd < 0) {
        printf("unhealthy: nothing answers on %s port %s\n", host, port);
        return 1;
    }
    size_t got = ask(fd, config, answer, sizeof(answer));
    close(fd);
    if (got > 12 && strncmp(answer, "HTTP/1.1 200", 12) == 0) {
        printf("healthy\n");
        return 0;
    }
    const char *line_end = strchr(answer, '\r');
    printf("unhealthy: %.*s\n", got > 0 && line_end ? (int)(line_end - answer) : 9,
           got > 0 ? answer : "no answer");
    return 1;
}
