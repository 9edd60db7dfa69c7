#include "cli/leftover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAMES_TRIED = 100 };

/* Appends the text of that file; false when it is not to be had. */
static bool read_text(const char *path, struct buf *out)
{
    struct diskfile one = {0};
    snprintf(one.path, sizeof one.path, "%s", path);
    return diskfile_read(&one, out) == 0;
}

static bool is_beginning_of(struct slice text, struct slice start)
{
    return start.len <= text.len && (start.len == 0 || memcmp(text.ptr, start.ptr, start.len) == 0);
}

static bool has_text(const struct diskfile *f, struct slice text)
{
    struct buf now = {0};
    const bool is_it = diskfile_read(f, &now) == 0 && slice_equal(buf_slice(&now), text);
    buf_deinit(&now);
    return is_it;
}

static void keep_beside(const struct diskfile *f, const char *path)
{
    char kept[PATH_MAX];
    for (int n = 1; n <= NAMES_TRIED; n++) {
        if (snprintf(kept, sizeof kept, "%s.saved-%d", f->path, n) >= PATH_MAX)
            return;
        if (renameat2(AT_FDCWD, path, AT_FDCWD, kept, RENAME_NOREPLACE) == 0) {
            say(EXIT_DONE,
                "%s was saved in the moment in which this ended last, and once more since; the first is in "
                "%s",
                f->name, kept);
            return;
        }
        if (errno != EEXIST)
            return;
    }
}

static void clear(const struct diskfile *f, const char *path, struct slice before, struct slice text)
{
    struct buf left = {0};
    const bool is_read = read_text(path, &left);
    const struct slice found = buf_slice(&left);
    if (is_read && (is_beginning_of(text, found) || slice_equal(found, before)))
        unlink(path);
    else if (is_read && has_text(f, text))
        rename(path, f->path);
    else if (is_read)
        keep_beside(f, path);
    buf_deinit(&left);
}

void leftovers_clear(const struct diskfile *f, struct slice before, struct slice text)
{
    char prefix[NAME_MAX], path[PATH_MAX];
    const size_t len = diskfile_prefix(f, prefix);
    DIR *folder = opendir(f->folder);
    struct dirent *entry;
    while (folder && (entry = readdir(folder)))
        if (strncmp(entry->d_name, prefix, len) == 0 &&
            snprintf(path, sizeof path, "%s/%s", f->folder, entry->d_name) < PATH_MAX)
            clear(f, path, before, text);
    if (folder)
        closedir(folder);
}
