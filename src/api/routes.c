#include "api/routes.h"

#include "api/asset_job.h"
#include "api/bearer.h"
#include "api/cluster.h"
#include "api/comment_jobs.h"
#include "api/credential.h"
#include "api/debug.h"
#include "api/follow_jobs.h"
#include "api/handshakes.h"
#include "api/health.h"
#include "api/history_changes.h"
#include "api/history_jobs.h"
#include "api/image_jobs.h"
#include "api/origin.h"
#include "api/password_jobs.h"
#include "api/read_jobs.h"
#include "api/refuse.h"
#include "api/rights_jobs.h"
#include "api/route_path.h"
#include "api/status.h"
#include "api/write_jobs.h"
#include "net/static_files.h"
#include "observe/log.h"
#include "observe/metrics.h"

#include <stdio.h>
#include <string.h>

enum { COMMENT_BODY_MAX = 64 * 1024 }; /* 4,000 characters, each of them escaped twice over */

/* ---- handlers that only choose a job ---- */

/* With ?revision= (and ?wait=) it is about what comes after that. */
static void get_text(struct api *api, struct http_request *request, struct slice id, struct slice shown)
{
    bool follows = http_query(request, "revision").ptr || http_query(request, "wait").ptr;
    if (follows && !slice_equal(request->method, SLICE("HEAD")))
        follow_wait(api, request, id, shown);
    else if (!id.ptr)
        http_job_post_link(api->server, request, &link_text_job, NULL);
    else
        http_job_post(api->server, request, &text_job, id, shown);
}

static void get_document(struct api *api, struct http_request *request, struct slice id, struct slice shown)
{
    http_job_post(api->server, request, &info_job, id, shown);
}

/* As with all that changes rights, ?otp= is not looked at. */
static void delete_link(struct api *api, struct http_request *request, struct slice id, struct slice link,
                        struct slice shown)
{
    (void)shown;
    http_job_post_part(api->server, request, &remove_link_job, id, link, bearer_secret(request));
}

static void post_documents(struct api *api, struct http_request *request, struct slice none)
{
    (void)none;
    write_new(api, request);
}

/* ---- the table ---- */

enum body { BODY_SMALL, BODY_COMMENT, BODY_TEXT, BODY_IMAGE };

/* In a path {id} stands for a document's id, and a further {…} for a part of that document. What a handler is
 * given is what its path has: no id where that has none, since then the Bearer, a link, says which document
 * it is. `shown` is the Bearer or ?otp=, and nothing where there is no id. Each row has one of the six. */
struct route {
    const char *method;
    const char *path;
    void (*handle)(struct api *api, struct http_request *request, struct slice id);
    void (*handle_shown)(struct api *api, struct http_request *request, struct slice id, struct slice shown);
    void (*handle_part)(struct api *api, struct http_request *request, struct slice id, struct slice part,
                        struct slice shown);
    void (*handle_comment)(struct api *api, struct http_request *request, const struct comment_path *path);
    const struct http_job_kind *job;      /* of the document, with the Bearer alone */
    const struct http_job_kind *link_job; /* of whatever the Bearer, a link, opens */
    enum body body;                       /* how large that may be */
};

#define HANDLER(function) .handle = (function)
#define SHOWN(function) .handle_shown = (function)
#define PART(function) .handle_part = (function)
#define COMMENT(function) .handle_comment = (function), .body = BODY_COMMENT
#define JOB(kind) .job = &(kind)
#define LINK_JOB(kind) .link_job = &(kind)

/* Comments of a document, and those of the one that a link opens. */
#define COMMENT_ROUTES(comments)                                                                             \
    {"GET", comments, COMMENT(comments_get)}, {"POST", comments, COMMENT(comments_write)},                   \
        {"POST", comments "/{thread}", COMMENT(comments_write)},                                             \
        {"PATCH", comments "/{thread}", COMMENT(comments_write)},                                            \
        {"DELETE", comments "/{thread}", COMMENT(comments_write)},                                           \
        {"PATCH", comments "/{thread}/{comment}", COMMENT(comments_write)},                                  \
    {                                                                                                        \
        "DELETE", comments "/{thread}/{comment}", COMMENT(comments_write)                                    \
    }

