#include "app/broadcast.h"

#include "app/session.h"
#include "observe/metrics.h"
#include "proto/server_message.h"

void broadcast_document(struct document *doc)
{
    LIST_EACH (at, following, &doc->pad.peers) {
        struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        session_catch_up(peer->owner);
    }
    broadcast_forget(doc);
    if (doc->announced_ns != 0)
        histogram_observe(HISTOGRAM_FANOUT, (uv_hrtime() - doc->announced_ns) / 1000);
    doc->announced_ns = 0;
}

void broadcast_forget(struct document *doc)
{
    for (int i = 0; i < DOCUMENT_CACHED_FRAMES; i++) {
        frame_unref(doc->cache[i].frame);
        doc->cache[i] = (struct cached_frame){0};
    }
}

/* ---- making ---- */

struct json broadcast_begin(struct shard *shard)
{
    buf_clear(&shard->payload);
    return json_to(&shard->payload);
}

enum error broadcast_end(struct shard *shard, const struct json *j)
{
    if (json_error(j))
        return ERR_NO_MEMORY;
    return frame_append_message(&shard->framed, WS_TEXT, buf_slice(&shard->payload));
}

static enum error append_changes(struct document *doc, enum pad_version version, uint64_t after)
{
    struct pad_change change;
    struct link *at = NULL;
    while (pad_next_change(&doc->pad, after, &at, &change)) {
        struct json j = broadcast_begin(doc->shard);
        if (!encode_change(&j, &doc->pad, &change, version))
            continue;
        enum error err = broadcast_end(doc->shard, &j);
        if (err)
            return err;
    }
    return OK;
}

static enum error append_single(struct document *doc, enum cached_kind kind, const struct pad_peer *peer,
                                uint64_t from, uint64_t to)
{
    struct json j = broadcast_begin(doc->shard);
    if (kind == CACHED_HISTORY)
        encode_history(&j, peer, from, to, false);
    else
        encode_snapshot(&j, &doc->pad);
    return broadcast_end(doc->shard, &j);
}

/* The carets of v1 users who have not said their name yet. */
static enum error append_nameless(struct document *doc)
{
    enum error err = OK;
    for (struct link *at = doc->pad.peers.next; at != &doc->pad.peers && !err; at = at->next) {
        struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        if (peer->has_info || !pad_shows_cursors(peer))
            continue;
        struct json j = broadcast_begin(doc->shard);
        encode_user_cursor(&j, peer);
        err = broadcast_end(doc->shard, &j);
    }
    return err;
}

/* Who comes during an outage must not think that all is well. */
static enum error append_outage(struct document *doc)
{
    if (!doc->pad.storage_failing)
        return OK;
    struct json j = broadcast_begin(doc->shard);
    encode_storage(&j, &doc->pad);
    return broadcast_end(doc->shard, &j);
}

/* Everybody, and what else a joiner is to know. */
static enum error append_users(struct document *doc)
{
    struct json j = broadcast_begin(doc->shard);
    encode_users(&j, &doc->pad);
    enum error err = broadcast_end(doc->shard, &j);
    if (!err)
        err = append_nameless(doc);
    return err ? err : append_outage(doc);
}

static struct frame *make(struct document *doc, enum cached_kind kind, const struct pad_peer *peer,
                          uint64_t from, uint64_t to)
{
    struct buf *framed = &doc->shard->framed;
    buf_clear(framed);
    enum error err;
    if (kind == CACHED_CHANGES)
        err = append_changes(doc, peer->version, from);
    else if (kind == CACHED_USERS)
        err = append_users(doc);
    else
        err = append_single(doc, kind, peer, from, to);
    return err ? NULL : frame_new(buf_slice(framed));
}

struct frame *broadcast_frame(struct document *doc, enum cached_kind kind, const struct pad_peer *peer,
                              uint64_t from, uint64_t to)
{
    for (int i = 0; i < DOCUMENT_CACHED_FRAMES; i++) {
        struct cached_frame *c = &doc->cache[i];
        if (c->kind == kind && c->version == peer->version && c->from == from && c->to == to)
            return c->frame;
    }
    struct frame *frame = make(doc, kind, peer, from, to);
    if (!frame)
        return NULL;
    struct cached_frame *slot = &doc->cache[doc->cache_next++ % DOCUMENT_CACHED_FRAMES];
    frame_unref(slot->frame);
    *slot = (struct cached_frame){kind, peer->version, from, to, frame};
    return frame;
}

struct frame *broadcast_frame_of(struct shard *shard, struct slice payload)
{
    buf_clear(&shard->framed);
    if (frame_append_message(&shard->framed, WS_TEXT, payload))
        return NULL;
    return frame_new(buf_slice(&shard->framed));
}
