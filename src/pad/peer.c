/* Connections: joining, leaving, and the difference between what each was told
 * and what there is. */
#include "base/alloc.h"
#include "pad/comments.h"
#include "pad/pad_private.h"

static struct pad_peer *peer_of(struct link *link)
{
    return LIST_ITEM(link, struct pad_peer, link);
}

/* ---- resuming ---- */

/* The last revision of the epoch with that index that anyone can have been told. */
static uint64_t epoch_end(const struct pad *pad, size_t index)
{
    return index + 1 < pad->epoch_count ? pad->epochs[index + 1].first_revision : pad->committed;
}

struct id128 pad_epoch(const struct pad *pad)
{
    return pad->epochs[pad->epoch_count - 1].id;
}

bool pad_has_been_at(const struct pad *pad, struct id128 epoch, uint64_t revision)
{
    for (size_t i = pad->epoch_count; i-- > 0;) {
        if (id128_equal(pad->epochs[i].id, epoch))
            return revision >= pad->epochs[i].first_revision && revision <= epoch_end(pad, i);
    }
    return false;
}

/* The history that v1 clients pin can be many times the text. Then a snapshot is
 * less to send than the operations missed. */
static bool is_worth_resuming(const struct pad *pad, uint64_t revision)
{
    return history_bytes(&pad->history, revision, pad->revision) <= history_budget_bytes(pad);
}

/* A tab may resume from a revision that existed in the epoch it names, and from
 * which on the history is held, and was not deleted. */
static bool can_resume(const struct pad *pad, const struct pad_hello *hello)
{
    if (!hello->has_epoch || hello->revision < pad->history.base || hello->revision < pad->resumes_from ||
        !is_worth_resuming(pad, hello->revision))
        return false;
    return hello->is_epoch_unknown ? hello->revision <= pad->committed
                                   : pad_has_been_at(pad, hello->epoch, hello->revision);
}

/* A guest is shown nothing from before it came, unless it may see the past. */
static bool may_be_shown(const struct pad_hello *hello, const struct pad_client *client)
{
    return !hello->is_guest || hello->sees_past || hello->revision >= client->shown_from;
}

/* ---- joining ---- */

static void init_items(struct pad_peer *peer)
{
    peer->info_item = (struct pad_item){.kind = PAD_ITEM_INFO};
    peer->cursors_item = (struct pad_item){.kind = PAD_ITEM_CURSORS};
    list_init(&peer->info_item.link);
    list_init(&peer->cursors_item.link);
    list_init(&peer->cursors_waiting);
    list_init(&peer->corrections);
}

/* Everything in joining that can fail; on failure the pad and the peer are as
 * they were. */
static enum error acquire(struct pad *pad, struct pad_peer *peer, const struct pad_hello *hello)
{
    struct slice name = {0};
    struct pad_client *client = NULL;
    struct pad_left *tombstone = mem_alloc(sizeof *tombstone);
    enum error err = tombstone ? OK : ERR_NO_MEMORY;
    if (err)
        goto out;
    if (hello->version == PAD_V2)
        err = name_of_user(hello->name, &name);
    if (err)
        goto free_tombstone;
    err = hello->version == PAD_V1 ? v1_open(pad) : client_take(pad, hello->token, pad->now_ms, &client);
    if (err)
        goto free_name;
    peer->tombstone = tombstone;
    peer->name = name;
    peer->client = client;
    return OK;

free_name:
    name_free(&name);
free_tombstone:
    mem_free(tombstone);
out:
    return err;
}

/* Unlinks the peer and frees what it owns, except the tombstone, which the
 * caller has put into the list or freed. */
static void detach(struct pad_peer *peer)
{
    struct pad *pad = peer->pad;
    list_remove(&peer->link);
    list_remove(&peer->cursors_waiting);
    item_forget(&peer->info_item);
    item_forget(&peer->cursors_item);
    pad->peer_count--;
    cursors_free(peer);
    corrections_free(peer);
    name_free(&peer->name);
    peer->client = NULL;
    peer->pad = NULL;
}

/* The tab came back before its old connection was seen to be dead. The user
 * stays: the new connection gets the carets, unless it is a viewer, and nobody is told that anyone left. */
static void replace(struct pad_peer *peer, struct pad_peer *old)
{
    const bool had_cursors = old->cursors_item.changed || !list_is_empty(&old->cursors_waiting);
    if (!peer->is_viewer) {
        peer->cursors = old->cursors;
        old->cursors = (struct pad_cursors){0};
    }
    mem_free(old->tombstone);
    old->tombstone = NULL;
    detach(old);
    if (had_cursors)
        cursors_changed(peer);
}

static void enter(struct pad *pad, struct pad_peer *peer, const struct pad_hello *hello, uint64_t user_id)
{
    peer->pad = pad;
    peer->version = hello->version;
    peer->user_id = user_id;
    peer->order = hello->version == PAD_V2 ? hello->order : PAD_BY_TEXT;
    peer->is_viewer = hello->is_viewer;
    peer->is_guest = hello->is_guest;
    peer->gate = pad->revision;
    peer->cursors.revision = pad->revision;
    init_items(peer);
    list_append(&pad->peers, &peer->link);
    pad->peer_count++;
    clients_reserve_id(pad, user_id);
}

