#include "api/routes.h"

#include "api/arrival.h"
#include "api/arrival_tunnel.h"
#include "api/asset_job.h"
#include "api/bearer.h"
#include "api/cluster.h"
#include "api/comment_jobs.h"
#include "api/credential.h"
#include "api/debug.h"
#include "api/follow_jobs.h"
#include "api/health.h"
#include "api/history_changes.h"
#include "api/history_jobs.h"
#include "api/image_jobs.h"
#include "api/origin.h"
#include "api/password_jobs.h"
#include "api/read_jobs.h"
#include "api/rights_jobs.h"
#include "api/status.h"
#include "api/upgrade_job.h"
#include "api/write_jobs.h"
#include "net/static_files.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "session/upgrade.h"
#include "text/utf8.h"

#include <stdio.h>
#include <string.h>

enum {
    DOCUMENT_ID_BYTES_MAX = 128,
    COMMENT_BODY_MAX = 64 * 1024, /* 4,000 characters, each of them escaped twice over */
};

static void refuse(struct http_request *request, enum error why)
{
    metric_rejected(why);
    http_respond_error(request, why);
}

/* ---- the WebSocket ---- */

static bool id_is_valid(struct slice id);

/* A v2 client gives its password in its Hello, a v1 client in the address. */
static void get_socket(struct api *api, struct http_request *request, struct slice id)
{
    enum error fault = http_check_websocket(request);
    if (fault) {
        refuse(request, fault);
    } else if (!http_offers_protocol(request, session_protocol_v2)) {
        http_job_post(api->server, request, &upgrade_v1_job, id, http_query(request, "otp"));
    } else if (server_is_shared(api->server)) {
        http_job_post(api->server, request, &upgrade_v2_job, id, (struct slice){0});
    } else {
        struct shard *shard = server_shard_of(api->server, id);
        enum error err = session_upgrade(shard, request, PAD_V2, id, (struct slice){0}, false);
        if (err)
            refuse(request, err);
    }
}

/* Of a client, which says in its Hello by which link it comes; or of another server, which has found
 * the document. */
static void get_link_socket(struct api *api, struct http_request *request, struct slice none)
{
    struct slice header = http_header(request, arrival_document_header);
    struct buf id = {0};
    enum error fault = http_check_websocket(request);
    (void)none;
    if (fault)
        refuse(request, fault);
    else if (!http_offers_protocol(request, session_protocol_v2))
        refuse(request, ERR_SUBPROTOCOL);
    else if (!request->is_relayed)
        arrival_begin(api, request);
    else if (header.ptr && http_percent_decode(header, &id) && id_is_valid(buf_slice(&id)))
        http_job_post(api->server, request, &upgrade_link_job, buf_slice(&id), (struct slice){0});
    else
        refuse(request, ERR_BAD_ID);
    buf_deinit(&id);
}

/* ---- documents ---- */

static struct slice given_password(const struct http_request *request)
{
    struct slice bearer = bearer_secret(request);
    return bearer.ptr ? bearer : http_query(request, "otp");
}

/* With ?revision= (and ?wait=) it is about what comes after that. */
static void get_text(struct api *api, struct http_request *request, struct slice id)
{
    bool follows = http_query(request, "revision").ptr || http_query(request, "wait").ptr;
    if (follows && !slice_equal(request->method, SLICE("HEAD")))
        follow_wait(api, request, id, given_password(request));
    else
        http_job_post(api->server, request, &text_job, id, given_password(request));
}

static void get_document(struct api *api, struct http_request *request, struct slice id)
{
    http_job_post(api->server, request, &info_job, id, given_password(request));
}

static void post_protect(struct api *api, struct http_request *request, struct slice id)
{
    http_job_post(api->server, request, &protect_job, id, bearer_secret(request));
}

static void delete_protect(struct api *api, struct http_request *request, struct slice id)
{
    http_job_post(api->server, request, &unprotect_job, id, bearer_secret(request));
}

/* ---- links, owners, settings ---- */

static void get_links(struct api *api, struct http_request *request, struct slice id)
{
    http_job_post(api->server, request, &links_job, id, bearer_secret(request));
}

static void post_link(struct api *api, struct http_request *request, struct slice id)
{
    http_job_post(api->server, request, &add_link_job, id, bearer_secret(request));
}

