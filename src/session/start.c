#include "session/start.h"

#include "observe/log.h"
#include "observe/metrics.h"
#include "session/catch_up.h"
#include "session/join.h"
#include "session/receive.h"
#include "session/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the request ---- */

enum error session_count(struct limits *limits, struct address client, bool is_relayed)
{
    return is_relayed ? limits_connect_relayed(limits) : limits_connect(limits, client);
}

void session_uncount(struct limits *limits, struct address client, bool is_relayed)
{
    if (is_relayed)
        limits_disconnect_relayed(limits);
    else
        limits_disconnect(limits, client);
}

struct session_request *session_request_new(struct shard *shard, enum pad_version version,
                                            struct address client, struct slice id, struct slice password)
{
    struct session_request *request = calloc(1, sizeof(*request) + id.len + password.len);
    if (!request)
        return NULL;
    char *strings = (char *)(request + 1);
    memcpy(strings, id.ptr, id.len);
    request->task.run = session_start;
    request->shard = shard;
    request->version = version;
    request->client = client;
    request->id = slice_of(strings, id.len);
    request->fd = -1;
    if (password.ptr) {
        memcpy(strings + id.len, password.ptr, password.len);
        request->password = slice_of(strings + id.len, password.len);
    }
    return request;
}

void session_request_free(struct session_request *request)
{
    session_uncount(request->shard->limits, request->client, request->is_relayed);
    if (request->fd >= 0)
        close(request->fd);
    buf_deinit(&request->already_read);
    stream_free(request->stream);
    free(request);
}

/* ---- the end ---- */

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
    if (end->clean || conn_is_stream(s->conn)) { /* a reader of events has no other way to go */
        log_line(LOG_INFO, "User %llu disconnected", user);
        return;
    }
    log_line(LOG_WARN, "User %llu disconnected forcefully", user);
    log_line(LOG_ERROR, "Disconnect reason: websocket: close %u (%s)", end->code,
             end->why == OK ? "abnormal closure" : error_code(end->why));
}

static void session_free(struct session *s)
{
    session_end_joining(s);
    list_remove(&s->link);
    free(s);
}

static void on_closed(void *owner, const struct conn_end *end)
{
    struct session *s = owner;
    bool had_joined = s->peer.owner != NULL;
    s->state = SESSION_CLOSED;
    session_leave(s);
    if (had_joined)
        log_end(s, end);
    session_uncount(s->shard->limits, s->client, s->is_relayed);
    metric_add(conn_is_stream(s->conn) ? METRIC_STREAMS : METRIC_CONNECTIONS, -1);
    session_free(s);
}

/* ---- the connection's other events ---- */

static void on_message(void *owner, struct slice text)
{
    session_receive(owner, text);
}

static void on_drain(void *owner)
{
    session_catch_up(owner);
}

static const struct conn_handlers v2_handlers = {
    .on_message = on_message, .on_drain = on_drain, .on_closed = on_closed};

/* Some scripts send their JSON in binary messages. */
static const struct conn_handlers v1_handlers = {
    .on_message = on_message, .on_drain = on_drain, .on_closed = on_closed, .takes_binary = true};

/* ---- the start ---- */

static struct joining *joining_new(const struct session_request *request)
{
    struct joining *j = calloc(1, sizeof(*j) + request->id.len);
    if (!j)
        return NULL;
    j->is_by_link = request->is_by_link;
    char *id = (char *)(j + 1);
    memcpy(id, request->id.ptr, request->id.len);
    j->id = slice_of(id, request->id.len);
    j->hello.version = request->version;
    j->has_password = request->password.ptr != NULL;
    if (buf_append(&j->password, request->password)) {
        free(j);
        return NULL;
    }
    return j;
}

