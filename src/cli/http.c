#include "cli/http.h"

#include "version.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { WRITE_BYTES = 64 << 10, READ_BYTES = 64 << 10, BEARER_BYTES = 300 };

static struct http *http_of(struct net_peer *peer)
{
    return lws_container_of(peer, struct http, peer);
}

static void end(struct http *http, const char *why)
{
    if (http->is_over)
        return;
    http->is_over = true;
    if (!http->is_complete) {
        http->answer->status = 0;
        lws_strncpy(http->answer->why, why && why[0] ? net_why(why) : "it did not answer, or not to the end",
                    sizeof(http->answer->why));
    }
    if (http->peer.wsi)
        lws_set_opaque_user_data(http->peer.wsi, NULL);
    http->peer.wsi = NULL;
    http->done(http);
}

/* ---- the request ---- */

static bool add(struct lws *wsi, const char *name, const char *value, unsigned char **at, unsigned char *to)
{
    char with_colon[64];
    lws_snprintf(with_colon, sizeof(with_colon), "%s:", name);
    return lws_add_http_header_by_name(wsi, (const unsigned char *)with_colon, (const unsigned char *)value,
                                       (int)strlen(value), at, to) == 0;
}

static int add_headers(struct http *http, struct lws *wsi, unsigned char **at, size_t room)
{
    const struct http_request *r = http->request;
    unsigned char *to = *at + room - 1;
    char value[BEARER_BYTES];
    bool fits = add(wsi, "user-agent", "kolabpad/" KOLABPAD_VERSION, at, to);
    if (r->bearer.ptr && r->bearer.len > 0) {
        lws_snprintf(value, sizeof(value), "Bearer %.*s", (int)r->bearer.len, r->bearer.ptr);
        fits = fits && add(wsi, "authorization", value, at, to);
    }
    for (size_t i = 0; i < HTTP_HEADERS_MAX && r->headers[i].name; i++)
        fits = fits && add(wsi, r->headers[i].name, r->headers[i].value, at, to);
    if (r->body.ptr) {
        lws_snprintf(value, sizeof(value), "%zu", r->body.len);
        fits = fits && add(wsi, "content-length", value, at, to);
        if (r->body.len > 0) {
            lws_client_http_body_pending(wsi, 1);
            lws_callback_on_writable(wsi);
        }
    }
    return fits ? 0 : -1;
}

static int write_body(struct http *http, struct lws *wsi)
{
    unsigned char chunk[LWS_PRE + WRITE_BYTES];
    struct slice rest = slice_from(http->request->body, http->sent_bytes);
    size_t len = rest.len < WRITE_BYTES ? rest.len : WRITE_BYTES;
    bool is_last = len == rest.len;
    if (len == 0)
        return 0;
    memcpy(chunk + LWS_PRE, rest.ptr, len);
    http->sent_bytes += len;
    if (is_last)
        lws_client_http_body_pending(wsi, 0);
    if (lws_write(wsi, chunk + LWS_PRE, len, is_last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < 0)
        return -1;
    if (!is_last)
        lws_callback_on_writable(wsi);
    return 0;
}

/* ---- the answer ---- */

static void read_head(struct http *http, struct lws *wsi)
{
    struct http_answer *a = http->answer;
    char seconds[16] = "";
    a->status = (int)lws_http_client_http_response(wsi);
    lws_hdr_copy(wsi, a->etag, sizeof(a->etag), WSI_TOKEN_HTTP_ETAG);
    lws_hdr_copy(wsi, a->location, sizeof(a->location), WSI_TOKEN_HTTP_LOCATION);
    lws_hdr_copy(wsi, seconds, sizeof(seconds), WSI_TOKEN_HTTP_RETRY_AFTER);
    a->retry_after_s = atoi(seconds);
}

static int take_some(struct lws *wsi)
{
    char chunk[LWS_PRE + READ_BYTES], *at = chunk + LWS_PRE;
    int len = READ_BYTES;
    return lws_http_client_read(wsi, &at, &len) < 0 ? -1 : 0;
}

static int keep(struct http *http, struct slice bytes)
{
    struct buf *body = &http->answer->body;
    if (body->len + bytes.len > HTTP_BODY_MAX || buf_append(body, bytes)) {
        end(http, "the answer is too large");
        return -1;
    }
    return 0;
}

static int hear(struct net_peer *peer, struct lws *wsi, enum lws_callback_reasons reason, void *in,
                size_t len)
{
    struct http *http = http_of(peer);
    switch (reason) {
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
        return add_headers(http, wsi, (unsigned char **)in, len);
    case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE:
        return write_body(http, wsi);
    case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
        read_head(http, wsi);
        return 0;
    case LWS_CALLBACK_RECEIVE_CLIENT_HTTP:
        return take_some(wsi);
    case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
        return keep(http, slice_of(in, len));
    case LWS_CALLBACK_COMPLETED_CLIENT_HTTP:
        http->is_complete = true;
        end(http, NULL);
        return -1;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        end(http, in);
        return 0;
    case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
    case LWS_CALLBACK_WSI_DESTROY:
        end(http, NULL);
        return 0;
    default:
        return 0;
    }
}

void http_start(struct http *http, struct net *net, const struct http_request *request,
                struct http_answer *answer, void (*done)(struct http *))
{
    *http = (struct http){.peer.hear = hear, .net = net, .request = request, .answer = answer, .done = done};
    *answer = (struct http_answer){0};
    if (!net_connect(net, &http->peer, request->method, request->path))
        end(http, "the name of its host is not known");
}

static void note_end(struct http *http)
{
    (void)http; /* is_over says it */
}

void http_ask(struct net *net, const struct http_request *request, struct http_answer *answer)
{
    struct http http;
    http_start(&http, net, request, answer, note_end);
    net_run_until(net, &http.is_over);
}

/* ---- what it means ---- */

void http_reason(const struct http_answer *answer, char *out, size_t size)
{
    json_t *root = json_loadb(answer->body.ptr ? answer->body.ptr : "", answer->body.len, 0, NULL);
    const char *text = json_string_value(json_object_get(root, "error"));
    if (text)
        lws_strncpy(out, text, size);
    else
        lws_snprintf(out, size, "the server answers %d, as no Kolabpad of this version does", answer->status);
    json_decref(root);
}

enum exit_code http_explain(const struct net *net, const struct http_answer *answer)
{
    char name[ADDRESS_PART_BYTES + 16], reason[512];
    net_name(net, name, sizeof(name));
    if (answer->status == 0)
        return say(EXIT_UNREACHABLE,
                   "%s cannot be reached: %s. Is the address right, and does the server run?", name,
                   answer->why);
    if (answer->status == 401)
        return EXIT_PASSWORD;
    if (answer->status >= 300 && answer->status < 400)
        return say(EXIT_REFUSED, "%s sends its visitors to %s: use that address", name, answer->location);
    http_reason(answer, reason, sizeof(reason));
    if (answer->status >= 500)
        return say(EXIT_UNREACHABLE, "%s cannot serve this now: %s", name, reason);
    return say(EXIT_REFUSED, "%s refuses: %s", name, reason);
}
