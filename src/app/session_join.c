#include "app/session.h"

#include "app/broadcast.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "proto/server_message.h"

#include <stdlib.h>

void joining_free(struct session *s)
{
    struct joining *j = s->joining;
    if (!j)
        return;
    s->joining = NULL;
    access_cancel(j->access);
    frame_unref(j->snapshot);
    buf_deinit(&j->otp);
    buf_deinit(&j->name);
    free(j);
}

/* ---- before the document is there ---- */

enum error session_take_hello(struct session *s, const struct client_message *m)
{
    struct joining *j = s->joining;
    enum error err = buf_append(&j->name, m->hello.pad.name);
    if (!err && m->hello.otp.ptr)
        err = buf_append(&j->otp, m->hello.otp);
    if (err)
        return err;
    j->hello = m->hello.pad;
    j->hello.version = PAD_V2;
    j->hello.name = buf_slice(&j->name);
    j->has_otp = m->hello.otp.ptr != NULL;
    list_remove(&s->link);
    list_append(&s->shard->sessions, &s->link);
    s->state = SESSION_ACCESSING;
    return OK;
}

/* ---- joining ---- */

/* The same tab came back before the server saw its old connection end. */
static void close_replaced(struct pad_peer *peer)
{
    struct session *old = peer->owner;
    struct document *doc = old->doc;
    old->doc = NULL; /* it is out of the pad already */
    metric_add(METRIC_USERS, -1);
    session_close(old, ERR_REPLACED, NULL);
    document_session_left(doc);
}

static enum error hold_snapshot(struct session *s)
{
    struct frame *frame = broadcast_frame(s->doc, CACHED_SNAPSHOT, &s->peer, 0, s->doc->pad.revision);
    s->joining->snapshot = frame ? frame_ref(frame) : NULL;
    return frame ? OK : ERR_NO_MEMORY;
}

static void joined(struct session *s, struct document *doc)
{
    struct joining *j = s->joining;
    enum error err = pad_join(&doc->pad, &s->peer, &j->hello, shard_now_ms(s->shard), &j->welcome);
    if (err) {
        session_close(s, err, NULL);
        return;
    }
    s->peer.owner = s;
    s->doc = doc;
    s->state = SESSION_JOINED;
    metric_inc(METRIC_USERS);
    document_session_joined(doc);
    if (j->welcome.replaced)
        close_replaced(j->welcome.replaced);
    log_line(LOG_INFO, "User %llu connected", (unsigned long long)s->peer.user_id);
    log_event(LOG_DEBUG, "joined", LOG_STR("docId", doc->id), LOG_UINT("userId", s->peer.user_id),
              LOG_UINT("users", doc->session_count), LOG_UINT("revision", doc->pad.revision),
              LOG_CSTR("how", j->welcome.resumed ? "resumed" : "fresh"));
    if (s->version == PAD_V2 && !j->welcome.resumed && hold_snapshot(s))
        session_close(s, ERR_NO_MEMORY, NULL);
    else
        conn_resume(s->conn);
}

static void answered(void *owner, enum error err, struct document *doc, const struct access_facts *facts)
{
    struct session *s = owner;
    (void)facts;
    s->joining->access = NULL;
    if (err)
        session_close(s, err, NULL);
    else
        joined(s, doc);
}

void session_ask(struct session *s)
{
    struct joining *j = s->joining;
    struct access_question question = {.id = j->id,
                                       .otp = j->has_otp ? slice_of(j->otp.ptr ? j->otp.ptr : "", j->otp.len)
                                                         : (struct slice){0},
                                       .client = s->client,
                                       .goal = ACCESS_EDIT,
                                       .done = answered,
                                       .owner = s};
    struct access *handle;
    document_access(s->shard, &question, &handle);
    if (handle) /* otherwise it was answered, and `joining` may be gone */
        j->access = handle;
}

/* ---- welcome ---- */

static enum error append_welcome(struct session *s)
{
    struct shard *shard = s->shard;
    struct document *doc = s->doc;
    struct welcome_message m = {.pad = &doc->pad,
                                .welcome = &s->joining->welcome,
                                .created_ms = doc->created_ms,
                                .expires_ms = document_expires_ms(doc, shard_now_ms(shard)),
                                .message_bytes_max = shard->loop.limits.message_bytes_max,
                                .server = shard->server->version};
    struct json j = broadcast_begin(shard);
    encode_welcome(&j, &m);
    return broadcast_end(shard, &j);
}

/* What a resuming tab missed: always one History, be it empty. */
static enum error append_missed(struct session *s)
{
    uint64_t from = s->peer.sent, to = from;
    bool gone = false;
    pad_history_for(&s->peer, SIZE_MAX, &from, &to, &gone);
    if (gone)
        return ERR_CANNOT_RESUME;
    struct json j = broadcast_begin(s->shard);
    encode_history(&j, &s->peer, from, to, false);
    pad_told_history(&s->peer, to);
    return broadcast_end(s->shard, &j);
}