static const struct route routes[] = {
    {"GET", "/api/socket/{id}", HANDLER(handshake_document)},
    {"GET", "/api/socket", HANDLER(handshake_link)},
    {"POST", "/api/document/{id}/protect", JOB(protect_job)},
    {"DELETE", "/api/document/{id}/protect", JOB(unprotect_job)},
    {"GET", "/api/document/{id}/text", SHOWN(get_text)},
    {"GET", "/api/document/{id}/history", SHOWN(history_get_sittings)},
    {"DELETE", "/api/document/{id}/history", SHOWN(history_delete)},
    {"PUT", "/api/document/{id}/history", SHOWN(history_put)},
    {"GET", "/api/document/{id}/history/operations", SHOWN(history_get_operations)},
    {"POST", "/api/document/{id}/history/restore", SHOWN(history_restore)},
    {"GET", "/api/document/{id}/history/diff", SHOWN(history_get_diff)},
    {"GET", "/api/document/{id}/history/{revision}", PART(history_get_text)},
    {"GET", "/api/document/{id}/authorship", SHOWN(history_get_authorship)},
    {"POST", "/api/document/{id}/images", SHOWN(image_post), .body = BODY_IMAGE},
    {"GET", "/api/document/{id}", SHOWN(get_document)},
    {"PATCH", "/api/document/{id}", JOB(settings_job)},
    {"DELETE", "/api/document/{id}", JOB(delete_job)},
    {"POST", "/api/document/{id}/owner", JOB(charge_job)},
    {"GET", "/api/document/{id}/links", JOB(links_job)},
    {"POST", "/api/document/{id}/links", JOB(add_link_job)},
    {"DELETE", "/api/document/{id}/links/{link}", PART(delete_link)},
    {"GET", "/api/link", LINK_JOB(link_job)},
    {"GET", "/api/link/text", SHOWN(get_text)},
    {"GET", "/api/link/events", SHOWN(follow_events)},
    {"GET", "/api/link/history", SHOWN(history_get_sittings)},
    {"GET", "/api/link/history/operations", SHOWN(history_get_operations)},
    {"POST", "/api/link/history/restore", SHOWN(history_restore)},
    {"GET", "/api/link/history/diff", SHOWN(history_get_diff)},
    {"GET", "/api/link/history/{revision}", PART(history_get_text)},
    {"GET", "/api/link/authorship", SHOWN(history_get_authorship)},
    COMMENT_ROUTES("/api/document/{id}/comments"),
    COMMENT_ROUTES("/api/link/comments"),
    {"POST", "/api/link/images", SHOWN(image_post), .body = BODY_IMAGE},
    {"GET", "/image/{id}", HANDLER(image_get)},
    {"GET", "/api/text/{id}", SHOWN(get_text)},
    {"GET", "/api/events/{id}", SHOWN(follow_events)},
    {"PUT", "/api/text/{id}", SHOWN(write_put), .body = BODY_TEXT},
    {"POST", "/api/text/{id}", SHOWN(write_post), .body = BODY_TEXT},
    {"PATCH", "/api/text/{id}", SHOWN(write_patch), .body = BODY_TEXT},
    {"POST", "/api/documents", HANDLER(post_documents), .body = BODY_TEXT},
    {"GET", "/api/stats", HANDLER(status_stats)},
    {"GET", "/metrics", HANDLER(status_prometheus)},
    {"GET", "/api/health", HANDLER(health_ready)},
    {"GET", "/api/health/live", HANDLER(health_live)},
    {"GET", "/api/cluster", HANDLER(cluster_describe)},
    {"GET", "/api/config", HANDLER(status_config)},
    {"GET", "/debug/pprof/", HANDLER(debug_index)},
    {"GET", "/debug/pprof/goroutine", HANDLER(debug_goroutine)},
    {"GET", "/debug/pprof/heap", HANDLER(debug_heap)},
    {"GET", "/debug/pprof/profile", HANDLER(debug_profile)},
    {"GET", "/debug/pprof/symbol", HANDLER(debug_symbol)},
    {"POST", "/debug/pprof/symbol", HANDLER(debug_symbol)},
    {"GET", "/debug/pprof/cmdline", HANDLER(debug_cmdline)},
};

