#include "doc/admission.h"

#include "guard/random.h"
#include "guard/token.h"

#include <string.h>

enum access address_access(const struct store_rights *rights)
{
    return rights->owner_writes ? ACCESS_VIEW : ACCESS_EDIT;
}

enum access link_access(const struct store_rights *rights, const struct store_link *link, int64_t wall_ms)
{
    if (link->expires_ms != 0 && link->expires_ms <= wall_ms)
        return ACCESS_NONE;
    return link->may_edit ? address_access(rights) : ACCESS_VIEW;
}

static bool is_owners(const struct store_rights *rights, struct slice token)
{
    if (!rights->has_owner || !token.ptr)
        return false;
    struct token_hash hash = token_hash_of(token);
    return token_matches(&hash, rights->owner);
}

static const struct store_link *find_link(const struct store_rights *rights, struct slice token)
{
    const struct store_link *found = NULL;
    if (rights->link_count == 0 || !token.ptr)
        return NULL;
    struct token_hash hash = token_hash_of(token);
    for (uint32_t i = 0; i < rights->link_count; i++)
        if (token_matches(&hash, rights->links[i].hash))
            found = &rights->links[i];
    return found;
}

/* The owner's token is looked at first, so this one is not his. Over HTTP one secret is passed as whatever it
 * may be, and is no guess where it is right as something else: as `right`, NULL ptr: as nothing. */
static bool is_guess_of_owner(const struct store_rights *rights, struct slice token, struct slice right)
{
    return rights->has_owner && token.ptr && !(right.ptr && slice_equal(token, right));
}

static enum error admit_by_link(const struct store_rights *rights, const struct store_link *link,
                                const struct shown *shown, int64_t wall_ms, struct admission *out)
{
    out->is_guess = is_guess_of_owner(rights, shown->owner_token, shown->link);
    out->access = link_access(rights, link, wall_ms);
    out->by_link = true;
    out->history = link->history;
    out->comments = link->comments ? COMMENTS_WRITE : link->may_edit ? COMMENTS_READ : COMMENTS_NONE;
    memcpy(out->link_id, link->id, sizeof(out->link_id));
    return out->access == ACCESS_NONE ? ERR_WITHDRAWN : OK;
}

/* The password of a document that has none any more is no guess: old addresses have it in them. */
static enum error admit_by_address(const struct store_rights *rights, struct slice password,
                                   const struct shown *shown, struct admission *out)
{
    out->by_password = password.ptr && shown->password.ptr && secret_equal(shown->password, password);
    out->is_guess =
        is_guess_of_owner(rights, shown->owner_token, out->by_password ? shown->password : (struct slice){0});
    if (password.ptr && !out->by_password) {
        out->is_guess = out->is_guess || shown->password.ptr;
        return ERR_PASSWORD;
    }
    out->access = address_access(rights);
    return OK;
}

enum error admission_judge(const struct store_rights *rights, struct slice password,
                           const struct shown *shown, int64_t wall_ms, struct admission *out)
{
    *out = (struct admission){.history = true, .comments = COMMENTS_READ};
    if (is_owners(rights, shown->owner_token)) {
        out->access = ACCESS_OWN;
        return OK;
    }
    const struct store_link *link = find_link(rights, shown->link);
    if (link)
        return admit_by_link(rights, link, shown, wall_ms, out);
    if (!shown->link.ptr || shown->password.ptr)
        return admit_by_address(rights, password, shown, out);
    out->is_guess = true;
    return ERR_WITHDRAWN;
}
