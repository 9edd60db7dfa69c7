/* print.h - what goes to standard output. */
#ifndef KOLABPAD_CLI_PRINT_H
#define KOLABPAD_CLI_PRINT_H

#include "base/json.h"
#include "cli/say.h"

#include <jansson.h>

/* Writes all of it at once. EXIT_REFUSED, told, when nobody takes it. */
enum exit_code print_bytes(struct slice bytes);

/* Appends a moment as people here write it, "2026-11-30 15:05"; "-" for 0. ERR_NO_MEMORY. */
enum error print_when(int64_t seconds, struct buf *out);
/* Appends text of others without control characters, for a terminal. ERR_NO_MEMORY. */
enum error print_harmless(struct slice text, struct buf *out);

/* A JSON value on a line. */
enum exit_code print_value(const json_t *value);

/* JSON, and a line end behind it. `j` is what wrote into `line`. */
enum exit_code print_json(const struct json *j, struct buf *line);

#endif
