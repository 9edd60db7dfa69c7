/* print.h - what goes to standard output. */
#ifndef KOLABPAD_CLI_PRINT_H
#define KOLABPAD_CLI_PRINT_H

#include "base/json.h"
#include "cli/say.h"

/* Writes all of it at once. EXIT_REFUSED, told, when nobody takes it. */
enum exit_code print_bytes(struct slice bytes);

/* JSON, and a line end behind it. `j` is what wrote into `line`. */
enum exit_code print_json(const struct json *j, struct buf *line);

#endif
