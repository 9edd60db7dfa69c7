#include "cli/print.h"

#include <errno.h>
#include <string.h>
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

enum exit_code print_json(const struct json *j, struct buf *line)
{
    if (json_error(j) || buf_append(line, SLICE("\n")))
        return say_no_memory();
    return print_bytes(buf_slice(line));
}
