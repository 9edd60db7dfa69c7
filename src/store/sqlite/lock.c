#include "store/sqlite/lock.h"

#include "store/event.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

static const struct timespec POLL_INTERVAL = {.tv_nsec = 20 * 1000 * 1000};

/* OK, ERR_SHUTTING_DOWN, or ERR_STORAGE with errno set. */
static enum error wait_for(int fd, const char *path, const struct store_config *config)
{
    bool waited = false;
    while (flock(fd, LOCK_EX | LOCK_NB)) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return ERR_STORAGE;
        if (!waited)
            event_tell(config, STORE_EVENT_WAITING, 0, 0, (struct slice){0}, path);
        waited = true;
        if (config->should_stop && config->should_stop(config->arg))
            return ERR_SHUTTING_DOWN;
        nanosleep(&POLL_INTERVAL, NULL);
    }
    if (waited)
        event_tell(config, STORE_EVENT_LOCKED, 0, 0, (struct slice){0}, path);
    return OK;
}

enum error lock_take(struct lock *l, const char *path, const struct store_config *config,
                     char message[MESSAGE_BYTES])
{
    char lock_path[PATH_MAX + sizeof ".lock"];
    snprintf(lock_path, sizeof lock_path, "%s.lock", path);
    int fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return message_error(message, "Cannot create %s: %s. Make the folder writable for this user.",
                             lock_path, strerror(errno));
    enum error err = wait_for(fd, lock_path, config);
    if (err) {
        message_error(message,
                      err == ERR_SHUTTING_DOWN
                          ? "Gave up waiting for %s, which another server holds."
                          : "Cannot lock %s. Put the database on a file system that has locks.",
                      lock_path);
        close(fd);
        return err;
    }
    l->fd = fd;
    return OK;
}

void lock_release(struct lock *l)
{
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
}
