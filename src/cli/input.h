/* input.h - a text from a file or from standard input.
 *
 * A pad holds UTF-8 with "\n" for line ends: other line ends are turned into it,
 * as the page does with what is pasted; bytes that are no UTF-8 are refused. */
#ifndef KOLABPAD_CLI_INPUT_H
#define KOLABPAD_CLI_INPUT_H

#include "base/buf.h"
#include "cli/say.h"

enum { INPUT_BYTES_MAX = 64 << 20 }; /* the largest MAX_DOCUMENT_SIZE_KB */

/* Appends the whole of the file (NULL or "-": standard input) to `out`. Tells
 * what went wrong: EXIT_USAGE when it cannot be read, EXIT_REFUSED when it is
 * no text or longer than any pad takes. `out` is then of no use. */
enum exit_code input_read(const char *file, struct buf *out);

/* The same for an open file, which stays open; `name` is for messages. */
enum exit_code input_read_fd(int fd, const char *name, struct buf *out);

/* Turns "\r\n" and "\r" into "\n", in place. */
void input_mend_line_ends(struct buf *text);

/* The number of the first line that is not UTF-8, from 1 on; 0 when all are. */
size_t input_bad_line(struct slice text);

#endif
