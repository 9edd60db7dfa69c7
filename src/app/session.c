#include "app/session.h"

#include "app/broadcast.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "proto/server_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    REFUSALS_MAX = 2000,             /* more edits refused than taken: it is closed */
    WAITING_BYTES_MAX = 1024 * 1024, /* answers to its own messages that a client leaves unread */
};

/* ---- telling ---- */

void session_send(struct session *s, struct slice json)
{
    struct frame *frame = broadcast_frame_of(s->shard, json);
    if (!frame) {
        conn_kill(s->conn);
        return;
    }
    conn_send(s->conn, frame);
    frame_unref(frame);
}

enum error session_tell_history(struct session *s)
{
    uint64_t from, to;
    bool gone = false;
    if (!pad_history_for(&s->peer, HISTORY_FRAME_BYTES, &from, &to, &gone))
        return gone ? ERR_CANNOT_RESUME : OK;
    struct frame *frame = broadcast_frame(s->doc, CACHED_HISTORY, &s->peer, from, to);
    if (!frame)
        return ERR_NO_MEMORY;
    conn_send(s->conn, frame);
    pad_told_history(&s->peer, to);
    metric_add(METRIC_DELIVERIES, (int64_t)(to - from));
    return OK;
}

static enum error tell_changes(struct session *s)
{
    uint64_t newest = s->doc->pad.sequence;
    if (s->peer.seen == newest)
        return OK;
    struct frame *frame = broadcast_frame(s->doc, CACHED_CHANGES, &s->peer, s->peer.seen, newest);
    if (!frame)
        return ERR_NO_MEMORY;
    if (frame->len > 0)
        conn_send(s->conn, frame);
    pad_told_items(&s->peer, newest);
    return OK;
}

void session_catch_up(struct session *s)
{
    if (s->state != SESSION_JOINED || conn_is_closing(s->conn))
        return;
    if (s->joining) {
        if (s->doc->pad.committed < s->peer.gate) {
            if (s->shard->storage_failing)
                session_close(s, ERR_STORAGE,
                              NULL); /* told, rather than left waiting for who knows how long */
            return;
        }
        session_welcome(s);
    }
    while (s->state == SESSION_JOINED && !s->joining && pad_peer_lacks(&s->peer) && conn_is_ready(s->conn)) {
        enum error err = session_tell_history(s);
        if (!err && s->peer.sent == s->doc->pad.committed)
            err = tell_changes(s);
        if (err)
            session_close(s, err, NULL);
    }
}

/* ---- refusing ---- */

/* The edit in flight was not applied. v2 is told and goes on; v1 has no way to
 * be told and is closed. */
static void refuse_edit(struct session *s, enum error why)
{
    if (s->version == PAD_V1 || ++s->refusals > REFUSALS_MAX) {
        session_close(s, s->version == PAD_V1 ? why : ERR_RATE_LIMITED, NULL);
        return;
    }
    metric_rejected(why);
    struct buf *out = &s->shard->payload;
    buf_clear(out);
    struct json j = json_to(out);
    uint64_t limit = why == ERR_DOCUMENT_TOO_LARGE ? s->shard->server->pad_limits.document_bytes : 0;
    encode_rejected(&j, pad_revision_for(&s->peer, s->peer.sent), why, limit);
    if (json_error(&j))
        conn_kill(s->conn);
    else
        session_send(s, buf_slice(out));
}

static bool can_be_refused(enum error why)
{
    return why == ERR_DOCUMENT_TOO_LARGE || why == ERR_STORAGE || why == ERR_NO_MEMORY ||
           why == ERR_BAD_TEXT || why == ERR_RATE_LIMITED;
}

static bool within_rate(struct session *s)
{
    const struct config *config = s->shard->config;
    return edit_bucket_take(&s->edits, config->edits_per_second, config->edits_burst, shard_now_ms(s->shard));
}

/* ---- what clients say ---- */

static void on_edit(struct session *s, const struct client_message *m)
{
    if (s->shard->phase != SHARD_RUNNING)
        return; /* unacknowledged: the tab sends it again to the next server */
    if (!within_rate(s)) {
        refuse_edit(s, ERR_RATE_LIMITED);
        return;
    }
    uint64_t began_ns = uv_hrtime();
    int64_t now_ms = shard_now_ms(s->shard);
    enum error err = pad_edit(&s->peer, m->edit.revision, m->edit.op, now_ms);
    edit_bucket_charge(&s->edits, s->peer.edit_work); /* what was refused had to be rebased too */
    if (err) {
        if (can_be_refused(err))
            refuse_edit(s, err);
        else
            session_close(s, err, NULL);
        return;
    }
    s->refusals -= s->refusals > 0;
    document_edited(s->doc, now_ms, began_ns);
    log_event(LOG_DEBUG, "edit", LOG_STR("docId", s->doc->id), LOG_UINT("userId", s->peer.user_id),
              LOG_UINT("revision", s->doc->pad.revision));
    metric_inc(METRIC_EDITS);
    histogram_observe(HISTOGRAM_EDIT, (uv_hrtime() - began_ns) / 1000);
}

