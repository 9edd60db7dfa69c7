#include "cli/diskfile.h"

#include "cli/fd_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 << 10, NAMES_TRIED = 100 };

/* ---- names ---- */

/* The folder must be there; the file need not be. */
static bool resolve_missing(struct diskfile *f, const char *path)
{
    char folder[PATH_MAX], resolved[PATH_MAX];
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const size_t len = slash ? (size_t)(slash - path) : 0;
    if (len >= sizeof folder || !name[0])
        return false;
    memcpy(folder, path, len);
    folder[len] = '\0';
    if (!realpath(slash ? (len ? folder : "/") : ".", resolved))
        return false;
    return snprintf(f->path, sizeof f->path, "%s/%s", resolved[1] ? resolved : "", name) < PATH_MAX;
}

enum exit_code diskfile_open(struct diskfile *f, const char *path)
{
    struct stat s;
    *f = (struct diskfile){.name = NULL};
    if (!realpath(path, f->path) && (errno != ENOENT || !resolve_missing(f, path)))
        return say(EXIT_USAGE, "%s cannot be found: %s", path, strerror(errno));
    if (stat(f->path, &s) == 0 && !S_ISREG(s.st_mode))
        return say(EXIT_USAGE, "%s is no file", path);
    f->name = strrchr(f->path, '/') + 1;
    const size_t len = (size_t)(f->name - f->path);
    memcpy(f->folder, f->path, len);
    f->folder[len > 1 ? len - 1 : 1] = '\0';
    return EXIT_DONE;
}

size_t diskfile_prefix(const struct diskfile *f, char out[NAME_MAX])
{
    return (size_t)snprintf(out, NAME_MAX, ".%.100s.kolabpad-%s-", f->name, f->tag);
}

