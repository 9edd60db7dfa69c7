#include "cli/print.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum exit_code print_bytes(struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes.ptr, bytes.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && errno == EPIPE)
            return EXIT_REFUSED; /* whoever read it has seen enough */
        if (written < 0)
            return say(EXIT_REFUSED, "standard output cannot be written: %s", strerror(errno));
        bytes = slice_from(bytes, (size_t)written);
    }
    return EXIT_DONE;
}

enum error print_when(int64_t seconds, struct buf *out)
{
    enum { WHEN_BYTES = 32 };
    char when[WHEN_BYTES];
    time_t at = (time_t)seconds;
    struct tm parts;
    if (seconds == 0 || !localtime_r(&at, &parts))
        return buf_append(out, SLICE("-"));
    return buf_append(out, slice_of(when, strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &parts)));
}

enum error print_harmless(struct slice text, struct buf *out)
{
    enum { DELETE = 0x7f };
    enum error err = OK;
    for (size_t i = 0; !err && i < text.len; i++) {
        uint8_t c = (uint8_t)text.ptr[i];
        err = buf_append_byte(out, c < ' ' || c == DELETE ? ' ' : c);
    }
    return err;
}

enum exit_code print_value(const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT);
    struct buf line = {0};
    enum exit_code code = EXIT_DONE;
    if (!text || buf_append(&line, slice_from_cstr(text)) || buf_append(&line, SLICE("\n")))
        code = say_no_memory();
    else
        code = print_bytes(buf_slice(&line));
    free(text);
    buf_deinit(&line);
    return code;
}

enum exit_code print_json(const struct json *j, struct buf *line)
{
    if (json_error(j) || buf_append(line, SLICE("\n")))
        return say_no_memory();
    return print_bytes(buf_slice(line));
}
