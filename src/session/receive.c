#include "session/receive.h"

#include "doc/edit.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "proto/server_message.h"
#include "session/join.h"
#include "session/owner.h"

#include <assert.h>
#include <stdio.h>

enum {
    REFUSALS_MAX = 2000,                    /* more edits refused than taken: it is closed */
    UNREAD_ANSWERS_BYTES_MAX = 1024 * 1024, /* answers to its own messages that a client leaves unread */
};

/* ---- refusing ---- */

static void send_rejected(struct session *s, enum error why)
{
    uint64_t limit = why == ERR_DOCUMENT_TOO_LARGE ? pad_document_bytes_max(&s->doc->pad) : 0;
    frame_builder_begin(&s->shard->frames);
    struct json j = frame_builder_message(&s->shard->frames);
    encode_rejected(&j, pad_revision_for(&s->peer, s->peer.sent), why, limit);
    frame_builder_end_message(&s->shard->frames, &j);
    session_send(s, frame_builder_finish(&s->shard->frames));
}

/* A v1 client has only the close reason, and its ancestors counted characters. */
static void close_too_large(struct session *s)
{
    char reason[124];
    const unsigned bytes = pad_document_bytes_max(&s->doc->pad);
    snprintf(reason, sizeof reason,
             "The document would be larger than %u bytes of UTF-8 (not ASCII: 2 to 4 bytes a character).",
             bytes);
    session_close(s, ERR_DOCUMENT_TOO_LARGE, reason);
}

/* The edit was not applied. */
static void refuse_edit(struct session *s, enum error why)
{
    if (s->version == PAD_V1 && why == ERR_DOCUMENT_TOO_LARGE) {
        close_too_large(s);
    } else if (s->version == PAD_V1) {
        session_close(s, why, NULL);
    } else if (++s->refusals > REFUSALS_MAX) {
        session_close(s, ERR_RATE_LIMITED, NULL);
    } else {
        metric_rejected(why);
        send_rejected(s, why);
    }
}

static bool can_be_refused(enum error why)
{
    return why == ERR_DOCUMENT_TOO_LARGE || why == ERR_STORAGE || why == ERR_NO_MEMORY ||
           why == ERR_BAD_TEXT || why == ERR_RATE_LIMITED || why == ERR_VIEW_ONLY;
}

static bool within_rate(struct session *s)
{
    const struct config *config = s->shard->config;
    return edit_bucket_take(&s->edits, config->edits_per_second, config->edits_burst, shard_now_ms(s->shard));
}

static void close_if(struct session *s, enum error err)
{
    if (err)
        session_close(s, err, NULL);
}

/* ---- the messages ---- */

static void on_edit(struct session *s, const struct client_message *m)
{
    if (!within_rate(s)) {
        refuse_edit(s, ERR_RATE_LIMITED);
        return;
    }
    bool makes_document = owner_is_made_by_edit(s);
    owner_heard_edit(s, m->edit.revision);
    enum error err = document_edit(s->doc, &s->peer, m->edit.revision, m->edit.op);
    if (err == ERR_SHUTTING_DOWN)
        return; /* unacknowledged: the tab sends it again to the next server */
    edit_bucket_charge(&s->edits, s->peer.edit_work); /* what was refused had to be rebased too */
    if (!err && makes_document)
        owner_made(s);
    if (!err)
        s->refusals -= s->refusals > 0;
    else if (can_be_refused(err))
        refuse_edit(s, err);
    else
        session_close(s, err, NULL);
}

static void on_set_language(struct session *s, const struct client_message *m)
{
    enum error err = within_rate(s) ? document_set_language(s->doc, &s->peer, m->language) : ERR_RATE_LIMITED;
    if (err == ERR_VIEW_ONLY)
        refuse_edit(s, err);
    else
        close_if(s, err);
}

static void on_info(struct session *s, const struct client_message *m)
{
    close_if(s, within_rate(s) ? document_set_info(s->doc, &s->peer, m->info.name, m->info.hue)
                               : ERR_RATE_LIMITED);
}

static void on_cursors(struct session *s, const struct client_message *m)
{
    close_if(s, document_set_cursors(s->doc, &s->peer, m->cursors.carets, m->cursors.caret_count,
                                     m->cursors.selections, m->cursors.selection_count));
}

static void on_ping(struct session *s, const struct client_message *m)
{
    owner_heard_ping(s);
    pad_pinged(&s->peer);
    frame_builder_begin(&s->shard->frames);
    struct json j = frame_builder_message(&s->shard->frames);
    encode_pong(&j, m->ping);
    frame_builder_end_message(&s->shard->frames, &j);
    session_send(s, frame_builder_finish(&s->shard->frames));
}

