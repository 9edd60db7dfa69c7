/* log_event.h - the parts of an event of the log: its level, its fields, and the
 * two forms in which it is written. The names and texts in a field are borrowed
 * for the call that it is given to. */
#ifndef KOLABPAD_OBSERVE_LOG_EVENT_H
#define KOLABPAD_OBSERVE_LOG_EVENT_H

#include "base/slice.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_TEXT, LOG_JSON };

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

#endif
