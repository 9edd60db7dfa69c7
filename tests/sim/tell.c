#include "sim/tell.h"

#include "doc/attach.h"
#include "doc/expiry.h"
#include "pad/comments.h"
#include "proto/comment_json.h"
#include "proto/server_message.h"

#include <stdio.h>

enum { HISTORY_MESSAGE_BYTES = 2000 };

static void must(enum error err)
{
    gateway_require(err == OK, "tell", err);
}

void leave_document(struct sim_conn *conn)
{
    struct document *doc = conn->doc;
    open_cancel(conn->open);
    conn->open = NULL;
    conn->doc = NULL;
    if (doc)
        document_detach(doc, &conn->peer);
}

void close_conn(struct sim_conn *conn, enum error why)
{
    leave_document(conn);
    conn->is_closed = true;
    wire_put(&conn->down, WIRE_CLOSE)->why = why;
    conn->gateway->counts.closed++;
}

/* ---- messages ---- */

static bool is_v2(const struct sim_conn *conn)
{
    return conn->peer.version == PAD_V2;
}

static struct json begin_text(struct sim_conn *conn)
{
    return json_to(&wire_put(&conn->down, WIRE_TEXT)->bytes);
}

/* ---- presence, v1 ---- */

static void tell_user(struct sim_conn *conn, const struct pad_peer *peer)
{
    struct wire_message *m = wire_put(&conn->down, WIRE_INFO);
    m->user_id = peer->user_id;
    m->hue = peer->hue;
    snprintf(m->name, sizeof m->name, "%.*s", (int)peer->name.len, peer->name.ptr);
}

static void tell_cursors(struct sim_conn *conn, const struct pad_peer *peer)
{
    struct wire_message *m = wire_put(&conn->down, WIRE_CURSORS);
    m->user_id = peer->user_id;
    m->cursors = wire_cursors_of(&peer->cursors);
}

static void tell_language(struct sim_conn *conn)
{
    must(buf_append(&wire_put(&conn->down, WIRE_LANGUAGE)->bytes, conn->doc->pad.language));
}

static void tell_password(struct sim_conn *conn)
{
    wire_put(&conn->down, WIRE_PASSWORD)->password = wire_password_of(conn->doc->pad.password);
}

static void tell_v1_change(struct sim_conn *conn, const struct pad_change *change)
{
    switch (change->kind) {
    case PAD_ITEM_INFO:
        tell_user(conn, change->peer);
        break;
    case PAD_ITEM_CURSORS:
        tell_cursors(conn, change->peer);
        break;
    case PAD_ITEM_LEFT:
        wire_put(&conn->down, WIRE_LEFT)->user_id = change->user_id;
        break;
    case PAD_ITEM_LANGUAGE:
        tell_language(conn);
        break;
    case PAD_ITEM_PASSWORD:
        tell_password(conn);
        break;
    default: /* the rest is v2's */
        break;
    }
}

static void tell_v1_everybody(struct sim_conn *conn)
{
    struct pad *pad = &conn->doc->pad;
    LIST_EACH (at, next, &pad->peers) {
        struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        if (peer->has_info)
            tell_user(conn, peer);
        pad_cursors_now(peer);
        if (pad_cursors_are_visible(peer))
            tell_cursors(conn, peer);
    }
    if (pad->language.ptr)
        tell_language(conn);
    tell_password(conn);
}

/* ---- presence ---- */

static void tell_v2_change(struct sim_conn *conn, const struct pad_change *change)
{
    struct wire_message *m = wire_put(&conn->down, WIRE_TEXT);
    struct json j = json_to(&m->bytes);
    if (!encode_change(&j, &conn->doc->pad, change, PAD_V2))
        gateway_require(false, "v2 has no message for a change", OK);
    must(json_error(&j));
}

/* What changed between the Welcome and this is told, too: nobody is told a language or a
 * password twice, and none is left out. */
static void tell_v2_everybody(struct sim_conn *conn)
{
    struct pad *pad = &conn->doc->pad;
    struct json users = begin_text(conn);
    encode_users(&users, pad);
    must(json_error(&users));
    if (pad->language.ptr) {
        struct json j = begin_text(conn);
        encode_language(&j, pad);
        must(json_error(&j));
    }
    struct json password = begin_text(conn);
    encode_password(&password, pad);
    must(json_error(&password));
    struct json storage = begin_text(conn);
    encode_storage(&storage, pad);
    must(json_error(&storage));
}

static void tell_all_comments(struct sim_conn *conn)
{
    const struct pad *pad = &conn->doc->pad;
    if (!conn->peer.follows_comments)
        return;
    pad_told_comments(&conn->peer);
    if (!(pad->comments && pad->comments->count > 0) && !conn->welcome.resumed)
        return;
    struct json j = begin_text(conn);
    encode_comments(&j, pad->comments, pad->committed);
    must(json_error(&j));
}

static void tell_changed_comments(struct sim_conn *conn)
{
    const struct comments *c = conn->doc->pad.comments;
    const uint64_t seen = conn->peer.comments_seen;
    if (!pad_peer_lacks_comments(&conn->peer))
        return;
    LIST_EACH (at, next, &c->threads) {
        if (kept_thread_of(at)->changed <= seen)
            continue;
        struct json j = begin_text(conn);
        encode_comment(&j, c, kept_thread_of(at));
        must(json_error(&j));
    }
    LIST_EACH (at, next, &c->gone) {
        if (kept_thread_of(at)->changed <= seen)
            continue;
        struct json j = begin_text(conn);
        encode_comment_gone(&j, kept_thread_of(at));
        must(json_error(&j));
    }
    pad_told_comments(&conn->peer);
}

