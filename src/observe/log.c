/* Two buffers of fixed size. Callers append to the one in front, under a lock
 * that is held for a copy and nothing else; the writer swaps it for the empty
 * one behind and writes that out without the lock. */
#include "observe/log.h"

#include "observe/log_format.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    LOG_BUFFER_BYTES = 256 * 1024,
    LOG_PATH_MAX = 1024,
    LOG_FILE_MODE = 0640,
    /* A write of this size into a pipe that poll reports as writable does not
     * block, and does not mix with the lines of another process. */
    WRITE_BYTES_MAX = 4096,
    CLOSING_TIMEOUT_MS = 1000,
};

static atomic_int least_level = LOG_INFO; /* log_open sets it; events below it cost a comparison */
static atomic_ullong dropped_lines;

static struct {
    pthread_mutex_t lock;
    pthread_cond_t wake; /* the writer has something to do */
    pthread_cond_t room; /* the buffer in front is empty again */
    pthread_t writer;
    /* Everything below is under the lock, unless it says otherwise. */
    bool open;           /* there is a writer; without one, lines go straight to standard error */
    bool closing;        /* log_close asks the writer to end; it empties the buffer first */
    bool reopen;         /* log_reopen asks for the file afresh; the writer clears it */
    bool waits_for_room; /* a full buffer makes callers wait; cleared for good when one has waited in vain */
    enum log_format format;
    char *front, *back; /* LOG_BUFFER_BYTES each; the writer owns `back` while it writes it out */
    size_t front_len;
    char path[LOG_PATH_MAX]; /* "": standard error; fixed by log_open */
    int fd;                  /* only the writer changes it, and uses it without the lock */
} logger = {.lock = PTHREAD_MUTEX_INITIALIZER,
            .wake = PTHREAD_COND_INITIALIZER,
            .room = PTHREAD_COND_INITIALIZER,
            .fd = STDERR_FILENO};

bool log_enabled(enum log_level level)
{
    return (int)level >= atomic_load_explicit(&least_level, memory_order_relaxed);
}

uint64_t log_dropped(void)
{
    return atomic_load_explicit(&dropped_lines, memory_order_relaxed);
}

static void count_dropped(uint64_t lines)
{
    atomic_fetch_add_explicit(&dropped_lines, lines, memory_order_relaxed);
}

static int64_t time_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- writing out ---- */

/* Everything up to the last line end within WRITE_BYTES_MAX, so that no line
 * is torn that need not be. */
static size_t portion(struct slice bytes)
{
    if (bytes.len <= WRITE_BYTES_MAX)
        return bytes.len;
    const char *end = memrchr(bytes.ptr, '\n', WRITE_BYTES_MAX);
    return end ? (size_t)(end - bytes.ptr) + 1 : WRITE_BYTES_MAX;
}

/* Set by log_crash in the handler of a fatal signal, which may hold the lock and
 * must not wait for it. */
static atomic_bool is_dying;

static bool is_closing(void)
{
    if (atomic_load(&is_dying))
        return true;
    pthread_mutex_lock(&logger.lock);
    const bool closing = logger.closing;
    pthread_mutex_unlock(&logger.lock);
    return closing;
}

/* Waits until the file takes more. A pipe that nobody reads may hold up the log,
 * but not the end of the process: false when that is near. */
static bool wait_writable(int fd)
{
    struct pollfd waiting = {.fd = fd, .events = POLLOUT};

    for (;;) {
        const int ready = poll(&waiting, 1, CLOSING_TIMEOUT_MS);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
        if (ready == 0 && is_closing())
            return false;
    }
}

static uint64_t count_lines(struct slice bytes)
{
    uint64_t lines = 0;

    for (size_t i = 0; i < bytes.len; i++)
        lines += bytes.ptr[i] == '\n';
    return lines;
}