/* A new file beside it. -1: errno. */
static int make_beside(const struct diskfile *f, char out[PATH_MAX])
{
    char prefix[NAME_MAX];
    diskfile_prefix(f, prefix);
    if (snprintf(out, PATH_MAX, "%s/%sXXXXXX", f->folder, prefix) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return mkostemp(out, O_CLOEXEC);
}

/* ---- looking ---- */

struct diskfile_state diskfile_look(const struct diskfile *f)
{
    struct stat s;
    if (stat(f->path, &s) != 0)
        return (struct diskfile_state){0};
    return (struct diskfile_state){s.st_dev, s.st_ino, s.st_size, s.st_ctim, s.st_mtim};
}

bool diskfile_is_missing(const struct diskfile_state *s)
{
    return s->inode == 0;
}

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool diskfile_is_same(const struct diskfile_state *a, const struct diskfile_state *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           same_time(a->changed, b->changed) && same_time(a->modified, b->modified);
}

static int read_fd(int fd, struct buf *out)
{
    for (off_t at = 0;;) {
        if (buf_reserve(out, CHUNK_BYTES))
            return ENOMEM;
        const ssize_t got = pread(fd, out->ptr + out->len, CHUNK_BYTES, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno;
        if (got == 0)
            return 0;
        out->len += (size_t)got;
        at += got;
        if (out->len > DISKFILE_BYTES_MAX)
            return EFBIG;
    }
}

int diskfile_read(const struct diskfile *f, struct buf *out)
{
    const int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno;
    const int problem = read_fd(fd, out);
    close(fd);
    return problem;
}

/* ---- writing ---- */

/* The mode and the owner of what is there, as far as this program may give them. */
static void take_after(const struct diskfile *f, int fd)
{
    struct stat s;
    const mode_t usual = 0666, mask = umask(0);
    umask(mask);
    if (stat(f->path, &s) != 0) {
        fchmod(fd, usual & ~mask);
        return;
    }
    if (fchown(fd, s.st_uid, s.st_gid) != 0 && fchown(fd, (uid_t)-1, s.st_gid) != 0)
        s.st_mode &= 0777; /* it is the group of this program */
    fchmod(fd, s.st_mode & 07777);
}

/* Appends it; false, and perhaps a part of it, when it cannot be read. */
static bool read_path(const char *path, struct buf *out)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const bool is_read = fd >= 0 && read_fd(fd, out) == 0;
    if (fd >= 0)
        close(fd);
    return is_read;
}

static bool has_text(const char *path, struct slice expected)
{
    struct buf text = {0};
    const bool is_it = read_path(path, &text) && slice_equal(buf_slice(&text), expected);
    buf_deinit(&text);
    return is_it;
}

/* Keeps it open for a later look, and lets its name go. The oldest makes room. */
static void retire(struct diskfile *f, const char *path, struct slice text, int64_t now_ms)
{
    struct retired r = {.fd = open(path, O_RDONLY | O_CLOEXEC), .until_ms = now_ms + DISKFILE_RETIRED_MS};
    unlink(path);
    if (r.fd < 0 || buf_append(&r.text, text)) {
        if (r.fd >= 0)
            close(r.fd);
        return;
    }
    if (f->retired_count == DISKFILE_RETIRED) {
        close(f->retired[0].fd);
        buf_deinit(&f->retired[0].text);
        memmove(&f->retired[0], &f->retired[1], --f->retired_count * sizeof f->retired[0]);
    }
    f->retired[f->retired_count++] = r;
}

/* Somebody has saved in the moment before the exchange: theirs goes back. Where they have saved once more
 * in the moment after it, the later save stays. */
static enum diskfile_outcome put_back(const struct diskfile *f, const char *other, struct slice text)
{
    const bool is_back = renameat2(AT_FDCWD, other, AT_FDCWD, f->path, RENAME_EXCHANGE) == 0;
    if (is_back && !has_text(other, text))
        renameat2(AT_FDCWD, other, AT_FDCWD, f->path, RENAME_EXCHANGE);
    if (is_back)
        unlink(other); /* else it is theirs, and stays beside the file */
    return DISKFILE_RETURNED;
}

/* Where names cannot be exchanged. */
static enum diskfile_outcome rename_over(const struct diskfile *f, const char *other, struct slice expected)
{
    if (has_text(f->path, expected) && rename(other, f->path) == 0)
        return DISKFILE_WRITTEN;
    unlink(other);
    return DISKFILE_CHANGED;
}

static enum diskfile_outcome exchange(struct diskfile *f, const char *other, struct slice text,
                                      struct slice expected, int64_t now_ms, struct buf *found)
{
    if (renameat2(AT_FDCWD, other, AT_FDCWD, f->path, RENAME_EXCHANGE) != 0) {
        const int why = errno;
        if (why == EINVAL || why == ENOSYS)
            return rename_over(f, other, expected);
        unlink(other);
        errno = why;
        return why == ENOENT ? DISKFILE_CHANGED : DISKFILE_FAILED;
    }
    const bool is_read = read_path(other, found);
    if (!is_read || !slice_equal(buf_slice(found), expected))
        return put_back(f, other, text);
    retire(f, other, expected, now_ms);
    return DISKFILE_WRITTEN;
}

/* Only where there is none. */
static enum diskfile_outcome create(const struct diskfile *f, const char *other)
{
    const bool is_made =
        link(other, f->path) == 0 ||
        (errno == EPERM && renameat2(AT_FDCWD, other, AT_FDCWD, f->path, RENAME_NOREPLACE) == 0);
    const int why = errno;
    unlink(other);
    errno = why;
    return is_made ? DISKFILE_WRITTEN : why == EEXIST ? DISKFILE_CHANGED : DISKFILE_FAILED;
}

/* A name that is given to it changes the time of its status, and of nothing else. */
static void look_at_written(const struct diskfile *f, const struct stat *made, struct diskfile_state *out)
{
    const struct diskfile_state now = diskfile_look(f);
    const bool is_it = now.device == made->st_dev && now.inode == made->st_ino && now.size == made->st_size &&
                       same_time(now.modified, made->st_mtim);
    *out = is_it ? now : (struct diskfile_state){0};
}

/* Puts the new file in the place of the old one, unless that is not as it was by now. */
static enum diskfile_outcome put_in_place(struct diskfile *f, const char *other, struct slice text,
                                          struct slice expected, int64_t now_ms,
                                          const struct diskfile_state *state, struct buf *found)
{
    const struct diskfile_state now = diskfile_look(f);
    if (!expected.ptr)
        return create(f, other);
    if (diskfile_is_same(&now, state))
        return exchange(f, other, text, expected, now_ms, found);
    unlink(other);
    return DISKFILE_CHANGED;
}

enum diskfile_outcome diskfile_replace(struct diskfile *f, struct slice text, struct slice expected,
                                       int64_t now_ms, struct diskfile_state *state, struct buf *found)
{
    char other[PATH_MAX];
    struct stat made;
    const int fd = make_beside(f, other);
    if (fd < 0)
        return DISKFILE_FAILED;
    take_after(f, fd);
    const bool is_written = fd_write(fd, text) && fsync(fd) == 0 && fstat(fd, &made) == 0;
    const int why = errno;
    close(fd);
    if (!is_written) {
        unlink(other);
        errno = why;
        return DISKFILE_FAILED;
    }
    const enum diskfile_outcome outcome = put_in_place(f, other, text, expected, now_ms, state, found);
    if (outcome == DISKFILE_WRITTEN)
        look_at_written(f, &made, state);
    return outcome;
}

bool diskfile_write_copy(const struct diskfile *f, struct slice text, char out[PATH_MAX])
{
    int fd = -1;
    for (int n = 1; fd < 0 && n <= NAMES_TRIED; n++) {
        if (snprintf(out, PATH_MAX, "%s.before-%d", f->path, n) >= PATH_MAX)
            return false;
        fd = open(out, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    }
    if (fd < 0)
        return false;
    const bool is_written = fd_write(fd, text) && fsync(fd) == 0;
    return close(fd) == 0 && is_written;
}

/* ---- what was exchanged ---- */

static void forget(struct diskfile *f, unsigned at)
{
    close(f->retired[at].fd);
    f->retired_count--;
    memmove(&f->retired[at], &f->retired[at + 1], (f->retired_count - at) * sizeof f->retired[0]);
}

bool diskfile_take_stray(struct diskfile *f, int64_t now_ms, struct buf *before, struct buf *after)
{
    for (unsigned i = 0; i < f->retired_count; i++) {
        struct retired *r = &f->retired[i];
        if (now_ms < r->until_ms)
            continue;
        buf_clear(after);
        const bool is_stray =
            read_fd(r->fd, after) == 0 && !slice_equal(buf_slice(after), buf_slice(&r->text));
        *before = r->text;
        forget(f, i--);
        if (is_stray)
            return true;
        buf_deinit(before);
    }
    return false;
}

void diskfile_close(struct diskfile *f)
{
    while (f->retired_count > 0) {
        buf_deinit(&f->retired[0].text);
        forget(f, 0);
    }
}