/* ---- running a route ---- */

static void run_with_names(const struct route *route, struct api *api, struct http_request *request,
                           const struct route_names *names)
{
    struct slice shown = names->id.ptr ? bearer_or_otp(request) : (struct slice){0};
    if (route->handle)
        route->handle(api, request, names->id);
    else if (route->handle_shown)
        route->handle_shown(api, request, names->id, shown);
    else if (route->handle_part)
        route->handle_part(api, request, names->id, names->parts[0], shown);
    else if (route->job)
        http_job_post(api->server, request, route->job, names->id, bearer_secret(request));
    else if (route->link_job)
        http_job_post_link(api->server, request, route->link_job, NULL);
    else
        route->handle_comment(
            api, request,
            &(struct comment_path){.id = names->id, .thread = names->parts[0], .comment = names->parts[1]});
}

static void run(const struct route *route, struct api *api, struct http_request *request,
                const struct route_places *places)
{
    struct route_names names;
    enum error err = route_names_read(route->path, places, &names);
    if (err)
        refuse(request, err);
    else
        run_with_names(route, api, request, &names);
    route_names_deinit(&names);
}

/* ---- methods ---- */

static bool method_is(const struct http_request *request, const char *method)
{
    struct slice wanted = slice_from_cstr(method);
    bool is_head_of_get = slice_equal(request->method, SLICE("HEAD")) && slice_equal(wanted, SLICE("GET"));
    return is_head_of_get || slice_equal(request->method, wanted);
}

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

/* `first`: the one of the address that is first in the table. */
static void refuse_method_of_route(struct http_request *request, const struct route *first)
{
    char allow[64] = "OPTIONS";
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        if (strcmp(routes[i].path, first->path) != 0)
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

static bool is_at(const struct route *route, const struct route *first, struct slice path,
                  struct route_places *places)
{
    return first ? strcmp(route->path, first->path) == 0 : route_path_matches(route->path, path, places);
}

/* The route for the request's path and method; `*first` is the first for its path, NULL: there is none.
 * Paths are taken as they come in the table: ".../history/restore" is no revision of the history. */
static const struct route *find(const struct http_request *request, struct route_places *places,
                                const struct route **first)
{
    *first = NULL;
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        if (!is_at(&routes[i], *first, request->path, places))
            continue;
        if (!*first)
            *first = &routes[i];
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
    struct route_places places;
    const struct route *first, *route = find(request, &places, &first);
    if (refuse_origin(api, request, !first) || origin_answer_preflight(server_config(api->server), request))
        return;
    if (!is_known_method(request))
        refuse(request, ERR_NOT_IMPLEMENTED);
    else if (slice_equal(request->path, SLICE("*")))
        refuse_method(request, SLICE("OPTIONS, GET, HEAD, POST, PUT, PATCH, DELETE"));
    else if (route)
        run(route, api, request, &places);
    else if (first)
        refuse_method_of_route(request, first);
    else
        serve_file(api, request);
}

size_t routes_body_max(void *arg, const struct http_request *request)
{
    const struct api *api = arg;
    struct route_places places;
    const struct route *first, *route = find(request, &places, &first);
    switch (route ? route->body : BODY_SMALL) {
    case BODY_TEXT:
        return server_config(api->server)->max_document_bytes;
    case BODY_IMAGE:
        return server_config(api->server)->image_bytes;
    case BODY_COMMENT:
        return COMMENT_BODY_MAX;
    case BODY_SMALL:
        break;
    }
    return HTTP_BODY_MAX;
}

bool routes_is_server(void *arg, struct slice credential)
{
    struct api *api = arg;
    return credential_is_right(credential, store_identity(server_store(api->server)));
}
