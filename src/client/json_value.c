#include "client/json_value.h"

/* Doubles up to here, either way, are exact integers. */
#define EXACT_MAX 9007199254740991.0
/* What 2^64 - 1 is rounded to. */
#define SYSTEM_USER_ROUNDED 18446744073709551616.0

enum error value_parse(struct slice json, json_t **root)
{
    const size_t flags = JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES;
    const char *bytes = json.len ? json.ptr : "";
    json_error_t why;

    json_decref(*root);
    *root = json_loadb(bytes, json.len, flags, &why);
    if (!*root && json_error_code(&why) == json_error_numeric_overflow)
        *root = json_loadb(bytes, json.len, flags | JSON_DECODE_INT_AS_REAL, &why);
    if (!*root)
        return json_error_code(&why) == json_error_out_of_memory ? ERR_NO_MEMORY : ERR_BAD_MESSAGE;
    if (json_is_object(*root))
        return OK;
    json_decref(*root);
    *root = NULL;
    return ERR_BAD_MESSAGE;
}

bool value_int(const json_t *value, int64_t *out)
{
    const double real = json_real_value(value); /* 0 where it is none */

    if (json_is_integer(value)) {
        *out = json_integer_value(value);
        return true;
    }
    if (!json_is_real(value) || !(real >= -EXACT_MAX && real <= EXACT_MAX) || (double)(int64_t)real != real)
        return false;
    *out = (int64_t)real;
    return true;
}

bool value_count(const json_t *value, uint64_t most, uint64_t *out)
{
    int64_t n;

    if (!value_int(value, &n) || n < 0 || (uint64_t)n > most)
        return false;
    *out = (uint64_t)n;
    return true;
}

bool value_user_id(const json_t *value, uint64_t *out)
{
    if (!json_is_real(value) || json_real_value(value) != SYSTEM_USER_ROUNDED)
        return value_count(value, INT64_MAX, out);
    *out = UINT64_MAX;
    return true;
}

bool value_bool(const json_t *value, bool *out)
{
    if (!json_is_boolean(value))
        return false;
    *out = json_is_true(value);
    return true;
}

bool value_string(const json_t *value, struct slice *out)
{
    if (!json_is_string(value))
        return false;
    *out = slice_of(json_string_value(value), json_string_length(value));
    return true;
}

bool value_optional_string(const json_t *value, struct slice *out)
{
    if (value && !json_is_null(value))
        return value_string(value, out);
    *out = (struct slice){0};
    return true;
}

bool value_id128(const json_t *value, struct id128 *out)
{
    struct slice text;

    return value_string(value, &text) && id128_decode(text, out);
}

static enum error append_component(struct op *op, const json_t *component)
{
    const int64_t most = OP_POINTS_MAX;
    struct slice text;
    int64_t n;

    if (value_string(component, &text))
        return text.len ? op_insert(op, text) : ERR_BAD_OPERATION;
    if (!value_int(component, &n) || n == 0 || n > most || n < -most)
        return ERR_BAD_OPERATION;
    return n > 0 ? op_retain(op, (uint32_t)n) : op_delete(op, (uint32_t)-n);
}

enum error value_operation(const json_t *value, struct op *out)
{
    const size_t count = json_array_size(value);
    enum error err = json_is_array(value) ? OK : ERR_BAD_OPERATION;

    op_clear(out);
    for (size_t i = 0; !err && i < count; i++)
        err = append_component(out, json_array_get(value, i));
    return err;
}
