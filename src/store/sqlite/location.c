#include "store/sqlite/location.h"

#include "base/percent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* ---- parsing ----------------------------------------------------------- */

static bool has_prefix(struct slice s, const char *prefix)
{
    size_t len = strlen(prefix);
    return s.len >= len && memcmp(s.ptr, prefix, len) == 0;
}

static bool equals(struct slice s, const char *word)
{
    return slice_equal(s, slice_from_cstr(word));
}

/* Cuts `s` at the first `mark`; what follows goes to `rest`. */
static struct slice cut(struct slice s, char mark, struct slice *rest)
{
    const char *at = s.len ? memchr(s.ptr, mark, s.len) : NULL;
    if (!at) {
        *rest = (struct slice){0};
        return s;
    }
    *rest = slice_from(s, (size_t)(at - s.ptr) + 1);
    return slice_of(s.ptr, (size_t)(at - s.ptr));
}

/* Copies and NUL-terminates; a broken escape stays as it stands. False when it
 * does not fit or holds a NUL. */
static bool put_path(struct slice from, bool is_percent_encoded, char *out, size_t size)
{
    size_t len = 0;
    while (from.len > 0) {
        int escaped = is_percent_encoded ? percent_escape(from) : -1;
        char c = from.ptr[0];
        if (escaped >= 0)
            c = (char)escaped;
        if (c == '\0' || len + 1 >= size)
            return false;
        out[len++] = c;
        from = slice_from(from, escaped < 0 ? 1 : PERCENT_ESCAPE_BYTES);
    }
    out[len] = '\0';
    return true;
}

static enum error parse_parameter(struct slice parameter, struct location *out, char *message)
{
    struct slice value;
    struct slice name = cut(parameter, '=', &value);
    if (equals(name, "cache") || parameter.len == 0)
        return OK;
    if (equals(name, "vfs") && put_path(value, true, out->vfs, sizeof out->vfs))
        return OK;
    if (equals(name, "mode") && (equals(value, "rwc") || equals(value, "rw")))
        return OK;
    if (equals(name, "mode") && equals(value, "memory")) {
        out->in_memory = true;
        return OK;
    }
    return message_error(message, "The database's address has a parameter that is not known here: %.*s.",
                         (int)(parameter.len < 100 ? parameter.len : 100), parameter.ptr);
}

static enum error parse_parameters(struct slice query, struct location *out, char *message)
{
    while (query.len) {
        enum error err = parse_parameter(cut(query, '&', &query), out, message);
        if (err)
            return err;
    }
    return OK;
}

/* file:PATH, file:/PATH, file:///PATH, file://localhost/PATH */
static bool strip_file_authority(struct slice *path)
{
    if (!has_prefix(*path, "//"))
        return true;
    struct slice rest = slice_from(*path, 2);
    if (has_prefix(rest, "localhost/"))
        rest = slice_from(rest, strlen("localhost"));
    *path = rest;
    return has_prefix(rest, "/");
}

enum error location_parse(struct slice uri, struct location *out, char message[MESSAGE_BYTES])
{
    *out = (struct location){0};
    struct slice path = uri, query = {0};
    bool is_file_uri = has_prefix(uri, "file:");

    if (is_file_uri) {
        path = cut(slice_from(uri, strlen("file:")), '?', &query);
        if (!strip_file_authority(&path))
            return message_error(message, "The database must be a file of this machine: write file:///path.");
    } else if (has_prefix(uri, "sqlite:")) {
        path = cut(slice_from(uri, strlen("sqlite:")), '?', &query);
        if (has_prefix(path, "//"))
            path = slice_from(path, 2);
    }
    enum error err = parse_parameters(query, out, message);
    if (err)
        return err;
    if (path.len == 0 || equals(path, ":memory:"))
        out->in_memory = true;
    if (out->in_memory)
        return OK;
    if (!put_path(path, is_file_uri, out->path, sizeof out->path))
        return message_error(message, "The path of the database is too long or holds a NUL.");
    return OK;
}

/* ---- the file ---------------------------------------------------------- */

/* mkdir -p of everything before the last slash. */
static enum error make_folder(const char *path, char *message)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0700) && errno != EEXIST)
            return message_error(message,
                                 "Cannot create the folder %s for the database: %s. Create it, or set "
                                 "SQLITE_URI to a path this user may write.",
                                 folder, strerror(errno));
        *slash = '/';
    }
    return OK;
}

/* The entry of a new file is durable only when its folder is. */
static void sync_folder(const char *path)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

static enum error make_file(const char *path, char *message)
{
    /* O_EXCL: a file that is there is not opened, as closing it again would
     * drop the locks that this process may hold on it through SQLite. */
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) {
        close(fd);
        sync_folder(path);
        return OK;
    }
    struct stat info;
    if (errno != EEXIST)
        return message_error(message,
                             "Cannot create the database %s: %s. Make its folder writable for this user, or "
                             "set SQLITE_URI to another path.",
                             path, strerror(errno));
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return message_error(message, "The database %s is not a file. Set SQLITE_URI to the path of one.",
                             path);
    return OK;
}

enum error location_prepare(struct location *l, char message[MESSAGE_BYTES])
{
    if (l->in_memory)
        return OK;
    enum error err = make_folder(l->path, message);
    if (!err)
        err = make_file(l->path, message);
    if (err)
        return err;
    char canonical[PATH_MAX];
    if (!realpath(l->path, canonical))
        return message_error(message, "Cannot find the database %s: %s.", l->path, strerror(errno));
    memcpy(l->path, canonical, strlen(canonical) + 1);
    return OK;
}

static uint64_t size_of(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? (uint64_t)info.st_size : 0;
}

uint64_t location_size_bytes(const struct location *l)
{
    if (l->in_memory)
        return 0;
    char wal[PATH_MAX + sizeof "-wal"];
    snprintf(wal, sizeof wal, "%s-wal", l->path);
    return size_of(l->path) + size_of(wal);
}

struct location_disk location_disk(const struct location *l)
{
    struct statvfs fs;
    if (l->in_memory || statvfs(l->path, &fs) != 0)
        return (struct location_disk){0};
    return (struct location_disk){.bytes = (uint64_t)fs.f_blocks * fs.f_frsize,
                                  .free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize,
                                  .read_only = (fs.f_flag & ST_RDONLY) != 0};
}
