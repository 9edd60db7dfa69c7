/* slice.h - borrowed bytes, passed by value.
 *
 * A slice points at bytes that somebody else owns and that stay put for the
 * duration of the call (or as long as the function's comment says). Slices are
 * not NUL-terminated. The empty slice may have a NULL pointer. */
#ifndef KOLABPAD_BASE_SLICE_H
#define KOLABPAD_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slice {
    const char *ptr;
    size_t len;
};

/* A slice of a string literal. */
#define SLICE(literal) ((struct slice){(literal), sizeof(literal) - 1})

static inline struct slice slice_of(const void *ptr, size_t len_bytes)
{
    return (struct slice){(const char *)ptr, len_bytes};
}

/* The bytes of a NUL-terminated string; NULL reads as empty. */
struct slice slice_from_cstr(const char *cstr);

bool slice_equal(struct slice a, struct slice b);

/* Byte-wise order, shorter first on a common prefix: <0, 0, >0. On UTF-8 this
 * is the order of code points. */
int slice_compare(struct slice a, struct slice b);

/* From `at_bytes` to the end; `at_bytes` must not be beyond it. */
static inline struct slice slice_from(struct slice s, size_t at_bytes)
{
    return (struct slice){s.ptr + at_bytes, s.len - at_bytes};
}

#endif
