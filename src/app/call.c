#include "app/call.h"

#include "app/persister.h"
#include "guard/random.h"
#include "app/routes.h"
#include "base/json.h"
#include "observe/log.h"
#include "observe/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void call_free(struct call *c)
{
    list_remove(&c->link);
    list_remove(&c->gated_link);
    buf_deinit(&c->body);
    free(c);
}

static void fail(struct call *c, enum error err)
{
    metric_rejected(err);
    http_respond_error(c->request, err);
    call_free(c);
}

static void respond(struct call *c, int status, const char *content_type, struct slice body)
{
    struct http_response response = {.status = status, .content_type = content_type, .body = body};
    http_respond(c->request, &response);
    call_free(c);
}

/* ---- the v1 handshake ---- */

static void socket_admitted(struct call *c, enum error err)
{
    if (err == ERR_PASSWORD) { /* as v1 clients know it */
        respond(c, 401, "text/plain; charset=utf-8", slice_from_cstr(error_text(ERR_PASSWORD)));
        return;
    }
    if (err) {
        fail(c, err);
        return;
    }
    route_upgrade(c->shard, c->request, PAD_V1, c->id, c->otp);
    call_free(c);
}

/* ---- reading ---- */

static void send_text(struct call *c)
{
    char etag[32];
    int len = snprintf(etag, sizeof(etag), "\"%llu\"", (unsigned long long)c->gate);
    struct slice tag = slice_of(etag, (size_t)len);
    struct slice known = http_header(c->request, "If-None-Match");
    bool is_known = known.ptr && slice_equal(known, tag);
    struct http_response response = {.status = is_known ? 304 : 200,
                                     .content_type = is_known ? NULL : "text/plain; charset=utf-8",
                                     .body = is_known ? (struct slice){0} : buf_slice(&c->body),
                                     .headers = {{"ETag", tag}, {"Cache-Control", SLICE("no-cache")}},
                                     .header_count = 2};
    http_respond(c->request, &response);
    call_free(c);
}

static void send_gated(struct call *c)
{
    if (c->kind == CALL_INFO)
        respond(c, 200, "application/json", buf_slice(&c->body));
    else
        send_text(c);
}

/* What was read is told when a crash can no longer take it back. */
static void send_when_committed(struct call *c, struct document *doc)
{
    c->gate = doc->pad.revision;
    list_append(&doc->gated, &c->gated_link);
    calls_release(doc);
}

/* `doc` NULL: nobody wrote anything there yet, which is an empty text. */
static void tell_text(struct call *c, struct document *doc)
{
    if (!doc) {
        send_text(c);
        return;
    }
    struct rope *text = &doc->pad.text;
    if (rope_read(text, 0, rope_size(text).points, &c->body)) {
        fail(c, ERR_NO_MEMORY);
        return;
    }
    send_when_committed(c, doc);
}

void calls_release(struct document *doc)
{
    LIST_EACH (at, following, &doc->gated) {
        struct call *c = LIST_ITEM(at, struct call, gated_link);
        if (doc->pad.committed >= c->gate)
            send_gated(c);
        else if (doc->shard->storage_failing)
            fail(c, ERR_STORAGE); /* who knows for how long */
    }
}

static void json_seconds(struct json *j, const char *name, int64_t ms)
{
    json_raw(j, name);
    if (ms == 0)
        json_raw(j, "null");
    else
        json_int(j, ms / 1000);
}

static void describe(struct json *j, const struct document *doc, int64_t now_ms)
{
    const struct pad *pad = &doc->pad;
    json_raw(j, ",\"language\":");
    json_quoted_or_null(j, pad->language);
    json_raw(j, ",\"users\":");
    json_uint(j, pad->peer_count);
    json_raw(j, ",\"revision\":");
    json_uint(j, pad->revision);
    json_raw(j, ",\"bytes\":");
    json_uint(j, rope_size(&pad->text).bytes);
    json_seconds(j, ",\"created_at\":", doc->created_ms);
    json_seconds(j, ",\"updated_at\":", doc->updated_ms);
    json_seconds(j, ",\"expires_at\":", document_expires_ms(doc, now_ms));
}

