#include "app/routes.h"

#include "app/call.h"
#include "app/origin.h"
#include "app/session.h"
#include "base/json.h"
#include "net/header_list.h"
#include "observe/metrics.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { DOCUMENT_ID_BYTES_MAX = 128 };

static const struct slice protocol_v2 = {"kolabpad.v2", 11};

/* ---- the WebSocket ---- */

static void on_socket(void *arg, int fd, struct slice already_read)
{
    struct session_request *request = arg;
    struct limits *limits = request->shard->server->limits;
    bool is_lost = fd < 0 || buf_append(&request->already_read, already_read);
    if (is_lost) {
        if (fd >= 0)
            close(fd);
        limits_disconnect(limits, request->client);
        free(request);
        return;
    }
    request->fd = fd;
    request->task.run = session_open;
    loop_post(&request->shard->loop, &request->task);
}

static struct session_request *session_request_new(struct shard *shard, enum pad_version version,
                                                   struct address client, struct slice id, struct slice otp)
{
    struct session_request *request = calloc(1, sizeof(*request) + id.len + otp.len);
    if (!request)
        return NULL;
    char *strings = (char *)(request + 1);
    memcpy(strings, id.ptr, id.len);
    request->shard = shard;
    request->version = version;
    request->client = client;
    request->id = slice_of(strings, id.len);
    if (otp.ptr) {
        memcpy(strings + id.len, otp.ptr, otp.len);
        request->otp = slice_of(strings + id.len, otp.len);
    }
    return request;
}

void route_upgrade(struct shard *shard, struct http_request *http, enum pad_version version, struct slice id,
                   struct slice otp)
{
    struct limits *limits = shard->server->limits;
    enum error err = limits_connect(limits, http->client);
    if (err) {
        metric_rejected(err);
        http_respond_error(http, err);
        return;
    }
    struct session_request *request = session_request_new(shard, version, http->client, id, otp);
    if (!request) {
        limits_disconnect(limits, http->client);
        http_respond_error(http, ERR_NO_MEMORY);
        return;
    }
    http_upgrade(http, version == PAD_V2 ? protocol_v2 : (struct slice){0}, on_socket, request);
}

static void get_socket(struct server *server, struct http_request *request, struct slice id)
{
    if (!http_wants_websocket(request)) {
        struct http_response response = {
            .status = 426,
            .content_type = "application/json",
            .body =
                SLICE("{\"error\":\"This address speaks WebSocket only.\",\"code\":\"upgrade_required\"}\n"),
            .headers = {{"Upgrade", SLICE("websocket")}},
            .header_count = 1};
        http_respond(request, &response);
    } else if (http_offers_protocol(request, protocol_v2)) {
        route_upgrade(server_shard_of(server, id), request, PAD_V2, id, (struct slice){0});
    } else {
        call_post(server, request, CALL_SOCKET, id, http_query(request, "otp"));
    }
}

/* ---- documents ---- */

static struct slice given_password(const struct http_request *request)
{
    const struct slice bearer = SLICE("Bearer ");
    struct slice header = http_header(request, "Authorization");
    if (header.ptr && header.len > bearer.len && strncasecmp(header.ptr, bearer.ptr, bearer.len) == 0)
        return slice_from(header, bearer.len);
    return http_query(request, "otp");
}

static void get_text(struct server *server, struct http_request *request, struct slice id)
{
    call_post(server, request, CALL_TEXT, id, given_password(request));
}

static void get_document(struct server *server, struct http_request *request, struct slice id)
{
    call_post(server, request, CALL_INFO, id, given_password(request));
}

static void post_protect(struct server *server, struct http_request *request, struct slice id)
{
    call_post(server, request, CALL_PROTECT, id, (struct slice){0});
}

static void delete_protect(struct server *server, struct http_request *request, struct slice id)
{
    call_post(server, request, CALL_UNPROTECT, id, (struct slice){0});
}

/* ---- the server itself ---- */

static void respond_body(struct http_request *request, int status, const char *type, struct buf *body,
                         bool failed)
{
    struct http_response response = {.status = status,
                                     .content_type = type,
                                     .body = buf_slice(body),
                                     .headers = {{"Vary", SLICE("Accept")}},
                                     .header_count = 1};
    if (failed)
        http_respond_error(request, ERR_NO_MEMORY);
    else
        http_respond(request, &response);
    buf_deinit(body);
}

