/* Borrowed values out of jansson's tree. A lookup in a value that is no object
 * gives NULL, and NULL is of no type, so that checks need no cases. */
#include "proto/json_read.h"

#include <strings.h>

/* Doubles up to here, either way, are exact integers. */
#define EXACT_MAX 9007199254740991.0

enum error read_root(struct slice json, enum reading how, void **root)
{
    const size_t flags = JSON_ALLOW_NUL | (how == READ_STRICTLY ? JSON_REJECT_DUPLICATES : 0);
    json_error_t why;

    json_decref(*root);
    *root = json_loadb(json.len ? json.ptr : "", json.len, flags, &why);
    if (!*root)
        return json_error_code(&why) == json_error_out_of_memory ? ERR_NO_MEMORY : ERR_BAD_MESSAGE;
    if (!json_is_object((json_t *)*root)) {
        json_decref(*root);
        *root = NULL;
        return ERR_BAD_MESSAGE;
    }
    return OK;
}

static const json_t *member_in_any_case(const json_t *object, const char *name)
{
    json_t *o = (json_t *)(uintptr_t)object; /* the iterator is not const, but only looks */
    for (void *at = json_object_iter(o); at; at = json_object_iter_next(o, at))
        if (strcasecmp(json_object_iter_key(at), name) == 0)
            return json_object_iter_value(at);
    return NULL;
}

const json_t *read_member(const json_t *object, const char *name, enum reading how)
{
    const json_t *value = json_object_get(object, name);

    if (how == READ_STRICTLY)
        return value;
    if (!value)
        value = member_in_any_case(object, name);
    return json_is_null(value) ? NULL : value;
}

const json_t *read_optional(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return json_is_null(value) ? NULL : value;
}

static bool read_whole_real(const json_t *value, int64_t *out)
{
    const double real = json_real_value(value);

    if (!(real >= -EXACT_MAX && real <= EXACT_MAX) || (double)(int64_t)real != real)
        return false;
    *out = (int64_t)real;
    return true;
}

bool read_int(const json_t *value, enum reading how, int64_t *out)
{
    if (how == READ_LENIENTLY && json_is_real(value))
        return read_whole_real(value, out);
    if (!json_is_integer(value))
        return false;
    *out = json_integer_value(value);
    return true;
}

bool read_uint(const json_t *value, uint64_t max, enum reading how, uint64_t *out)
{
    int64_t n;

    if (!read_int(value, how, &n) || n < 0 || (uint64_t)n > max)
        return false;
    *out = (uint64_t)n;
    return true;
}

bool read_string(const json_t *value, struct slice *out)
{
    if (!json_is_string(value))
        return false;
    *out = slice_of(json_string_value(value), json_string_length(value));
    return true;
}

bool read_id128(const json_t *value, struct id128 *out)
{
    struct slice text;

    return read_string(value, &text) && id128_decode(text, out);
}
