#include "api/origin.h"

#include <string.h>
#include <strings.h>

static bool is_own(struct slice origin, struct slice host)
{
    const char *authority = memmem(origin.ptr, origin.len, "://", 3);
    if (!authority || !host.ptr)
        return false;
    size_t skipped = (size_t)(authority + 3 - origin.ptr);
    struct slice rest = slice_from(origin, skipped);
    return rest.len == host.len && strncasecmp(rest.ptr, host.ptr, host.len) == 0;
}

static bool is_listed(const struct config *config, struct slice origin)
{
    for (size_t i = 0; i < config->origin_count; i++) {
        struct slice listed = slice_from_cstr(config->origins[i]);
        if (slice_equal(listed, SLICE("*")) || slice_equal(listed, origin))
            return true;
    }
    return false;
}

bool origin_is_allowed(const struct config *config, const struct http_request *request)
{
    struct slice origin = http_header(request, "Origin");
    return !origin.ptr || is_own(origin, http_header(request, "Host")) || is_listed(config, origin);
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
        .headers = {{"Access-Control-Allow-Origin", origin},
                    {"Access-Control-Allow-Methods", SLICE("GET, POST, DELETE")},
                    {"Access-Control-Allow-Headers", SLICE("Content-Type, Authorization")},
                    {"Access-Control-Max-Age", SLICE("600")},
                    {"Vary", SLICE("Origin")}},
        .header_count = 5};
    http_respond(request, &response);
    return true;
}
