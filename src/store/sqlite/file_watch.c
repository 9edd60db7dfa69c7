#include "store/sqlite/file_watch.h"

#include <stdio.h>
#include <sys/stat.h>

static void watch(struct watched_file *file, const char *path, const char *suffix)
{
    struct stat now;
    snprintf(file->path, sizeof file->path, "%s%s", path, suffix);
    if (stat(file->path, &now)) {
        file->path[0] = '\0';
        return;
    }
    file->device = now.st_dev;
    file->inode = now.st_ino;
}

void file_watch_begin(struct file_watch *w, const struct location *l)
{
    *w = (struct file_watch){0};
    if (l->in_memory)
        return;
    watch(&w->files[0], l->path, "");
    watch(&w->files[1], l->path, "-wal");
}

static bool is_there(const struct watched_file *file)
{
    struct stat now;
    return stat(file->path, &now) == 0 && now.st_dev == file->device && now.st_ino == file->inode;
}

const char *file_watch_moved(const struct file_watch *w)
{
    for (size_t i = 0; i < sizeof w->files / sizeof w->files[0]; i++)
        if (w->files[i].path[0] && !is_there(&w->files[i]))
            return w->files[i].path;
    return NULL;
}
