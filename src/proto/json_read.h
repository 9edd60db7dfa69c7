/* json_read.h - checked access to parsed JSON; internal to proto/.
 *
 * Values may be NULL ("absent"), so that a member can be looked up and checked
 * in one expression. Results are borrowed from the parsed tree. */
#ifndef KOLABPAD_PROTO_JSON_READ_H
#define KOLABPAD_PROTO_JSON_READ_H

#include "base/id128.h"

#include <jansson.h>

/* Parses a text that must be one object: strict UTF-8, no key twice, nothing
 * behind it. Frees *root first, and leaves the new tree there, NULL on
 * failure. ERR_BAD_MESSAGE, ERR_NO_MEMORY. */
enum error read_root(struct slice json, void **root);

/* The member, or NULL when it is absent or null. */
const json_t *read_optional(const json_t *object, const char *name);

/* True, with the result in `out`, when the value is there and of that kind;
 * false, and `out` unchanged, otherwise. A number with a point or an exponent
 * is no integer, not even 1.0. */
bool read_uint(const json_t *value, uint64_t max, uint64_t *out);
bool read_int(const json_t *value, int64_t *out);
bool read_string(const json_t *value, struct slice *out);
bool read_id128(const json_t *value, struct id128 *out);

#endif
