#include "api/origin.h"

#include "net/header_list.h"
#include "observe/log.h"

#include <stdatomic.h>
#include <string.h>
#include <uv.h>

enum { LOG_INTERVAL_MS = 60000, NS_PER_MS = 1000000 };

/* ---- origins and hosts ---- */

/* "scheme://name:port", taken apart. Without a port it is the scheme's. */
struct origin {
    struct slice scheme, name, port;
};

static struct slice default_port(struct slice scheme)
{
    if (ascii_equal_nocase(scheme, SLICE("https")) || ascii_equal_nocase(scheme, SLICE("wss")))
        return SLICE("443");
    if (ascii_equal_nocase(scheme, SLICE("http")) || ascii_equal_nocase(scheme, SLICE("ws")))
        return SLICE("80");
    return (struct slice){0};
}

/* `host` as a browser that came by this scheme asked for it. */
static struct origin origin_at(struct slice scheme, struct slice host)
{
    struct origin o = {.scheme = scheme, .name = host, .port = default_port(scheme)};

    for (size_t i = host.len; i > 0 && host.ptr[i - 1] != ']'; i--) {
        if (host.ptr[i - 1] != ':')
            continue;
        o.name = slice_of(host.ptr, i - 1);
        if (i < host.len) /* "name:" has the default port */
            o.port = slice_from(host, i);
        break;
    }
    return o;
}

static bool origin_parse(struct slice text, struct origin *out)
{
    const char *mark = text.len > 0 ? memmem(text.ptr, text.len, "://", 3) : NULL;

    if (!mark)
        return false;
    size_t scheme_len = (size_t)(mark - text.ptr);
    *out = origin_at(slice_of(text.ptr, scheme_len), slice_from(text, scheme_len + 3));
    return out->name.len > 0;
}

static bool origin_equal(struct origin a, struct origin b)
{
    return ascii_equal_nocase(a.scheme, b.scheme) && ascii_equal_nocase(a.name, b.name) &&
           slice_equal(a.port, b.port);
}

/* ---- the host's own ---- */

static bool is_at(struct origin origin, struct slice host)
{
    return origin_equal(origin, origin_at(origin.scheme, host));
}

static bool is_in_forwarded_host(struct origin origin, struct slice hosts)
{
    struct header_item item;

    while (header_list_next(&hosts, &item))
        if (is_at(origin, item.name))
            return true;
    return false;
}

static struct slice unquoted(struct slice s)
{
    bool is_quoted = s.len >= 2 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"';

    return is_quoted ? slice_of(s.ptr + 1, s.len - 2) : s;
}

/* RFC 7239: `Forwarded: for=192.0.2.1;host="pad.example:8443";proto=https, for=…`. No
 * value that matters holds a comma or a semicolon. */
static bool is_in_forwarded(struct origin origin, struct slice forwarded)
{
    while (forwarded.len > 0) {
        size_t len = 0;
        while (len < forwarded.len && forwarded.ptr[len] != ',' && forwarded.ptr[len] != ';')
            len++;
        struct slice pair = trim_blanks(slice_of(forwarded.ptr, len));
        forwarded = slice_from(forwarded, len < forwarded.len ? len + 1 : len);
        if (pair.len > 5 && ascii_equal_nocase(slice_of(pair.ptr, 5), SLICE("host=")) &&
            is_at(origin, unquoted(slice_from(pair, 5))))
            return true;
    }
    return false;
}

static bool is_own(struct origin origin, const struct http_request *request)
{
    return (request->host.ptr && is_at(origin, request->host)) ||
           is_in_forwarded_host(origin, http_header(request, "X-Forwarded-Host")) ||
           is_in_forwarded(origin, http_header(request, "Forwarded"));
}

/* ---- others ---- */

static bool is_listed(const struct config *config, struct slice text)
{
    struct origin origin, listed;
    bool is_origin = origin_parse(text, &origin);

    for (size_t i = 0; i < config->origin_count; i++) {
        struct slice entry = slice_from_cstr(config->origins[i]);
        if (slice_equal(entry, SLICE("*")) ||
            (is_origin && origin_parse(entry, &listed) && origin_equal(origin, listed)))
            return true;
    }
    return false;
}

bool origin_is_allowed(const struct config *config, const struct http_request *request)
{
    struct slice text = http_header(request, "Origin");
    struct origin origin;

    if (!text.ptr)
        return true;
    return (origin_parse(text, &origin) && is_own(origin, request)) || is_listed(config, text);
}

/* Some old browsers send no Origin with a form; those that send Sec-Fetch-Site say it
 * there. */
bool origin_is_page(const struct http_request *request)
{
    return http_header(request, "Origin").ptr || http_header(request, "Sec-Fetch-Site").ptr;
}

static bool is_json(const struct http_request *request)
{
    struct slice type = http_header(request, "Content-Type");
    const struct slice json = SLICE("application/json");
    return type.ptr && type.len >= json.len && strncasecmp(type.ptr, json.ptr, json.len) == 0 &&
           (type.len == json.len || type.ptr[json.len] == ';' || type.ptr[json.len] == ' ');
}

bool origin_is_hidden(const struct http_request *request)
{
    return slice_equal(http_header(request, "Sec-Fetch-Site"), SLICE("cross-site")) &&
           !http_header(request, "Origin").ptr;
}

bool origin_may_be_forged(const struct http_request *request)
{
    return origin_is_page(request) && !is_json(request);
}

/* ---- what the administrator is told ---- */

static struct slice or_none(struct slice s)
{
    return s.ptr ? s : SLICE("none");
}

void origin_log_refused(const struct http_request *request)
{
    static _Atomic uint64_t next_ms, refused;
    uint64_t now_ms = uv_hrtime() / NS_PER_MS, due_ms = atomic_load(&next_ms);

    atomic_fetch_add(&refused, 1);
    if (now_ms < due_ms || !atomic_compare_exchange_strong(&next_ms, &due_ms, now_ms + LOG_INTERVAL_MS))
        return;
    log_event(LOG_WARN, "origin_refused", LOG_STR("origin", http_header(request, "Origin")),
              LOG_STR("host", or_none(http_header(request, "Host"))),
              LOG_STR("forwarded_host", or_none(http_header(request, "X-Forwarded-Host"))),
              LOG_STR("path", request->path), LOG_UINT("count", atomic_exchange(&refused, 0)),
              LOG_CSTR("help",
                       "If this is your own page behind a proxy, let the proxy pass the Host header as the "
                       "browser sent it, port included, or X-Forwarded-Host; or name the origin in "
                       "ALLOWED_ORIGINS."));
}

void origin_allow_answer(const struct config *config, struct http_request *request)
{
    struct slice origin = http_header(request, "Origin");

    if (origin.ptr && is_listed(config, origin))
        http_allow_origin(request, origin);
}

bool origin_answer_preflight(const struct config *config, struct http_request *request)
{
    struct slice origin = http_header(request, "Origin");
    bool is_preflight =
        slice_equal(request->method, SLICE("OPTIONS")) && origin.ptr && is_listed(config, origin);
    if (!is_preflight)
        return false;
    struct http_response response = {
        .status = 204,
        .headers = {{"Access-Control-Allow-Methods", SLICE("GET, POST, PUT, PATCH, DELETE")},
                    {"Access-Control-Allow-Headers",
                     SLICE("Content-Type, Authorization, If-Match, If-None-Match, Idempotency-Key, "
                           "X-Author-Name, X-Author-Hue, X-Author-Token, Last-Event-ID")},
                    {"Access-Control-Max-Age", SLICE("600")}},
        .header_count = 3};
    http_respond(request, &response);
    return true;
}