static void delete_link(struct api *api, struct http_request *request, struct slice id, struct slice link)
{
    http_job_post_part(api->server, request, &remove_link_job, id, link, bearer_secret(request));
}

static void post_owner(struct api *api, struct http_request *request, struct slice id)
{
    http_job_post(api->server, request, &charge_job, id, bearer_secret(request));
}

static void patch_document(struct api *api, struct http_request *request, struct slice id)
{
    http_job_post(api->server, request, &settings_job, id, bearer_secret(request));
}

static void delete_document(struct api *api, struct http_request *request, struct slice id)
{
    http_job_post(api->server, request, &delete_job, id, bearer_secret(request));
}

static void get_link(struct api *api, struct http_request *request, struct slice none)
{
    (void)none;
    http_job_post_link(api->server, request, &link_job, NULL);
}

static void get_link_text(struct api *api, struct http_request *request, struct slice none)
{
    (void)none;
    http_job_post_link(api->server, request, &link_text_job, NULL);
}

static void get_events(struct api *api, struct http_request *request, struct slice id)
{
    follow_events(api, request, id, given_password(request));
}

static void put_text(struct api *api, struct http_request *request, struct slice id)
{
    write_put(api, request, id, given_password(request));
}

static void post_text(struct api *api, struct http_request *request, struct slice id)
{
    write_post(api, request, id, given_password(request));
}

static void patch_text(struct api *api, struct http_request *request, struct slice id)
{
    write_patch(api, request, id, given_password(request));
}

static void post_documents(struct api *api, struct http_request *request, struct slice id)
{
    (void)id;
    write_new(api, request);
}

static void get_history(struct api *api, struct http_request *request, struct slice id)
{
    history_get_sittings(api, request, id, given_password(request));
}

static void get_history_text(struct api *api, struct http_request *request, struct slice id,
                             struct slice revision)
{
    history_get_text(api, request, id, revision, given_password(request));
}

static void get_history_operations(struct api *api, struct http_request *request, struct slice id)
{
    history_get_operations(api, request, id, given_password(request));
}

static void get_history_diff(struct api *api, struct http_request *request, struct slice id)
{
    history_get_diff(api, request, id, given_password(request));
}

static void get_authorship(struct api *api, struct http_request *request, struct slice id)
{
    history_get_authorship(api, request, id, given_password(request));
}

static void delete_history(struct api *api, struct http_request *request, struct slice id)
{
    history_delete(api, request, id, given_password(request));
}

static void post_restore(struct api *api, struct http_request *request, struct slice id)
{
    history_restore(api, request, id, given_password(request));
}

static void put_history(struct api *api, struct http_request *request, struct slice id)
{
    history_put(api, request, id, given_password(request));
}

/* Of whatever the link opens: `none`, and `revision`, stand where others have the id. */
static void get_link_history(struct api *api, struct http_request *request, struct slice none)
{
    history_get_sittings(api, request, none, none);
}

static void get_link_history_text(struct api *api, struct http_request *request, struct slice revision)
{
    history_get_text(api, request, (struct slice){0}, revision, (struct slice){0});
}

static void get_link_history_operations(struct api *api, struct http_request *request, struct slice none)
{
    history_get_operations(api, request, none, none);
}

static void get_link_history_diff(struct api *api, struct http_request *request, struct slice none)
{
    history_get_diff(api, request, none, none);
}

static void get_link_authorship(struct api *api, struct http_request *request, struct slice none)
{
    history_get_authorship(api, request, none, none);
}

static void post_link_restore(struct api *api, struct http_request *request, struct slice none)
{
    history_restore(api, request, none, none);
}

static void post_image(struct api *api, struct http_request *request, struct slice id)
{
    image_post(api, request, id, given_password(request));
}

static void post_link_image(struct api *api, struct http_request *request, struct slice none)
{
    image_post(api, request, none, none);
}

/* ---- the table ---- */

/* In a path {id} stands for a document's id and a second {…} for a part of that document. */
struct route {
    const char *method;
    const char *path;
    void (*handle)(struct api *api, struct http_request *request, struct slice id);
    void (*handle_part)(struct api *api, struct http_request *request, struct slice id, struct slice part);
    void (*handle_comment)(struct api *api, struct http_request *request, const struct comment_path *path);
};