static void on_set_language(struct session *s, const struct client_message *m)
{
    enum error err = within_rate(s) ? pad_set_language(&s->peer, m->language) : ERR_RATE_LIMITED;
    if (err)
        session_close(s, err, NULL);
    else
        document_meta_changed(s->doc, shard_now_ms(s->shard));
}

static void on_info(struct session *s, const struct client_message *m)
{
    enum error err = within_rate(s) ? pad_set_info(&s->peer, m->info.name, m->info.hue) : ERR_RATE_LIMITED;
    if (err)
        session_close(s, err, NULL);
    else
        document_changed(s->doc);
}

static void on_cursors(struct session *s, const struct client_message *m)
{
    enum error err =
        pad_set_cursors(&s->peer, m->cursors.carets, m->cursors.caret_count, m->cursors.selections,
                        m->cursors.selection_count, shard_now_ms(s->shard));
    if (err)
        session_close(s, err, NULL);
    else
        document_changed(s->doc);
}

static void on_ping(struct session *s, const struct client_message *m)
{
    struct buf *out = &s->shard->payload;
    buf_clear(out);
    struct json j = json_to(out);
    encode_pong(&j, m->ping);
    pad_pinged(&s->peer);
    if (!json_error(&j))
        session_send(s, buf_slice(out));
}

static void on_hello(struct session *s, const struct client_message *m)
{
    enum error err = session_take_hello(s, m);
    if (err)
        session_close(s, err, NULL);
    else
        session_ask(s);
}

static void on_message_while_joined(struct session *s, const struct client_message *m, size_t bytes)
{
    static const char *const names[] = {
        [CLIENT_HELLO] = "Hello",     [CLIENT_EDIT] = "Edit",          [CLIENT_SET_LANGUAGE] = "SetLanguage",
        [CLIENT_INFO] = "ClientInfo", [CLIENT_CURSORS] = "CursorData", [CLIENT_PING] = "Ping",
    };
    static void (*const handlers[])(struct session *, const struct client_message *) = {
        [CLIENT_EDIT] = on_edit, [CLIENT_SET_LANGUAGE] = on_set_language,
        [CLIENT_INFO] = on_info, [CLIENT_CURSORS] = on_cursors,
        [CLIENT_PING] = on_ping,
    };
    log_event(LOG_DEBUG, "message", LOG_STR("docId", s->doc->id), LOG_UINT("userId", s->peer.user_id),
              LOG_CSTR("kind", names[m->kind]), LOG_UINT("bytes", bytes));
    if (m->kind == CLIENT_HELLO)
        session_close(s, ERR_BAD_MESSAGE, "Hello was said already");
    else
        handlers[m->kind](s, m);
}

static void not_understood(struct session *s, enum error err, const char *detail)
{
    bool is_refused_text = err == ERR_BAD_TEXT && s->version == PAD_V2 && s->state == SESSION_JOINED;
    if (is_refused_text) {
        refuse_edit(s, within_rate(s) ? err : ERR_RATE_LIMITED);
        return;
    }
    session_close(s, err, detail);
}

void session_message(struct session *s, struct slice text)
{
    struct client_message m;
    const char *detail = NULL;
    enum error err = client_decode(&s->shard->decoder, s->version, text, &m, &detail);
    if (err)
        not_understood(s, err, detail);
    else if (s->state == SESSION_JOINED)
        on_message_while_joined(s, &m, text.len);
    else if (s->state == SESSION_AWAITING_HELLO && m.kind == CLIENT_HELLO)
        on_hello(s, &m);
    else if (s->state == SESSION_AWAITING_HELLO)
        session_close(s, ERR_BAD_MESSAGE, "say Hello first");
    else if (s->state == SESSION_ACCESSING)
        session_close(s, ERR_BAD_MESSAGE, "wait for Welcome before you speak");
}

/* ---- coming and going ---- */

static void leave(struct session *s)
{
    struct document *doc = s->doc;
    if (!doc)
        return;
    s->doc = NULL;
    pad_leave(&s->peer, shard_now_ms(s->shard));
    metric_add(METRIC_USERS, -1);
    document_session_left(doc);
}

void session_close(struct session *s, enum error why, const char *reason)
{
    if (s->state == SESSION_CLOSED)
        return;
    s->state = SESSION_CLOSED;
    leave(s);
    joining_free(s);
    if (why != ERR_REPLACED && why != ERR_SHUTTING_DOWN)
        metric_rejected(why);
    conn_close(s->conn, why, slice_from_cstr(reason ? reason : error_text(why)));
}

