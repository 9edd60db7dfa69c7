/* faulty_io.c - a disk and a clock that misbehave while told to, under an
 * unchanged program: LD_PRELOAD=faulty_io.so KP_FAULTY_IO=/path/of/control.
 *
 * The control file holds `struct control`, and whoever writes to it changes
 * what happens from then on. Only regular files are touched. Calls go to the
 * kernel directly, so that nothing is missed or looped. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Little-endian in the file, as tests/chaos/faulty_io.ts writes it. */
struct control {
    volatile int32_t write_errno;  /* writes fail with it; 0: they do not */
    volatile int32_t sync_errno;   /* syncs fail with it */
    volatile uint32_t percent;     /* of the calls that fail */
    volatile uint32_t torn;        /* a write that fails writes half before */
    volatile uint32_t slow_us;     /* each write and sync takes so much longer */
    volatile uint32_t failures;    /* counted here */
    volatile int64_t clock_off_ms; /* added to the wall clock */
};

static struct control off;
static struct control *control = &off;
static uint32_t chance = 1;

__attribute__((constructor)) static void attach(void)
{
    const char *path = getenv("KP_FAULTY_IO");
    int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *at = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED)
        control = at;
    syscall(SYS_close, fd);
}

static int is_file(int fd)
{
    struct stat st;
    return syscall(SYS_fstat, fd, &st) == 0 && S_ISREG(st.st_mode);
}

static void be_slow(void)
{
    struct timespec t = {control->slow_us / 1000000, (long)(control->slow_us % 1000000) * 1000};
    if (control->slow_us)
        syscall(SYS_nanosleep, &t, NULL);
}

/* Is this call one of those that fail? */
static int strikes(int32_t error)
{
    if (error == 0)
        return 0;
    chance = chance * 1664525u + 1013904223u;
    if ((chance >> 16) % 100 >= control->percent)
        return 0;
    control->failures++;
    return 1;
}

static ssize_t faulty_pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    if (!is_file(fd))
        return syscall(SYS_pwrite64, fd, bytes, len, at);
    be_slow();
    int32_t error = control->write_errno;
    if (!strikes(error))
        return syscall(SYS_pwrite64, fd, bytes, len, at);
    if (control->torn)
        syscall(SYS_pwrite64, fd, bytes, len / 2, at);
    errno = error;
    return -1;
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    return faulty_pwrite(fd, bytes, len, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off_t at)
{
    return faulty_pwrite(fd, bytes, len, at);
}

static int faulty_sync(long number, int fd)
{
    be_slow();
    int32_t error = control->sync_errno;
    if (!strikes(error))
        return (int)syscall(number, fd);
    errno = error;
    return -1;
}

int fsync(int fd)
{
    return faulty_sync(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return faulty_sync(SYS_fdatasync, fd);
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
    enum { MS_PER_S = 1000, NS_PER_MS = 1000000 };
    int rc = (int)syscall(SYS_clock_gettime, clock, out);
    if (rc == 0 && clock == CLOCK_REALTIME && control->clock_off_ms != 0) {
        int64_t ms = (int64_t)out->tv_sec * MS_PER_S + out->tv_nsec / NS_PER_MS + control->clock_off_ms;
        out->tv_sec = ms / MS_PER_S;
        out->tv_nsec = ms % MS_PER_S * NS_PER_MS;
    }
    return rc;
}