static struct session *session_new(const struct session_request *request)
{
    struct shard *shard = request->shard;
    struct session *s = calloc(1, sizeof(*s));
    struct joining *j = s ? joining_new(request) : NULL;
    if (!j) {
        free(s);
        return NULL;
    }
    s->joining = j;
    s->shard = shard;
    s->version = request->version;
    s->client = request->client;
    s->is_relayed = request->is_relayed;
    s->opened_ms = shard_now_ms(shard);
    s->state = request->version == PAD_V2 && !request->stream ? SESSION_AWAITING_HELLO : SESSION_OPENING;
    list_append(s->state == SESSION_AWAITING_HELLO ? &shard->awaiting_hello : &shard->sessions, &s->link);
    return s;
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

/* A v1 client cannot split an edit, and many write all but ASCII as \u00e9: that is
 * three times the two bytes that this character is. */
static size_t v1_message_max(const struct shard *shard)
{
    enum { ESCAPED_TIMES = 3 };
    return shard->loop.limits.message_bytes_max +
           (ESCAPED_TIMES - 1) * (size_t)shard->config->max_document_bytes;
}

static void begin(struct session *s)
{
    log_opened(s);
    if (conn_is_stream(s->conn)) {
        join_document(s);
    } else if (s->version == PAD_V2) {
        shard_want_timer(s->shard, s->shard->config->hello_timeout_ms);
    } else {
        conn_set_message_max(s->conn, v1_message_max(s->shard));
        conn_pause(s->conn); /* it speaks at once, and is heard when it is in */
        join_document(s);
    }
}

static enum error open_conn(struct session *s, struct session_request *request)
{
    int fd = request->fd;
    request->fd = -1; /* conn_open closes it on failure */
    if (request->stream) {
        enum error err = conn_open_stream(&s->shard->loop, fd, true, &v2_handlers, s, &s->conn);
        return err ? err : stream_begin(s, request->stream);
    }
    enum error err = conn_open(&s->shard->loop, fd, buf_slice(&request->already_read),
                               s->version == PAD_V1 ? &v1_handlers : &v2_handlers, s, &s->conn);
    if (!err && request->compresses)
        conn_set_compressed(s->conn);
    return err;
}

void session_start(struct loop_task *task)
{
    struct session_request *request = (struct session_request *)(void *)task;
    struct shard *shard = request->shard;
    struct session *s = session_new(request);
    if (!s) {
        session_request_free(request);
        return;
    }
    if (open_conn(s, request)) {
        session_free(s);
        session_request_free(request);
        return;
    }
    enum error refusal = request->refusal;
    if (shard->documents.is_stopping)
        refusal = ERR_SHUTTING_DOWN; /* the handshake was answered before the end began */
    buf_deinit(&request->already_read);
    stream_free(request->stream);
    free(request); /* the limits count the session now */
    metric_inc(conn_is_stream(s->conn) ? METRIC_STREAMS : METRIC_CONNECTIONS);
    if (refusal) {
        session_close(s, refusal, NULL);
        return;
    }
    begin(s);
}

/* ---- all of a shard ---- */

void sessions_check_hello(struct shard *shard)
{
    int64_t now_ms = shard_now_ms(shard), timeout_ms = shard->config->hello_timeout_ms;
    LIST_EACH (at, following, &shard->awaiting_hello) {
        struct session *s = LIST_ITEM(at, struct session, link);
        int64_t left_ms = s->opened_ms + timeout_ms - now_ms;
        if (left_ms > 0) { /* and those behind it came later */
            shard_want_timer(shard, left_ms);
            return;
        }
        if (s->state == SESSION_AWAITING_HELLO) /* a slow network is no mistake of the client: ERR_IDLE */
            session_close(s, ERR_IDLE, "no Hello came in time");
    }
}

static void close_all(struct link *sessions, enum error why)
{
    LIST_EACH (at, following, sessions)
        session_close(LIST_ITEM(at, struct session, link), why, NULL);
}

void sessions_close_all(struct shard *shard, enum error why)
{
    close_all(&shard->awaiting_hello, why);
    close_all(&shard->sessions, why);
}

bool sessions_are_closed(const struct shard *shard)
{
    return list_is_empty(&shard->awaiting_hello) && list_is_empty(&shard->sessions);
}
