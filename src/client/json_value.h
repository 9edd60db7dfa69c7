/* json_value.h - checked access to parsed JSON, for the files of client/.
 *
 * A value may be NULL ("absent"), so that a member can be looked up and checked in one
 * expression. Each function gives true, with the result in `out`, when the value is there
 * and of that kind; false, and `out` unchanged, otherwise. Results are borrowed from the
 * tree. */
#ifndef KOLABPAD_CLIENT_JSON_VALUE_H
#define KOLABPAD_CLIENT_JSON_VALUE_H

#include "base/id128.h"
#include "ot/op.h"

#include <jansson.h>

/* Parses a text that must be one object, and leaves its tree at *root, in the place of the
 * one there; NULL on failure. ERR_BAD_MESSAGE, ERR_NO_MEMORY. */
enum error value_parse(struct slice json, json_t **root);

/* A whole number from 0 on. Where one number of a text is beyond 63 bits, jansson gives all
 * of them as doubles, and those beyond 2^53 are rounded: 2^64 - 1, the id of the system's
 * user, is told from all others. */
bool value_count(const json_t *value, uint64_t most, uint64_t *out);
bool value_user_id(const json_t *value, uint64_t *out);
bool value_int(const json_t *value, int64_t *out);
bool value_bool(const json_t *value, bool *out);
bool value_string(const json_t *value, struct slice *out);
/* A string; absent and null give one with the pointer NULL. */
bool value_optional_string(const json_t *value, struct slice *out);
bool value_id128(const json_t *value, struct id128 *out);

/* Builds `out` (cleared first) from [5,"text",-3]: ERR_BAD_OPERATION, ERR_BAD_TEXT,
 * ERR_NO_MEMORY; `out` is of no use then. */
enum error value_operation(const json_t *value, struct op *out);

#endif
