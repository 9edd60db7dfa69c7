/* Presence as items, each with the sequence number of its last change, in the
 * order of those changes. */
#include "base/alloc.h"
#include "pad/pad_private.h"

/* ---- the list ---- */

void item_forget(struct pad_item *item)
{
    list_remove(&item->link);
    item->changed = 0;
}

void item_changed(struct pad *pad, struct pad_item *item)
{
    list_remove(&item->link);
    item->changed = ++pad->sequence;
    list_append(&pad->items, &item->link);
}

/* ---- tombstones ---- */

/* The tombstone that the tab left behind before it came back. Many tabs may leave
 * at once, most for the first time: for those nothing is searched. */
static struct pad_left *find_tombstone(const struct pad *pad, const struct pad_client *client)
{
    if (!client || !client->has_left)
        return NULL;
    LIST_EACH (at, next, &pad->items) {
        if (item_of(at)->kind == PAD_ITEM_LEFT && left_of(item_of(at))->user_id == client->user_id)
            return left_of(item_of(at));
    }
    return NULL;
}

void tombstone_put(struct pad *pad, struct pad_peer *leaving)
{
    struct pad_left *made = leaving->tombstone; /* allocated on joining */
    leaving->tombstone = NULL;
    /* Nobody knows of a peer of which no item was ever told. A user that has a
     * tombstone already gets no second one: the old one counts as changed. */
    const bool is_known = leaving->info_item.changed || leaving->cursors_item.changed;
    struct pad_left *old = is_known ? find_tombstone(pad, leaving->client) : NULL;
    if (!is_known || old) {
        mem_free(made);
        made = old;
    } else {
        *made = (struct pad_left){.item.kind = PAD_ITEM_LEFT, .user_id = leaving->user_id};
        list_init(&made->item.link);
    }
    if (made)
        item_changed(pad, &made->item);
    if (leaving->client)
        leaving->client->has_left = true;
}

/* The sequence up to which every peer has been told. */
static uint64_t seen_by_all(const struct pad *pad)
{
    uint64_t seen = pad->sequence;
    LIST_EACH (at, next, &pad->peers) {
        const struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        if (peer->seen < seen)
            seen = peer->seen;
    }
    return seen;
}

/* Frees the tombstones that changed last at `sequence` or before. */
static void collect_up_to(struct pad *pad, uint64_t sequence)
{
    LIST_EACH (at, next, &pad->items) {
        struct pad_item *item = item_of(at);
        if (item->changed > sequence)
            return;
        if (item->kind != PAD_ITEM_LEFT)
            continue;
        item_forget(item);
        mem_free(left_of(item));
    }
}

void tombstones_collect(struct pad *pad)
{
    collect_up_to(pad, seen_by_all(pad));
}

void tombstones_free(struct pad *pad)
{
    collect_up_to(pad, pad->sequence);
}

size_t tombstones_memory_bytes(const struct pad *pad)
{
    size_t bytes = 0;
    LIST_EACH (at, next, &pad->items) {
        if (item_of(at)->kind == PAD_ITEM_LEFT)
            bytes += sizeof(struct pad_left);
    }
    return bytes;
}
