#include "session/join.h"

#include "doc/attach.h"
#include "doc/open.h"
#include "guard/random.h"
#include "observe/log.h"
#include "pad/comments.h"
#include "proto/server_message.h"
#include "session/access.h"
#include "session/frames.h"
#include "session/owner.h"
#include "session/tell.h"

/* ---- before the document is there ---- */

/* What it shows to be let in. */
static enum error take_secrets(struct joining *j, const struct client_message *m)
{
    enum error err = buf_append(&j->password, m->hello.password);
    if (!err)
        err = buf_append(&j->link, m->hello.link);
    if (!err)
        err = buf_append(&j->owner, m->hello.owner);
    j->has_password = m->hello.password.ptr != NULL;
    j->has_link = m->hello.link.ptr != NULL;
    j->has_owner = m->hello.owner.ptr != NULL;
    return err;
}

enum error join_take_hello(struct session *s, const struct client_message *m)
{
    struct joining *j = s->joining;
    enum error err = buf_append(&j->name, m->hello.pad.name);
    if (!err)
        err = take_secrets(j, m);
    if (err)
        return err;
    j->hello = m->hello.pad;
    j->hello.version = PAD_V2;
    j->hello.name = buf_slice(&j->name);
    list_remove(&s->link);
    list_append(&s->shard->sessions, &s->link);
    s->state = SESSION_OPENING;
    return OK;
}

/* ---- joining ---- */

static enum error hold_snapshot(struct session *s)
{
    struct frame *frame = frames_get(&s->shard->frames, s->doc, FRAME_SNAPSHOT, &s->peer,
                                     frame_form_for(s->conn), 0, s->doc->pad.revision);
    s->joining->snapshot = frame ? frame_ref(frame) : NULL;
    return frame ? OK : ERR_NO_MEMORY;
}

static void log_joined(const struct session *s)
{
    log_line(LOG_INFO, "User %llu connected", (unsigned long long)s->peer.user_id);
    log_event(LOG_DEBUG, "joined", LOG_STR("docId", s->doc->id), LOG_UINT("userId", s->peer.user_id),
              LOG_UINT("users", s->doc->peer_count), LOG_UINT("revision", s->doc->pad.revision),
              LOG_CSTR("how", s->joining->welcome.resumed ? "resumed" : "fresh"));
}

static void join(struct session *s, const struct open_result *opened)
{
    struct joining *j = s->joining;
    struct document *doc = opened->doc;
    access_grant(s, opened);
    enum error err = document_attach(doc, &s->peer, &j->hello, &j->welcome);
    if (err) {
        session_close(s, err, NULL);
        return;
    }
    s->peer.owner = s;
    s->doc = doc;
    s->state = SESSION_JOINED;
    owner_note_join(s);
    if (j->welcome.replaced &&
        j->welcome.replaced->owner) /* the same tab came back before its old connection was seen to end */
        session_close(j->welcome.replaced->owner, ERR_REPLACED, NULL);
    log_joined(s);
    if (s->version == PAD_V2 && !j->welcome.resumed && hold_snapshot(s))
        session_close(s, ERR_NO_MEMORY, NULL);
    else
        conn_resume(s->conn);
}

static void on_opened(void *owner, const struct open_result *result)
{
    struct session *s = owner;
    s->joining->open = NULL;
    if (result->err == ERR_ELSEWHERE) /* another server was faster: the next handshake finds it there */
        session_close(s, ERR_MOVED, NULL);
    else if (result->err)
        session_close(s, result->err, NULL);
    else
        join(s, result);
}

/* NULL ptr: it did not say any. */
static struct slice secret(const struct buf *bytes, bool is_given)
{
    return is_given ? slice_of(bytes->ptr ? bytes->ptr : "", bytes->len) : (struct slice){0};
}

