/* A pad as a whole: its limits, its beginning and end, the journal's answers,
 * and what time does to it. */
#include "pad/pad.h"

#include "pad/comments.h"
#include "pad/pad_private.h"

enum { MS_PER_MIN = 60 * MS_PER_S, MIB = 1 << 20 };

/* ---- make and let go ---- */

/* 16 MiB are a million keystrokes. A v1 client that is asked to leave must be
 * reloaded by hand, so the limit is out of reach of a day's work. */
static uint32_t v1_history_bytes(uint32_t document_bytes)
{
    enum { LEAST = 16 * MIB, MOST = 64 * MIB, TIMES = 16 };
    if (document_bytes > MOST / TIMES)
        return MOST;
    return document_bytes * TIMES > LEAST ? document_bytes * TIMES : LEAST;
}

struct pad_limits pad_limits_default(uint32_t document_bytes)
{
    return (struct pad_limits){
        .document_bytes = document_bytes,
        .history_bytes = MIB,
        .history_ms = 10 * MS_PER_MIN,
        .v1_history_bytes = v1_history_bytes(document_bytes),
        .uncommitted_bytes = 8 * MIB,
    };
}

static void init_item(struct pad_item *item, enum pad_item_kind kind)
{
    item->kind = kind;
    list_init(&item->link);
}

void pad_init(struct pad *pad, const struct pad_limits *limits, struct id128 epoch)
{
    *pad = (struct pad){
        .limits = limits,
        .epochs = {{.id = epoch}},
        .epoch_count = 1,
        .language_by = PAD_SYSTEM_USER,
        .password_by = PAD_SYSTEM_USER,
        .rights_by = PAD_SYSTEM_USER,
    };
    list_init(&pad->peers);
    list_init(&pad->clients);
    list_init(&pad->items);
    list_init(&pad->cursors_waiting);
    init_item(&pad->language_item, PAD_ITEM_LANGUAGE);
    init_item(&pad->password_item, PAD_ITEM_PASSWORD);
    init_item(&pad->storage_item, PAD_ITEM_STORAGE);
    init_item(&pad->rights_item, PAD_ITEM_RIGHTS);
}

void pad_deinit(struct pad *pad)
{
    tombstones_free(pad);
    past_free(pad);
    comments_free(pad->comments);
    clients_free(pad);
    v1_free(pad);
    name_free(&pad->language);
    name_free(&pad->language_by_name);
    name_free(&pad->password);
    name_free(&pad->password_by_name);
    name_free(&pad->rights_by_name);
    history_deinit(&pad->history);
    rope_deinit(&pad->text);
}

/* ---- the journal's answer ---- */

/* Answers may come late or twice: `committed` never goes back. Without a journal
 * nothing was handed over, and `journaled` is pulled along. */
void pad_committed(struct pad *pad, uint64_t revision)
{
    const uint64_t committed = revision < pad->revision ? revision : pad->revision;
    if (committed <= pad->committed)
        return;
    pad->committed = committed;
    if (pad->journaled < committed)
        pad->journaled = committed;
    if (pad->comments)
        comments_move(pad->comments, &pad->history, committed);
    cursors_publish(pad);
}

/* ---- comments ---- */

struct comments *pad_take_comments(struct pad *pad)
{
    if (!pad->comments)
        pad->comments = comments_new(pad->committed);
    return pad->comments;
}

static void collect_comments(struct pad *pad)
{
    uint64_t seen = pad->comments->sequence;
    LIST_EACH (at, next, &pad->peers) {
        const struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        if (peer->follows_comments && peer->comments_seen < seen)
            seen = peer->comments_seen;
    }
    comments_collect(pad->comments, seen);
}

/* ---- time ---- */

void pad_tick(struct pad *pad, int64_t now_ms)
{
    pad->now_ms = now_ms;
    v1_expire(pad, now_ms);
    cursors_publish(pad);
    cursors_catch_up(pad);
    history_compact(pad, now_ms);
    tombstones_collect(pad);
    if (pad->comments)
        collect_comments(pad);
    clients_forget(pad, now_ms);
}

void pad_rest(struct pad *pad, int64_t now_ms)
{
    pad_tick(pad, now_ms);
    history_shrink(&pad->history);
    if (pad->packed_revision != pad->revision && rope_pack(&pad->text) == OK)
        pad->packed_revision = pad->revision; /* without memory for it, the text stays loosely packed */
}

/* ---- size ---- */

static size_t peers_memory_bytes(const struct pad *pad)
{
    size_t bytes = 0;
    LIST_EACH (at, next, &pad->peers) {
        const struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        bytes += peer->name.len + cursors_memory_bytes(&peer->cursors) + corrections_memory_bytes(peer) +
                 sizeof(struct pad_left);
    }
    return bytes;
}

static size_t strings_memory_bytes(const struct pad *pad)
{
    return pad->language.len + pad->language_by_name.len + pad->password.len + pad->password_by_name.len +
           pad->rights_by_name.len;
}

size_t pad_memory_bytes(const struct pad *pad)
{
    return sizeof *pad + rope_memory_bytes(&pad->text) + pad->history.bytes.cap + pad->history.index.cap +
           pad->client_count * sizeof(struct pad_client) + tombstones_memory_bytes(pad) +
           peers_memory_bytes(pad) + strings_memory_bytes(pad) + past_memory_bytes(pad) +
           (pad->comments ? comments_memory_bytes(pad->comments) : 0) +
           (pad->v1 ? sizeof *pad->v1 + pad->v1->text.code.cap + pad->v1->nothing.code.cap : 0);
}
