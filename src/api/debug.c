#include "api/debug.h"

#include "api/bearer.h"
#include "api/task_dump.h"
#include "guard/random.h"
#include "observe/clock.h"
#include "observe/cpu_profile.h"
#include "observe/crash.h"
#include "observe/heap_profile.h"
#include "observe/metrics.h"
#include "observe/symbol.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

enum { PROFILE_SECONDS = 30, PROFILE_SECONDS_MAX = 300 };

/* The processor profile: at most one is under way, on a thread of its own that
 * waits and answers. `lock` guards all fields. */
struct debug {
    uv_mutex_t lock;
    uv_cond_t wake;
    bool stopping;
    bool running;    /* the thread has not answered yet */
    bool has_thread; /* to be joined */
    uv_thread_t thread;
    struct http_request *request;
    uint64_t seconds;
};

/* ---- who may ---- */

static bool is_loopback(struct address client)
{
    static const char *const networks[] = {"127.0.0.0/8", "::1"};
    struct network network;
    for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++)
        if (network_parse(slice_from_cstr(networks[i]), &network) && network_contains(network, client))
            return true;
    return false;
}

/* A proxy on this machine that nobody declared in TRUSTED_PROXIES makes the
 * whole world look local; its headers give it away. */
static bool came_through_proxy(const struct http_request *request)
{
    static const char *const marks[] = {"X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded",
                                        "Via"};
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (http_header(request, marks[i]).ptr)
            return true;
    return false;
}

/* A wrong token counts as a wrong password does. Where there is none to be guessed nothing counts. */
static enum error check_token(const struct api *api, const struct http_request *request)
{
    struct limits *limits = server_limits(api->server);
    struct slice token = slice_from_cstr(server_config(api->server)->debug_token);
    struct slice given = bearer_secret(request);
    if (!given.ptr)
        given = http_query(request, "token");
    if (token.len == 0 || !given.ptr)
        return ERR_FORBIDDEN;
    if (!limits_has(limits, LIMIT_PASSWORD_ATTEMPT, request->client, clock_ms()))
        return ERR_RATE_LIMITED;
    if (secret_equal(given, token))
        return OK;
    limits_take(limits, LIMIT_PASSWORD_ATTEMPT, request->client, clock_ms());
    return ERR_FORBIDDEN;
}

bool debug_admits(const struct api *api, struct http_request *request)
{
    bool is_local = is_loopback(request->client) && !came_through_proxy(request);
    enum error err = is_local ? OK : check_token(api, request);
    if (!err)
        return true;
    metric_rejected(err);
    http_respond_error(request, err);
    return false;
}

/* ---- answering ---- */

static void respond(struct http_request *request, const char *type, struct buf *body, enum error err)
{
    struct http_response response = {.status = 200,
                                     .content_type = type,
                                     .body = buf_slice(body),
                                     .headers = {{"Cache-Control", SLICE("no-store")}},
                                     .header_count = 1};
    if (err)
        http_respond_error(request, err);
    else
        http_respond(request, &response);
    buf_deinit(body);
}

static void respond_text(struct http_request *request, struct buf *body, enum error err)
{
    respond(request, "text/plain; charset=utf-8", body, err);
}

void debug_index(struct api *api, struct http_request *request, struct slice id)
{
    (void)id;
    struct buf body = {0};
    if (!debug_admits(api, request))
        return;
    enum error err = buf_append(&body, SLICE("goroutine            live tasks, counted\n"
                                             "goroutine?debug=2    live tasks, one block for each\n"
                                             "heap                 memory in use, by stack\n"
                                             "profile?seconds=30   processor time, by stack\n"
                                             "symbol               names for addresses (POST)\n"
                                             "cmdline              the command line\n"));
    respond_text(request, &body, err);
}

void debug_goroutine(struct api *api, struct http_request *request, struct slice id)
{
    (void)id;
    if (!debug_admits(api, request))
        return;
    struct slice debug = http_query(request, "debug");
    bool is_full = debug.ptr && slice_equal(debug, SLICE("2"));
    if (server_is_stopping(api->server))
        http_respond_error(request, ERR_SHUTTING_DOWN);
    else
        task_dump(api->server, request, is_full ? TASK_DUMP_BLOCKS : TASK_DUMP_SUMMARY);
}

void debug_heap(struct api *api, struct http_request *request, struct slice id)
{
    (void)id;
    struct buf body = {0};
    if (debug_admits(api, request))
        respond_text(request, &body, heap_profile_write(&body));
}

