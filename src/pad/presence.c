/* Presence as the outside sees it: the setters (who is here, the language, the
 * password, whether the database can be written), and the walk over what
 * changed. The list of items itself is items.c. */
#include "pad/pad_private.h"

/* ---- setting ---- */

enum error pad_set_info(struct pad_peer *peer, struct slice name, uint16_t hue)
{
    if (!peer->pad)
        return ERR_REPLACED;
    struct slice copy;
    const enum error err = name_of_user(name, &copy);
    if (err)
        return err;
    const bool was_nameless = !peer->has_info;
    name_replace(&peer->name, copy);
    peer->hue = hue % PAD_HUES;
    peer->has_info = true;
    peer->is_signed = false;
    item_changed(peer->pad, &peer->info_item);
    /* Users leaves out who has no name (encode_users), with the carets. */
    if (was_nameless && pad_cursors_are_visible(peer))
        item_changed(peer->pad, &peer->cursors_item);
    return OK;
}

bool pad_sign(struct pad_peer *peer)
{
    const bool is_first = !peer->is_signed;
    peer->is_signed = true;
    return is_first;
}

void pad_forget_signatures(struct pad *pad)
{
    LIST_EACH (at, following, &pad->peers)
        LIST_ITEM(at, struct pad_peer, link)->is_signed = false;
}

/* Copies a value and the name of who set it, and replaces both or neither. */
static enum error replace_with_author(struct slice *value, struct slice new_value, struct slice *name,
                                      struct slice new_name)
{
    struct slice value_copy, name_copied;
    enum error err = name_copy(new_value, &value_copy);
    if (err)
        return err;
    err = name_copy(new_name, &name_copied);
    if (err) {
        name_free(&value_copy);
        return err;
    }
    name_replace(value, value_copy);
    name_replace(name, name_copied);
    return OK;
}

enum error pad_set_language(struct pad_peer *by, struct slice language)
{
    struct pad *pad = by->pad;
    if (!pad)
        return ERR_REPLACED;
    if (by->is_viewer)
        return ERR_VIEW_ONLY;
    const enum error err = replace_with_author(&pad->language, language, &pad->language_by_name, by->name);
    if (err)
        return err;
    pad->language_by = by->user_id;
    item_changed(pad, &pad->language_item);
    return OK;
}

enum error pad_set_password(struct pad *pad, struct pad_peer *by, struct slice password)
{
    const struct slice by_name = by ? by->name : (struct slice){0};
    const enum error err = replace_with_author(&pad->password, password, &pad->password_by_name, by_name);
    if (err)
        return err;
    pad->password_by = by ? by->user_id : PAD_SYSTEM_USER;
    item_changed(pad, &pad->password_item);
    return OK;
}

enum error pad_put_language(struct pad *pad, struct slice language)
{
    const enum error err =
        replace_with_author(&pad->language, language, &pad->language_by_name, (struct slice){0});
    if (err)
        return err;
    pad->language_by = PAD_SYSTEM_USER;
    item_changed(pad, &pad->language_item);
    return OK;
}

void pad_set_storage_failing(struct pad *pad, bool failing)
{
    if (pad->storage_failing == failing)
        return;
    pad->storage_failing = failing;
    item_changed(pad, &pad->storage_item);
}

enum error pad_set_rights(struct pad *pad, const struct pad_peer *by, struct pad_rights rights)
{
    struct slice name;
    const enum error err = name_copy(by ? by->name : (struct slice){0}, &name);
    if (err)
        return err;
    name_replace(&pad->rights_by_name, name);
    pad->rights = rights;
    pad->rights_by = by ? by->user_id : PAD_SYSTEM_USER;
    item_changed(pad, &pad->rights_item);
    return OK;
}

void pad_set_viewer(struct pad_peer *peer, bool is_viewer)
{
    if (!peer->pad || peer->is_viewer == is_viewer)
        return;
    peer->is_viewer = is_viewer;
    if (is_viewer)
        cursors_drop(peer);
    if (peer->has_info)
        item_changed(peer->pad, &peer->info_item);
}

/* ---- what changed ---- */

/* The link before the first item changed after `after`. */
static struct link *before_changes(struct pad *pad, uint64_t after)
{
    struct link *at = pad->items.prev;
    while (at != &pad->items && item_of(at)->changed > after)
        at = at->prev;
    return at;
}

static struct pad_peer *peer_of_cursors(struct pad_item *item)
{
    return LIST_ITEM(item, struct pad_peer, cursors_item);
}

/* Carets that were set in a text that is not committed yet. */
static bool is_to_wait(struct pad_item *item)
{
    return item->kind == PAD_ITEM_CURSORS && !pad_cursors_are_visible(peer_of_cursors(item));
}

bool pad_next_change(struct pad *pad, uint64_t after, struct link **at, struct pad_change *out)
{
    struct link *next = (*at ? *at : before_changes(pad, after))->next; /* *at: the item visited last */
    while (next != &pad->items && is_to_wait(item_of(next)))
        next = next->next;
    if (next == &pad->items)
        return false;
    *at = next;
    struct pad_item *item = item_of(next);
    *out = (struct pad_change){.kind = item->kind};
    if (item->kind == PAD_ITEM_INFO) {
        out->peer = LIST_ITEM(item, struct pad_peer, info_item);
        out->user_id = out->peer->user_id;
    } else if (item->kind == PAD_ITEM_CURSORS) {
        out->peer = peer_of_cursors(item);
        out->user_id = out->peer->user_id;
        pad_cursors_now(peer_of_cursors(item));
    } else if (item->kind == PAD_ITEM_LEFT) {
        out->user_id = left_of(item)->user_id;
    }
    return true;
}

void pad_told_items(struct pad_peer *peer, uint64_t sequence)
{
    peer->seen = sequence;
}
