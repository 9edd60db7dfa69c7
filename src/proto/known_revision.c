#include "proto/known_revision.h"

#include <string.h>

enum { DIGITS_MAX = 18 }; /* as many as are below INT64_MAX, whatever they are */

enum error known_number_read(struct slice text, uint64_t *out)
{
    uint64_t value = 0;
    if (text.len == 0 || text.len > DIGITS_MAX)
        return ERR_BAD_WAIT;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return ERR_BAD_WAIT;
        value = value * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    *out = value;
    return OK;
}

enum error known_revision_read(struct slice text, struct known_revision *out)
{
    const char *dash = text.len > 0 ? memchr(text.ptr, '-', text.len) : NULL;
    const size_t digits = dash ? (size_t)(dash - text.ptr) : text.len;
    struct known_revision known = {.has_epoch = dash != NULL};
    if (dash && !id128_decode(slice_from(text, digits + 1), &known.epoch))
        return ERR_BAD_WAIT;
    const enum error err = known_number_read(slice_of(text.ptr, digits), &known.revision);
    if (!err)
        *out = known;
    return err;
}