static void tell_info(struct call *c, struct document *doc, const struct access_facts *facts)
{
    struct json j = json_to(&c->body);
    json_raw(&j, facts->exists ? "{\"exists\":true" : "{\"exists\":false");
    json_raw(&j, facts->is_protected ? ",\"protected\":true" : ",\"protected\":false");
    if (doc)
        describe(&j, doc, shard_now_ms(c->shard));
    json_raw(&j, "}\n");
    if (json_error(&j))
        fail(c, ERR_NO_MEMORY);
    else if (doc)
        send_when_committed(c, doc);
    else
        send_gated(c);
}

static void answered(void *owner, enum error err, struct document *doc, const struct access_facts *facts)
{
    struct call *c = owner;
    c->access = NULL;
    bool is_nothing_yet = err == ERR_NOT_FOUND;
    bool may_know_little = c->kind == CALL_INFO && err == ERR_PASSWORD;
    if (c->kind == CALL_SOCKET)
        socket_admitted(c, err);
    else if (err && !is_nothing_yet && !may_know_little)
        fail(c, err);
    else if (c->kind == CALL_INFO)
        tell_info(c, err ? NULL : doc, facts);
    else
        tell_text(c, err ? NULL : doc);
}

static void ask(struct call *c)
{
    struct access_question question = {.id = c->id,
                                       .otp = c->otp,
                                       .client = c->request->client,
                                       .goal = c->kind == CALL_SOCKET ? ACCESS_PEEK : ACCESS_READ,
                                       .done = answered,
                                       .owner = c};
    struct access *handle;
    document_access(c->shard, &question, &handle);
    if (handle) /* otherwise it was answered, and the call is gone */
        c->access = handle;
}

/* ---- passwords ---- */

static bool is_json(const struct http_request *request)
{
    struct slice type = http_header(request, "Content-Type");
    const struct slice json = SLICE("application/json");
    return type.ptr && type.len >= json.len && strncasecmp(type.ptr, json.ptr, json.len) == 0 &&
           (type.len == json.len || type.ptr[json.len] == ';' || type.ptr[json.len] == ' ');
}

/* Only somebody who is in the document may change its password, and a v2 tab
 * proves that it is who it says. */
static enum error check_member(struct document *doc, const struct protect_request *body)
{
    struct pad_peer *peer = pad_find_user(&doc->pad, body->user_id);
    if (!peer)
        return ERR_FORBIDDEN;
    bool must_prove = peer->version == PAD_V2;
    if (must_prove && !(body->has_client && id128_equal(body->client, peer->client->token)))
        return ERR_FORBIDDEN;
    return OK;
}

static enum error check_present_password(struct call *c, struct document *doc, struct slice otp)
{
    if (!doc->pad.otp.ptr)
        return c->kind == CALL_PROTECT ? OK : ERR_NOT_PROTECTED;
    if (document_admits(doc, otp))
        return OK;
    metric_inc(METRIC_OTP_ERRORS);
    limits_take(c->shard->server->limits, LIMIT_PASSWORD_ATTEMPT, c->request->client, shard_now_ms(c->shard));
    return ERR_FORBIDDEN;
}

static enum error check_change(struct call *c, struct document **out)
{
    struct protect_request body;
    struct limits *limits = c->shard->server->limits;
    int64_t now_ms = shard_now_ms(c->shard);
    if (!is_json(c->request))
        return ERR_MEDIA_TYPE;
    enum error err = protect_decode(&c->shard->decoder, c->request->body, &body);
    if (err)
        return err;
    struct document *doc = document_find(c->shard, c->id);
    if (!doc || doc->state != DOCUMENT_READY)
        return ERR_FORBIDDEN;
    if (!limits_has(limits, LIMIT_PASSWORD_ATTEMPT, c->request->client, now_ms) ||
        !limits_take(limits, LIMIT_PASSWORD_CHANGE, c->request->client, now_ms))
        return ERR_RATE_LIMITED;
    err = check_member(doc, &body);
    if (!err)
        err = check_present_password(c, doc, body.otp);
    if (!err && doc->protecting)
        err = ERR_OVERLOADED; /* another change is being written this very moment */
    c->user_id = body.user_id;
    *out = doc;
    return err;
}

