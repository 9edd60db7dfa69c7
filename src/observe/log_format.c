#include "observe/log_format.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { US_PER_MS = 1000, US_PER_SECOND = 1000000 };

/* Bytes that stay free for the end of the line: }\n */
enum { TAIL_BYTES = 2 };

/* The line as it grows. Once something did not fit, `full` is set and nothing more
 * is written, until put_fields takes the unfinished field back and clears it. */
struct line {
    char *out;
    size_t len;
    bool full;
};

static void put(struct line *l, const char *bytes, size_t len)
{
    if (l->full || len > LOG_LINE_BYTES_MAX - TAIL_BYTES - l->len) {
        l->full = true;
        return;
    }
    memcpy(l->out + l->len, bytes, len);
    l->len += len;
}

static void put_cstr(struct line *l, const char *cstr)
{
    put(l, cstr, strlen(cstr));
}

__attribute__((format(printf, 2, 3))) static void put_formatted(struct line *l, const char *format, ...)
{
    char text[64];
    va_list args;

    va_start(args, format);
    const int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    put(l, text, (size_t)len);
}

/* ---- characters ---- */

struct character {
    uint32_t point;
    uint8_t bytes; /* how many it takes */
    bool valid;    /* part of strict UTF-8; otherwise `point` is a single byte */
};

/* The bytes that a UTF-8 sequence beginning with `lead` has, 0 if none does. */
static uint8_t sequence_bytes(uint8_t lead)
{
    if (lead < 0x80)
        return 1;
    if (lead < 0xc2)
        return 0;
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
}

static struct character character_at(struct slice text, size_t at)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const uint8_t lead = (uint8_t)text.ptr[at], count = sequence_bytes(lead);
    const struct character broken = {lead, 1, false};

    if (count == 1)
        return (struct character){lead, 1, true};
    if (count == 0 || count > text.len - at)
        return broken;
    uint32_t point = lead & (0x7fu >> count);
    for (uint8_t i = 1; i < count; i++) {
        const uint8_t next = (uint8_t)text.ptr[at + i];
        if ((next & 0xc0) != 0x80)
            return broken;
        point = point << 6 | (next & 0x3fu);
    }
    if (point < least[count] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        return broken;
    return (struct character){point, count, true};
}

/* False for control characters, and for those that a terminal or a viewer may take
 * for the end of a line or for a change of the writing direction. */
static bool is_printable(struct character c)
{
    static const struct {
        uint32_t first, last;
    } hidden[] = {{0, 0x1f},        {0x7f, 0x9f},     {0x61c, 0x61c},   {0x200b, 0x200f},   {0x2028, 0x202e},
                  {0x2060, 0x2069}, {0xfeff, 0xfeff}, {0xfff0, 0xfffb}, {0xe0000, 0x10ffff}};

    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        if (c.point >= hidden[i].first && c.point <= hidden[i].last)
            return false;
    return c.valid;
}

/* \n \t, else \xNN for a byte that is no UTF-8, else \uNNNN. */
static void put_text_escape(struct line *l, struct character c)
{
    if (c.valid && c.point == '\n')
        put_cstr(l, "\\n");
    else if (c.valid && c.point == '\t')
        put_cstr(l, "\\t");
    else if (!c.valid)
        put_formatted(l, "\\x%02x", (unsigned)c.point);
    else
        put_formatted(l, c.point > 0xffff ? "\\U%08x" : "\\u%04x", (unsigned)c.point);
}

/* JSON has only \uNNNN, pairs of them beyond U+FFFF, and no bytes. */
static void put_json_escape(struct line *l, struct character c)
{
    const unsigned above = (unsigned)c.point - 0x10000;

    if (!c.valid)
        put_cstr(l, "\\ufffd");
    else if (c.point > 0xffff)
        put_formatted(l, "\\u%04x\\u%04x", 0xd800 + (above >> 10), 0xdc00 + (above & 0x3ff));
    else
        put_formatted(l, "\\u%04x", (unsigned)c.point);
}

/* The style in which a text is written: its escapes, and whether there are quotes
 * around it, which make " and \ special. */
struct style {
    void (*escape)(struct line *l, struct character c);
    bool quoted;
};
static const struct style TEXT_BARE = {put_text_escape, false};
static const struct style TEXT_QUOTED = {put_text_escape, true};
static const struct style JSON_QUOTED = {put_json_escape, true};

/* At most `max_bytes`, not counting escapes, and no half character. */
static void put_string(struct line *l, struct slice text, size_t max_bytes, struct style style)
{
    put_cstr(l, style.quoted ? "\"" : "");
    for (size_t at = 0; at < text.len;) {
        const struct character c = character_at(text, at);
        if (at + c.bytes > max_bytes)
            break;
        if (!is_printable(c))
            style.escape(l, c);
        else {
            if (style.quoted && (c.point == '"' || c.point == '\\'))
                put_cstr(l, "\\");
            put(l, text.ptr + at, c.bytes);
        }
        at += c.bytes;
    }
    put_cstr(l, style.quoted ? "\"" : "");
}

/* ---- fields ---- */

static bool needs_quotes(struct slice value)
{
    for (size_t i = 0; i < value.len; i++) {
        const uint8_t c = (uint8_t)value.ptr[i];
        if (c <= ' ' || c >= 0x7f || c == '"' || c == '\\')
            return true;
    }
    return value.len == 0;
}

