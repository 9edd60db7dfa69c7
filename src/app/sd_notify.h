/* sd_notify.h - the service manager, when there is one.
 *
 * systemd gives its services environment variables and expects datagrams; the
 * protocol is small and stable (sd_notify(3), sd_listen_fds(3)), and without
 * those variables every function here does nothing:
 *
 *   NOTIFY_SOCKET              where to say what the server is doing
 *   LISTEN_FDS, LISTEN_PID,    a listening socket that outlives the server, so
 *   LISTEN_FDNAMES             that a restart refuses no connection: one that
 *                              we gave it to keep (sd_notify_keep), or that of a
 *                              socket unit
 *   WATCHDOG_USEC, _PID        how often to say that all is well
 *
 * For the main thread. */
#ifndef KOLABPAD_APP_SD_NOTIFY_H
#define KOLABPAD_APP_SD_NOTIFY_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct sd_notify {
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
enum error sd_notify_open(struct sd_notify *notify, const char *host, uint16_t port, char message[512]);
void sd_notify_close(struct sd_notify *notify);

/* Is there somebody who may keep our socket from this server to the next? */
bool sd_notify_can_keep(const struct sd_notify *notify);
void sd_notify_keep(const struct sd_notify *notify, int listen_fd);

/* Each tells the manager of one change of state; `status` (at most 200 bytes) is
 * shown by `systemctl status`. */
void sd_notify_ready(const struct sd_notify *notify, const char *status);
void sd_notify_reloading(const struct sd_notify *notify);
void sd_notify_stopping(const struct sd_notify *notify);
void sd_notify_alive(const struct sd_notify *notify);

#endif