void join_document(struct session *s)
{
    struct joining *j = s->joining;
    struct open_request request = {.id = j->id,
                                   .password = secret(&j->password, j->has_password && !j->is_by_link),
                                   .link = secret(&j->link, j->has_link),
                                   .owner_token = secret(&j->owner, j->has_owner),
                                   .client = s->client,
                                   .goal = OPEN_EDIT,
                                   .has_epoch = j->hello.has_epoch && !conn_is_stream(s->conn),
                                   .epoch = j->hello.epoch,
                                   .done = on_opened,
                                   .owner = s};
    struct open *open = document_open(&s->shard->documents, &request);
    if (open) /* otherwise it was answered, and `joining` may be gone */
        j->open = open;
}

/* ---- welcome, v2 ---- */

static void add_welcome(struct frame_builder *b, struct session *s)
{
    struct shard *shard = s->shard;
    struct document *doc = s->doc;
    struct slice owner = owner_for_welcome(s);
    struct welcome_message m = {.pad = &doc->pad,
                                .welcome = &s->joining->welcome,
                                .created_ms = doc->created_ms,
                                .expires_ms = document_expires_ms(doc),
                                .message_bytes_max = shard->loop.limits.message_bytes_max,
                                .access = access_name(s->access),
                                .comments = access_of_comments(s),
                                .owner = owner,
                                .to = &s->peer,
                                .server = shard->version};
    struct json j = frame_builder_message(b);
    encode_welcome(&j, &m);
    frame_builder_end_message(b, &j);
}

static void add_history(struct frame_builder *b, struct session *s, uint64_t from, uint64_t to,
                        bool with_v1_text)
{
    struct json j = frame_builder_message(b);
    encode_history(&j, &s->peer, from, to, with_v1_text);
    frame_builder_end_message(b, &j);
    pad_told_history(&s->peer, to);
}

static enum error send_made(struct session *s, struct frame *frame)
{
    if (!frame)
        return ERR_NO_MEMORY;
    session_send(s, frame);
    return OK;
}

/* Welcome, and for one that resumes what it missed: always one History, be it empty. */
/* What was missed may be much. */
static void begin_greeting(struct frame_builder *b, const struct session *s)
{
    frame_builder_begin(b);
    if (conn_takes_compressed(s->conn))
        frame_builder_compress(b);
}

static enum error greet_v2(struct session *s)
{
    struct frame_builder *b = &s->shard->frames;
    uint64_t from = s->peer.sent, to = from;
    bool is_resumed = s->joining->welcome.resumed, is_gone = false;
    if (is_resumed)
        pad_history_for(&s->peer, SIZE_MAX, &from, &to, &is_gone);
    if (is_gone)
        return ERR_CANNOT_RESUME;
    begin_greeting(b, s);
    add_welcome(b, s);
    if (is_resumed)
        add_history(b, s, from, to, false);
    return send_made(s, frame_builder_finish(b));
}

static enum error tell_users(struct session *s)
{
    struct frame *users = frames_get(&s->shard->frames, s->doc, FRAME_USERS, &s->peer,
                                     frame_form_for(s->conn), 0, s->doc->pad.sequence);
    if (!users)
        return ERR_NO_MEMORY;
    conn_send(s->conn, users);
    return OK;
}

/* Of one that resumed in any case: it may know some that are gone. */
static enum error tell_comments(struct session *s)
{
    const struct comments *c = s->doc->pad.comments;
    bool has_any = c && c->count > 0;
    if (!s->peer.follows_comments)
        return OK;
    pad_told_comments(&s->peer);
    if (!has_any && !s->joining->welcome.resumed)
        return OK;
    struct frame *frame = frames_get(&s->shard->frames, s->doc, FRAME_COMMENTS, &s->peer,
                                     frame_form_for(s->conn), 0, c ? c->sequence : 0);
    if (!frame)
        return ERR_NO_MEMORY;
    conn_send(s->conn, frame);
    return OK;
}

/* There is no Welcome in an event stream; what it says of the document is an event of its own. Behind
 * the text: who is cut off in between goes on from the id of the last event, and must have the text of
 * that revision. */
static enum error tell_language(struct session *s)
{
    struct frame_builder *b = &s->shard->frames;
    if (!s->doc->pad.language.ptr)
        return OK;
    frame_builder_begin(b);
    frame_builder_events(b, s->peer.sent, pad_epoch(&s->doc->pad));
    struct json j = frame_builder_message(b);
    encode_language_initial(&j, &s->doc->pad);
    frame_builder_end_message(b, &j);
    return send_made(s, frame_builder_finish(b));
}

