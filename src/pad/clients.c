/* Tabs, known by their secret token beyond one connection.
 *
 *   head  never edited … | edited long ago … edited last  tail
 *
 * The list is ordered by the revision after each tab's last operation, so the
 * authors of what is not journaled yet are a run at its tail, and the ones
 * that may be forgotten first stand at its head. */
#include "base/alloc.h"
#include "base/mem.h"
#include "pad/pad_private.h"

enum { CLIENTS_FORMAT = 1 };

/* ---- keys ---- */

/* A token of a tab is random: that it begins so is as likely as one in four billion, and all that
 * happens then is that the tab is forgotten after an hour. */
static const uint8_t key_mark[] = {0, 'k', 'e', 'y'};

enum { HASH_BYTES = 6 }; /* of the key, and as many of the request */

static bool is_key(struct id128 token)
{
    return memcmp(token.bytes, key_mark, sizeof key_mark) == 0;
}

struct id128 pad_key_token(struct id128 key, struct id128 request)
{
    struct id128 token;
    memcpy(token.bytes, key_mark, sizeof key_mark);
    memcpy(token.bytes + sizeof key_mark, key.bytes, HASH_BYTES);
    memcpy(token.bytes + sizeof key_mark + HASH_BYTES, request.bytes, HASH_BYTES);
    return token;
}

const struct pad_client *pad_find_key(const struct pad *pad, struct id128 token)
{
    for (struct link *at = pad->clients.prev; pad->key_count > 0 && at != &pad->clients; at = at->prev)
        if (memcmp(client_of(at)->token.bytes, token.bytes, sizeof key_mark + HASH_BYTES) == 0)
            return client_of(at);
    return NULL;
}

/* ---- finding and making ---- */

struct pad_client *client_find(const struct pad *pad, struct id128 token)
{
    for (struct link *at = pad->clients.prev; at != &pad->clients; at = at->prev) {
        if (id128_equal(client_of(at)->token, token))
            return client_of(at);
    }
    return NULL;
}

static struct pad_client *client_new(struct pad *pad, struct id128 token, uint64_t user_id)
{
    struct pad_client *client = mem_alloc(sizeof *client);
    if (!client)
        return NULL;
    *client = (struct pad_client){
        .token = token, .user_id = user_id, .shown_from = UINT64_MAX, .seen_ms = pad->now_ms};
    list_append(pad->clients.next, &client->link); /* in front of the first */
    pad->client_count++;
    pad->key_count += is_key(token);
    clients_reserve_id(pad, user_id);
    return client;
}

static void client_free(struct pad *pad, struct pad_client *client)
{
    list_remove(&client->link);
    pad->client_count--;
    pad->key_count -= is_key(client->token);
    mem_free(client);
}

/* A key stays as long as its operation is not journaled, since the next batch names it. */
static void keys_forget(struct pad *pad, int64_t now_ms)
{
    if (pad->key_count == 0)
        return;
    LIST_EACH (at, next, &pad->clients) {
        struct pad_client *client = client_of(at);
        const bool is_over = client->committed_revision == 0 || now_ms - client->seen_ms >= PAD_KEY_KEPT_MS;
        if (is_key(client->token) && !client->peer && is_over && client->committed_revision <= pad->journaled)
            client_free(pad, client);
    }
}

static bool has_place_for(struct pad *pad, struct id128 token, int64_t now_ms)
{
    if (is_key(token) && pad->key_count >= PAD_KEYS_KEPT)
        keys_forget(pad, now_ms);
    return !is_key(token) || pad->key_count < PAD_KEYS_KEPT;
}

static enum error take(struct pad *pad, struct id128 token, uint64_t new_user_id, int64_t now_ms,
                       struct pad_client **out)
{
    struct pad_client *client = client_find(pad, token);
    if (!client && !has_place_for(pad, token, now_ms))
        return ERR_TOO_MANY_KEYS;
    if (!client)
        client = client_new(pad, token, new_user_id);
    if (!client)
        return ERR_NO_MEMORY;
    client->seen_ms = now_ms;
    *out = client;
    return OK;
}

enum error client_take(struct pad *pad, struct id128 token, int64_t now_ms, struct pad_client **out)
{
    return take(pad, token, pad->next_user_id, now_ms, out);
}

enum error client_for_edit(struct pad_peer *peer, int64_t now_ms, struct pad_client **out)
{
    *out = peer->client;
    if (id128_is_zero(peer->key))
        return OK;
    enum error err = take(peer->pad, peer->key, peer->user_id, now_ms, out);
    if (!err)
        peer->client->has_used_keys = true;
    return err;
}

void client_edited(struct pad *pad, struct pad_client *client, uint64_t revision)
{
    list_remove(&client->link);
    client->committed_revision = revision;
    struct link *before = pad->clients.prev;
    while (before != &pad->clients && client_of(before)->committed_revision > revision)
        before = before->prev;
    list_append(before->next, &client->link);
}

