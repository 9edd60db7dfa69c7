#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_AT_ONCE = 256, READ_AT_ONCE = 256 * 1024, HEADER_MAX = 14 };
enum opcode { OPCODE_TEXT = 1, OPCODE_CLOSE = 8, OPCODE_PING = 9, OPCODE_PONG = 10 };

/* A fixed key: masking protects proxies on the way, and there are none. */
static const uint8_t mask_key[4] = {0x37, 0xfa, 0x21, 0x3d};

void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("kp-bench: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void must(enum error err)
{
    if (err)
        die("no memory");
}

void fleet_open(struct fleet *fleet)
{
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    fleet->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (fleet->epoll < 0)
        die("epoll_create1: %s", strerror(errno));
}

static void watch(struct client *client, int how, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = client};
    if (epoll_ctl(client->fleet->epoll, how, client->fd, &event))
        die("epoll_ctl: %s", strerror(errno));
}

static void send_bytes(struct client *client, struct slice bytes)
{
    if (client->out.len == 0) {
        ssize_t sent = send(client->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN)
            die("send: %s", strerror(errno));
        if (sent > 0)
            bytes = slice_from(bytes, (size_t)sent);
        if (bytes.len == 0)
            return;
        watch(client, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    }
    must(buf_append(&client->out, bytes));
}

void client_open(struct fleet *fleet, struct client *client, const char *name)
{
    *client = (struct client){.fleet = fleet, .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(fleet->port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&to, sizeof to))
        die("connect to port %u: %s", fleet->port, strerror(errno));
    int on = 1;
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fleet->opening++;
    watch(client, EPOLL_CTL_ADD, EPOLLIN);

    char request[512];
    int len = snprintf(request, sizeof request,
                       "GET /api/socket/%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s%s%s\r\n",
                       name, fleet->port, fleet->subprotocol ? "Sec-WebSocket-Protocol: " : "",
                       fleet->subprotocol ? fleet->subprotocol : "", fleet->subprotocol ? "\r\n" : "");
    send_bytes(client, slice_of(request, (size_t)len));
}

void client_close(struct client *client)
{
    *(client->open ? &client->fleet->open : &client->fleet->opening) -= 1;
    close(client->fd);
    client->fd = -1;
    client->open = false;
    buf_deinit(&client->in);
    buf_deinit(&client->out);
}

static void send_message(struct client *client, enum opcode opcode, struct slice payload)
{
    static struct buf message;
    uint8_t head[HEADER_MAX] = {(uint8_t)(0x80 | opcode)};
    size_t len = 2;
    if (payload.len < 126) {
        head[1] = (uint8_t)(0x80 | payload.len);
    } else {
        size_t size_bytes = payload.len < 65536 ? 2 : 8;
        head[1] = size_bytes == 2 ? 0x80 | 126 : 0x80 | 127;
        for (size_t i = 0; i < size_bytes; i++)
            head[len++] = (uint8_t)((uint64_t)payload.len >> (8 * (size_bytes - 1 - i)));
    }
    memcpy(head + len, mask_key, sizeof mask_key);
    buf_clear(&message);
    must(buf_append(&message, slice_of(head, len + sizeof mask_key)));
    must(buf_append(&message, payload));
    char *text = message.ptr + message.len - payload.len;
    for (size_t i = 0; i < payload.len; i++)
        text[i] = (char)((uint8_t)text[i] ^ mask_key[i % 4]);
    send_bytes(client, buf_slice(&message));
}

void client_send(struct client *client, struct slice text)
{
    send_message(client, OPCODE_TEXT, text);
}

/* ---- receiving ---- */

/* The bytes of the handshake's answer, 0 when it is not complete yet. */
static size_t take_handshake(struct client *client, struct slice bytes)
{
    const char *end = memmem(bytes.ptr, bytes.len, "\r\n\r\n", 4);
    if (!end)
        return 0;
    if (bytes.len < 12 || memcmp(bytes.ptr + 9, "101", 3) != 0)
        die("handshake refused: %.*s", (int)(end - bytes.ptr), bytes.ptr);
    client->open = true;
    client->fleet->opening--;
    client->fleet->open++;
    size_t taken = (size_t)(end - bytes.ptr) + 4;
    client->received_bytes -= taken;
    client->fleet->on_open(client);
    return taken;
}

static void take_control(struct client *client, enum opcode opcode, struct slice payload)
{
    if (opcode == OPCODE_PING)
        send_message(client, OPCODE_PONG, payload);
    else if (opcode == OPCODE_CLOSE && payload.len >= 2)
        die("the server closed: %u %.*s", (uint8_t)payload.ptr[0] << 8 | (uint8_t)payload.ptr[1],
            (int)payload.len - 2, payload.ptr + 2);
    else if (opcode != OPCODE_PONG)
        die("unexpected frame with opcode %d", (int)opcode);
}

/* The bytes of the first message, 0 when it is not complete yet. */
static size_t take_message(struct client *client, struct slice bytes)
{
    const uint8_t *b = (const uint8_t *)bytes.ptr;
    if (bytes.len < 2)
        return 0;
    size_t head = b[1] < 126 ? 2 : b[1] == 126 ? 4 : 10;
    if (bytes.len < head)
        return 0;
    uint64_t len = head == 2 ? b[1] : 0;
    for (size_t i = 2; i < head; i++)
        len = len << 8 | b[i];
    if (bytes.len - head < len)
        return 0;
    struct slice payload = slice_of(bytes.ptr + head, (size_t)len);
    if (b[0] == (0x80 | OPCODE_TEXT))
        client->fleet->on_text(client, payload);
    else
        take_control(client, (enum opcode)(b[0] & 15), payload);
    return head + (size_t)len;
}

/* Handles the messages that are complete; returns the rest. */
static struct slice take_all(struct client *client, struct slice bytes)
{
    while (bytes.len > 0 && client->fd >= 0) {
        size_t taken = client->open ? take_message(client, bytes) : take_handshake(client, bytes);
        if (taken == 0)
            break;
        bytes = slice_from(bytes, taken);
    }
    return bytes;
}

static void on_readable(struct client *client)
{
    static char chunk[READ_AT_ONCE];
    ssize_t len = recv(client->fd, chunk, sizeof chunk, MSG_DONTWAIT);
    if (len < 0 && errno == EAGAIN)
        return;
    if (len <= 0)
        die("the server hung up: %s", len ? strerror(errno) : "end of stream");
    client->received_bytes += (uint64_t)len;
    if (client->in.len == 0) {
        struct slice rest = take_all(client, slice_of(chunk, (size_t)len));
        if (client->fd >= 0)
            must(buf_append(&client->in, rest));
        return;
    }
    must(buf_append(&client->in, slice_of(chunk, (size_t)len)));
    struct slice rest = take_all(client, buf_slice(&client->in));
    if (client->fd >= 0)
        buf_drop_front(&client->in, client->in.len - rest.len);
}

static void on_writable(struct client *client)
{
    ssize_t sent = send(client->fd, client->out.ptr, client->out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN)
        die("send: %s", strerror(errno));
    if (sent > 0)
        buf_drop_front(&client->out, (size_t)sent);
    if (client->out.len == 0)
        watch(client, EPOLL_CTL_MOD, EPOLLIN);
}

void fleet_poll(struct fleet *fleet, int64_t timeout_ns)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    if (timeout_ns < 0)
        timeout_ns = 0;
    struct timespec timeout = {timeout_ns / 1000000000, timeout_ns % 1000000000};
    int count = epoll_pwait2(fleet->epoll, events, EVENTS_AT_ONCE, &timeout, NULL);
    if (count < 0 && errno != EINTR)
        die("epoll: %s", strerror(errno));
    for (int i = 0; i < count; i++) {
        struct client *client = events[i].data.ptr;
        if (client->fd >= 0 && events[i].events & EPOLLOUT)
            on_writable(client);
        if (client->fd >= 0 && events[i].events & ~(uint32_t)EPOLLOUT)
            on_readable(client);
    }
}