/* 2.3ms: one digit behind the point, rounded. */
static void put_milliseconds(struct line *l, int64_t us)
{
    const int64_t tenths = (us + US_PER_MS / 20) / (US_PER_MS / 10);

    put_formatted(l, "%lld.%lldms", (long long)(tenths / 10), (long long)(tenths % 10));
}

static void put_number(struct line *l, const struct log_field *field)
{
    if (field->kind == LOG_FIELD_UINT)
        put_formatted(l, "%llu", (unsigned long long)field->num);
    else
        put_formatted(l, "%lld", (long long)field->num);
}

static void put_text_value(struct line *l, const struct log_field *field)
{
    if (field->kind == LOG_FIELD_STR)
        put_string(l, field->str, LOG_VALUE_BYTES_MAX, needs_quotes(field->str) ? TEXT_QUOTED : TEXT_BARE);
    else if (field->kind == LOG_FIELD_MS)
        put_milliseconds(l, field->num);
    else
        put_number(l, field);
}

static void put_json_value(struct line *l, const struct log_field *field)
{
    if (field->kind == LOG_FIELD_STR)
        put_string(l, field->str, LOG_VALUE_BYTES_MAX, JSON_QUOTED);
    else if (field->kind == LOG_FIELD_MS) {
        put_cstr(l, "\"");
        put_milliseconds(l, field->num);
        put_cstr(l, "\"");
    } else
        put_number(l, field);
}

static void put_text_field(struct line *l, const struct log_field *field)
{
    put_cstr(l, " ");
    put_cstr(l, field->name);
    put_cstr(l, "=");
    put_text_value(l, field);
}

static void put_json_field(struct line *l, const struct log_field *field)
{
    put_cstr(l, ",\"");
    put_cstr(l, field->name);
    put_cstr(l, "\":");
    put_json_value(l, field);
}

/* The first field that does not fit is taken back, and ends the line. */
static void put_fields(struct line *l, const struct log_record *record,
                       void (*put_field)(struct line *, const struct log_field *))
{
    for (size_t i = 0; i < record->field_count && !l->full; i++) {
        const size_t before = l->len;
        put_field(l, &record->fields[i]);
        if (l->full)
            l->len = before;
    }
    l->full = false;
}

/* ---- the line ---- */

const char *log_level_name(enum log_level level)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};

    return names[level];
}

struct date {
    unsigned year, month, day;
};

/* The date so many days after 1970-01-01, in the Gregorian calendar. Years
 * begin in March here, so that the leap day is their last. gmtime_r takes the
 * lock of the time zones, which a crash may have left locked. */
static struct date date_of(uint64_t days)
{
    enum { DAYS_PER_ERA = 146097, YEARS_PER_ERA = 400, MARCH_OF_0_TO_1970 = 719468 };
    const uint64_t since = days + MARCH_OF_0_TO_1970;
    const unsigned of_era = (unsigned)(since % DAYS_PER_ERA);
    const unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
    const unsigned month = (5 * of_year + 2) / 153; /* 0 is March */
    return (struct date){
        .year = (unsigned)(since / DAYS_PER_ERA) * YEARS_PER_ERA + year + (month >= 10),
        .month = month < 10 ? month + 3 : month - 9,
        .day = of_year - (153 * month + 2) / 5 + 1,
    };
}

/* A clock before 1970 reads as that. */
static void put_iso_time(struct line *l, int64_t time_us)
{
    enum { PER_MINUTE = 60, PER_HOUR = 60 * PER_MINUTE, PER_DAY = 24 * PER_HOUR };
    const uint64_t us = time_us > 0 ? (uint64_t)time_us : 0, seconds = us / US_PER_SECOND;
    const unsigned second = (unsigned)(seconds % PER_DAY);
    const struct date date = date_of(seconds / PER_DAY);

    put_formatted(l, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", date.year, date.month, date.day,
                  second / PER_HOUR, second % PER_HOUR / PER_MINUTE, second % PER_MINUTE,
                  (unsigned)(us % US_PER_SECOND / US_PER_MS));
}

static void put_text_record(struct line *l, const struct log_record *record)
{
    put_iso_time(l, record->time_us);
    put_cstr(l, " ");
    put_cstr(l, log_level_name(record->level));
    put_cstr(l, ": ");
    put_string(l, record->message, LOG_MESSAGE_BYTES_MAX, TEXT_BARE);
    put_fields(l, record, put_text_field);
}

static void put_json_record(struct line *l, const struct log_record *record)
{
    put_formatted(l, "{\"level\":\"%s\",\"ts\":%lld.%03d,\"msg\":", log_level_name(record->level),
                  (long long)(record->time_us / US_PER_SECOND),
                  (int)(record->time_us % US_PER_SECOND / US_PER_MS));
    put_string(l, record->message, LOG_MESSAGE_BYTES_MAX, JSON_QUOTED);
    put_fields(l, record, put_json_field);
}

/* The worst message, every byte an escape of six, leaves room for the frame. */
static_assert(LOG_MESSAGE_BYTES_MAX * 6 + 128 + TAIL_BYTES <= LOG_LINE_BYTES_MAX, "a message always fits");

size_t log_format_record(enum log_format format, const struct log_record *record,
                         char out[LOG_LINE_BYTES_MAX])
{
    struct line l = {.out = out};

    if (format == LOG_JSON)
        put_json_record(&l, record);
    else
        put_text_record(&l, record);
    if (format == LOG_JSON)
        l.out[l.len++] = '}';
    l.out[l.len++] = '\n';
    return l.len;
}
