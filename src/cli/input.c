#include "cli/input.h"

#include "text/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 << 10 };

void input_mend_line_ends(struct buf *text)
{
    const char *first = text->len > 0 ? memchr(text->ptr, '\r', text->len) : NULL;
    if (!first)
        return;
    size_t to = (size_t)(first - text->ptr);
    for (size_t from = to; from < text->len; from++) {
        if (text->ptr[from] != '\r')
            text->ptr[to++] = text->ptr[from];
        else if (from + 1 == text->len || text->ptr[from + 1] != '\n')
            text->ptr[to++] = '\n';
    }
    text->len = to;
}

size_t input_bad_line(struct slice text)
{
    if (!utf8_check(text, NULL))
        return 0;
    for (size_t line = 1;; line++) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t len = end ? (size_t)(end - text.ptr) : text.len;
        if (utf8_check((struct slice){text.ptr, len}, NULL))
            return line;
        text = slice_from(text, len + 1);
    }
}

enum exit_code input_read_fd(int fd, const char *name, struct buf *out)
{
    for (;;) {
        if (buf_reserve(out, CHUNK_BYTES))
            return say_no_memory();
        ssize_t got = read(fd, out->ptr + out->len, CHUNK_BYTES);
        if (got == 0)
            break;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return say(EXIT_USAGE, "%s cannot be read: %s", name, strerror(errno));
        out->len += (size_t)got;
        if (out->len > INPUT_BYTES_MAX)
            return say(EXIT_REFUSED, "%s is larger than any pad may be (64 MiB)", name);
    }
    size_t line = input_bad_line(buf_slice(out));
    if (line > 0)
        return say(EXIT_REFUSED, "%s is not UTF-8 in line %zu; iconv can turn it into that", name, line);
    input_mend_line_ends(out);
    return EXIT_DONE;
}

enum exit_code input_read(const char *file, struct buf *out)
{
    if (!file || strcmp(file, "-") == 0)
        return input_read_fd(STDIN_FILENO, "standard input", out);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return say(EXIT_USAGE, "%s cannot be read: %s", file, strerror(errno));
    enum exit_code code = input_read_fd(fd, file, out);
    close(fd);
    return code;
}