/* A GET asks whether there are names at all; a POST brings addresses. */
void debug_symbol(struct api *api, struct http_request *request, struct slice id)
{
    (void)id;
    struct buf body = {0};
    if (!debug_admits(api, request))
        return;
    enum error err = request->body.len > 0 ? symbol_append_names(request->body, &body)
                                           : buf_append(&body, SLICE("num_symbols: 1\n"));
    respond_text(request, &body, err);
}

void debug_cmdline(struct api *api, struct http_request *request, struct slice id)
{
    (void)id;
    struct buf body = {0};
    if (!debug_admits(api, request))
        return;
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    char text[4096];
    ssize_t len = fd < 0 ? 0 : read(fd, text, sizeof(text));
    if (fd >= 0)
        close(fd);
    respond_text(request, &body, buf_append(&body, slice_of(text, len > 0 ? (size_t)len : 0)));
}

/* ---- processor time ---- */

/* Absent: PROFILE_SECONDS. 0: not a number that makes sense. */
static uint64_t asked_seconds(const struct http_request *request)
{
    struct slice text = http_query(request, "seconds");
    uint64_t seconds = 0;
    if (!text.ptr)
        return PROFILE_SECONDS;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || seconds > PROFILE_SECONDS_MAX)
            return 0;
        seconds = seconds * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return seconds <= PROFILE_SECONDS_MAX ? seconds : 0;
}

static void wait_and_answer(void *arg)
{
    struct debug *debug = arg;
    uint64_t end_ns = uv_hrtime() + debug->seconds * 1000000000u;
    struct buf body = {0};
    crash_watch_thread("profile");
    uv_mutex_lock(&debug->lock);
    for (uint64_t now_ns; !debug->stopping && (now_ns = uv_hrtime()) < end_ns;)
        uv_cond_timedwait(&debug->wake, &debug->lock, end_ns - now_ns);
    uv_mutex_unlock(&debug->lock);
    enum error err = cpu_profile_stop(&body);
    respond(debug->request, "application/octet-stream", &body, err);
    uv_mutex_lock(&debug->lock);
    debug->running = false;
    uv_mutex_unlock(&debug->lock);
}

/* The caller holds the lock, and no profile is running. */
static enum error start_profile(struct debug *debug, struct http_request *request, uint64_t seconds)
{
    struct buf nothing = {0};
    if (debug->has_thread)
        uv_thread_join(&debug->thread); /* it has answered: this is short */
    debug->has_thread = false;
    enum error err = cpu_profile_start();
    if (err)
        return err;
    debug->request = request;
    debug->seconds = seconds;
    debug->has_thread = debug->running = uv_thread_create(&debug->thread, wait_and_answer, debug) == 0;
    if (debug->running)
        return OK;
    cpu_profile_stop(&nothing);
    buf_deinit(&nothing);
    return ERR_NO_MEMORY;
}

void debug_profile(struct api *api, struct http_request *request, struct slice id)
{
    (void)id;
    struct debug *debug = api->debug;
    if (!debug_admits(api, request))
        return;
    uint64_t seconds = asked_seconds(request);
    enum error err = seconds == 0 ? ERR_BAD_REQUEST : OK;
    uv_mutex_lock(&debug->lock);
    if (!err && debug->stopping)
        err = ERR_SHUTTING_DOWN;
    if (!err && debug->running)
        err = ERR_OVERLOADED;
    if (!err)
        err = start_profile(debug, request, seconds);
    uv_mutex_unlock(&debug->lock);
    if (err)
        http_respond_error(request, err);
}

/* ---- life ---- */

enum error debug_new(struct debug **out)
{
    struct debug *debug = calloc(1, sizeof(*debug));
    if (!debug)
        return ERR_NO_MEMORY;
    if (uv_mutex_init(&debug->lock) != 0)
        goto no_lock;
    if (uv_cond_init(&debug->wake) != 0)
        goto no_cond;
    *out = debug;
    return OK;

no_cond:
    uv_mutex_destroy(&debug->lock);
no_lock:
    free(debug);
    return ERR_NO_MEMORY;
}

void debug_stop(struct debug *debug)
{
    if (!debug)
        return;
    uv_mutex_lock(&debug->lock);
    debug->stopping = true;
    uv_cond_signal(&debug->wake);
    bool has_thread = debug->has_thread;
    debug->has_thread = false;
    uv_mutex_unlock(&debug->lock);
    if (has_thread)
        uv_thread_join(&debug->thread);
}

void debug_free(struct debug *debug)
{
    if (!debug)
        return;
    uv_cond_destroy(&debug->wake);
    uv_mutex_destroy(&debug->lock);
    free(debug);
}
