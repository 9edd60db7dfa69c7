#include "store/sqlite/open_elsewhere.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PROC_PATH_MAX = 64, NAME_MAX_BYTES = 32 };

static bool is_same_file(const char *folder, const char *name, const struct stat *file)
{
    char path[2 * PROC_PATH_MAX];
    struct stat other;
    return (size_t)snprintf(path, sizeof path, "%s/%.32s", folder, name) < sizeof path &&
           stat(path, &other) == 0 && other.st_dev == file->st_dev && other.st_ino == file->st_ino;
}

static bool has_open(long pid, const struct stat *file)
{
    char folder[PROC_PATH_MAX];
    bool found = false;
    snprintf(folder, sizeof folder, "/proc/%ld/fd", pid);
    DIR *files = opendir(folder);
    if (!files)
        return false;
    for (struct dirent *entry; !found && (entry = readdir(files));)
        found = isdigit((unsigned char)entry->d_name[0]) && is_same_file(folder, entry->d_name, file);
    closedir(files);
    return found;
}

static void describe(long pid, char *who, size_t size)
{
    char path[PROC_PATH_MAX], name[NAME_MAX_BYTES] = "?";
    snprintf(path, sizeof path, "/proc/%ld/comm", pid);
    FILE *comm = fopen(path, "re");
    if (comm && fgets(name, sizeof name, comm))
        name[strcspn(name, "\n")] = '\0';
    if (comm)
        fclose(comm);
    snprintf(who, size, "%ld (%s)", pid, name);
}

bool is_open_elsewhere(const char *path, char *who, size_t size)
{
    struct stat file;
    bool found = false;
    DIR *processes = stat(path, &file) == 0 ? opendir("/proc") : NULL;
    if (!processes)
        return false;
    for (struct dirent *entry; !found && (entry = readdir(processes));) {
        const long pid = strtol(entry->d_name, NULL, 10); /* 0: no process */
        found = pid > 0 && pid != (long)getpid() && has_open(pid, &file);
        if (found)
            describe(pid, who, size);
    }
    closedir(processes);
    return found;
}
