/* location.h - where the database is: a setting read into a path.
 *
 *     ""  ":memory:"  "sqlite::memory:"          memory only
 *     data/kolabpad.db  /data/kolabpad.db        a path, as it stands
 *     sqlite:data/kolabpad.db                    the same, as Rustpad writes it:
 *     sqlite://data/kolabpad.db?mode=rwc         what is behind // is the path
 *     file:data/kolabpad.db  file:///data/a%20b  SQLite's URIs: percent-encoded
 *
 * Parameters behind `?` are known in the last two forms: mode=rw, rwc or
 * memory; cache (says nothing here); vfs, the name of a registered SQLite VFS. */
#ifndef KOLABPAD_STORE_SQLITE_LOCATION_H
#define KOLABPAD_STORE_SQLITE_LOCATION_H

#include "base/slice.h"
#include "store/message.h"

#include <limits.h>

struct location {
    bool in_memory;
    char path[PATH_MAX]; /* empty when in memory */
    char vfs[32];        /* empty: SQLite's default */
};

/* ERR_STORAGE with the sentence in `message` when it cannot be understood. */
enum error location_parse(struct slice uri, struct location *out, char message[MESSAGE_BYTES]);

/* Makes the folder (0700) and an empty file (0600) where missing, and replaces
 * the path by its canonical form, so that a file has one name whatever
 * links lead to it. An existing file is neither opened nor changed. (SQLite
 * gives -wal and -shm the mode of the file they belong to.) */
enum error location_prepare(struct location *l, char message[MESSAGE_BYTES]);

/* Size of the file and its write-ahead log. */
uint64_t location_size_bytes(const struct location *l);

/* The file system they lie on; zeroed when in memory or when it does not say. */
struct location_disk {
    uint64_t bytes, free_bytes; /* free for us: without what is kept for root */
    bool read_only;
};
struct location_disk location_disk(const struct location *l);

#endif
