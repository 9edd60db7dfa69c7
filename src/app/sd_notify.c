#include "app/sd_notify.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_LISTEN_FD = 3, US_PER_MS = 1000 };

#define KEPT "listen-" /* how the names of our kept sockets begin */

/* ---- to the manager ---- */

/* Sends a datagram, with a descriptor unless `fd` is -1. Best effort: errors are
 * ignored, since the server runs as well without anybody listening. */
static void say_with(const struct sd_notify *notify, const char *text, int fd)
{
    struct sockaddr_un to = notify->notify_to;
    struct iovec part = {.iov_base = (void *)(uintptr_t)text, .iov_len = strlen(text)};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr message = {
        .msg_name = &to, .msg_namelen = notify->notify_to_size, .msg_iov = &part, .msg_iovlen = 1};

    if (notify->notify_fd < 0)
        return;
    if (fd >= 0) {
        control.header = (struct cmsghdr){
            .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)};
        memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
        message.msg_control = &control;
        message.msg_controllen = sizeof control.space;
    }
    (void)sendmsg(notify->notify_fd, &message, MSG_NOSIGNAL);
}

static void say(const struct sd_notify *notify, const char *text)
{
    say_with(notify, text, -1);
}

/* ---- what the manager asks for ---- */

/* The variable as a number, and gone from the environment; 0 when absent. */
static uint64_t take_number(const char *name)
{
    const char *text = getenv(name);
    uint64_t number = text ? strtoull(text, NULL, 10) : 0;

    unsetenv(name);
    return number;
}

/* Variables inherited from a parent that was the service are not for us. */
static bool is_for_us(uint64_t pid)
{
    return pid == (uint64_t)getpid();
}

/* An absolute path, or @name in the abstract namespace. */
static bool parse_notify_socket(const char *path, struct sd_notify *notify)
{
    size_t len = strlen(path);

    if ((path[0] != '/' && path[0] != '@') || len >= sizeof notify->notify_to.sun_path)
        return false;
    notify->notify_to.sun_family = AF_UNIX;
    memcpy(notify->notify_to.sun_path, path, len);
    if (path[0] == '@')
        notify->notify_to.sun_path[0] = '\0';
    notify->notify_to_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    return true;
}

static void open_notify(struct sd_notify *notify)
{
    const char *path = getenv("NOTIFY_SOCKET");

    if (path && parse_notify_socket(path, notify))
        notify->notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    unsetenv("NOTIFY_SOCKET");
}

static bool is_listening_tcp(int fd)
{
    int listens = 0, family = 0;
    socklen_t size = sizeof listens;

    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || !listens)
        return false;
    size = sizeof family;
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) == 0 &&
           (family == AF_INET || family == AF_INET6);
}

/* Such as "listen-127.0.0.1-3030"; a colon would end the name. */
static void name_socket(struct sd_notify *notify, const char *host, uint16_t port)
{
    snprintf(notify->fd_name, sizeof notify->fd_name, KEPT "%s-%u", host[0] ? host : "all", port);
    for (char *c = notify->fd_name; *c; c++)
        if (*c == ':')
            *c = '_';
}

/* True for a socket that an earlier server gave to be kept before HOST or PORT was changed. */
static bool is_outdated(const struct sd_notify *notify, const char *name)
{
    return strncmp(name, KEPT, sizeof KEPT - 1) == 0 && strcmp(name, notify->fd_name) != 0;
}

static void give_up(const struct sd_notify *notify, const char *name)
{
    char text[256];

    snprintf(text, sizeof text, "FDSTOREREMOVE=1\nFDNAME=%.200s", name);
    say(notify, text);
    close(FIRST_LISTEN_FD);
}

static enum error take_listen_fd(struct sd_notify *notify, char message[512])
{
    bool ours = is_for_us(take_number("LISTEN_PID"));
    uint64_t count = take_number("LISTEN_FDS");
    const char *names = getenv("LISTEN_FDNAMES");
    char name[256];

    snprintf(name, sizeof name, "%s", names ? names : "");
    unsetenv("LISTEN_FDNAMES");
    if (!ours || count == 0)
        return OK;
    if (count == 1 && is_outdated(notify, name)) {
        give_up(notify, name);
        return OK;
    }
    if (count > 1 || !is_listening_tcp(FIRST_LISTEN_FD)) {
        snprintf(message, 512,
                 "The service manager handed over %" PRIu64 " sockets; one listening TCP socket is expected",
                 count);
        return ERR_BAD_REQUEST;
    }
    fcntl(FIRST_LISTEN_FD, F_SETFD, FD_CLOEXEC);
    fcntl(FIRST_LISTEN_FD, F_SETFL, O_NONBLOCK);
    notify->listen_fd = FIRST_LISTEN_FD;
    return OK;
}

static void take_watchdog(struct sd_notify *notify)
{
    bool is_named = getenv("WATCHDOG_PID") != NULL;
    uint64_t pid = take_number("WATCHDOG_PID");
    uint64_t usec = take_number("WATCHDOG_USEC");

    if (!is_named || is_for_us(pid))
        notify->watchdog_ms = (int64_t)(usec / US_PER_MS);
}

enum error sd_notify_open(struct sd_notify *notify, const char *host, uint16_t port, char message[512])
{
    *notify = (struct sd_notify){.notify_fd = -1};
    name_socket(notify, host, port);
    open_notify(notify);
    take_watchdog(notify);
    return take_listen_fd(notify, message);
}

void sd_notify_close(struct sd_notify *notify)
{
    if (notify->notify_fd >= 0)
        close(notify->notify_fd);
    notify->notify_fd = -1;
}

/* ---- what we say ---- */

bool sd_notify_can_keep(const struct sd_notify *notify)
{
    return notify->notify_fd >= 0;
}

void sd_notify_keep(const struct sd_notify *notify, int listen_fd)
{
    char text[256];

    snprintf(text, sizeof text, "FDSTORE=1\nFDNAME=%s", notify->fd_name);
    say_with(notify, text, listen_fd);
}

void sd_notify_ready(const struct sd_notify *notify, const char *status)
{
    char text[256];

    snprintf(text, sizeof text, "READY=1\nSTATUS=%.200s", status);
    say(notify, text);
}

/* Type=notify-reload waits for a message that carries the time of the reload on
 * the manager's clock. */
void sd_notify_reloading(const struct sd_notify *notify)
{
    struct timespec now;
    char text[96];

    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%lld",
             (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    say(notify, text);
}

void sd_notify_stopping(const struct sd_notify *notify)
{
    say(notify, "STOPPING=1\nSTATUS=Writing what has changed");
}

void sd_notify_alive(const struct sd_notify *notify)
{
    say(notify, "WATCHDOG=1");
}