/* Lines that cannot be written (the disk is full, the pipe is gone) are counted. */
static void write_out(int fd, struct slice bytes)
{
    while (bytes.len > 0 && wait_writable(fd)) {
        const ssize_t written = write(fd, bytes.ptr, portion(bytes));
        if (written > 0)
            bytes = slice_from(bytes, (size_t)written);
        else if (written < 0 && errno != EINTR && errno != EAGAIN)
            break;
    }
    count_dropped(count_lines(bytes));
}

static void write_record(int fd, enum log_format format, const struct log_record *record)
{
    char line[LOG_LINE_BYTES_MAX];

    write_out(fd, slice_of(line, log_format_record(format, record, line)));
}

/* Logs how many lines were dropped, once for each batch that is written. */
static void report_dropped(uint64_t *reported)
{
    const uint64_t dropped = log_dropped();
    const struct log_field count = LOG_UINT("count", dropped - *reported);

    if (dropped == *reported)
        return;
    *reported = dropped;
    write_record(logger.fd, logger.format,
                 &(struct log_record){LOG_WARN, time_now_us(), SLICE("log_lines_dropped"), &count, 1});
}

/* ---- the file ---- */

static int open_file(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, LOG_FILE_MODE);
}

static void close_file(void)
{
    if (logger.fd != STDERR_FILENO)
        close(logger.fd);
    logger.fd = STDERR_FILENO;
}

/* Keeps the old file when the new one cannot be opened. */
static void reopen_file(void)
{
    if (!logger.path[0])
        return;
    const int fd = open_file(logger.path);
    if (fd < 0) {
        const struct log_field why = LOG_CSTR("error", strerror(errno));
        write_record(logger.fd, logger.format,
                     &(struct log_record){LOG_ERROR, time_now_us(), SLICE("log_reopen_failed"), &why, 1});
        return;
    }
    close_file();
    logger.fd = fd;
}

/* ---- the writer ---- */

/* Swaps the buffers. With the lock held. */
static struct slice take_front(void)
{
    const struct slice taken = slice_of(logger.front, logger.front_len);

    logger.front = logger.back;
    logger.back = (char *)taken.ptr;
    logger.front_len = 0;
    pthread_cond_broadcast(&logger.room);
    return taken;
}

static void *write_until_closed(void *arg)
{
    uint64_t reported = log_dropped();
    bool last = false;

    (void)arg;
    while (!last) {
        pthread_mutex_lock(&logger.lock);
        while (logger.front_len == 0 && !logger.closing && !logger.reopen)
            pthread_cond_wait(&logger.wake, &logger.lock);
        const struct slice lines = take_front();
        const bool reopen = logger.reopen;
        logger.reopen = false;
        last = logger.closing;
        pthread_mutex_unlock(&logger.lock);

        write_out(logger.fd, lines);
        if (reopen)
            reopen_file();
        report_dropped(&reported);
    }
    return NULL;
}

/* Blocks all signals in the new thread, which other threads wait for, except those
 * that it causes itself. */
