#include "observe/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, FILE_BYTES = 4096 };

/* The beginning of a small file, as a string; "" when there is none. */
static void read_file(const char *path, char text[FILE_BYTES])
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t len = fd < 0 ? 0 : read(fd, text, FILE_BYTES - 1);

    if (fd >= 0)
        close(fd);
    text[len > 0 ? len : 0] = '\0';
}

/* The number in a file that holds one; 0 for "max", nonsense and no file. */
static uint64_t read_number(const char *path)
{
    char text[FILE_BYTES];

    read_file(path, text);
    return strtoull(text, NULL, 10);
}

uint64_t process_memory_bytes(void)
{
    char text[FILE_BYTES];
    unsigned long long all, resident;

    read_file("/proc/self/statm", text);
    if (sscanf(text, "%llu %llu", &all, &resident) != 2)
        return 0;
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* The smallest limit of the group `group` and those above it, up to the root of the
 * file system at `root`. 0: none. */
static uint64_t least_limit(const char *root, const char *group, const char *file)
{
    char folder[PATH_BYTES], path[PATH_BYTES + 64];
    uint64_t least = 0;

    if ((size_t)snprintf(folder, sizeof folder, "%s%s", root, group) >= sizeof folder)
        return 0;
    for (;;) {
        snprintf(path, sizeof path, "%s/%s", folder, file);
        const uint64_t limit = read_number(path);
        if (limit > 0 && (least == 0 || limit < least))
            least = limit;
        char *slash = strrchr(folder, '/');
        if (strlen(folder) <= strlen(root) || !slash)
            return least;
        *slash = '\0';
    }
}

/* A line of /proc/self/cgroup is "0::/group" (version 2) or
 * "4:memory:/group" (version 1). */
static uint64_t cgroup_limit_of_line(const char *line)
{
    const char *colon = strchr(line, ':'), *group = colon ? strchr(colon + 1, ':') : NULL;

    if (!group)
        return 0;
    if (group == colon + 1)
        return least_limit("/sys/fs/cgroup", group + 1, "memory.max");
    const bool is_memory = strncmp(colon, ":memory:", 8) == 0;
    return is_memory ? least_limit("/sys/fs/cgroup/memory", group + 1, "memory.limit_in_bytes") : 0;
}

uint64_t process_memory_limit_bytes(void)
{
    char text[FILE_BYTES], *rest = NULL;
    uint64_t least = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);

    read_file("/proc/self/cgroup", text);
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        const uint64_t limit = cgroup_limit_of_line(line);
        if (limit > 0 && limit < least)
            least = limit;
    }
    return least;
}

uint64_t process_cpu_ms(void)
{
    struct timespec used = {0};

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (uint64_t)used.tv_sec * 1000 + (uint64_t)used.tv_nsec / 1000000;
}

static uint64_t count_entries(const char *path)
{
    DIR *folder = opendir(path);
    uint64_t count = 0;

    if (!folder)
        return 0;
    for (const struct dirent *entry; (entry = readdir(folder));)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* Recent kernels give the number as the size of the folder; else it is counted. */
uint64_t process_open_files(void)
{
    struct stat folder;
    if (stat("/proc/self/fd", &folder) == 0 && folder.st_size > 0)
        return (uint64_t)folder.st_size;
    const uint64_t entries = count_entries("/proc/self/fd");

    return entries > 0 ? entries - 1 : 0; /* one of them was the folder itself */
}

/* The links of the folder are itself, its parent's, and one for each thread. */
uint64_t process_threads(void)
{
    struct stat folder;
    if (stat("/proc/self/task", &folder) == 0 && folder.st_nlink > 2)
        return (uint64_t)folder.st_nlink - 2;
    return count_entries("/proc/self/task");
}
