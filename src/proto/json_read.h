/* json_read.h - checked access to parsed JSON; internal to proto/.
 *
 * Values may be NULL ("absent"), so that a member can be looked up and checked
 * in one expression. Results are borrowed from the parsed tree. */
#ifndef KOLABPAD_PROTO_JSON_READ_H
#define KOLABPAD_PROTO_JSON_READ_H

#include "base/id128.h"

#include <jansson.h>

/* How much a text may be at odds with the protocol. What v1 clients send was read
 * by the ancestors' libraries, of which Go's takes most: a key twice (the last
 * counts), keys in another case, null for "absent", 5.0 for an integer. */
enum reading { READ_STRICTLY, READ_LENIENTLY };

/* Parses a text that must be one object: strict UTF-8, nothing behind it, and
 * unless leniently no key twice. Frees *root first, and leaves the new tree
 * there, NULL on failure. ERR_BAD_MESSAGE, ERR_NO_MEMORY. */
enum error read_root(struct slice json, enum reading how, void **root);

/* The member, or NULL when it is absent; leniently, also when it is null, and if
 * none is spelled so, one that is but for the case of its letters. */
const json_t *read_member(const json_t *object, const char *name, enum reading how);
/* The member, or NULL when it is absent or null. */
const json_t *read_optional(const json_t *object, const char *name);

/* True, with the result in `out`, when the value is there and of that kind;
 * false, and `out` unchanged, otherwise. A number with a point or an exponent
 * is no integer, not even 1.0; leniently it is one when it has no fraction and
 * a double can tell it from its neighbours. */
bool read_uint(const json_t *value, uint64_t max, enum reading how, uint64_t *out);
bool read_int(const json_t *value, enum reading how, int64_t *out);
bool read_string(const json_t *value, struct slice *out);
bool read_id128(const json_t *value, struct id128 *out);

#endif
