#include "proto/patch.h"

#include "proto/json_read.h"
#include "proto/operation_json.h"
#include "text/utf8.h"

static enum error decode_operation(struct client_decoder *d, const json_t *root, struct patch *out)
{
    const char *detail = NULL;
    if (!read_uint(json_object_get(root, "revision"), INT64_MAX, READ_STRICTLY, &out->revision))
        return ERR_BAD_PATCH;
    const enum error err =
        operation_from_json(json_object_get(root, "operation"), READ_STRICTLY, &d->op, &detail);
    out->is_operation = true;
    out->op = op_view(&d->op);
    return err;
}

static enum error decode_replacement(const json_t *root, struct patch *out)
{
    const json_t *count = read_optional(root, "count");
    out->count = 1;
    if (!read_string(json_object_get(root, "replace"), &out->old) || out->old.len == 0 ||
        !read_string(json_object_get(root, "with"), &out->with))
        return ERR_BAD_PATCH;
    if (count && (!read_uint(count, INT64_MAX, READ_STRICTLY, &out->count) || out->count == 0))
        return ERR_BAD_PATCH;
    return utf8_has_cr(out->old) || utf8_has_cr(out->with) ? ERR_BAD_TEXT : OK;
}

enum error patch_decode(struct client_decoder *d, struct slice json, struct patch *out)
{
    struct patch patch = {0};
    enum error err = read_root(json, READ_STRICTLY, &d->root);
    if (err)
        return err == ERR_NO_MEMORY ? err : ERR_BAD_PATCH;
    const json_t *root = d->root;
    const bool is_operation = json_object_get(root, "operation") != NULL;
    if (is_operation == (json_object_get(root, "replace") != NULL))
        return ERR_BAD_PATCH;
    err = is_operation ? decode_operation(d, root, &patch) : decode_replacement(root, &patch);
    if (!err)
        *out = patch;
    return err;
}
