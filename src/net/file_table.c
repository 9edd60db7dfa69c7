#include "net/file_table.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "net/mime.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HASH_BYTES = 16, /* of SHA-256: enough to tell versions apart */
    READ_BYTES = 16 * 1024,
    DEPTH_MAX = 8,
    FILES_MAX = 2000, /* a front end, not somebody's home directory */
};

static const char immutable_prefix[] = "/assets/";

/* ---- one file ---- */

static bool ends_with(struct slice s, const char *suffix)
{
    size_t len = strlen(suffix);

    return s.len > len && memcmp(s.ptr + s.len - len, suffix, len) == 0;
}

/* The coding that a file's name says it has. */
static enum content_coding coding_of(struct slice path)
{
    for (enum content_coding c = CODING_IDENTITY + 1; c < CODING_COUNT; c++)
        if (ends_with(path, content_coding_suffix(c)))
            return c;
    return CODING_IDENTITY;
}

static bool hash_content(int fd, char out[ETAG_MAX])
{
    static_assert(HASH_BYTES * 2 < ETAG_MAX, "two hex digits a byte");
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    char chunk[READ_BYTES];
    ssize_t len = -1;

    if (!md)
        return false;
    if (EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1)
        while ((len = read(fd, chunk, sizeof chunk)) > 0)
            EVP_DigestUpdate(md, chunk, (size_t)len);
    EVP_DigestFinal_ex(md, digest, NULL);
    EVP_MD_CTX_free(md);
    for (size_t i = 0; i < HASH_BYTES; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
    return len == 0;
}

/* ---- building: entries in the order of the directory, sorted at the end ---- */

struct building {
    struct buf entries; /* of struct file_entry */
    size_t count;
    enum error err; /* ERR_NO_MEMORY ends the walk; a file that cannot be read does not */
};

static struct file_entry *entry_at(const struct building *b, size_t i)
{
    return (struct file_entry *)(void *)b->entries.ptr + i;
}

/* The entry of the path, made if it is not there. NULL when the table is full (the
 * file is left out) or when there is no memory (b->err is set). */
static struct file_entry *find_or_add(struct building *b, struct slice path)
{
    struct file_entry fresh = {.type = mime_type(path)};

    for (size_t i = 0; i < b->count; i++)
        if (slice_equal(slice_from_cstr(entry_at(b, i)->path), path))
            return entry_at(b, i);
    if (b->count == FILES_MAX)
        return NULL;
    b->err = ERR_NO_MEMORY; /* until both allocations have succeeded */
    fresh.path = mem_alloc(path.len + 1);
    if (!fresh.path)
        return NULL;
    memcpy(fresh.path, path.ptr, path.len);
    fresh.path[path.len] = '\0';
    fresh.is_immutable = strncmp(fresh.path, immutable_prefix, sizeof immutable_prefix - 1) == 0;
    if (buf_append(&b->entries, slice_of(&fresh, sizeof fresh))) {
        mem_free(fresh.path);
        return NULL;
    }
    b->err = OK;
    return entry_at(b, b->count++);
}

/* A file is one form of an entry: its size and presence are filled in, and for the
 * identity form the hash. A file that cannot be read leaves no mark. */
static void add_file(struct building *b, int folder_fd, const char *name, struct slice path)
{
    enum content_coding coding = coding_of(path);
    int fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat st;

    if (fd < 0)
        return;
    path.len -= strlen(content_coding_suffix(coding));
    if (fstat(fd, &st) != 0)
        goto done;
    struct file_entry *e = find_or_add(b, path);
    if (!e || (coding == CODING_IDENTITY && !hash_content(fd, e->hash)))
        goto done;
    e->bytes[coding] = (uint64_t)st.st_size;
    e->there[coding] = true;
done:
    close(fd);
}

static void add_folder(struct building *b, int fd, struct slice path, int depth);

static void add_name(struct building *b, int folder_fd, const char *name, struct slice folder_path, int depth)
{
    struct buf path = {0};
    struct stat st;

    if (name[0] == '.' || fstatat(folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    if (buf_append(&path, folder_path) || buf_append_byte(&path, '/') ||
        buf_append(&path, slice_from_cstr(name)))
        goto done;
    if (S_ISREG(st.st_mode))
        add_file(b, folder_fd, name, buf_slice(&path));
    else if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
        add_folder(b, openat(folder_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW),
                   buf_slice(&path), depth + 1);
done:
    buf_deinit(&path);
}

/* Closes `fd`, which may be -1. */
static void add_folder(struct building *b, int fd, struct slice path, int depth)
{
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

    if (!dir) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (struct dirent *e; !b->err && (e = readdir(dir));)
        add_name(b, dirfd(dir), e->d_name, path, depth);
    closedir(dir);
}

/* Drops entries of which only precompressed files are there. */
static void drop_orphans(struct building *b)
{
    size_t kept = 0;

    for (size_t i = 0; i < b->count; i++) {
        if (entry_at(b, i)->there[CODING_IDENTITY])
            *entry_at(b, kept++) = *entry_at(b, i);
        else
            mem_free(entry_at(b, i)->path);
    }
    b->count = kept;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct file_entry *)a)->path, ((const struct file_entry *)b)->path);
}

enum error file_table_read(const char *folder, struct file_table *out)
{
    struct building b = {0};

    add_folder(&b, open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), SLICE(""), 0);
    drop_orphans(&b);
    if (b.count > 0)
        qsort(b.entries.ptr, b.count, sizeof(struct file_entry), by_path);
    /* The memory of the buffer becomes that of the table. */
    struct file_table table = {.entries = entry_at(&b, 0), .count = b.count};
    if (b.err)
        file_table_deinit(&table);
    else
        *out = table;
    return b.err;
}

static int path_against_entry(const void *path, const void *entry)
{
    return slice_compare(*(const struct slice *)path,
                         slice_from_cstr(((const struct file_entry *)entry)->path));
}

const struct file_entry *file_table_find(const struct file_table *table, struct slice path)
{
    if (table->count == 0)
        return NULL;
    return bsearch(&path, table->entries, table->count, sizeof *table->entries, path_against_entry);
}

void file_table_deinit(struct file_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        mem_free(table->entries[i].path);
    mem_free(table->entries);
    *table = (struct file_table){0};
}
