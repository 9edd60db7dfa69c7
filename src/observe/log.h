/* log.h - one line for each event, to standard error or a file.
 *
 *   log_event(LOG_INFO, "persisted", LOG_STR("docId", id), LOG_STR("reason", reason),
 *             LOG_UINT("revision", revision));
 *
 *   text:  2026-01-01T12:00:00.123Z info: persisted docId=abc123 reason=idle_threshold revision=42
 *   json:  {"level":"info","ts":1767268800.123,"msg":"persisted","docId":"abc123",…}
 *
 * Lines that are sentences ("Listening on :3030") are events without fields.
 * Values are escaped: a value with a space, quote, control character or
 * anything not printable is quoted in text format, and nothing can begin a new
 * line. A value is cut at 256 bytes.
 *
 * Any thread, never waits for a disk or a pipe: lines go into a bounded buffer
 * that a thread of the log empties; when it is full the line is dropped and
 * counted, and the log says so. Before log_open and after log_close, lines go
 * straight to standard error. A disabled level costs one comparison.
 *
 * log_open and log_close belong to the main thread, while no other one logs. */
#ifndef KOLABPAD_OBSERVE_LOG_H
#define KOLABPAD_OBSERVE_LOG_H

#include "base/error.h"
#include "observe/log_event.h"

struct log_config {
    enum log_level level;
    enum log_format format;
    struct slice file; /* empty: standard error */
};

/* Starts the log's thread. ERR_STORAGE when the file cannot be opened for
 * appending (mode 0640), ERR_NO_MEMORY. */
enum error log_open(const struct log_config *config);
/* Opens the file afresh, as SIGHUP asks for. Any thread, but not a signal handler.
 * When that fails, the old file is kept and gets a line about it. */
void log_reopen(void);
/* From now on a line that finds no room waits for it, a second at most. The
 * shutdown asks for this: its lines are promised, and it has the time. */
void log_block_when_full(void);
/* Writes out everything and stops the thread. Waits a second at most for a
 * pipe that nobody reads. */
void log_close(void);

bool log_enabled(enum log_level level);
/* Lines that found no room or could not be written. */
uint64_t log_dropped(void);

void log_write(enum log_level level, struct slice message, const struct log_field *fields, size_t count);

/* Writes the lines in the buffer and this one, at once and past the writer's
 * thread, from the handler of a fatal signal. When the thread that died was
 * logging just then, the buffer is lost. Nothing is logged after it. */
void log_crash(enum log_level level, struct slice message, const struct log_field *fields, size_t count);

/* The event's name, then its fields, one or more. (Without fields: log_line.) */
#define log_event(level, message, ...)                                                                       \
    do {                                                                                                     \
        if (log_enabled(level)) {                                                                            \
            const struct log_field log_fields_[] = {__VA_ARGS__};                                            \
            log_write((level), slice_from_cstr(message), log_fields_,                                        \
                      sizeof(log_fields_) / sizeof(log_fields_[0]));                                         \
        }                                                                                                    \
    } while (0)

/* printf-like, for the sentences. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
