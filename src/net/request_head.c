#include "net/request_head.h"

#include "net/header_list.h"

#include <string.h>

enum { SPACE = 1, CRLF = 2, COLON = 1 }; /* bytes of the separators */

static bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

/* RFC 9110, 5.6.2: what methods and field names are made of. */
static bool is_token(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_letter_or_digit(s.ptr[i]) && !is_one_of(s.ptr[i], "!#$%&'*+-.^_`|~"))
            return false;
    return s.len > 0;
}

/* Bytes beyond ASCII are not correct, but are sent: typed paths, for example. */
static bool is_target(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (is_control(s.ptr[i]) || s.ptr[i] == ' ' || s.ptr[i] == '#')
            return false;
    return s.len > 0;
}

static bool is_field_value(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (is_control(s.ptr[i]) && s.ptr[i] != '\t')
            return false;
    return true;
}

/* ---- hosts ---- */

static bool is_port(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return s.len <= 5;
}

/* "[…]" of an IPv6 address: its length, 0 when there is none. */
static size_t literal_length(struct slice s)
{
    const char *end = s.len > 0 && s.ptr[0] == '[' ? memchr(s.ptr, ']', s.len) : NULL;

    if (!end)
        return 0;
    size_t len = (size_t)(end + 1 - s.ptr);
    for (size_t i = 1; i + 1 < len; i++)
        if (!is_letter_or_digit(s.ptr[i]) && !is_one_of(s.ptr[i], ":.%-_~"))
            return 0;
    return len;
}

bool is_authority(struct slice text)
{
    size_t len = literal_length(text);

    if (len == 0)
        while (len < text.len &&
               (is_letter_or_digit(text.ptr[len]) || is_one_of(text.ptr[len], "-._~%!$&'()*+,;=")))
            len++;
    if (len == text.len)
        return true;
    return text.ptr[len] == ':' && is_port(slice_from(text, len + 1));
}

/* ---- the head ---- */

static void refuse_unless(struct head *h, bool is_correct)
{
    if (!h->err && !is_correct)
        h->err = ERR_MALFORMED;
}

static const char *end_of(struct slice s)
{
    return s.ptr + s.len;
}

void head_begin(struct head *h, struct slice method, struct slice target, const char *target_at,
                struct slice version)
{
    *h = (struct head){.has_layout = target_at != NULL,
                       .is_http_1_0 = slice_equal(version, SLICE("HTTP/1.0")),
                       .start = method.ptr,
                       .at = end_of(version) + CRLF};
    refuse_unless(h, is_token(method) && is_target(target));
    if (h->has_layout)
        refuse_unless(h,
                      end_of(method) + SPACE == target_at && target_at + target.len + SPACE == version.ptr);
}

static void note_host(struct head *h, struct slice value)
{
    refuse_unless(h, !h->host.ptr && is_authority(value));
    h->host = value;
}

/* The same length twice is a harmless mistake of some clients and proxies. The
 * library has taken it from the first line, and checked that one. */
static void note_length(struct head *h, struct slice value)
{
    refuse_unless(h, !h->length.ptr || slice_equal(h->length, value));
    h->length = value;
}

static void note_coding(struct head *h, struct slice value)
{
    struct header_item item;

    if (!h->coding.ptr)
        h->coding = value;
    while (header_list_next(&value, &item)) {
        h->is_chunked_last = ascii_equal_nocase(item.name, SLICE("chunked"));
        h->chunked += h->is_chunked_last;
        h->codings++;
    }
}

void head_field(struct head *h, struct slice name, struct slice value)
{
    refuse_unless(h, is_token(name) && is_field_value(value));
    if (h->has_layout) {
        refuse_unless(h, name.ptr == h->at && value.ptr >= end_of(name) + COLON);
        h->at = end_of(value) + CRLF;
    }
    if (ascii_equal_nocase(name, SLICE("Host")))
        note_host(h, trim_blanks(value));
    else if (ascii_equal_nocase(name, SLICE("Content-Length")))
        note_length(h, trim_blanks(value));
    else if (ascii_equal_nocase(name, SLICE("Transfer-Encoding")))
        note_coding(h, value);
}

/* The library takes a body as chunked when the first line says exactly that, and
 * otherwise reads until the client closes: so anything else is refused, with 501
 * where another server could have made sense of it. */
static enum error check_coding(const struct head *h)
{
    if (h->is_http_1_0 || h->length.ptr || h->chunked != 1 || !h->is_chunked_last)
        return ERR_MALFORMED;
    if (h->codings > 1)
        return ERR_NOT_IMPLEMENTED;
    return ascii_equal_nocase(h->coding, SLICE("chunked")) ? OK : ERR_MALFORMED;
}

enum error head_end(struct head *h, size_t bytes)
{
    if (!h->err && h->has_layout)
        refuse_unless(h, (size_t)(h->at - h->start) + CRLF == bytes);
    refuse_unless(h, h->host.ptr || h->is_http_1_0);
    if (!h->err && h->coding.ptr)
        h->err = check_coding(h);
    return h->err;
}

uint64_t head_length(const struct head *h, uint64_t max)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < h->length.len && bytes <= max; i++)
        bytes = bytes * 10 + (uint64_t)(h->length.ptr[i] - '0'); /* digits: the library has checked */
    return bytes <= max ? bytes : max + 1;
}