enum error client_restore(struct pad *pad, struct id128 token, uint64_t user_id, uint64_t revision)
{
    struct pad_client *client = client_find(pad, token);
    if (!client)
        client = client_new(pad, token, user_id);
    if (!client)
        return ERR_NO_MEMORY;
    if (client->committed_revision < revision) {
        client->user_id = user_id;
        client_edited(pad, client, revision);
    }
    return OK;
}

void clients_reserve_id(struct pad *pad, uint64_t user_id)
{
    if (user_id != PAD_SYSTEM_USER && user_id >= pad->next_user_id)
        pad->next_user_id = user_id + 1;
}

/* ---- forgetting ---- */

/* True for a tab that never edited and can no longer resume. */
static bool is_expired_reader(const struct pad *pad, const struct pad_client *client, int64_t now_ms)
{
    return client->committed_revision == 0 && !client->has_used_keys &&
           now_ms - client->seen_ms > pad->limits->history_ms;
}

/* The list begins with the tabs that are least worth keeping, so the walk ends
 * at the first that must stay. With too many tabs those that edited go as well,
 * the longest ago first, but not the authors of operations that are not
 * journaled: the next batch names them. */
void clients_forget(struct pad *pad, int64_t now_ms)
{
    keys_forget(pad, now_ms);
    LIST_EACH (at, next, &pad->clients) {
        struct pad_client *client = client_of(at);
        const bool is_surplus = pad->client_count - pad->key_count > PAD_CLIENTS_KEPT;
        if (is_key(client->token))
            continue;
        if (client->committed_revision > (is_surplus ? pad->journaled : 0))
            return;
        if (!client->peer && (is_surplus || is_expired_reader(pad, client, now_ms)))
            client_free(pad, client);
    }
}

void clients_free(struct pad *pad)
{
    LIST_EACH (at, next, &pad->clients)
        client_free(pad, client_of(at));
}

/* ---- the form they are stored in ----
 *
 *     byte 1   varint(next user id)   varint(count)
 *     count × ( 16 bytes of token   varint(user id)
 *               varint(committed revision - that of the one before) ) */

static enum error encode_client(struct buf *out, const struct pad_client *client, uint64_t revision_before)
{
    enum error err = buf_append(out, slice_of(client->token.bytes, sizeof client->token.bytes));
    if (!err)
        err = buf_append_varint(out, client->user_id);
    if (!err)
        err = buf_append_varint(out, client->committed_revision - revision_before);
    return err;
}

static enum error encode_head(struct buf *out, const struct pad *pad, uint64_t count)
{
    enum error err = buf_append_byte(out, CLIENTS_FORMAT);
    if (!err)
        err = buf_append_varint(out, pad->next_user_id);
    if (!err)
        err = buf_append_varint(out, count);
    return err;
}

static uint64_t count_editors(const struct pad *pad)
{
    uint64_t count = 0;
    struct link *at = pad->clients.prev;
    for (; at != &pad->clients && client_of(at)->committed_revision > 0; at = at->prev)
        count++;
    return count;
}

enum error pad_encode_clients(const struct pad *pad, struct buf *out)
{
    const size_t before = out->len;
    uint64_t revision = 0;
    enum error err = encode_head(out, pad, count_editors(pad));
    LIST_EACH (at, next, &pad->clients) {
        const struct pad_client *client = client_of(at);
        if (err || client->committed_revision == 0)
            continue;
        err = encode_client(out, client, revision);
        revision = client->committed_revision;
    }
    if (err)
        out->len = before;
    return err;
}

/* Reads one tab at *at; *revision is that of the one before, then its own. */
static enum error decode_client(struct pad *pad, struct slice bytes, size_t *at, uint64_t *revision)
{
    struct id128 token;
    uint64_t user_id, later;
    if (bytes.len - *at < sizeof token.bytes)
        return ERR_STORAGE;
    memcpy(token.bytes, bytes.ptr + *at, sizeof token.bytes);
    *at += sizeof token.bytes;
    if (!varint_read(bytes, at, &user_id) || !varint_read(bytes, at, &later))
        return ERR_STORAGE;
    if (user_id >= pad->next_user_id || later == 0 || later > pad->revision - *revision)
        return ERR_STORAGE;
    *revision += later;
    struct pad_client *client = client_new(pad, token, user_id);
    if (!client)
        return ERR_NO_MEMORY;
    client_edited(pad, client, *revision);
    return OK;
}

enum error clients_decode(struct pad *pad, struct slice bytes)
{
    uint64_t next_user_id, count, revision = 0;
    size_t at = 1;
    if (bytes.len == 0)
        return OK;
    if ((uint8_t)bytes.ptr[0] != CLIENTS_FORMAT || !varint_read(bytes, &at, &next_user_id) ||
        !varint_read(bytes, &at, &count) || next_user_id > PAD_USER_ID_MAX)
        return ERR_STORAGE;
    pad->next_user_id = next_user_id;
    for (; count > 0; count--) {
        const enum error err = decode_client(pad, bytes, &at, &revision);
        if (err)
            return err;
    }
    return at == bytes.len ? OK : ERR_STORAGE;
}