static enum error send_framed(struct session *s)
{
    struct frame *frame = frame_new(buf_slice(&s->shard->framed));
    if (!frame)
        return ERR_NO_MEMORY;
    conn_send(s->conn, frame);
    frame_unref(frame);
    return OK;
}

static enum error welcome_v2(struct session *s)
{
    buf_clear(&s->shard->framed);
    enum error err = append_welcome(s);
    if (!err && s->joining->welcome.resumed)
        err = append_missed(s);
    if (!err)
        err = send_framed(s);
    if (err)
        return err;
    if (s->joining->snapshot)
        conn_send(s->conn, s->joining->snapshot);
    /* The carets in Users are those of the committed text: it comes first. */
    while (!err && s->peer.sent < s->doc->pad.committed)
        err = session_tell_history(s);
    if (err)
        return err;
    uint64_t newest = s->doc->pad.sequence;
    struct frame *users = broadcast_frame(s->doc, CACHED_USERS, &s->peer, 0, newest);
    if (!users)
        return ERR_NO_MEMORY;
    conn_send(s->conn, users);
    return OK;
}

static enum error append_v1_presence(struct session *s)
{
    struct shard *shard = s->shard;
    struct pad *pad = &s->doc->pad;
    enum error err = OK;
    for (struct link *at = pad->peers.next; at != &pad->peers && !err; at = at->next) {
        struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        if (!peer->has_info)
            continue;
        struct json j = broadcast_begin(shard);
        encode_user_info(&j, peer);
        err = broadcast_end(shard, &j);
    }
    for (struct link *at = pad->peers.next; at != &pad->peers && !err; at = at->next) {
        struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        if (!pad_shows_cursors(peer))
            continue;
        struct json j = broadcast_begin(shard);
        encode_user_cursor(&j, peer);
        err = broadcast_end(shard, &j);
    }
    return err;
}

/* The text that stands for what was before, and the first of what came since. */
static enum error append_v1_history(struct session *s)
{
    uint64_t from = s->peer.sent, to = from;
    bool gone = false;
    pad_history_for(&s->peer, HISTORY_FRAME_BYTES, &from, &to, &gone);
    if (gone)
        return ERR_CANNOT_RESUME;
    if (from == to && s->doc->pad.v1->offset == 0)
        return OK;
    struct json j = broadcast_begin(s->shard);
    encode_history(&j, &s->peer, from, to, true);
    pad_told_history(&s->peer, to);
    return broadcast_end(s->shard, &j);
}

static enum error append_v1_state(struct session *s)
{
    struct pad *pad = &s->doc->pad;
    enum error err = OK;
    if (pad->language.ptr) {
        struct json j = broadcast_begin(s->shard);
        encode_language_initial(&j, pad);
        err = broadcast_end(s->shard, &j);
    }
    if (!err && pad->otp.ptr) {
        struct json j = broadcast_begin(s->shard);
        encode_otp_initial(&j, pad);
        err = broadcast_end(s->shard, &j);
    }
    return err;
}

static enum error greet_v1(struct session *s)
{
    buf_clear(&s->shard->framed);
    struct json j = broadcast_begin(s->shard);
    encode_identity(&j, s->peer.user_id);
    enum error err = broadcast_end(s->shard, &j);
    if (!err)
        err = append_v1_history(s);
    s->joining->is_greeted = true;
    return err ? err : send_framed(s);
}

/* Everything but the history, once it has all of that: carets are those of the
 * committed text. */
static enum error introduce_v1(struct session *s)
{
    buf_clear(&s->shard->framed);
    enum error err = append_v1_state(s);
    if (!err)
        err = append_v1_presence(s);
    return err || s->shard->framed.len == 0 ? err : send_framed(s);
}

static bool has_all_history(const struct session *s)
{
    return s->peer.sent == s->doc->pad.committed;
}

static enum error welcome_v1(struct session *s)
{
    enum error err = s->joining->is_greeted ? OK : greet_v1(s);
    while (!err && !has_all_history(s) && conn_is_ready(s->conn))
        err = session_tell_history(s);
    return err || !has_all_history(s) ? err : introduce_v1(s);
}

void session_welcome(struct session *s)
{
    uint64_t newest = s->doc->pad.sequence;
    enum error err = s->version == PAD_V2 ? welcome_v2(s) : welcome_v1(s);
    if (err) {
        session_close(s, err, NULL);
        return;
    }
    if (!has_all_history(s))
        return; /* the rest when the socket has drained */
    pad_told_items(&s->peer, newest);
    joining_free(s);
}