static void enter_v1(struct pad *pad, struct pad_peer *peer)
{
    pad->v1_peer_count++;
    peer->sent = peer->floor = pad->v1->base;
}

static void enter_v2(struct pad *pad, struct pad_peer *peer, const struct pad_hello *hello,
                     struct pad_welcome *welcome)
{
    welcome->committed = peer->client->committed_revision;
    welcome->resumed = can_resume(pad, hello) && may_be_shown(hello, peer->client);
    welcome->replaced = peer->client->peer;
    peer->client->peer = peer;
    peer->sent = peer->floor = peer->ponged = welcome->resumed ? hello->revision : pad->revision;
    if (peer->sent < peer->client->shown_from)
        peer->client->shown_from = peer->sent;
    peer->hue = hello->hue % PAD_HUES;
    peer->follows_comments = hello->follows_comments;
    peer->has_info = !hello->is_unseen;
    if (peer->has_info)
        item_changed(pad, &peer->info_item);
    if (welcome->replaced)
        replace(peer, welcome->replaced);
}

enum error pad_join(struct pad *pad, struct pad_peer *peer, const struct pad_hello *hello, int64_t now_ms,
                    struct pad_welcome *welcome)
{
    pad->now_ms = now_ms;
    const enum error err = acquire(pad, peer, hello);
    if (err)
        return err;
    *welcome = (struct pad_welcome){.revision = pad->revision};
    enter(pad, peer, hello, peer->client ? peer->client->user_id : pad->next_user_id);
    if (peer->version == PAD_V1)
        enter_v1(pad, peer);
    else
        enter_v2(pad, peer, hello, welcome);
    welcome->user_id = peer->user_id;
    peer->seen = pad->sequence;
    return OK;
}

/* ---- leaving ---- */

static void leave_v1(struct pad *pad, int64_t now_ms)
{
    pad->v1_peer_count--;
    pad->v1->last_left_ms = now_ms;
}

void pad_leave(struct pad_peer *peer, int64_t now_ms)
{
    struct pad *pad = peer->pad;
    if (!pad)
        return;
    pad->now_ms = now_ms;
    if (peer->version == PAD_V1) {
        leave_v1(pad, now_ms);
    } else {
        peer->client->peer = NULL;
        peer->client->seen_ms = now_ms;
    }
    tombstone_put(pad, peer);
    detach(peer);
    if (pad->peer_count == 0)
        tombstones_free(pad);
}

struct pad_peer *pad_find_user(struct pad *pad, uint64_t user_id)
{
    LIST_EACH (at, next, &pad->peers) {
        if (peer_of(at)->user_id == user_id)
            return peer_of(at);
    }
    return NULL;
}

/* ---- what a peer lacks ---- */

static bool may_be_told(const struct pad_peer *peer)
{
    return peer->pad && peer->pad->committed >= peer->gate;
}

bool pad_peer_lacks_comments(const struct pad_peer *peer)
{
    return peer->follows_comments && peer->pad->comments &&
           peer->comments_seen < peer->pad->comments->sequence;
}

void pad_told_comments(struct pad_peer *peer)
{
    peer->comments_seen = peer->pad->comments ? peer->pad->comments->sequence : 0;
}

bool pad_peer_lacks(const struct pad_peer *peer)
{
    return may_be_told(peer) && (peer->sent < peer->pad->committed || peer->seen < peer->pad->sequence ||
                                 pad_peer_lacks_comments(peer));
}

bool pad_history_for(const struct pad_peer *peer, size_t max_bytes, uint64_t *from, uint64_t *to, bool *gone)
{
    *gone = false;
    if (!may_be_told(peer) || peer->sent >= peer->pad->committed)
        return false;
    const struct history *h = &peer->pad->history;
    *gone = peer->sent < h->base; /* the budget of the history wins over slow peers */
    if (*gone)
        return false;
    *from = peer->sent;
    *to = history_reach(h, peer->sent, peer->pad->committed, max_bytes);
    if (*to < peer->pad->committed && correction_at(peer, *to)) /* never without the edit before it */
        ++*to;
    return true;
}

uint64_t pad_revision_for(const struct pad_peer *peer, uint64_t revision)
{
    if (peer->version == PAD_V2)
        return revision;
    return revision - peer->pad->v1->base + peer->pad->v1->offset;
}

void pad_told_history(struct pad_peer *peer, uint64_t to)
{
    peer->sent = to;
}

/* Messages arrive in order: the peer answered what it was sent before the last
 * Pong by sending this Ping after it. */
void pad_pinged(struct pad_peer *peer)
{
    if (peer->ponged > peer->floor)
        peer->floor = peer->ponged;
    peer->ponged = peer->sent;
}
