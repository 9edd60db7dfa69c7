#include "proto/history_request.h"

#include "proto/json_read.h"

static enum error read_body(struct client_decoder *d, struct slice json)
{
    enum error err = read_root(json.len > 0 ? json : SLICE("{}"), READ_STRICTLY, &d->root);
    return err && err != ERR_NO_MEMORY ? ERR_BAD_REQUEST : err;
}

enum error history_change_decode(struct client_decoder *d, struct slice json, struct history_change *out)
{
    enum error err = read_body(d, json);
    if (err)
        return err;
    const json_t *keep = json_object_get(d->root, "keep"), *user = read_optional(d->root, "user_id");
    const json_t *client = read_optional(d->root, "client");
    struct history_change change = {
        .has_keep = keep != NULL, .keep = json_is_true(keep), .has_user = user != NULL};
    if ((keep && !json_is_boolean(keep)) ||
        (user && !read_uint(user, INT64_MAX, READ_STRICTLY, &change.user_id)) ||
        (client && !read_id128(client, &change.client)))
        return ERR_BAD_REQUEST;
    *out = change;
    return OK;
}

enum error history_restore_decode(struct client_decoder *d, struct slice json, uint64_t *revision)
{
    enum error err = read_body(d, json);
    if (err)
        return err;
    const json_t *member = json_object_get(d->root, "revision");
    return read_uint(member, INT64_MAX, READ_STRICTLY, revision) ? OK : ERR_BAD_REQUEST;
}
