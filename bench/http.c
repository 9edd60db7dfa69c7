/* http.c - what writing and following over HTTP cost.
 *
 *     bench_http append --port P --pid PID --edits N
 *     bench_http stream --port P --pid PID --connections N
 *     bench_http wait   --port P --pid PID --connections N
 *
 * append: lines added to a pad over one connection that is kept, one after the other; the same number of
 * edits on a socket, each after its echo; and of requests that only look. Rounds take turns, so
 * that all three have the same machine. Prints processor time of the server for each:
 *     append_us=… edit_us=… request_us=…
 * stream, wait: memory of the server for each event stream, and for each request that waits for a change,
 * of one pad, in a server of its own, since what one frees the other would use:
 *     bytes_each=… */
#include "options.h"
#include "peer.h"
#include "process.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MS INT64_C(1000000)
enum { ROUNDS = 5, WARM_UP = 100, SETTLE_MS = 1500 };

static struct options options = {.connections = 1000, .edits = 2000};
static struct fleet fleet;
static struct peer peer;
static uint64_t acknowledged;

static pid_t server(void)
{
    return (pid_t)options.pid;
}

/* ---- HTTP ---- */

static int dial(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        die("no connection");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return fd;
}

static void say(int fd, const char *text)
{
    const size_t len = strlen(text);
    if (send(fd, text, len, MSG_NOSIGNAL) != (ssize_t)len)
        die("a request was not taken");
}

/* An answer with a short body. */
static void expect_200(int fd)
{
    char reply[4096];
    size_t len = 0;
    for (;;) {
        ssize_t more = recv(fd, reply + len, sizeof reply - 1 - len, 0);
        if (more <= 0)
            die("no answer");
        len += (size_t)more;
        reply[len] = '\0';
        const char *end = strstr(reply, "\r\n\r\n"), *length = strcasestr(reply, "Content-Length: ");
        if (memcmp(reply, "HTTP/1.1 200", 12) != 0)
            die("an answer is %.60s", reply);
        if (end && length && strlen(end + 4) >= strtoul(length + 16, NULL, 10))
            return;
    }
}

static double cost_us(int64_t cpu_before, uint64_t count)
{
    return (double)(process_cpu_ns(server()) - cpu_before) / (double)count / 1e3;
}

static double ask(int fd, const char *request, uint64_t count)
{
    const int64_t before = process_cpu_ns(server());
    for (uint64_t i = 0; i < count; i++) {
        say(fd, request);
        expect_200(fd);
    }
    return cost_us(before, count);
}

/* ---- a socket ---- */

static void on_open(struct client *client)
{
    (void)client;
    peer_on_open(&peer);
}

static void on_text(struct client *client, struct slice text)
{
    (void)client;
    acknowledged += peer_on_text(&peer, text).acknowledged;
}

static void join(void)
{
    fleet = (struct fleet){.port = (uint16_t)options.port, .subprotocol = "kolabpad.v2"};
    fleet.on_open = on_open;
    fleet.on_text = on_text;
    fleet_open(&fleet);
    peer_open(&fleet, &peer, DIALECT_V2, "on-a-socket", 0, UINT32_MAX);
    while (!peer.joined)
        fleet_poll(&fleet, 10 * MS);
}

static double edit(uint64_t count)
{
    const int64_t before = process_cpu_ns(server());
    for (uint64_t target = acknowledged + count; acknowledged < target;) {
        if (!peer.waiting)
            peer_edit(&peer, 1);
        fleet_poll(&fleet, 10 * MS);
    }
    return cost_us(before, count);
}

/* ---- the cases ---- */

static void keep_least(double *least, double value, bool is_first)
{
    if (is_first || value < *least)
        *least = value;
}

static void append(void)
{
    static const char add[] =
        "POST /api/text/over-http HTTP/1.1\r\nHost: bench\r\nContent-Length: 1\r\n\r\nx";
    static const char look[] = "GET /api/document/over-http HTTP/1.1\r\nHost: bench\r\n\r\n";
    double append_us = 0, edit_us = 0, request_us = 0;
    int fd = dial();
    join();
    ask(fd, add, WARM_UP);
    edit(WARM_UP);
    for (int round = 0; round < ROUNDS; round++) {
        keep_least(&append_us, ask(fd, add, options.edits / ROUNDS), round == 0);
        keep_least(&edit_us, edit(options.edits / ROUNDS), round == 0);
        keep_least(&request_us, ask(fd, look, options.edits / ROUNDS), round == 0);
    }
    printf("append_us=%.1f edit_us=%.1f request_us=%.1f\n", append_us, edit_us, request_us);
    close(fd);
}

/* The growth of the server's resident set by so many of them, the first ones not counted. */
static void print_bytes_each(const char *request)
{
    const uint64_t count = options.connections;
    int *fds = calloc(WARM_UP + count, sizeof *fds);
    if (!fds)
        die("no memory");
    int64_t before = 0;
    for (uint64_t i = 0; i < WARM_UP + count; i++) {
        if (i == WARM_UP) {
            usleep(SETTLE_MS * 1000);
            before = process_rss_bytes(server());
        }
        fds[i] = dial();
        say(fds[i], request);
    }
    usleep(SETTLE_MS * 1000);
    printf("bytes_each=%.0f\n", (double)(process_rss_bytes(server()) - before) / (double)count);
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    options_read(argc - 1, argv + 1, &options);
    if (strcmp(name, "append") == 0)
        append();
    else if (strcmp(name, "stream") == 0)
        print_bytes_each("GET /api/events/followed HTTP/1.1\r\nHost: bench\r\n\r\n");
    else if (strcmp(name, "wait") == 0)
        print_bytes_each("GET /api/text/followed?wait=60&revision=0 HTTP/1.1\r\nHost: bench\r\n\r\n");
    else
        die("usage: bench_http append|stream|wait --name value…");
    return 0;
}
