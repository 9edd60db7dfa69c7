#include "net/response_head.h"

#include "net/header_list.h"

#include <string.h>

enum { STATUS_LINE_MIN = 13, STATUS_AT = 9, STATUS_END = 12, LENGTH_DIGITS_MAX = 18 };

size_t response_head_len(struct slice bytes)
{
    const char *end = bytes.len >= 4 ? memmem(bytes.ptr, bytes.len, "\r\n\r\n", 4) : NULL;

    return end ? (size_t)(end - bytes.ptr) + 4 : 0;
}

/* Takes a line off `*rest`, without its CRLF; ptr NULL: none is left. */
static struct slice take_line(struct slice *rest)
{
    const char *end = rest->len >= 2 ? memmem(rest->ptr, rest->len, "\r\n", 2) : NULL;
    struct slice line = {0};

    if (end) {
        line = slice_of(rest->ptr, (size_t)(end - rest->ptr));
        *rest = slice_from(*rest, line.len + 2);
    }
    return line;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "HTTP/1.1 200 OK"; the reason may be empty. */
static bool read_status(struct slice line, int *out)
{
    static const struct slice version = {"HTTP/1.1 ", STATUS_AT};
    int status = 0;

    if (line.len < STATUS_LINE_MIN || memcmp(line.ptr, version.ptr, version.len) != 0 ||
        line.ptr[STATUS_END] != ' ')
        return false;
    for (size_t i = STATUS_AT; i < STATUS_END; i++) {
        if (!is_digit(line.ptr[i]))
            return false;
        status = status * 10 + (line.ptr[i] - '0');
    }
    *out = status;
    return status >= 100 && status <= 599;
}

static bool read_length(struct slice text, uint64_t *out)
{
    uint64_t length = 0;

    if (text.len == 0 || text.len > LENGTH_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.ptr[i]))
            return false;
        length = length * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    *out = length;
    return true;
}

/* A character that may not stand in a value: line breaks and NUL above all. */
static bool is_control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

static bool is_clean(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (is_control(text.ptr[i]))
            return false;
    return true;
}

static bool is_name(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= ' ')
            return false;
    return text.len > 0;
}

/* Splits "Name: value"; a line that begins with a blank continues another one and has
 * no name. */
static bool split_field(struct slice line, struct slice *name, struct slice *value)
{
    const char *colon = line.len > 0 ? memchr(line.ptr, ':', line.len) : NULL;

    if (!colon || !is_clean(line))
        return false;
    *name = slice_of(line.ptr, (size_t)(colon - line.ptr));
    *value = trim_blanks(slice_from(line, name->len + 1));
    return is_name(*name);
}

static bool has_body(int status)
{
    return status >= 200 && status != 204 && status != 304;
}

static bool is_event_stream(const struct response_head *head)
{
    return ascii_equal_nocase(response_head_field(head, SLICE("Content-Type")), SLICE("text/event-stream"));
}

enum error response_head_read(struct slice head, struct response_head *out)
{
    struct response_head read = {0};
    struct slice rest = slice_of(head.ptr, head.len >= 2 ? head.len - 2 : 0); /* without the blank line */
    struct slice line = take_line(&rest), name, value;
    bool has_length = false;

    if (!line.ptr || !is_clean(line) || !read_status(line, &read.status))
        return ERR_MALFORMED;
    read.fields = rest;
    while (rest.len > 0) {
        line = take_line(&rest);
        if (!split_field(line, &name, &value) || ascii_equal_nocase(name, SLICE("Transfer-Encoding")))
            return ERR_MALFORMED;
        if (!ascii_equal_nocase(name, SLICE("Content-Length")))
            continue;
        if (has_length || !read_length(value, &read.body_bytes))
            return ERR_MALFORMED;
        has_length = true;
    }
    read.is_stream = read.status == 200 && !has_length && is_event_stream(&read);
    if (!has_body(read.status))
        read.body_bytes = 0;
    else if (!has_length && !read.is_stream)
        return ERR_MALFORMED;
    *out = read;
    return OK;
}

struct slice response_head_field(const struct response_head *head, struct slice wanted)
{
    struct slice rest = head->fields, name, value;

    for (struct slice line = take_line(&rest); line.ptr; line = take_line(&rest))
        if (split_field(line, &name, &value) && ascii_equal_nocase(name, wanted))
            return value;
    return (struct slice){0};
}
