#include "process.h"

#include "client.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
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
