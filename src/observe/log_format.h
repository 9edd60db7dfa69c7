/* log_format.h - one event as one line; internal to observe/.
 *
 * Pure: no clock, no file, no allocation, no lock (the handler of a crash is among
 * the callers; of the C library it uses vsnprintf, for numbers only). Whatever
 * bytes a value holds, the result is one line of valid UTF-8 without control
 * characters, and in JSON format valid JSON. A line that would not fit loses its
 * last fields, whole. */
#ifndef KOLABPAD_OBSERVE_LOG_FORMAT_H
#define KOLABPAD_OBSERVE_LOG_FORMAT_H

#include "observe/log_event.h"

enum {
    LOG_VALUE_BYTES_MAX = 256,
    LOG_MESSAGE_BYTES_MAX = 1024,
    LOG_LINE_BYTES_MAX = 8192, /* escapes and line end included */
};

struct log_record {
    enum log_level level;
    int64_t time_us; /* since the Unix epoch */
    struct slice message;
    const struct log_field *fields;
    size_t field_count;
};

/* Writes the line, with its line end, and returns its length in bytes. */
size_t log_format_record(enum log_format format, const struct log_record *record,
                         char out[LOG_LINE_BYTES_MAX]);

const char *log_level_name(enum log_level level);

#endif