/* Presence comes when the history is told: carets stand in that text. So do comments. */
static void tell_presence(struct sim_conn *conn)
{
    struct pad *pad = &conn->doc->pad;
    struct pad_change change;
    if (!conn->is_welcomed && is_v2(conn))
        tell_v2_everybody(conn);
    else if (!conn->is_welcomed)
        tell_v1_everybody(conn);
    else
        for (struct link *at = NULL; pad_next_change(pad, conn->peer.seen, &at, &change);)
            (is_v2(conn) ? tell_v2_change : tell_v1_change)(conn, &change);
    if (!conn->is_welcomed)
        tell_all_comments(conn);
    else
        tell_changed_comments(conn);
    conn->is_welcomed = true;
    pad_told_items(&conn->peer, pad->sequence);
}

/* ---- text ---- */

static void tell_v1_welcome(struct sim_conn *conn)
{
    struct pad *pad = &conn->doc->pad;
    pad_v1_begin(&conn->peer);
    wire_put(&conn->down, WIRE_WELCOME)->welcome = conn->welcome;
    struct wire_message *m = pad->v1->offset ? wire_put(&conn->down, WIRE_HISTORY) : NULL;
    for (uint64_t n = 0; n < pad->v1->offset; n++)
        wire_append_operation(m, PAD_SYSTEM_USER, pad_v1_before(pad, n).op);
}

static void tell_v1_history(struct sim_conn *conn, uint64_t from, uint64_t to)
{
    struct wire_message *m = wire_put(&conn->down, WIRE_HISTORY);
    m->revision = pad_revision_for(&conn->peer, from);
    for (uint64_t r = from; r < to; r++) {
        struct history_entry entry = pad_entry_for(&conn->peer, r);
        wire_append_operation(m, entry.author.user_id, entry.op);
    }
}

static void tell_history(struct sim_conn *conn, uint64_t from, uint64_t to)
{
    if (is_v2(conn)) {
        struct json j = begin_text(conn);
        encode_history(&j, &conn->peer, from, to, false);
        must(json_error(&j));
    } else {
        tell_v1_history(conn, from, to);
    }
    pad_told_history(&conn->peer, to);
    conn->gateway->counts.told_operations += to - from;
}

static void tell_v2_welcome(struct sim_conn *conn)
{
    struct document *doc = conn->doc;
    struct json j = begin_text(conn);
    encode_welcome(&j, &(struct welcome_message){.pad = &doc->pad,
                                                 .welcome = &conn->welcome,
                                                 .created_ms = doc->created_ms,
                                                 .expires_ms = document_expires_ms(doc),
                                                 .message_bytes_max = conn->gateway->message_bytes_max,
                                                 .access = conn->peer.is_viewer ? "view" : "edit",
                                                 .to = &conn->peer,
                                                 .server = "simulated"});
    must(json_error(&j));
    if (conn->welcome.resumed)
        return;
    struct wire_message *m = wire_put(&conn->down, WIRE_TEXT);
    m->bytes = conn->snapshot;
    conn->snapshot = (struct buf){0};
}

void tell_access(struct sim_conn *conn)
{
    struct json j = begin_text(conn);
    const char *comments = conn->peer.is_viewer ? "read" : "write";
    encode_access(&j, conn->peer.is_viewer ? "view" : "edit", conn->peer.follows_comments ? comments : NULL);
    must(json_error(&j));
}

/* For a client that resumes, all that it missed, be it nothing, in one message. */
static void tell_welcome(struct sim_conn *conn)
{
    uint64_t from = conn->peer.sent, to = from;
    bool is_gone = false;
    conn->must_welcome = false;
    if (!is_v2(conn)) {
        tell_v1_welcome(conn);
        return;
    }
    if (conn->welcome.resumed)
        pad_history_for(&conn->peer, SIZE_MAX, &from, &to, &is_gone);
    if (is_gone) {
        close_conn(conn, ERR_CANNOT_RESUME);
        return;
    }
    tell_v2_welcome(conn);
    if (conn->welcome.resumed)
        tell_history(conn, from, to);
}

/* ---- as far as there is room ---- */

bool conn_lacks(const struct sim_conn *conn)
{
    return conn->doc && conn->doc->pad.committed >= conn->peer.gate &&
           (!conn->is_welcomed || pad_peer_lacks(&conn->peer));
}

static void tell_next(struct sim_conn *conn)
{
    uint64_t from, to;
    bool is_gone = false;
    if (conn->must_welcome) {
        tell_welcome(conn);
        if (!conn->doc)
            return;
    }
    if (pad_history_for(&conn->peer, HISTORY_MESSAGE_BYTES, &from, &to, &is_gone))
        tell_history(conn, from, to);
    else if (is_gone)
        close_conn(conn, ERR_CANNOT_RESUME);
    else
        tell_presence(conn);
}

static bool waits_for_a_failing_store(const struct sim_conn *conn)
{
    return conn->doc && conn->must_welcome && conn->doc->pad.committed < conn->peer.gate &&
           conn->doc->pad.storage_failing;
}

void tell_conn(struct sim_conn *conn)
{
    if (waits_for_a_failing_store(conn))
        close_conn(conn, ERR_STORAGE);
    while (conn_lacks(conn) && conn->down.count < conn->gateway->outbox_max)
        tell_next(conn);
    conn->is_behind = conn_lacks(conn);
}