static void change_password(struct call *c)
{
    struct document *doc;
    enum error err = check_change(c, &doc);
    if (err) {
        fail(c, err);
        return;
    }
    struct slice otp = {0};
    if (c->kind == CALL_PROTECT) {
        random_otp(c->new_otp);
        otp = slice_of(c->new_otp, OTP_CHARS);
    }
    doc->protecting = c;
    err = persister_write_otp(doc, otp);
    if (err) {
        doc->protecting = NULL;
        fail(c, err);
    }
}

void call_otp_written(struct document *doc, enum error result)
{
    struct call *c = doc->protecting;
    doc->protecting = NULL;
    bool is_on = c->kind == CALL_PROTECT;
    struct slice otp = is_on ? slice_of(c->new_otp, OTP_CHARS) : (struct slice){0};
    if (!result) {
        result = pad_set_otp(&doc->pad, pad_find_user(&doc->pad, c->user_id), otp);
        if (result) /* memory, which has the old one, is right: nobody will be told the new one */
            document_meta_changed(doc, shard_now_ms(doc->shard));
    }
    if (result) {
        fail(c, result);
        return;
    }
    document_changed(doc);
    log_event(LOG_INFO, "critical_write", LOG_STR("docId", doc->id),
              LOG_CSTR("type", is_on ? "otp_protect" : "otp_unprotect"));
    if (!is_on) {
        respond(c, 204, NULL, (struct slice){0});
        return;
    }
    char body[64];
    int len = snprintf(body, sizeof(body), "{\"otp\":\"%.*s\"}\n", OTP_CHARS, c->new_otp);
    respond(c, 200, "application/json", slice_of(body, (size_t)len));
}

/* ---- on the shard ---- */

static void begin(struct loop_task *task)
{
    struct call *c = LIST_ITEM(task, struct call, task);
    list_append(&c->shard->calls, &c->link);
    if (c->shard->phase != SHARD_RUNNING)
        fail(c, ERR_SHUTTING_DOWN);
    else if (c->kind == CALL_PROTECT || c->kind == CALL_UNPROTECT)
        change_password(c);
    else
        ask(c);
}

void call_post(struct server *server, struct http_request *request, enum call_kind kind, struct slice id,
               struct slice otp)
{
    struct call *c = calloc(1, sizeof(*c) + id.len + otp.len);
    if (!c) {
        http_respond_error(request, ERR_NO_MEMORY);
        return;
    }
    char *strings = (char *)(c + 1);
    memcpy(strings, id.ptr, id.len);
    c->id = slice_of(strings, id.len);
    if (otp.ptr) {
        memcpy(strings + id.len, otp.ptr, otp.len);
        c->otp = slice_of(strings + id.len, otp.len);
    }
    list_init(&c->link);
    list_init(&c->gated_link);
    c->kind = kind;
    c->request = request;
    c->shard = server_shard_of(server, id);
    c->task.run = begin;
    if (!loop_post(&c->shard->loop, &c->task)) {
        http_respond_error(request, ERR_SHUTTING_DOWN);
        free(c);
    }
}

void calls_refuse_all(struct shard *shard)
{
    LIST_EACH (at, following, &shard->calls) {
        struct call *c = LIST_ITEM(at, struct call, link);
        struct document *doc = document_find(shard, c->id);
        if (doc && doc->protecting == c)
            continue; /* answered when it is written */
        access_cancel(c->access);
        fail(c, ERR_SHUTTING_DOWN);
    }
}
