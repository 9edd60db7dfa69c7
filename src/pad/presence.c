/* Who is here, the language, the password, and whether the database can be
 * written: the setters. How changes are told: items.c. */
#include "pad/parts.h"

enum error pad_set_info(struct pad_peer *peer, struct slice name, uint16_t hue)
{
    if (!peer->pad)
        return ERR_REPLACED;
    struct slice copy;
    const enum error err = name_of_user(name, &copy);
    if (err)
        return err;
    name_replace(&peer->name, copy);
    peer->hue = hue % PAD_HUES;
    peer->has_info = true;
    item_changed(peer->pad, &peer->info_item);
    return OK;
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
    const enum error err = replace_with_author(&pad->language, language, &pad->language_by_name, by->name);
    if (err)
        return err;
    pad->language_by = by->user_id;
    item_changed(pad, &pad->language_item);
    return OK;
}

enum error pad_set_otp(struct pad *pad, struct pad_peer *by, struct slice otp)
{
    const struct slice by_name = by ? by->name : (struct slice){0};
    const enum error err = replace_with_author(&pad->otp, otp, &pad->otp_by_name, by_name);
    if (err)
        return err;
    pad->otp_by = by ? by->user_id : PAD_SYSTEM_USER;
    item_changed(pad, &pad->otp_item);
    return OK;
}

void pad_set_storage_failing(struct pad *pad, bool failing)
{
    if (pad->storage_failing == failing)
        return;
    pad->storage_failing = failing;
    item_changed(pad, &pad->storage_item);
}
