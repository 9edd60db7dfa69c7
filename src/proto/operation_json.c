/* A positive number retains, a negative one deletes, a string is inserted. */
#include "proto/operation_json.h"

#include "text/utf8.h"

static enum error append_count(struct op *op, int64_t n)
{
    const int64_t most = OP_POINTS_MAX;

    if (n > most || n < -most)
        return ERR_BAD_OPERATION;
    return n >= 0 ? op_retain(op, (uint32_t)n) : op_delete(op, (uint32_t)-n); /* of 0: nothing */
}

static enum error append_text(struct op *op, struct slice text, enum reading how)
{
    struct measure size;

    if (how == READ_STRICTLY)
        return op_insert(op, text);
    const enum error err = utf8_check(text, &size);
    return err ? err : op_insert_checked(op, text, size.points);
}

static enum error append_component(struct op *op, const json_t *component, enum reading how)
{
    const bool may_be_empty = how == READ_LENIENTLY;
    struct slice text;
    int64_t n;

    if (read_int(component, how, &n))
        return n == 0 && !may_be_empty ? ERR_BAD_OPERATION : append_count(op, n);
    if (!read_string(component, &text))
        return ERR_BAD_OPERATION;
    return text.len == 0 && !may_be_empty ? ERR_BAD_OPERATION : append_text(op, text, how);
}

static const char *detail_of(enum error err)
{
    switch (err) {
    case ERR_BAD_TEXT:
        return "Edit: inserted text must not hold a carriage return";
    case ERR_NO_MEMORY:
        return error_text(err);
    default:
        return "Edit: operation components are integers other than 0 and strings that are not empty";
    }
}

enum error operation_from_json(const json_t *array, enum reading how, struct op *out, const char **detail)
{
    op_clear(out);
    if (!json_is_array(array)) {
        *detail = "Edit: operation must be an array";
        return ERR_BAD_OPERATION;
    }
    const size_t count = json_array_size(array);
    for (size_t i = 0; i < count; i++) {
        const enum error err = append_component(out, json_array_get(array, i), how);
        if (err) {
            *detail = detail_of(err);
            return err;
        }
    }
    return OK;
}