static void refresh_metrics(struct server *server)
{
    struct store_stats stats = store_stats(server->store);
    uint64_t in = 0, out = 0;
    for (uint32_t i = 0; i < server->shard_count; i++) {
        in += atomic_load_explicit(&server->shards[i].loop.counters.bytes_in, memory_order_relaxed);
        out += atomic_load_explicit(&server->shards[i].loop.counters.bytes_out, memory_order_relaxed);
    }
    metric_set(METRIC_BYTES_IN, (int64_t)in);
    metric_set(METRIC_BYTES_OUT, (int64_t)out);
    metric_set(METRIC_STORED_DOCUMENTS, (int64_t)stats.documents);
    metric_set(METRIC_DATABASE_SIZE, (int64_t)stats.database_bytes);
    metric_set(METRIC_LOG_DROPPED, (int64_t)log_dropped());
    metrics_refresh(wall_now_ms());
}

static void get_prometheus(struct server *server, struct http_request *request, struct slice id)
{
    (void)id;
    struct buf body = {0};
    refresh_metrics(server);
    enum error err = metrics_prometheus(&body, server->config->metrics_bare_names);
    respond_body(request, 200, "text/plain; version=0.0.4; charset=utf-8", &body, err);
}

struct liking {
    int text, json; /* quality values */
};

static void like(struct liking *l, const struct header_item *item)
{
    static const char *const text_types[] = {"text/plain", "application/openmetrics-text"};
    static const char *const json_types[] = {"application/json", "application/*", "*/*"};
    for (size_t i = 0; i < sizeof(text_types) / sizeof(text_types[0]); i++)
        if (ascii_equal_nocase(item->name, slice_from_cstr(text_types[i])) && item->quality > l->text)
            l->text = item->quality;
    for (size_t i = 0; i < sizeof(json_types) / sizeof(json_types[0]); i++)
        if (ascii_equal_nocase(item->name, slice_from_cstr(json_types[i])) && item->quality > l->json)
            l->json = item->quality;
}

/* Prometheus names a text format in Accept and likes it best; browsers and
 * curl do not, and get JSON. */
static bool wants_prometheus(const struct http_request *request)
{
    struct slice accept = http_header(request, "Accept");
    struct header_item item;
    struct liking liking = {0};
    while (header_list_next(&accept, &item))
        like(&liking, &item);
    return liking.text > liking.json;
}

static void get_stats(struct server *server, struct http_request *request, struct slice id)
{
    if (wants_prometheus(request)) {
        get_prometheus(server, request, id);
        return;
    }
    struct buf body = {0};
    refresh_metrics(server);
    enum error err = metrics_json(&body);
    respond_body(request, 200, "application/json", &body, err);
}

static void get_health(struct server *server, struct http_request *request, struct slice id)
{
    (void)id;
    bool is_failing = store_is_failing(server->store);
    bool is_stopping = atomic_load(&server->stopping);
    struct store_stats stats = store_stats(server->store);
    struct buf body = {0};
    struct json j = json_to(&body);
    metrics_refresh(wall_now_ms());
    json_raw(&j, is_failing    ? "{\"status\":\"failing\""
                 : is_stopping ? "{\"status\":\"stopping\""
                               : "{\"status\":\"ok\"");
    json_raw(&j, is_failing ? ",\"database\":\"not writable\"" : ",\"database\":\"ok\"");
    json_raw(&j, ",\"journal_lag_ms\":");
    json_uint(&j, stats.oldest_wait_ms);
    json_raw(&j, ",\"uptime_seconds\":");
    json_int(&j, metric_get(METRIC_UPTIME));
    json_raw(&j, ",\"version\":");
    json_quoted(&j, slice_from_cstr(server->version));
    json_raw(&j, "}\n");
    respond_body(request, is_failing || is_stopping ? 503 : 200, "application/json", &body, json_error(&j));
}

