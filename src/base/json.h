/* json.h - writes JSON into a buffer. (Reading is jansson's, in proto.)
 *
 * The writer knows strings, numbers and raw text. Commas and braces are the
 * caller's, so that the code that writes a message shows its shape:
 *
 *     json_raw(b, "{\"Language\":{\"language\":");
 *     json_quoted(b, language);
 *
 * Errors are sticky, so that a message is written without a check on every
 * line: after a failed allocation `failed` is set, later calls do nothing, and
 * json_error() at the end of the message returns ERR_NO_MEMORY. */
#ifndef KOLABPAD_BASE_JSON_H
#define KOLABPAD_BASE_JSON_H

#include "base/buf.h"

struct json {
    struct buf *out; /* borrowed; grows */
    bool failed;
};

static inline struct json json_to(struct buf *out)
{
    return (struct json){.out = out};
}

static inline enum error json_error(const struct json *j)
{
    return j->failed ? ERR_NO_MEMORY : OK;
}

void json_raw(struct json *j, const char *cstr);
void json_bytes(struct json *j, struct slice raw);
void json_int(struct json *j, int64_t value);
void json_uint(struct json *j, uint64_t value);
/* Fixed-point: `decimals` digits (0 to 6) behind the point. */
void json_fixed(struct json *j, double value, int decimals);
/* Quoted and escaped. `text` is valid UTF-8. Escapes " \ and control
 * characters, and also < > & U+2028 U+2029, so that JSON is harmless inside
 * HTML and scripts. */
void json_quoted(struct json *j, struct slice text);
/* A string without its quotes, for text that comes in pieces, each valid UTF-8
 * by itself; the caller writes the quotes. */
void json_escaped(struct json *j, struct slice text);
/* null when `text.ptr` is NULL, else the string. */
void json_quoted_or_null(struct json *j, struct slice text);

#endif