static void log_end(const struct session *s, const struct conn_end *end)
{
    unsigned long long user = s->peer.user_id;
    log_event(LOG_DEBUG, "connection_closed", LOG_UINT("userId", user), LOG_UINT("code", end->code),
              LOG_CSTR("reason", end->why == OK ? "peer" : error_code(end->why)));
    if (end->why == ERR_SLOW_READER) {
        char duration[32];
        snprintf(duration, sizeof(duration), "%llds", (long long)(s->shard->config->write_timeout_ms / 1000));
        metric_inc(METRIC_SLOW_READERS);
        log_event(LOG_ERROR, "websocket_write_timeout", LOG_UINT("userId", user),
                  LOG_CSTR("duration", duration));
    }
    if (end->clean) {
        log_line(LOG_INFO, "User %llu disconnected", user);
        return;
    }
    log_line(LOG_WARN, "User %llu disconnected forcefully", user);
    log_line(LOG_ERROR, "Disconnect reason: websocket: close %u (%s)", end->code,
             end->why == OK ? "abnormal closure" : error_code(end->why));
}

static void on_closed(void *owner, const struct conn_end *end)
{
    struct session *s = owner;
    bool had_joined = s->peer.owner != NULL;
    s->state = SESSION_CLOSED;
    leave(s);
    joining_free(s);
    if (had_joined)
        log_end(s, end);
    limits_disconnect(s->shard->server->limits, s->client);
    metric_add(METRIC_CONNECTIONS, -1);
    list_remove(&s->link);
    free(s);
}

static void on_message(void *owner, struct slice text)
{
    struct session *s = owner;
    if (s->state == SESSION_CLOSED)
        return;
    if (conn_waiting_bytes(s->conn) > WAITING_BYTES_MAX + s->shard->loop.limits.message_bytes_max)
        session_close(s, ERR_SLOW_READER, NULL);
    else
        session_message(s, text);
}

static void on_drain(void *owner)
{
    session_catch_up(owner);
}

static const struct conn_handlers handlers = {
    .on_message = on_message, .on_drain = on_drain, .on_closed = on_closed};

static struct joining *joining_new(const struct session_request *request)
{
    struct joining *j = calloc(1, sizeof(*j) + request->id.len);
    if (!j)
        return NULL;
    char *id = (char *)(j + 1);
    memcpy(id, request->id.ptr, request->id.len);
    j->id = slice_of(id, request->id.len);
    j->hello.version = request->version;
    j->has_otp = request->otp.ptr != NULL;
    if (buf_append(&j->otp, request->otp)) {
        free(j);
        return NULL;
    }
    return j;
}

static struct session *session_new(const struct session_request *request)
{
    struct session *s = calloc(1, sizeof(*s));
    struct joining *j = s ? joining_new(request) : NULL;
    if (!j) {
        free(s);
        return NULL;
    }
    s->joining = j;
    s->shard = request->shard;
    s->version = request->version;
    s->client = request->client;
    s->opened_ms = shard_now_ms(request->shard);
    s->state = request->version == PAD_V2 ? SESSION_AWAITING_HELLO : SESSION_ACCESSING;
    return s;
}

static enum error begin(const struct session_request *request, struct session **out)
{
    struct shard *shard = request->shard;
    if (shard->phase != SHARD_RUNNING)
        return ERR_SHUTTING_DOWN;
    struct session *s = session_new(request);
    if (!s)
        return ERR_NO_MEMORY;
    list_append(s->state == SESSION_AWAITING_HELLO ? &shard->awaiting_hello : &shard->sessions, &s->link);
    if (s->state == SESSION_AWAITING_HELLO)
        shard_want_timer(shard, shard->config->hello_timeout_ms);
    *out = s;
    return OK;
}

static void log_opened(const struct session *s)
{
    char client[ADDRESS_TEXT_MAX];
    if (!log_enabled(LOG_DEBUG))
        return;
    address_format(s->client, client);
    log_event(LOG_DEBUG, "connection_opened", LOG_STR("docId", s->joining->id), LOG_CSTR("ip", client),
              LOG_CSTR("protocol", s->version == PAD_V2 ? "v2" : "v1"));
}

void session_open(struct loop_task *task)
{
    struct session_request *request = (struct session_request *)(void *)task;
    struct shard *shard = request->shard;
    struct session *s = NULL;
    enum error err = begin(request, &s);
    if (err) {
        close(request->fd);
        limits_disconnect(shard->server->limits, request->client);
    } else if (conn_open(&shard->loop, request->fd, buf_slice(&request->already_read), &handlers, s,
                         &s->conn)) {
        list_remove(&s->link);
        joining_free(s);
        free(s);
        limits_disconnect(shard->server->limits, request->client);
    } else {
        metric_inc(METRIC_CONNECTIONS);
        log_opened(s);
        if (s->version == PAD_V1) {
            conn_pause(s->conn); /* it speaks at once, and is heard when it is in */
            session_ask(s);
        }
    }
    buf_deinit(&request->already_read);
    free(request);
}

void sessions_check_hello(struct shard *shard, int64_t now_ms)
{
    LIST_EACH (at, following, &shard->awaiting_hello) {
        struct session *s = LIST_ITEM(at, struct session, link);
        int64_t left_ms = s->opened_ms + shard->config->hello_timeout_ms - now_ms;
        if (left_ms > 0) {
            shard_want_timer(shard, left_ms);
            return;
        }
        if (s->state == SESSION_AWAITING_HELLO)
            session_close(s, ERR_IDLE,
                          "no Hello came in time"); /* a slow network is no mistake of the client */
    }
}
