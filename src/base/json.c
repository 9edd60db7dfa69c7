#include "base/json.h"

enum { UINT64_DIGITS_MAX = 20, FIXED_DECIMALS_MAX = 6 };

void json_bytes(struct json *j, struct slice raw)
{
    if (!j->failed && buf_append(j->out, raw) != OK)
        j->failed = true;
}

void json_raw(struct json *j, const char *cstr)
{
    json_bytes(j, slice_from_cstr(cstr));
}

void json_uint(struct json *j, uint64_t value)
{
    char digits[UINT64_DIGITS_MAX];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    json_bytes(j, slice_of(digits + at, sizeof digits - at));
}

void json_int(struct json *j, int64_t value)
{
    if (value < 0)
        json_bytes(j, SLICE("-"));
    json_uint(j, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

/* The `count` lowest decimal digits, leading zeros included. */
static void append_digits(struct json *j, uint64_t value, int count)
{
    char digits[FIXED_DECIMALS_MAX];
    for (int i = count - 1; i >= 0; i--) {
        digits[i] = (char)('0' + value % 10);
        value /= 10;
    }
    json_bytes(j, slice_of(digits, (size_t)count));
}

/* JSON knows no infinities, and what does not fit its integers is of no use to
 * a reader: NaN reads as zero, the rest is cut to the range. */
void json_fixed(struct json *j, double value, int decimals)
{
    static const uint64_t power[FIXED_DECIMALS_MAX + 1] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    static const double most = 9e12; /* times 10^6 still fits 64 bits */
    const int places = decimals < 0 ? 0 : decimals > FIXED_DECIMALS_MAX ? FIXED_DECIMALS_MAX : decimals;
    double size = value < 0 ? -value : value == value ? value : 0;
    if (size > most)
        size = most;
    const uint64_t scaled = (uint64_t)(size * (double)power[places] + 0.5);
    if (value < 0 && scaled > 0)
        json_bytes(j, SLICE("-"));
    json_uint(j, scaled / power[places]);
    if (places > 0) {
        json_bytes(j, SLICE("."));
        append_digits(j, scaled % power[places], places);
    }
}

/* True when U+2028 or U+2029 (E2 80 A8, E2 80 A9) stands at `at`. */
static bool is_line_separator(struct slice text, size_t at)
{
    return text.len - at >= 3 && (uint8_t)text.ptr[at] == 0xe2 && (uint8_t)text.ptr[at + 1] == 0x80 &&
           ((uint8_t)text.ptr[at + 2] & 0xfe) == 0xa8;
}

static bool needs_escape(struct slice text, size_t at)
{
    const uint8_t c = (uint8_t)text.ptr[at];
    return c < 0x20 || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' ||
           is_line_separator(text, at);
}

/* The letter of the two-character escape, or 0. */
static char short_escape(uint8_t c)
{
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    default:
        return 0;
    }
}

static void append_escape(struct json *j, unsigned code_point)
{
    static const char hex[] = "0123456789abcdef";
    char letter = 0;
    if (code_point < 0x80)
        letter = short_escape((uint8_t)code_point);
    if (letter) {
        json_bytes(j, slice_of((char[]){'\\', letter}, 2));
        return;
    }
    const char escape[] = {'\\',
                           'u',
                           hex[code_point >> 12 & 15u],
                           hex[code_point >> 8 & 15u],
                           hex[code_point >> 4 & 15u],
                           hex[code_point & 15u]};
    json_bytes(j, slice_of(escape, sizeof escape));
}

void json_escaped(struct json *j, struct slice text)
{
    size_t plain = 0; /* start of the run without escapes that is not written yet */
    for (size_t at = 0; at < text.len;) {
        if (!needs_escape(text, at)) {
            at++;
            continue;
        }
        const bool separator = (uint8_t)text.ptr[at] == 0xe2;
        json_bytes(j, slice_of(text.ptr + plain, at - plain));
        append_escape(j, separator ? 0x2000u | ((uint8_t)text.ptr[at + 2] & 0x3fu) : (uint8_t)text.ptr[at]);
        at += separator ? 3 : 1;
        plain = at;
    }
    if (plain < text.len)
        json_bytes(j, slice_from(text, plain));
}

void json_quoted(struct json *j, struct slice text)
{
    json_bytes(j, SLICE("\""));
    json_escaped(j, text);
    json_bytes(j, SLICE("\""));
}

void json_quoted_or_null(struct json *j, struct slice text)
{
    if (text.ptr)
        json_quoted(j, text);
    else
        json_bytes(j, SLICE("null"));
}