static bool start_thread(void)
{
    static const int own[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGPROF};
    sigset_t all, before;

    sigfillset(&all);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        sigdelset(&all, own[i]);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const bool started = pthread_create(&logger.writer, NULL, write_until_closed, NULL) == 0;
    if (started)
        pthread_setname_np(logger.writer, "log");
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static enum error start_writer(void)
{
    logger.front = malloc(LOG_BUFFER_BYTES);
    logger.back = malloc(LOG_BUFFER_BYTES);
    logger.front_len = 0;
    logger.closing = logger.reopen = logger.waits_for_room = false;
    if (logger.front && logger.back && start_thread())
        return OK;
    free(logger.front);
    free(logger.back);
    logger.front = logger.back = NULL;
    return ERR_NO_MEMORY;
}

/* ---- open and close ---- */

/* Opens the configured file before there is a writer. */
static enum error open_first(struct slice path)
{
    if (path.len >= LOG_PATH_MAX)
        return ERR_STORAGE;
    if (path.len)
        memcpy(logger.path, path.ptr, path.len);
    logger.path[path.len] = '\0';
    if (!path.len)
        return OK;
    const int fd = open_file(logger.path);
    if (fd < 0)
        return ERR_STORAGE;
    logger.fd = fd;
    return OK;
}

enum error log_open(const struct log_config *config)
{
    enum error err = open_first(config->file);
    if (err)
        return err;
    pthread_mutex_lock(&logger.lock);
    logger.format = config->format;
    atomic_store(&least_level, (int)config->level);
    err = start_writer();
    logger.open = err == OK;
    pthread_mutex_unlock(&logger.lock);
    if (err)
        close_file();
    return err;
}

static void request(bool *what)
{
    pthread_mutex_lock(&logger.lock);
    *what = true;
    pthread_cond_signal(&logger.wake);
    pthread_mutex_unlock(&logger.lock);
}

void log_reopen(void)
{
    request(&logger.reopen);
}

void log_block_when_full(void)
{
    request(&logger.waits_for_room);
}

void log_close(void)
{
    pthread_mutex_lock(&logger.lock);
    const bool was_open = logger.open;
    logger.open = false;
    pthread_mutex_unlock(&logger.lock);
    if (!was_open)
        return;
    request(&logger.closing);
    pthread_join(logger.writer, NULL);
    close_file();
    free(logger.front);
    free(logger.back);
    logger.front = logger.back = NULL;
}

/* ---- lines ---- */

static bool has_room(size_t len)
{
    return len <= LOG_BUFFER_BYTES - logger.front_len;
}

/* Waits until there is room. When a whole timeout passed without any, nobody reads:
 * then no later line waits either. */
static void wait_for_room(size_t len)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += CLOSING_TIMEOUT_MS / 1000;
    while (logger.waits_for_room && !has_room(len))
        logger.waits_for_room =
            pthread_cond_clockwait(&logger.room, &logger.lock, CLOCK_MONOTONIC, &until) == 0;
}

/* The writer is woken only by the first line of a batch. */
static void append(struct slice line)
{
    if (logger.waits_for_room)
        wait_for_room(line.len);
    if (!has_room(line.len)) {
        count_dropped(1);
        return;
    }
    memcpy(logger.front + logger.front_len, line.ptr, line.len);
    if (logger.front_len == 0)
        pthread_cond_signal(&logger.wake);
    logger.front_len += line.len;
}

void log_write(enum log_level level, struct slice message, const struct log_field *fields, size_t count)
{
    if (!log_enabled(level))
        return;
    const struct log_record record = {level, time_now_us(), message, fields, count};
    char line[LOG_LINE_BYTES_MAX];
    const size_t len = log_format_record(logger.format, &record, line);

    pthread_mutex_lock(&logger.lock);
    const bool open = logger.open;
    if (open)
        append(slice_of(line, len));
    pthread_mutex_unlock(&logger.lock);
    if (!open)
        write_out(STDERR_FILENO, slice_of(line, len));
}

/* The lock may be held by the very thread that was interrupted: then the lines in
 * the buffer are lost. It is not given back, so that nothing follows. */
void log_crash(enum log_level level, struct slice message, const struct log_field *fields, size_t count)
{
    static char line[LOG_LINE_BYTES_MAX]; /* too large for a handler's stack */
    const struct log_record record = {level, time_now_us(), message, fields, count};
    const size_t len = log_format_record(logger.format, &record, line);

    atomic_store(&is_dying, true);
    if (pthread_mutex_trylock(&logger.lock) == 0 && logger.open)
        write_out(logger.fd, slice_of(logger.front, logger.front_len));
    write_out(logger.fd, slice_of(line, len));
}

void log_line(enum log_level level, const char *format, ...)
{
    char text[LOG_MESSAGE_BYTES_MAX];
    va_list args;

    if (!log_enabled(level))
        return;
    va_start(args, format);
    const int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len < 0)
        return;
    log_write(level, slice_of(text, (size_t)len < sizeof text ? (size_t)len : sizeof text - 1), NULL, 0);
}
