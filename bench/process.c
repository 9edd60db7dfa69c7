#include "process.h"

#include "client.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { END_TIMEOUT_MS = 60000 };

int64_t process_cpu_ns(pid_t pid)
{
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &used))
        die("no processor clock of process %d", (int)pid);
    return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

/* Ticks of one process, with those of children that it has waited for. 0: it has ended. */
static int64_t ticks_of(pid_t pid, pid_t *parent)
{
    char path[64], line[1024] = "";
    long long user = 0, system = 0, user_of_ended = 0, system_of_ended = 0;
    int parent_pid = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    size_t len = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[len] = '\0';
    const char *after_name = strrchr(line, ')'); /* the name may hold anything */
    if (!after_name || sscanf(after_name, ") %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lld %lld %lld %lld",
                              &parent_pid, &user, &system, &user_of_ended, &system_of_ended) != 5)
        return 0;
    *parent = parent_pid;
    return user + system + user_of_ended + system_of_ended;
}

int64_t process_family_cpu_ns(pid_t pid)
{
    pid_t parent = 0;
    int64_t ticks = ticks_of(pid, &parent);
    DIR *processes = opendir("/proc");
    if (!processes)
        die("/proc: %s", strerror(errno));
    for (struct dirent *entry; (entry = readdir(processes));) {
        pid_t child = (pid_t)strtol(entry->d_name, NULL, 10);
        int64_t of_child = child > 0 ? ticks_of(child, &parent) : 0;
        ticks += child > 0 && parent == pid ? of_child : 0;
        parent = 0;
    }
    closedir(processes);
    return ticks * (1000000000 / sysconf(_SC_CLK_TCK));
}

int64_t process_rss_bytes(pid_t pid)
{
    char path[64], line[256];
    long long kib = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file)
        die("%s: %s", path, strerror(errno));
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "VmRSS: %lld kB", &kib) == 1)
            break;
    fclose(file);
    if (kib < 0)
        die("%s holds no VmRSS", path);
    return kib * 1024;
}

int64_t process_end_ns(pid_t pid, int signal_number)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0)
        die("pidfd_open: %s", strerror(errno));
    struct pollfd end = {.fd = fd, .events = POLLIN};
    int64_t began = now_ns();
    if (kill(pid, signal_number))
        die("kill: %s", strerror(errno));
    if (poll(&end, 1, END_TIMEOUT_MS) != 1)
        die("process %d did not end within a minute", (int)pid);
    close(fd);
    return now_ns() - began;
}
