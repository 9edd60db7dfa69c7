#include "cli/api.h"

#include <string.h>
#include <time.h>

enum { PAUSE_MS = 500, MS = 1000, NS = 1000000, NOT_YET_SERVED = 500, TOO_MANY = 429, UNAUTHORIZED = 401 };

struct slice api_bearer(const struct address *pad, const struct password *password)
{
    const char *secret = pad->link[0] ? pad->link : pad->owner[0] ? pad->owner : password->text;
    return secret[0] ? slice_from_cstr(secret) : (struct slice){0};
}

static void wait_ms(int64_t ms)
{
    struct timespec pause = {.tv_sec = ms / MS, .tv_nsec = ms % MS * NS};
    nanosleep(&pause, NULL);
}

/* What may be asked twice without a second effect. */
static bool is_repeatable(const struct http_request *request)
{
    for (size_t i = 0; i < HTTP_HEADERS_MAX && request->headers[i].name; i++)
        if (strcmp(request->headers[i].name, "idempotency-key") == 0)
            return true;
    return strcmp(request->method, "POST") != 0;
}

/* True when another try is worth it, after a pause. */
static bool may_try_again(struct call *call, const struct http_request *request,
                          const struct http_answer *answer, int64_t until_ms)
{
    if (answer->status == 0 ? !is_repeatable(request)
                            : answer->status != TOO_MANY && answer->status < NOT_YET_SERVED)
        return false;
    int64_t pause_ms = answer->retry_after_s > 0 ? (int64_t)answer->retry_after_s * MS : PAUSE_MS;
    if (net_now_ms(&call->net) + pause_ms > until_ms)
        return false;
    wait_ms(pause_ms);
    return true;
}

enum exit_code api_ask(struct call *call, struct http_request *request, struct http_answer *answer)
{
    int64_t until_ms = net_now_ms(&call->net) + (call->timeout_s > 0 ? (int64_t)call->timeout_s * MS : 0);
    for (;;) {
        request->bearer = api_bearer(&call->address, &call->password);
        http_ask(&call->net, request, answer);
        if (answer->status >= 200 && answer->status < 300)
            return EXIT_DONE;
        enum exit_code code = EXIT_PASSWORD;
        if (answer->status == UNAUTHORIZED)
            code = password_ask(&call->password);
        else if (may_try_again(call, request, answer, until_ms))
            code = EXIT_DONE;
        else
            code = http_explain(&call->net, answer);
        if (code)
            return code;
        buf_deinit(&answer->body);
    }
}

enum error api_path(const struct address *pad, const char *of_pad, const char *tail, struct buf *out)
{
    bool is_link = pad->kind == ADDRESS_LINK;
    enum error err = buf_append(out, slice_from_cstr(pad->base));
    err = err ? err : buf_append(out, SLICE("api/"));
    err = err ? err : buf_append(out, is_link ? SLICE("link") : slice_from_cstr(of_pad));
    if (!err && pad->kind == ADDRESS_PAD) {
        err = buf_append(out, SLICE("/"));
        err = err ? err : address_escape(slice_from_cstr(pad->id), out);
    }
    err = err ? err : buf_append(out, slice_from_cstr(tail));
    return err ? err : buf_append(out, slice_of("", 1));
}
