#include "app/service.h"

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

/* One that does not listen is its own problem. `fd` -1: none goes along. */
static void say_with(const struct service *service, const char *text, int fd)
{
    struct sockaddr_un to = service->notify_to;
    struct iovec part = {.iov_base = (void *)(uintptr_t)text, .iov_len = strlen(text)};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr message = {
        .msg_name = &to, .msg_namelen = service->notify_to_size, .msg_iov = &part, .msg_iovlen = 1};

    if (service->notify_fd < 0)
        return;
    if (fd >= 0) {
        control.header = (struct cmsghdr){
            .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)};
        memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
        message.msg_control = &control;
        message.msg_controllen = sizeof control.space;
    }
    (void)sendmsg(service->notify_fd, &message, MSG_NOSIGNAL);
}

static void say(const struct service *service, const char *text)
{
    say_with(service, text, -1);
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
static bool parse_notify_socket(const char *path, struct service *service)
{
    size_t len = strlen(path);

    if ((path[0] != '/' && path[0] != '@') || len >= sizeof service->notify_to.sun_path)
        return false;
    service->notify_to.sun_family = AF_UNIX;
    memcpy(service->notify_to.sun_path, path, len);
    if (path[0] == '@')
        service->notify_to.sun_path[0] = '\0';
    service->notify_to_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    return true;
}

static void open_notify(struct service *service)
{
    const char *path = getenv("NOTIFY_SOCKET");

    if (path && parse_notify_socket(path, service))
        service->notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
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
static void name_socket(struct service *service, const char *host, uint16_t port)
{
    snprintf(service->fd_name, sizeof service->fd_name, KEPT "%s-%u", host[0] ? host : "all", port);
    for (char *c = service->fd_name; *c; c++)
        if (*c == ':')
            *c = '_';
}

/* One that we gave to be kept before HOST or PORT was changed. */
static bool is_outdated(const struct service *service, const char *name)
{
    return strncmp(name, KEPT, sizeof KEPT - 1) == 0 && strcmp(name, service->fd_name) != 0;
}

static void give_up(const struct service *service, const char *name)
{
    char text[256];

    snprintf(text, sizeof text, "FDSTOREREMOVE=1\nFDNAME=%.200s", name);
    say(service, text);
    close(FIRST_LISTEN_FD);
}

static enum error take_listen_fd(struct service *service, char message[512])
{
    bool ours = is_for_us(take_number("LISTEN_PID"));
    uint64_t count = take_number("LISTEN_FDS");
    const char *names = getenv("LISTEN_FDNAMES");
    char name[256];

    snprintf(name, sizeof name, "%s", names ? names : "");
    unsetenv("LISTEN_FDNAMES");
    if (!ours || count == 0)
        return OK;
    if (count == 1 && is_outdated(service, name)) {
        give_up(service, name);
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
    service->listen_fd = FIRST_LISTEN_FD;
    return OK;
}

static void take_watchdog(struct service *service)
{
    bool is_named = getenv("WATCHDOG_PID") != NULL;
    uint64_t pid = take_number("WATCHDOG_PID");
    uint64_t usec = take_number("WATCHDOG_USEC");

    if (!is_named || is_for_us(pid))
        service->watchdog_ms = (int64_t)(usec / US_PER_MS);
}

enum error service_open(struct service *service, const char *host, uint16_t port, char message[512])
{
    *service = (struct service){.notify_fd = -1};
    name_socket(service, host, port);
    open_notify(service);
    take_watchdog(service);
    return take_listen_fd(service, message);
}

void service_close(struct service *service)
{
    if (service->notify_fd >= 0)
        close(service->notify_fd);
    service->notify_fd = -1;
}

/* ---- what we say ---- */

bool service_can_keep(const struct service *service)
{
    return service->notify_fd >= 0;
}

void service_keep(const struct service *service, int listen_fd)
{
    char text[256];

    snprintf(text, sizeof text, "FDSTORE=1\nFDNAME=%s", service->fd_name);
    say_with(service, text, listen_fd);
}

void service_ready(const struct service *service, const char *status)
{
    char text[256];

    snprintf(text, sizeof text, "READY=1\nSTATUS=%.200s", status);
    say(service, text);
}

/* With the time on the manager's clock: Type=notify-reload waits for it. */
void service_reloading(const struct service *service)
{
    struct timespec now;
    char text[96];

    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%lld",
             (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    say(service, text);
}

void service_stopping(const struct service *service)
{
    say(service, "STOPPING=1\nSTATUS=Writing what has changed");
}

void service_alive(const struct service *service)
{
    say(service, "WATCHDOG=1");
}
