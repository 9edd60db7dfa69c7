#include "cli/record_file.h"

#include "base/hash.h"
#include "cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_BYTES = PATH_MAX - 64, SUFFIX_BYTES = 8 };

/* ---- where ---- */

/* Makes each folder on the way that is not there. */
static bool make_folders(char *path)
{
    for (char *at = path + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        const bool is_there = mkdir(path, 0700) == 0 || errno == EEXIST;
        *at = '/';
        if (!is_there)
            return false;
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

static bool find_folder(char out[FOLDER_BYTES])
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int len;
    if (state && state[0] == '/')
        len = snprintf(out, FOLDER_BYTES, "%s/kolabpad", state);
    else if (home && home[0] == '/')
        len = snprintf(out, FOLDER_BYTES, "%s/.local/state/kolabpad", home);
    else {
        errno = ENOENT;
        return false;
    }
    return len < FOLDER_BYTES && make_folders(out);
}

enum exit_code record_file_open(struct record_file *r, struct slice about, const char *what)
{
    char folder[FOLDER_BYTES], lock[PATH_MAX + SUFFIX_BYTES];
    r->lock = -1;
    if (!find_folder(folder))
        return say(EXIT_REFUSED, "there is no folder for what is kept (set HOME or XDG_STATE_HOME): %s",
                   strerror(errno));
    snprintf(r->path, sizeof r->path, "%s/%016llx%016llx", folder, (unsigned long long)hash_bytes(1, about),
             (unsigned long long)hash_bytes(2, about));
    snprintf(lock, sizeof lock, "%s.lock", r->path);
    r->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (r->lock < 0)
        return say(EXIT_REFUSED, "%s cannot be made: %s", lock, strerror(errno));
    if (flock(r->lock, LOCK_EX | LOCK_NB) == 0)
        return EXIT_DONE;
    record_file_close(r);
    return say(EXIT_REFUSED, "%s is kept by another kolabpad already", what);
}

void record_file_close(struct record_file *r)
{
    if (r->lock >= 0)
        close(r->lock);
    r->lock = -1;
}

/* ---- reading and writing ---- */

enum exit_code record_file_read(const struct record_file *r, struct buf *out)
{
    const int fd = open(r->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return EXIT_DONE;
    if (fd < 0)
        return say(EXIT_REFUSED, "%s cannot be read: %s", r->path, strerror(errno));
    struct stat s;
    size_t left = fstat(fd, &s) == 0 && s.st_size > 0 ? (size_t)s.st_size : 0;
    enum exit_code code = buf_reserve(out, left) ? say_no_memory() : EXIT_DONE;
    while (!code && left > 0) {
        const ssize_t got = read(fd, out->ptr + out->len, left);
        if (got <= 0 && errno != EINTR)
            code = say(EXIT_REFUSED, "%s cannot be read: %s", r->path, strerror(errno));
        out->len += got > 0 ? (size_t)got : 0;
        left -= got > 0 ? (size_t)got : 0;
    }
    close(fd);
    return code;
}

static bool write_new(const char *path, struct slice text)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool ok = true;
    while (ok && text.len > 0) {
        const ssize_t written = write(fd, text.ptr, text.len);
        ok = written >= 0 || errno == EINTR;
        if (written > 0)
            text = slice_from(text, (size_t)written);
    }
    ok = ok && fdatasync(fd) == 0;
    return close(fd) == 0 && ok;
}

bool record_file_write(const struct record_file *r, struct slice text)
{
    char next[PATH_MAX + SUFFIX_BYTES];
    snprintf(next, sizeof next, "%s.new", r->path);
    return write_new(next, text) && rename(next, r->path) == 0;
}