static void get_config(struct server *server, struct http_request *request, struct slice id)
{
    (void)id;
    struct buf body = {0};
    struct json j = json_to(&body);
    json_raw(&j, "{\"frontend_log_level\":");
    json_quoted(&j, slice_from_cstr(server->config->frontend_log_level));
    json_raw(&j, ",\"version\":");
    json_quoted(&j, slice_from_cstr(server->version));
    json_raw(&j, ",\"base_path\":");
    json_quoted(&j, slice_from_cstr(server->config->base_path));
    json_raw(&j, "}\n");
    respond_body(request, 200, "application/json", &body, json_error(&j));
}

/* ---- the table ---- */

struct route {
    const char *method;
    const char *before, *after; /* around the document id; after NULL: no id, `before` is all */
    void (*handle)(struct server *server, struct http_request *request, struct slice id);
};

static const struct route routes[] = {
    {"GET", "/api/socket/", "", get_socket},
    {"POST", "/api/document/", "/protect", post_protect},
    {"DELETE", "/api/document/", "/protect", delete_protect},
    {"GET", "/api/document/", "/text", get_text},
    {"GET", "/api/document/", "", get_document},
    {"GET", "/api/text/", "", get_text},
    {"GET", "/api/stats", NULL, get_stats},
    {"GET", "/metrics", NULL, get_prometheus},
    {"GET", "/api/health", NULL, get_health},
    {"GET", "/api/config", NULL, get_config},
};

static bool matches(const struct route *route, struct slice path, struct slice *raw_id)
{
    struct slice before = slice_from_cstr(route->before);
    struct slice after = slice_from_cstr(route->after ? route->after : "");
    *raw_id = (struct slice){0};
    if (!route->after)
        return slice_equal(path, before);
    if (path.len < before.len + after.len || memcmp(path.ptr, before.ptr, before.len) != 0)
        return false;
    *raw_id = slice_of(path.ptr + before.len, path.len - before.len - after.len);
    bool ends = after.len == 0 || memcmp(path.ptr + path.len - after.len, after.ptr, after.len) == 0;
    return ends && !memchr(raw_id->ptr, '/', raw_id->len);
}

static bool id_is_valid(struct slice id)
{
    if (id.len == 0 || id.len > DOCUMENT_ID_BYTES_MAX || utf8_check(id, NULL))
        return false;
    for (size_t i = 0; i < id.len; i++) {
        unsigned char byte = (unsigned char)id.ptr[i];
        if (byte < 0x20 || byte == 0x7f || byte == '/')
            return false;
        if (byte == 0xc2 && (unsigned char)id.ptr[i + 1] < 0xa0) /* U+0080 … U+009F */
            return false;
    }
    return true;
}

static void run(const struct route *route, struct server *server, struct http_request *request,
                struct slice raw_id)
{
    struct buf id = {0};
    if (!route->after)
        route->handle(server, request, (struct slice){0});
    else if (http_percent_decode(raw_id, &id) && id_is_valid(buf_slice(&id)))
        route->handle(server, request, buf_slice(&id));
    else
        http_respond_error(request, ERR_BAD_ID);
    buf_deinit(&id);
}

static bool method_is(const struct http_request *request, const char *method)
{
    struct slice wanted = slice_from_cstr(method);
    bool is_head_of_get = slice_equal(request->method, SLICE("HEAD")) && slice_equal(wanted, SLICE("GET"));
    return is_head_of_get || slice_equal(request->method, wanted);
}

static void serve_file(struct server *server, struct http_request *request)
{
    if (!method_is(request, "GET"))
        http_respond_error(request, ERR_METHOD);
    else if (!static_files_respond(server->files, request, request->path))
        http_respond_error(request, ERR_NOT_FOUND);
}

void routes_handle(void *arg, struct http_request *request)
{
    struct server *server = arg;
    metric_inc(METRIC_HTTP_REQUESTS);
    if (!origin_is_allowed(server->config, request)) {
        metric_rejected(ERR_ORIGIN);
        http_respond_error(request, ERR_ORIGIN);
        return;
    }
    if (origin_answer_preflight(server->config, request))
        return;
    bool is_known = false;
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        struct slice raw_id;
        if (!matches(&routes[i], request->path, &raw_id))
            continue;
        is_known = true;
        if (method_is(request, routes[i].method)) {
            run(&routes[i], server, request, raw_id);
            return;
        }
    }
    if (is_known)
        http_respond_error(request, ERR_METHOD);
    else
        serve_file(server, request);
}