/* Comments of a document, and those of the one that a link opens. */
#define COMMENT_ROUTES(comments)                                                                             \
    {"GET", comments, NULL, NULL, comments_get}, {"POST", comments, NULL, NULL, comments_write},             \
        {"POST", comments "/{thread}", NULL, NULL, comments_write},                                          \
        {"PATCH", comments "/{thread}", NULL, NULL, comments_write},                                         \
        {"DELETE", comments "/{thread}", NULL, NULL, comments_write},                                        \
        {"PATCH", comments "/{thread}/{comment}", NULL, NULL, comments_write},                               \
    {                                                                                                        \
        "DELETE", comments "/{thread}/{comment}", NULL, NULL, comments_write                                 \
    }

static const struct route routes[] = {
    {"GET", "/api/socket/{id}", get_socket, NULL, NULL},
    {"GET", "/api/socket", get_link_socket, NULL, NULL},
    {"POST", "/api/document/{id}/protect", post_protect, NULL, NULL},
    {"DELETE", "/api/document/{id}/protect", delete_protect, NULL, NULL},
    {"GET", "/api/document/{id}/text", get_text, NULL, NULL},
    {"GET", "/api/document/{id}/history", get_history, NULL, NULL},
    {"DELETE", "/api/document/{id}/history", delete_history, NULL, NULL},
    {"PUT", "/api/document/{id}/history", put_history, NULL, NULL},
    {"GET", "/api/document/{id}/history/operations", get_history_operations, NULL, NULL},
    {"POST", "/api/document/{id}/history/restore", post_restore, NULL, NULL},
    {"GET", "/api/document/{id}/history/diff", get_history_diff, NULL, NULL},
    {"GET", "/api/document/{id}/history/{revision}", NULL, get_history_text, NULL},
    {"GET", "/api/document/{id}/authorship", get_authorship, NULL, NULL},
    {"POST", "/api/document/{id}/images", post_image, NULL, NULL},
    {"GET", "/api/document/{id}", get_document, NULL, NULL},
    {"PATCH", "/api/document/{id}", patch_document, NULL, NULL},
    {"DELETE", "/api/document/{id}", delete_document, NULL, NULL},
    {"POST", "/api/document/{id}/owner", post_owner, NULL, NULL},
    {"GET", "/api/document/{id}/links", get_links, NULL, NULL},
    {"POST", "/api/document/{id}/links", post_link, NULL, NULL},
    {"DELETE", "/api/document/{id}/links/{link}", NULL, delete_link, NULL},
    {"GET", "/api/link", get_link, NULL, NULL},
    {"GET", "/api/link/text", get_link_text, NULL, NULL},
    {"GET", "/api/link/history", get_link_history, NULL, NULL},
    {"GET", "/api/link/history/operations", get_link_history_operations, NULL, NULL},
    {"POST", "/api/link/history/restore", post_link_restore, NULL, NULL},
    {"GET", "/api/link/history/diff", get_link_history_diff, NULL, NULL},
    {"GET", "/api/link/history/{revision}", get_link_history_text, NULL, NULL},
    {"GET", "/api/link/authorship", get_link_authorship, NULL, NULL},
    COMMENT_ROUTES("/api/document/{id}/comments"),
    COMMENT_ROUTES("/api/link/comments"),
    {"POST", "/api/link/images", post_link_image, NULL, NULL},
    {"GET", "/image/{id}", image_get, NULL, NULL},
    {"GET", "/api/text/{id}", get_text, NULL, NULL},
    {"GET", "/api/events/{id}", get_events, NULL, NULL},
    {"PUT", "/api/text/{id}", put_text, NULL, NULL},
    {"POST", "/api/text/{id}", post_text, NULL, NULL},
    {"PATCH", "/api/text/{id}", patch_text, NULL, NULL},
    {"POST", "/api/documents", post_documents, NULL, NULL},
    {"GET", "/api/stats", status_stats, NULL, NULL},
    {"GET", "/metrics", status_prometheus, NULL, NULL},
    {"GET", "/api/health", health_ready, NULL, NULL},
    {"GET", "/api/health/live", health_live, NULL, NULL},
    {"GET", "/api/cluster", cluster_describe, NULL, NULL},
    {"GET", "/api/config", status_config, NULL, NULL},
    {"GET", "/debug/pprof/", debug_index, NULL, NULL},
    {"GET", "/debug/pprof/goroutine", debug_goroutine, NULL, NULL},
    {"GET", "/debug/pprof/heap", debug_heap, NULL, NULL},
    {"GET", "/debug/pprof/profile", debug_profile, NULL, NULL},
    {"GET", "/debug/pprof/symbol", debug_symbol, NULL, NULL},
    {"POST", "/debug/pprof/symbol", debug_symbol, NULL, NULL},
    {"GET", "/debug/pprof/cmdline", debug_cmdline, NULL, NULL},
};

