#include "api/bearer.h"

#include <strings.h>

struct slice bearer_secret(const struct http_request *request)
{
    const struct slice scheme = SLICE("Bearer ");
    struct slice header = http_header(request, "Authorization");
    if (!header.ptr || header.len <= scheme.len || strncasecmp(header.ptr, scheme.ptr, scheme.len) != 0)
        return (struct slice){0};
    return slice_from(header, scheme.len);
}

struct slice bearer_or_otp(const struct http_request *request)
{
    struct slice bearer = bearer_secret(request);
    return bearer.ptr ? bearer : http_query(request, "otp");
}
