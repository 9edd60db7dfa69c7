/* service.h - the service manager, when there is one.
 *
 * systemd gives its services environment variables and expects datagrams; the
 * protocol is small and stable (sd_notify(3), sd_listen_fds(3)), and without
 * those variables every function here does nothing:
 *
 *   NOTIFY_SOCKET              where to say what the server is doing
 *   LISTEN_FDS, LISTEN_PID,    a listening socket that outlives the server, so
 *   LISTEN_FDNAMES             that a restart refuses no connection: one that
 *                              we gave it to keep (service_keep), or that of a
 *                              socket unit
 *   WATCHDOG_USEC, _PID        how often to say that all is well
 *
 * For the main thread. */
#ifndef KOLABPAD_APP_SERVICE_H
#define KOLABPAD_APP_SERVICE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct service {
    int notify_fd; /* -1: nobody wants to know */
    struct sockaddr_un notify_to;
    socklen_t notify_to_size;
    int listen_fd;       /* 0: none was handed over */
    char fd_name[128];   /* what our socket is called where it is kept: its address */
    int64_t watchdog_ms; /* say WATCHDOG within this time; 0: no need */
};

/* Reads and removes the variables; before the first thread. A kept socket for
 * another address than `host` and `port` (the settings have changed) is given
 * up. ERR_BAD_REQUEST when a socket was handed over that cannot be served:
 * `message` says why. */
enum error service_open(struct service *service, const char *host, uint16_t port, char message[512]);
void service_close(struct service *service);

/* Is there somebody who may keep our socket from this server to the next? */
bool service_can_keep(const struct service *service);
void service_keep(const struct service *service, int listen_fd);

/* What changed; `status` (at most 200 bytes) is what `systemctl status` shows. */
void service_ready(const struct service *service, const char *status);
void service_reloading(const struct service *service);
void service_stopping(const struct service *service);
void service_alive(const struct service *service);

#endif