/* What stands in a path where its route has {…}, still escaped. */
enum { PATH_PARTS_MAX = 3 };
struct path_parts {
    struct slice at[PATH_PARTS_MAX];
    uint32_t count;
};

/* The bytes of `path` up to the next slash. */
static struct slice segment_of(struct slice path)
{
    const char *end = path.len > 0 ? memchr(path.ptr, '/', path.len) : NULL;
    return end ? slice_of(path.ptr, (size_t)(end - path.ptr)) : path;
}

static bool matches(const struct route *route, struct slice path, struct path_parts *parts)
{
    struct slice wanted = slice_from_cstr(route->path);
    *parts = (struct path_parts){0};
    while (wanted.len > 0) {
        if (wanted.ptr[0] == '{') {
            struct slice part = segment_of(path);
            parts->at[parts->count++] = part;
            path = slice_from(path, part.len);
            wanted = slice_from(wanted, segment_of(wanted).len);
        } else if (path.len > 0 && path.ptr[0] == wanted.ptr[0]) {
            path = slice_from(path, 1);
            wanted = slice_from(wanted, 1);
        } else {
            return false;
        }
    }
    return path.len == 0;
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

static void run_with_ids(const struct route *route, struct api *api, struct http_request *request,
                         const struct path_parts *parts)
{
    struct buf id = {0}, part = {0};
    if (!http_percent_decode(parts->at[0], &id) || !id_is_valid(buf_slice(&id)))
        refuse(request, ERR_BAD_ID);
    else if (route->handle)
        route->handle(api, request, buf_slice(&id));
    else if (http_percent_decode(parts->at[1], &part))
        route->handle_part(api, request, buf_slice(&id), buf_slice(&part));
    else
        refuse(request, ERR_NOT_FOUND);
    buf_deinit(&id);
    buf_deinit(&part);
}

/* The first part is the document's id, but in the address of a link. */
static void run_with_comment(const struct route *route, struct api *api, struct http_request *request,
                             const struct path_parts *parts)
{
    struct buf decoded[PATH_PARTS_MAX] = {0};
    struct slice shown[PATH_PARTS_MAX] = {0};
    const uint32_t ids = strstr(route->path, "{id}") ? 1 : 0;
    bool is_good = true;
    for (uint32_t i = 0; i < parts->count; i++) {
        is_good = http_percent_decode(parts->at[i], &decoded[i]) && is_good;
        shown[i] = slice_of(decoded[i].ptr ? decoded[i].ptr : "", decoded[i].len);
    }
    if (ids > 0 && !id_is_valid(shown[0]))
        refuse(request, ERR_BAD_ID);
    else if (!is_good)
        refuse(request, ERR_NOT_FOUND);
    else
        route->handle_comment(
            api, request,
            &(struct comment_path){.id = ids > 0 ? shown[0] : (struct slice){0},
                                   .thread = parts->count > ids ? shown[ids] : (struct slice){0},
                                   .comment = parts->count > ids + 1 ? shown[ids + 1] : (struct slice){0}});
    for (uint32_t i = 0; i < parts->count; i++)
        buf_deinit(&decoded[i]);
}

static void run(const struct route *route, struct api *api, struct http_request *request,
                const struct path_parts *parts)
{
    if (route->handle_comment)
        run_with_comment(route, api, request, parts);
    else if (parts->count > 0)
        run_with_ids(route, api, request, parts);
    else
        route->handle(api, request, (struct slice){0});
}

static bool method_is(const struct http_request *request, const char *method)
{
    struct slice wanted = slice_from_cstr(method);
    bool is_head_of_get = slice_equal(request->method, SLICE("HEAD")) && slice_equal(wanted, SLICE("GET"));
    return is_head_of_get || slice_equal(request->method, wanted);
}

/* ---- methods ---- */

/* Those of RFC 9110 and PATCH; another one is "not implemented" wherever it is sent. */
static bool is_known_method(const struct http_request *request)
{
    static const char *const known[] = {"GET",     "HEAD",  "POST",  "PUT",    "DELETE",
                                        "OPTIONS", "TRACE", "PATCH", "CONNECT"};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (slice_equal(request->method, slice_from_cstr(known[i])))
            return true;
    return false;
}

/* What an address takes, as Allow has it: OPTIONS asks for it, 405 comes with it. */
static void refuse_method(struct http_request *request, struct slice allow)
{
    if (slice_equal(request->method, SLICE("OPTIONS"))) {
        http_respond(request, &(struct http_response){
                                  .status = 204, .headers = {{"Allow", allow}}, .header_count = 1});
        return;
    }
    metric_rejected(ERR_METHOD);
    http_respond_method(request, allow);
}

static void refuse_method_of_route(struct http_request *request, struct slice path)
{
    char allow[64] = "OPTIONS";
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        struct path_parts parts;
        if (!matches(&routes[i], path, &parts))
            continue;
        size_t len = strlen(allow);
        snprintf(allow + len, sizeof(allow) - len, ", %s%s", routes[i].method,
                 strcmp(routes[i].method, "GET") == 0 ? ", HEAD" : "");
    }
    refuse_method(request, slice_from_cstr(allow));
}