/* Not told for one of too many: nothing depends on it. */
static void on_restored(struct session *s, const struct client_message *m)
{
    if (within_rate(s))
        close_if(s, document_tell_restored(s->doc, &s->peer, m->restored.revision, m->restored.at_ms));
}

static void on_second_hello(struct session *s, const struct client_message *m)
{
    (void)m;
    session_close(s, ERR_BAD_MESSAGE, "Hello was said already");
}

static const struct {
    const char *name; /* for the log */
    void (*handle)(struct session *s, const struct client_message *m);
} messages[] = {
    /* CLIENT_NOTHING ends a v1 text (take_all) */
    [CLIENT_HELLO] = {"Hello", on_second_hello},
    [CLIENT_EDIT] = {"Edit", on_edit},
    [CLIENT_SET_LANGUAGE] = {"SetLanguage", on_set_language},
    [CLIENT_INFO] = {"ClientInfo", on_info},
    [CLIENT_CURSORS] = {"CursorData", on_cursors},
    [CLIENT_PING] = {"Ping", on_ping},
    [CLIENT_RESTORED] = {"Restored", on_restored},
};
static_assert(sizeof(messages) / sizeof(messages[0]) == CLIENT_KIND_COUNT, "each kind needs a row");

/* ---- by state ---- */

static void while_joined(struct session *s, const struct client_message *m, size_t bytes)
{
    log_event(LOG_DEBUG, "message", LOG_STR("docId", s->doc->id), LOG_UINT("userId", s->peer.user_id),
              LOG_CSTR("kind", messages[m->kind].name), LOG_UINT("bytes", bytes));
    messages[m->kind].handle(s, m);
}

/* A link opens the document at an address of its own, which has no id: so nobody is let in by the
 * id who meant to come by the link. */
static enum error check_address(const struct session *s, const struct client_message *m, const char **detail)
{
    bool has_link = m->hello.link.ptr != NULL;
    if (has_link == s->joining->is_by_link)
        return OK;
    *detail = has_link ? "Hello: a link is for /api/socket, without an id" : "Hello: link is missing";
    return ERR_BAD_MESSAGE;
}

static void while_awaiting_hello(struct session *s, const struct client_message *m)
{
    if (m->kind != CLIENT_HELLO) {
        session_close(s, ERR_BAD_MESSAGE, "say Hello first");
        return;
    }
    const char *detail = NULL;
    enum error err = check_address(s, m, &detail);
    if (!err)
        err = join_take_hello(s, m);
    if (err)
        session_close(s, err, detail);
    else
        join_document(s);
}

static void not_understood(struct session *s, enum error err, const char *detail)
{
    bool is_refused_text = err == ERR_BAD_TEXT && s->version == PAD_V2 && s->state == SESSION_JOINED;
    if (is_refused_text)
        refuse_edit(s, within_rate(s) ? err : ERR_RATE_LIMITED);
    else
        session_close(s, err, detail);
}

/* v1: what else the same text holds. */
static void take_all(struct session *s, struct client_message *m, size_t bytes)
{
    const char *detail = NULL;
    enum error err = OK;
    while (!err && s->state == SESSION_JOINED && m->kind != CLIENT_NOTHING) {
        while_joined(s, m, bytes);
        err = client_decode_next(&s->shard->decoder, m, &detail);
    }
    if (err && s->state == SESSION_JOINED)
        not_understood(s, err, detail);
}

static void take(struct session *s, struct slice text)
{
    struct client_message m;
    const char *detail = NULL;
    enum error err = client_decode(&s->shard->decoder, s->version, text, &m, &detail);
    if (err)
        not_understood(s, err, detail);
    else if (s->state == SESSION_JOINED && s->version == PAD_V1)
        take_all(s, &m, text.len);
    else if (s->state == SESSION_JOINED)
        while_joined(s, &m, text.len);
    else if (s->state == SESSION_AWAITING_HELLO)
        while_awaiting_hello(s, &m);
    else
        session_close(s, ERR_BAD_MESSAGE, "wait for Welcome before you speak");
}

void session_receive(struct session *s, struct slice text)
{
    if (s->state == SESSION_CLOSED)
        return;
    if (conn_waiting_bytes(s->conn) > UNREAD_ANSWERS_BYTES_MAX + s->shard->loop.limits.message_bytes_max)
        session_close(s, ERR_SLOW_READER, NULL);
    else
        take(s, text);
}
