/* Borrowed values out of jansson's tree. A lookup in a value that is no object
 * gives NULL, and NULL is of no type, so that checks need no cases. */
#include "proto/json_read.h"

enum error read_root(struct slice json, void **root)
{
    json_error_t why;

    json_decref(*root);
    *root = json_loadb(json.len ? json.ptr : "", json.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
    if (!*root)
        return json_error_code(&why) == json_error_out_of_memory ? ERR_NO_MEMORY : ERR_BAD_MESSAGE;
    if (!json_is_object((json_t *)*root)) {
        json_decref(*root);
        *root = NULL;
        return ERR_BAD_MESSAGE;
    }
    return OK;
}

const json_t *read_optional(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return json_is_null(value) ? NULL : value;
}

bool read_int(const json_t *value, int64_t *out)
{
    if (!json_is_integer(value))
        return false;
    *out = json_integer_value(value);
    return true;
}

bool read_uint(const json_t *value, uint64_t max, uint64_t *out)
{
    int64_t n;

    if (!read_int(value, &n) || n < 0 || (uint64_t)n > max)
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
