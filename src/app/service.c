#include "app/service.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_LISTEN_FD = 3, US_PER_MS = 1000 };

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

static enum error take_listen_fd(struct service *service, char message[512])
{
    bool ours = is_for_us(take_number("LISTEN_PID"));
    uint64_t count = take_number("LISTEN_FDS");

    unsetenv("LISTEN_FDNAMES");
    if (!ours || count == 0)
        return OK;
    if (count > 1 || !is_listening_tcp(FIRST_LISTEN_FD)) {
        snprintf(message, 512,
                 "The service manager handed over %" PRIu64 " sockets; one listening TCP socket is expected "
                 "(see kolabpad.socket)",
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

enum error service_open(struct service *service, char message[512])
{
    *service = (struct service){.notify_fd = -1};
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

/* A manager that does not listen is its own problem. */
static void say(const struct service *service, const char *text)
{
    if (service->notify_fd < 0)
        return;
    (void)sendto(service->notify_fd, text, strlen(text), MSG_NOSIGNAL,
                 (const struct sockaddr *)(const void *)&service->notify_to, service->notify_to_size);
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
