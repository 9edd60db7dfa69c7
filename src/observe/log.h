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
 * Any thread, never blocks: lines go into a bounded ring that a thread of the
 * log empties; when it is full the line is dropped and counted. Before
 * log_open, lines go straight to standard error. A disabled level costs one
 * comparison. */
#ifndef KOLABPAD_OBSERVE_LOG_H
#define KOLABPAD_OBSERVE_LOG_H

#include "base/slice.h"
#include "base/error.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_TEXT, LOG_JSON };

struct log_config {
    enum log_level level;
    enum log_format format;
    struct slice file; /* empty: standard error */
};

/* ERR_STORAGE when the file cannot be opened for appending (mode 0640). */
enum error log_open(const struct log_config *config);
/* SIGHUP: opens the file afresh. Any thread. */
void log_reopen(void);
/* Writes out everything and stops the thread. */
void log_close(void);

bool log_enabled(enum log_level level);
uint64_t log_dropped(void);

enum log_field_kind { LOG_FIELD_STR, LOG_FIELD_INT, LOG_FIELD_UINT, LOG_FIELD_MS };
struct log_field {
    const char *name;
    enum log_field_kind kind;
    struct slice str;
    int64_t num; /* LOG_FIELD_MS: microseconds, shown as 2.3ms */
};
#define LOG_STR(name, slice_value) ((struct log_field){(name), LOG_FIELD_STR, (slice_value), 0})
#define LOG_CSTR(name, cstr) ((struct log_field){(name), LOG_FIELD_STR, slice_from_cstr(cstr), 0})
#define LOG_INT(name, value) ((struct log_field){(name), LOG_FIELD_INT, {0}, (int64_t)(value)})
#define LOG_UINT(name, value) ((struct log_field){(name), LOG_FIELD_UINT, {0}, (int64_t)(value)})
#define LOG_US(name, us) ((struct log_field){(name), LOG_FIELD_MS, {0}, (int64_t)(us)})

void log_write(enum log_level level, struct slice message, const struct log_field *fields, size_t count);

/* The event's name, then any number of fields. */
#define log_event(level, message, ...)                                                                       \
    do {                                                                                                     \
        if (log_enabled(level)) {                                                                            \
            const struct log_field log_fields_[] = {{0}, ##__VA_ARGS__};                                     \
            log_write((level), slice_from_cstr(message), log_fields_ + 1,                                    \
                      sizeof(log_fields_) / sizeof(log_fields_[0]) - 1);                                     \
        }                                                                                                    \
    } while (0)

/* printf-like, for the sentences. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