static void serve_file(struct api *api, struct http_request *request)
{
    if (!method_is(request, "GET"))
        refuse_method(request, SLICE("OPTIONS, GET, HEAD"));
    else if (static_files_respond(api->files, request, request->path))
        return;
    else if (server_is_shared(api->server) && asset_may_be_elsewhere(request))
        http_job_post(api->server, request, &asset_job, request->path, (struct slice){0});
    else
        refuse(request, ERR_NOT_FOUND);
}

/* ---- all of it ---- */

/* The route for the request's path and method; `*is_known` when there is one for the
 * path at least. */
static const struct route *find(const struct http_request *request, struct path_parts *parts, bool *is_known)
{
    *is_known = false;
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        if (!matches(&routes[i], request->path, parts))
            continue;
        *is_known = true;
        if (method_is(request, routes[i].method))
            return &routes[i];
    }
    return NULL;
}

/* Files are the same for everybody and a page of another site cannot read them, so
 * that their Origin does not matter: behind a proxy that hides the host, the page must
 * come up to say so. */
static bool refuse_origin(struct api *api, struct http_request *request, bool is_file)
{
    if (is_file || origin_is_allowed(server_config(api->server), request))
        return false;
    origin_log_refused(request);
    refuse(request, ERR_ORIGIN);
    return true;
}

void routes_handle(void *arg, struct http_request *request)
{
    struct api *api = arg;
    metric_inc(METRIC_HTTP_REQUESTS);
    origin_allow_answer(server_config(api->server), request);
    log_event(LOG_DEBUG, "http_request", LOG_STR("method", request->method), LOG_STR("path", request->path));
    bool is_known;
    struct path_parts parts;
    const struct route *route = find(request, &parts, &is_known);
    if (refuse_origin(api, request, !is_known) ||
        origin_answer_preflight(server_config(api->server), request))
        return;
    if (!is_known_method(request))
        refuse(request, ERR_NOT_IMPLEMENTED);
    else if (slice_equal(request->path, SLICE("*")))
        refuse_method(request, SLICE("OPTIONS, GET, HEAD, POST, PUT, PATCH, DELETE"));
    else if (route)
        run(route, api, request, &parts);
    else if (is_known)
        refuse_method_of_route(request, request->path);
    else
        serve_file(api, request);
}

/* Is its body a document's text, or may it hold one? */
static bool takes_text(const struct route *route)
{
    return route->handle == put_text || route->handle == post_text || route->handle == patch_text ||
           route->handle == post_documents;
}

size_t routes_body_max(void *arg, const struct http_request *request)
{
    const struct api *api = arg;
    bool is_known;
    struct path_parts parts;
    const struct route *route = find(request, &parts, &is_known);
    if (route && route->handle_comment)
        return COMMENT_BODY_MAX;
    if (route && (route->handle == post_image || route->handle == post_link_image))
        return server_config(api->server)->image_bytes;
    return route && takes_text(route) ? server_config(api->server)->max_document_bytes : HTTP_BODY_MAX;
}

bool routes_is_server(void *arg, struct slice credential)
{
    struct api *api = arg;
    return credential_is_right(credential, store_identity(server_store(api->server)));
}
