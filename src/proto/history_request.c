#include "proto/history_request.h"

#include "proto/json_read.h"

static enum error read_member_of(struct client_decoder *d, struct slice json, const char *name,
                                 const json_t **member)
{
    enum error err = read_root(json, READ_STRICTLY, &d->root);
    if (err)
        return err == ERR_NO_MEMORY ? err : ERR_BAD_REQUEST;
    *member = json_object_get(d->root, name);
    return OK;
}

enum error history_keep_decode(struct client_decoder *d, struct slice json, bool *keep)
{
    const json_t *member;
    enum error err = read_member_of(d, json, "keep", &member);
    if (err)
        return err;
    if (!json_is_boolean(member))
        return ERR_BAD_REQUEST;
    *keep = json_is_true(member);
    return OK;
}

enum error history_restore_decode(struct client_decoder *d, struct slice json, uint64_t *revision)
{
    const json_t *member;
    enum error err = read_member_of(d, json, "revision", &member);
    if (err)
        return err;
    return read_uint(member, INT64_MAX, READ_STRICTLY, revision) ? OK : ERR_BAD_REQUEST;
}
