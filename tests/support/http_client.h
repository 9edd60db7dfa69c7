/* http_client.h - HTTP/1.1 by hand over a loopback socket, for tests that want
 * to see each byte of the answer. */
#ifndef KOLABPAD_TESTS_HTTP_CLIENT_H
#define KOLABPAD_TESTS_HTTP_CLIENT_H

#include "support/unit.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENT_TIMEOUT_MS = 5000, CLIENT_ANSWER_MAX = 64 * 1024 };

struct answer {
    char text[CLIENT_ANSWER_MAX + 1]; /* head and body, NUL-terminated */
    size_t len;
    const char *body; /* in text */
    size_t body_len;
    int status;
};

static inline int client_connect(uint16_t port)
{
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

static inline void client_send(int fd, const char *text, size_t len)
{
    assert_int_equal(send(fd, text, len, MSG_NOSIGNAL), len);
}

/* More bytes from the server: how many, 0 at the end. Fails when none come. */
static inline size_t client_receive(int fd, char *to, size_t room)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    assert_int_equal(poll(&p, 1, CLIENT_TIMEOUT_MS), 1);
    ssize_t len = recv(fd, to, room, 0);
    return len > 0 ? (size_t)len : 0;
}

/* Everything until the server closes. */
static inline void client_read_to_end(int fd, struct answer *a)
{
    memset(a, 0, sizeof *a);
    for (size_t len; (len = client_receive(fd, a->text + a->len, CLIENT_ANSWER_MAX - a->len));)
        a->len += len;
    sscanf(a->text, "HTTP/1.1 %d", &a->status);
    const char *blank = strstr(a->text, "\r\n\r\n");
    a->body = blank ? blank + 4 : a->text + a->len;
    a->body_len = (size_t)(a->text + a->len - a->body);
}

/* One request on its own connection. `extra` are header lines, each with CRLF. */
static inline void client_ask(uint16_t port, const char *method, const char *target, const char *extra,
                              const char *body, struct answer *a)
{
    static char request[CLIENT_ANSWER_MAX];
    int fd = client_connect(port);
    int len = snprintf(request, sizeof request,
                       "%s %s HTTP/1.1\r\nHost: pad.test:%u\r\nConnection: close\r\n%s\r\n%s", method, target,
                       (unsigned)port, extra, body);

    client_send(fd, request, (size_t)len);
    client_read_to_end(fd, a);
    close(fd);
}

/* Is this header line in the head? */
static inline bool answer_has(const struct answer *a, const char *line)
{
    const char *at = strstr(a->text, line);

    return at && at < a->body;
}

/* The value of a header, copied to static memory; "" when absent. */
static inline const char *answer_header(const struct answer *a, const char *name)
{
    static char value[2048];
    char wanted[64];

    snprintf(wanted, sizeof wanted, "\r\n%s: ", name);
    const char *at = strstr(a->text, wanted);
    if (!at || at >= a->body)
        return "";
    snprintf(value, sizeof value, "%.*s", (int)strcspn(at + strlen(wanted), "\r"), at + strlen(wanted));
    return value;
}

#endif
