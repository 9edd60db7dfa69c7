#include "app/routes.h"

#include "app/call.h"
#include "app/debug.h"
#include "app/origin.h"
#include "app/session.h"
#include "app/status.h"
#include "observe/log.h"
#include "observe/metrics.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { DOCUMENT_ID_BYTES_MAX = 128 };

static void refuse(struct http_request *request, enum error why)
{
    metric_rejected(why);
    http_respond_error(request, why);
}

static const struct slice protocol_v2 = {"kolabpad.v2", 11};

/* ---- the WebSocket ---- */

static void on_socket(void *arg, int fd, struct slice already_read)
{
    struct session_request *request = arg;
    request->fd = fd;
    request->task.run = session_open;
    if (fd >= 0 && !buf_append(&request->already_read, already_read) &&
        loop_post(&request->shard->loop, &request->task))
        return;
    if (fd >= 0)
        close(fd);
    buf_deinit(&request->already_read);
    limits_disconnect(request->shard->server->limits, request->client);
    free(request);
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
        refuse(http, err);
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
    {"GET", "/api/stats", NULL, status_stats},
    {"GET", "/metrics", NULL, status_prometheus},
    {"GET", "/api/health", NULL, status_health},
    {"GET", "/api/health/live", NULL, status_alive},
    {"GET", "/api/config", NULL, status_config},
    {"GET", "/debug/pprof/", NULL, debug_index},
    {"GET", "/debug/pprof/goroutine", NULL, debug_goroutine},
    {"GET", "/debug/pprof/heap", NULL, debug_heap},
    {"GET", "/debug/pprof/profile", NULL, debug_profile},
    {"GET", "/debug/pprof/symbol", NULL, debug_symbol},
    {"POST", "/debug/pprof/symbol", NULL, debug_symbol},
    {"GET", "/debug/pprof/cmdline", NULL, debug_cmdline},
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
        refuse(request, ERR_BAD_ID);
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
        refuse(request, ERR_METHOD);
    else if (!static_files_respond(server->files, request, request->path))
        refuse(request, ERR_NOT_FOUND);
}

void routes_handle(void *arg, struct http_request *request)
{
    struct server *server = arg;
    metric_inc(METRIC_HTTP_REQUESTS);
    log_event(LOG_DEBUG, "http_request", LOG_STR("method", request->method), LOG_STR("path", request->path));
    if (!origin_is_allowed(server->config, request)) {
        refuse(request, ERR_ORIGIN);
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
        refuse(request, ERR_METHOD);
    else
        serve_file(server, request);
}
