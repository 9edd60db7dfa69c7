#include "cli/quote.h"

#include "text/utf8.h"

#include <stdio.h>
#include <string.h>

static size_t line_end(struct slice text, size_t from)
{
    const char *end = from < text.len ? memchr(text.ptr + from, '\n', text.len - from) : NULL;
    return end ? (size_t)(end - text.ptr) + 1 : text.len;
}

size_t quote_line_count(struct slice text)
{
    size_t count = 0;
    for (size_t at = 0; at < text.len; at = line_end(text, at))
        count++;
    return count;
}

size_t quote_offset_of_line(struct slice text, size_t line)
{
    size_t at = 0;
    for (size_t n = 1; n < line && at < text.len; n++)
        at = line_end(text, at);
    return at;
}

size_t quote_line_of_offset(struct slice text, size_t at_bytes)
{
    size_t line = 1;
    for (size_t i = 0; i < at_bytes && i < text.len; i++)
        line += text.ptr[i] == '\n';
    return line;
}

size_t quote_find(struct slice text, struct slice needle, size_t from_bytes)
{
    const char *found = from_bytes < text.len
                            ? memmem(text.ptr + from_bytes, text.len - from_bytes, needle.ptr, needle.len)
                            : NULL;
    return found ? (size_t)(found - text.ptr) : text.len;
}

size_t quote_occurrences(struct slice text, struct slice needle)
{
    size_t count = 0;
    for (size_t at = quote_find(text, needle, 0); at < text.len;
         at = quote_find(text, needle, at + needle.len))
        count++;
    return count;
}

/* As much of it as there is room for, whole characters. */
static struct slice cut(struct slice line, size_t room)
{
    if (line.len <= room)
        return line;
    while (room > 0 && ((uint8_t)line.ptr[room] & 0xc0) == 0x80)
        room--;
    return (struct slice){line.ptr, room};
}

static enum error append_line(struct buf *out, size_t number, struct slice line, size_t room)
{
    char head[32];
    int len = snprintf(head, sizeof(head), "%6zu\t", number);
    struct slice shown = cut(line, room);
    bool is_ended = shown.len > 0 && shown.ptr[shown.len - 1] == '\n';
    enum error err = buf_append(out, slice_of(head, (size_t)len));
    err = err ? err : buf_append(out, shown);
    if (!err && shown.len < line.len)
        err = buf_append(out, SLICE(" [cut]"));
    return err || is_ended ? err : buf_append(out, SLICE("\n"));
}

enum error quote_lines(struct slice text, size_t first, size_t last, uint64_t random, struct buf *out,
                       size_t *shown)
{
    char mark[64];
    size_t begun = out->len, at = quote_offset_of_line(text, first), line = first;
    int len = snprintf(mark, sizeof(mark), "untrusted-pad-text-%08x", (unsigned)(random & UINT32_MAX));
    enum error err = buf_append(out, SLICE("<"));
    err = err ? err : buf_append(out, slice_of(mark, (size_t)len));
    err = err ? err : buf_append(out, SLICE(">\n"));
    *shown = first - 1;
    for (; !err && line <= last && at < text.len; line++) {
        size_t end = line_end(text, at), used = out->len - begun;
        if (line > first && used + (end - at) > QUOTE_BYTES_MAX)
            break;
        err = append_line(out, line, (struct slice){text.ptr + at, end - at}, QUOTE_BYTES_MAX);
        *shown = line;
        at = end;
    }
    err = err ? err : buf_append(out, SLICE("</"));
    err = err ? err : buf_append(out, slice_of(mark, (size_t)len));
    return err ? err : buf_append(out, SLICE(">"));
}
