/* relay.c - the least a server can do: it sends each message to everyone in the pad.
 *
 *     bench_relay PORT
 *
 * The yardstick of the bench. WebSocket clients of one path form a group; each
 * text message is sent to every member of the group, its author included,
 * with one write for each. No documents, no order beyond arrival, no batching,
 * no memory of anything. One thread, one epoll, plain system calls.
 *
 * It trusts its load generator: a message fits the read buffer, and a reader
 * takes what it is sent. Anything else ends the program. */
#include <stdint.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS_AT_ONCE = 256, MESSAGE_MAX = 16384, PATH_MAX_BYTES = 160 };

struct group {
    struct group *next;
    struct member *members;
    char path[PATH_MAX_BYTES];
};

struct member {
    struct member *next;
    struct group *group; /* NULL before the handshake */
    int fd;
    size_t len;
    uint8_t in[MESSAGE_MAX];
};

static struct group *groups;

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "bench_relay: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void send_all(int fd, const void *bytes, size_t len)
{
    if (send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)len && errno != EPIPE &&
        errno != ECONNRESET)
        fail("a reader does not take what it is sent");
}

/* ---- the handshake ---- */

static struct group *group_of(const char *path, size_t len)
{
    struct group *group = groups;
    while (group && (strncmp(group->path, path, len) != 0 || group->path[len] != '\0'))
        group = group->next;
    if (group)
        return group;
    group = calloc(1, sizeof *group);
    if (!group || len >= sizeof group->path)
        fail("no room for a group");
    memcpy(group->path, path, len);
    group->next = groups;
    return groups = group;
}

static void join(struct member *member, const char *path, size_t len)
{
    member->group = group_of(path, len);
    member->next = member->group->members;
    member->group->members = member;
}

static void answer_handshake(struct member *member, const char *key)
{
    static const char magic[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    char joined[24 + sizeof magic], reply[256];
    uint8_t digest[SHA_DIGEST_LENGTH], accept[32];
    int len = snprintf(joined, sizeof joined, "%.24s%s", key, magic);
    SHA1((const uint8_t *)joined, (size_t)len, digest);
    EVP_EncodeBlock(accept, digest, sizeof digest);
    len = snprintf(reply, sizeof reply,
                   "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Accept: %s\r\n\r\n",
                   (const char *)accept);
    send_all(member->fd, reply, (size_t)len);
}

/* The bytes of the request, 0 when it is not complete yet. */
static size_t take_handshake(struct member *member)
{
    const char *request = (const char *)member->in;
    const char *end = memmem(request, member->len, "\r\n\r\n", 4);
    const char *key = memmem(request, member->len, "Sec-WebSocket-Key: ", 19);
    if (!end || !key)
        return 0;
    const char *path = memchr(request, ' ', member->len);
    join(member, path + 1, strcspn(path + 1, " "));
    answer_handshake(member, key + 19);
    return (size_t)(end - request) + 4;
}

/* ---- messages ---- */

static void relay(const struct group *group, const uint8_t *payload, size_t len)
{
    uint8_t frame[MESSAGE_MAX + 4] = {0x81};
    size_t head = len < 126 ? 2 : 4;
    frame[1] = len < 126 ? (uint8_t)len : 126;
    if (head == 4) {
        frame[2] = (uint8_t)(len >> 8);
        frame[3] = (uint8_t)len;
    }
    memcpy(frame + head, payload, len);
    for (const struct member *m = group->members; m; m = m->next)
        send_all(m->fd, frame, head + len);
}

/* The bytes of the first message, 0 when it is not complete yet. */
static size_t take_message(const struct member *member, uint8_t *at, size_t available)
{
    if (available < 2)
        return 0;
    size_t head = (at[1] & 127) < 126 ? 6 : 8;
    if (available < head)
        return 0;
    size_t len = head == 6 ? (size_t)(at[1] & 127) : (size_t)(at[2] << 8 | at[3]);
    if (available < head + len)
        return 0;
    uint8_t *payload = at + head;
    for (size_t i = 0; i < len; i++)
        payload[i] ^= at[head - 4 + i % 4];
    if ((at[0] & 15) == 1)
        relay(member->group, payload, len);
    return head + len;
}

static void leave(struct member *member)
{
    if (member->group) {
        struct member **link = &member->group->members;
        while (*link != member)
            link = &(*link)->next;
        *link = member->next;
    }
    close(member->fd);
    free(member);
}

static void on_readable(struct member *member)
{
    ssize_t len = recv(member->fd, member->in + member->len, sizeof member->in - member->len, MSG_DONTWAIT);
    if (len < 0 && errno == EAGAIN)
        return;
    if (len <= 0) {
        leave(member);
        return;
    }
    member->len += (size_t)len;
    size_t done = 0, taken = 1;
    while (taken > 0 && done < member->len) {
        taken = member->group ? take_message(member, member->in + done, member->len - done)
                              : take_handshake(member);
        done += taken;
    }
    member->len -= done;
    memmove(member->in, member->in + done, member->len);
}

/* ---- the loop ---- */

static int listen_on(uint16_t port)
{
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 1024))
        fail("listen");
    return fd;
}

static void on_connection(int epoll, int listener)
{
    struct member *member = calloc(1, sizeof *member);
    if (!member)
        fail("no memory");
    member->fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (member->fd < 0)
        fail("accept");
    int on = 1;
    setsockopt(member->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = member};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, member->fd, &event))
        fail("epoll_ctl");
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: bench_relay PORT\n", stderr);
        return 2;
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);

    int listener = listen_on((uint16_t)atoi(argv[1])), epoll = epoll_create1(0);
    struct epoll_event listening = {.events = EPOLLIN, .data.ptr = NULL}, events[EVENTS_AT_ONCE];
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &listening))
        fail("epoll");
    for (;;) {
        int count = epoll_wait(epoll, events, EVENTS_AT_ONCE, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr)
                on_readable(events[i].data.ptr);
            else
                on_connection(epoll, listener);
        }
    }
}