static enum error welcome_v2(struct session *s)
{
    bool is_stream = conn_is_stream(s->conn);
    enum error err = is_stream ? OK : greet_v2(s);
    if (!err && s->joining->snapshot)
        conn_send(s->conn, s->joining->snapshot);
    /* The carets in Users are those of the committed text: it comes first. */
    while (!err && !tell_has_all_history(s))
        err = tell_history(s);
    if (!err && is_stream)
        err = tell_language(s);
    if (!err)
        err = tell_users(s);
    return err ? err : tell_comments(s);
}

/* ---- welcome, v1 ---- */

/* Identity; then the text that stands for what was before, and the first of
 * what came since. */
static enum error greet_v1(struct session *s)
{
    struct frame_builder *b = &s->shard->frames;
    uint64_t from = s->peer.sent, to = from;
    bool is_gone = false;
    pad_history_for(&s->peer, HISTORY_FRAME_BYTES, &from, &to, &is_gone);
    if (is_gone)
        return ERR_CANNOT_RESUME;
    begin_greeting(b, s);
    struct json j = frame_builder_message(b);
    encode_identity(&j, s->peer.user_id);
    frame_builder_end_message(b, &j);
    if (from < to || s->doc->pad.v1->offset > 0)
        add_history(b, s, from, to, true);
    s->joining->is_greeted = true;
    return send_made(s, frame_builder_finish(b));
}

/* A client came in with the password and knows it. Only one that was set since is
 * news to it. */
static bool knows_password(const struct session *s)
{
    const struct joining *j = s->joining;
    return !s->doc->pad.password.ptr ||
           (j->has_password && secret_equal(buf_slice(&j->password), s->doc->pad.password));
}

static void add_v1_settings(struct frame_builder *b, const struct session *s)
{
    const struct pad *pad = &s->doc->pad;
    if (pad->language.ptr) {
        struct json j = frame_builder_message(b);
        encode_language_initial(&j, pad);
        frame_builder_end_message(b, &j);
    }
    if (!knows_password(s)) {
        struct json j = frame_builder_message(b);
        encode_password_initial(&j, pad);
        frame_builder_end_message(b, &j);
    }
}

static void add_v1_presence(struct frame_builder *b, struct pad *pad)
{
    LIST_EACH (at, following, &pad->peers) {
        struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        if (!peer->has_info)
            continue;
        struct json j = frame_builder_message(b);
        encode_user_info(&j, peer, PAD_V1);
        frame_builder_end_message(b, &j);
    }
    LIST_EACH (at, following, &pad->peers) {
        struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        if (!pad_cursors_are_visible(peer))
            continue;
        struct json j = frame_builder_message(b);
        encode_user_cursor(&j, peer, PAD_V1);
        frame_builder_end_message(b, &j);
    }
}

/* Everything but the history, once it has all of that: carets are those of the
 * committed text. */
static enum error introduce_v1(struct session *s)
{
    struct frame_builder *b = &s->shard->frames;
    frame_builder_begin(b);
    add_v1_settings(b, s);
    add_v1_presence(b, &s->doc->pad);
    struct frame *frame = frame_builder_finish(b);
    if (!frame || frame->len > 0)
        return send_made(s, frame);
    frame_unref(frame); /* nothing is known of anybody */
    return OK;
}

static enum error welcome_v1(struct session *s)
{
    enum error err = s->joining->is_greeted ? OK : greet_v1(s);
    while (!err && !tell_has_all_history(s) && conn_is_ready(s->conn))
        err = tell_history(s);
    return err || !tell_has_all_history(s) ? err : introduce_v1(s);
}

void join_welcome(struct session *s)
{
    uint64_t newest = s->doc->pad.sequence;
    enum error err = s->version == PAD_V2 ? welcome_v2(s) : welcome_v1(s);
    if (err) {
        session_close(s, err, NULL);
        return;
    }
    if (!tell_has_all_history(s))
        return; /* the rest when the socket has drained */
    pad_told_items(&s->peer, newest);
    session_end_joining(s);
}
