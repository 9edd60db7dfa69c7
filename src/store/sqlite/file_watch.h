/* file_watch.h - are the database and its log still the files that lie at their paths?
 *
 * Somebody who moves a backup into the place of the file while the server runs, or tidies its log away,
 * leaves it with open files that have no name: it could write on, and all of that would be gone with the
 * process. So each write looks first, which is two calls of stat(2). SQLite itself does not look where it
 * has a log. */
#ifndef KOLABPAD_STORE_SQLITE_FILE_WATCH_H
#define KOLABPAD_STORE_SQLITE_FILE_WATCH_H

#include "store/sqlite/location.h"

#include <sys/types.h>

struct file_watch {
    struct watched_file {
        char path[PATH_MAX + sizeof "-wal"]; /* empty: nothing to look at */
        dev_t device;
        ino_t inode;
    } files[2]; /* the database, its log */
};

/* The files are open, and at their paths. In memory, or where a path leads to no file: nothing is watched. */
void file_watch_begin(struct file_watch *w, const struct location *l);
/* The path at which there is another file by now, or none; NULL: all is as it was. */
const char *file_watch_moved(const struct file_watch *w);

#endif
