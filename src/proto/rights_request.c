#include "proto/rights_request.h"

#include "proto/json_read.h"
#include "text/utf8.h"

/* The end of the year 9999: beyond it are times that somebody gave in milliseconds. */
#define SECONDS_MAX INT64_C(253402300799)

static enum error read_body(struct client_decoder *d, struct slice json)
{
    const enum error err = read_root(json.len > 0 ? json : SLICE("{}"), READ_STRICTLY, &d->root);

    return err == ERR_BAD_MESSAGE ? ERR_BAD_REQUEST : err;
}

/* True when the member is absent, or says which of the two. */
static bool read_choice(const json_t *value, const char *no, const char *yes, bool *is_set, bool *out)
{
    struct slice word;

    if (!value)
        return true;
    if (!read_string(value, &word))
        return false;
    *is_set = true;
    *out = slice_equal(word, slice_from_cstr(yes));
    return *out || slice_equal(word, slice_from_cstr(no));
}

static bool read_bool(const json_t *value, bool *out)
{
    if (value && !json_is_boolean(value))
        return false;
    *out = json_is_true(value);
    return true;
}

/* Both or neither; absent, nobody is named. */
static bool read_user(const json_t *root, bool *has_user, uint64_t *user_id, struct id128 *client)
{
    const json_t *user = read_optional(root, "user_id"), *token = read_optional(root, "client");

    *has_user = user != NULL;
    return (!user || read_uint(user, INT64_MAX, READ_STRICTLY, user_id)) &&
           (!token || read_id128(token, client));
}

/* ---- links ---- */

static bool read_end(const json_t *value, int64_t *out_ms)
{
    int64_t seconds = 0;

    if (value && (!read_int(value, READ_STRICTLY, &seconds) || seconds < 1 || seconds > SECONDS_MAX))
        return false;
    *out_ms = seconds * 1000;
    return true;
}

static enum error read_name(struct client_decoder *d, const json_t *value, size_t points_max,
                            struct slice *out)
{
    struct slice name = SLICE("");

    if (value && !read_string(value, &name))
        return ERR_BAD_LINK;
    if (utf8_measure(name).points > points_max)
        return ERR_BAD_LINK;
    const enum error err = pad_clean_name(name, &d->name);
    *out = slice_of(d->name.len > 0 ? d->name.ptr : "", d->name.len);
    return err;
}

enum error link_decode(struct client_decoder *d, struct slice json, size_t name_points_max,
                       struct link_request *out)
{
    struct link_request request = {0};
    bool has_role = false;
    enum error err = read_body(d, json);

    if (err)
        return err;
    const bool is_good =
        read_choice(json_object_get(d->root, "role"), "view", "edit", &has_role, &request.may_edit) &&
        has_role && read_end(read_optional(d->root, "expires_at"), &request.expires_ms) &&
        read_bool(read_optional(d->root, "history"), &request.history) &&
        read_bool(read_optional(d->root, "comments"), &request.comments);
    if (!is_good)
        return ERR_BAD_LINK;
    err = read_name(d, read_optional(d->root, "name"), name_points_max, &request.name);
    if (!err)
        *out = request;
    return err;
}

/* ---- settings ---- */

static enum error read_keep_days(const json_t *value, uint32_t max, struct settings_request *out)
{
    uint64_t days = 0;

    out->sets_keep_days = value != NULL;
    if (value && !json_is_null(value) && (!read_uint(value, max, READ_STRICTLY, &days) || days < 1))
        return ERR_BAD_KEEP_DAYS;
    out->keep_days = (uint32_t)days;
    return OK;
}

static bool read_language(const json_t *value, struct settings_request *out)
{
    out->sets_language = value != NULL;
    return !value || (read_string(value, &out->language) && pad_language_is_valid(out->language));
}

enum error settings_decode(struct client_decoder *d, struct slice json, uint32_t keep_days_max,
                           struct settings_request *out)
{
    struct settings_request request = {0};
    enum error err = read_body(d, json);

    if (err)
        return err;
    const bool is_good = read_choice(json_object_get(d->root, "manage"), "editors", "owner",
                                     &request.sets_manager, &request.owner_manages) &&
                         read_choice(json_object_get(d->root, "write"), "editors", "owner",
                                     &request.sets_writer, &request.owner_writes) &&
                         read_language(json_object_get(d->root, "language"), &request) &&
                         read_user(d->root, &request.has_user, &request.user_id, &request.client);
    if (!is_good)
        return ERR_BAD_REQUEST;
    err = read_keep_days(json_object_get(d->root, "keep_days"), keep_days_max, &request);
    if (!err && !request.sets_manager && !request.sets_writer && !request.sets_language &&
        !request.sets_keep_days)
        err = ERR_BAD_REQUEST;
    if (!err)
        *out = request;
    return err;
}

/* ---- the owner ---- */

enum error charge_decode(struct client_decoder *d, struct slice json, struct charge_request *out)
{
    struct charge_request request = {0};
    const enum error err = read_body(d, json);

    if (err)
        return err;
    if (!read_user(d->root, &request.has_user, &request.user_id, &request.client))
        return ERR_BAD_REQUEST;
    *out = request;
    return OK;
}
