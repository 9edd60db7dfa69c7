#include "net/static_files.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "net/etag.h"
#include "net/file_table.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

enum { CHECK_INTERVAL_MS = 1000, NS_PER_MS = 1000000, PATH_MAX_BYTES = 4096 };

/* A new version of index.html differs from the old one in one of these. */
struct stamp {
    struct timespec modified;
    ino_t inode;
    off_t bytes;
};

struct static_files {
    uv_mutex_t lock; /* guards the rest: reload comes from any thread */
    const char *folder;
    struct file_table table;
    struct stamp stamp;  /* of the index.html that `table` was read with */
    uint64_t checked_ms; /* when the stamp was compared last: at most once in CHECK_INTERVAL_MS */
};

static uint64_t now_ms(void)
{
    return uv_hrtime() / NS_PER_MS;
}

static struct stamp stamp_of(const char *folder)
{
    char path[PATH_MAX_BYTES];
    struct stat st;

    snprintf(path, sizeof path, "%s/index.html", folder);
    if (stat(path, &st) != 0)
        return (struct stamp){0};
    return (struct stamp){.modified = st.st_mtim, .inode = st.st_ino, .bytes = st.st_size};
}

static bool stamp_equal(struct stamp a, struct stamp b)
{
    return a.modified.tv_sec == b.modified.tv_sec && a.modified.tv_nsec == b.modified.tv_nsec &&
           a.inode == b.inode && a.bytes == b.bytes;
}

/* With the lock held. The stamp is taken first, so that a change while the folder
 * is read is seen by the next check. */
static enum error read_folder(struct static_files *files)
{
    struct stamp stamp = stamp_of(files->folder);
    struct file_table table;
    enum error err = file_table_read(files->folder, &table);

    if (err)
        return err;
    file_table_deinit(&files->table);
    files->table = table;
    files->stamp = stamp;
    return OK;
}

/* With the lock held. */
static void reload_if_changed(struct static_files *files)
{
    if (now_ms() - files->checked_ms < CHECK_INTERVAL_MS)
        return;
    files->checked_ms = now_ms();
    if (!stamp_equal(files->stamp, stamp_of(files->folder)))
        (void)read_folder(files); /* without memory for a new table, the old one stays */
}

enum error static_files_open(const char *folder, struct static_files **out, size_t *count)
{
    struct static_files *files = mem_alloc(sizeof *files);
    enum error err = ERR_OVERLOADED;

    if (!files)
        return ERR_NO_MEMORY;
    *files = (struct static_files){.folder = folder, .checked_ms = now_ms()};
    if (uv_mutex_init(&files->lock) != 0)
        goto no_lock;
    err = read_folder(files);
    if (err)
        goto no_table;
    *out = files;
    *count = files->table.count;
    return OK;

no_table:
    uv_mutex_destroy(&files->lock);
no_lock:
    mem_free(files);
    return err;
}

enum error static_files_reload(struct static_files *files)
{
    uv_mutex_lock(&files->lock);
    enum error err = read_folder(files);
    uv_mutex_unlock(&files->lock);
    return err;
}

void static_files_close(struct static_files *files)
{
    if (!files)
        return;
    file_table_deinit(&files->table);
    uv_mutex_destroy(&files->lock);
    mem_free(files);
}

/* ---- answering ---- */

/* A copy of all that an answer needs, so that the table may change meanwhile. */
struct pick {
    const char *type;
    char etag[ETAG_MAX + 8]; /* quoted; each coding has its own */
    enum content_coding coding;
    bool is_immutable;
    int fd; /* -1: the file has gone */
    uint64_t bytes;
};

static int open_form(const char *folder, const char *path, enum content_coding coding, uint64_t *bytes)
{
    char name[PATH_MAX_BYTES];
    struct stat st;

    snprintf(name, sizeof name, "%s%s%s", folder, path, content_coding_suffix(coding));
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -1;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return -1;
    }
    *bytes = (uint64_t)st.st_size;
    return fd;
}

/* With the lock held. False when there is no such file. */
static bool pick_form(struct static_files *files, struct slice path, struct slice accept_encoding,
                      struct pick *out)
{
    const struct file_entry *e = file_table_find(&files->table, path);

    if (!e)
        return false;
    *out = (struct pick){.type = e->type,
                         .coding = content_coding_choose(accept_encoding, e->there),
                         .is_immutable = e->is_immutable};
    out->fd = open_form(files->folder, e->path, out->coding, &out->bytes);
    if (out->fd >= 0 && out->bytes != e->bytes[out->coding])
        files->stamp = (struct stamp){0}; /* changed since the table was read: the next check reads it anew */
    snprintf(out->etag, sizeof out->etag, "\"%s%s%s\"", e->hash, out->coding == CODING_IDENTITY ? "" : "-",
             out->coding == CODING_IDENTITY ? "" : content_coding_name(out->coding));
    return true;
}

static void add(struct http_response *r, const char *name, const char *value)
{
    r->headers[r->header_count++] = (struct http_header_pair){name, slice_from_cstr(value)};
}

static void respond(struct http_request *req, const struct pick *pick)
{
    struct http_response r = {.status = etag_status(req, slice_from_cstr(pick->etag)),
                              .content_type = pick->type};

    if (r.status == 412) {
        close(pick->fd);
        http_respond_error(req, ERR_PRECONDITION);
        return;
    }
    add(&r, "ETag", pick->etag);
    add(&r, "Vary", "Accept-Encoding");
    add(&r, "Cache-Control", pick->is_immutable ? "public, max-age=31536000, immutable" : "no-cache");
    if (r.status == 304) {
        close(pick->fd);
        r.content_type = NULL;
        http_respond(req, &r);
        return;
    }
    if (pick->coding != CODING_IDENTITY)
        add(&r, "Content-Encoding", content_coding_name(pick->coding));
    if (pick->bytes > 0) { /* the response closes the file; an empty one is not sent from it */
        r.file_fd = pick->fd;
        r.file_bytes = pick->bytes;
    } else {
        close(pick->fd);
    }
    http_respond(req, &r);
}

static bool is_read(struct slice method)
{
    return slice_equal(method, SLICE("GET")) || slice_equal(method, SLICE("HEAD"));
}

/* The name of a file in a path: decoded, but for slashes, which are no part of a
 * name. False when no name is written like that, or without memory. */
static bool decode_name(struct slice path, struct buf *out)
{
    size_t slashes = 0, decoded = 0;

    if (!http_percent_decode(path, out))
        return false;
    for (size_t i = 0; i < path.len; i++)
        slashes += path.ptr[i] == '/';
    for (size_t i = 0; i < out->len; i++)
        decoded += out->ptr[i] == '/';
    return slashes == decoded;
}

static bool find(struct static_files *files, struct http_request *req, struct slice path, struct pick *out)
{
    struct slice accept_encoding = http_header(req, "Accept-Encoding");
    struct buf name = {0};
    bool found = decode_name(path, &name);

    uv_mutex_lock(&files->lock);
    reload_if_changed(files);
    found = found && pick_form(files, buf_slice(&name), accept_encoding, out);
    uv_mutex_unlock(&files->lock);
    buf_deinit(&name);
    return found && out->fd >= 0;
}

bool static_files_respond(struct static_files *files, struct http_request *req, struct slice path)
{
    struct pick pick;

    if (!find(files, req, slice_equal(path, SLICE("/")) ? SLICE("/index.html") : path, &pick))
        return false;
    if (is_read(req->method)) {
        respond(req, &pick);
    } else {
        close(pick.fd);
        http_respond_method(req, SLICE("GET, HEAD"));
    }
    return true;
}
