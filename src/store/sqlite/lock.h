/* lock.h - one server per database: an advisory lock on a file beside it.
 *
 * It is held by the open file description, so it goes with the process however
 * that ends. The file itself stays behind, empty: removing it would let
 * two processes lock two files of the same name. */
#ifndef KOLABPAD_STORE_SQLITE_LOCK_H
#define KOLABPAD_STORE_SQLITE_LOCK_H

#include "store/message.h"
#include "store/store.h"

struct lock {
    int fd; /* -1: none */
};

/* Takes PATH.lock, waiting as long as another process holds it. Tells
 * config->on_event of the wait and its end, asks config->should_stop.
 * ERR_SHUTTING_DOWN when it said so, ERR_STORAGE when the file cannot be made. */
enum error lock_take(struct lock *l, const char *path, const struct store_config *config,
                     char message[MESSAGE_BYTES]);
void lock_release(struct lock *l);

#endif
