#include "api/forward.h"

#include "api/client_tunnel.h"
#include "api/credential.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "shard/server.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { BODY_EXTRA_BYTES = 16 * 1024 * 1024 }; /* an answer may be that much larger than a document: files */

struct forward {
    struct forward_request request; /* without the address */
    struct upstream *upstream;      /* NULL once it has answered */
};

/* ---- what is sent ---- */

/* Those that change the answer; all others are the connection's affair, or are written
 * anew below. */
static const char *const sent_headers[] = {
    "Upgrade",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Version",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Extensions",
    "Origin",
    "Sec-Fetch-Site",
    "X-Forwarded-Host",
    "Forwarded",
    "Authorization",
    "Content-Type",
    "Accept",
    "Accept-Encoding",
    "If-None-Match",
    "If-Match",
    "Idempotency-Key",
    "X-Author-Name",
    "X-Author-Hue",
    "X-Author-Token",
    "Last-Event-ID",
};

/* The buffer, and whether everything so far had a place in it. */
struct text {
    struct buf *buf;
    enum error err;
};

static void add(struct text *t, struct slice part)
{
    if (!t->err)
        t->err = buf_append(t->buf, part);
}

static void add_header(struct text *t, const char *name, struct slice value)
{
    add(t, slice_from_cstr(name));
    add(t, SLICE(": "));
    add(t, value);
    add(t, SLICE("\r\n"));
}

/* A HEAD is asked for as a GET: the HTTP server leaves the body out, and knows its length. */
static struct slice method_of(const struct http_request *http)
{
    return slice_equal(http->method, SLICE("HEAD")) ? SLICE("GET") : http->method;
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

/* What would end the line, or a part of it, is escaped: a lenient client may have sent it. */
static void add_target(struct text *t, struct slice part)
{
    for (size_t i = 0; i < part.len; i++) {
        char escape[4];
        bool is_plain = part.ptr[i] != ' ' && !is_control(part.ptr[i]);
        snprintf(escape, sizeof(escape), "%%%02X", (unsigned char)part.ptr[i]);
        add(t, is_plain ? slice_of(part.ptr + i, 1) : slice_of(escape, 3));
    }
}

static void add_request_line(struct text *t, const struct forward_request *r)
{
    struct slice query = http_raw_query(r->http);
    add(t, method_of(r->http));
    add(t, SLICE(" "));
    add(t, slice_from_cstr(r->shard->config->base_path));
    add_target(t, r->http->path);
    if (query.ptr) {
        add(t, SLICE("?"));
        add_target(t, query);
    }
    add(t, SLICE(" HTTP/1.1\r\n"));
}

static void add_client(struct text *t, const struct forward_request *r)
{
    char client[ADDRESS_TEXT_MAX];
    size_t len = address_format(r->http->client, client);
    add_header(t, "X-Forwarded-For", slice_of(client, len));
    add_header(t, "X-Forwarded-Proto", r->http->is_tls ? SLICE("https") : SLICE("http"));
}

static void add_credential(struct text *t, const struct forward_request *r)
{
    add(t, SLICE("X-Kolabpad-Node: "));
    if (!t->err)
        t->err = credential_append(t->buf, store_identity(r->shard->store));
    add(t, SLICE("\r\n"));
}

/* One that would end its line is left out. */
static void add_sent_header(struct text *t, const struct forward_request *r, const char *name)
{
    struct slice value = http_header(r->http, name);
    for (size_t i = 0; i < value.len; i++)
        if (is_control(value.ptr[i]) && value.ptr[i] != '\t')
            return;
    if (value.ptr)
        add_header(t, name, value);
}

enum error forward_write_request(const struct forward_request *r, struct buf *out)
{
    struct text t = {.buf = out};
    char length[24];
    int len = snprintf(length, sizeof(length), "%zu", r->http->body.len);
    add_request_line(&t, r);
    add_header(&t, "Host", r->http->host); /* of HTTP/1.0 perhaps none, which an empty one says here */
    add_credential(&t, r);
    add_client(&t, r);
    add_header(&t, "Connection", r->may_upgrade ? SLICE("Upgrade") : SLICE("close"));
    for (size_t i = 0; i < sizeof(sent_headers) / sizeof(sent_headers[0]); i++)
        add_sent_header(&t, r, sent_headers[i]);
    if (r->http->body.len > 0)
        add_header(&t, "Content-Length", slice_of(length, (size_t)len));
    add(&t, SLICE("\r\n"));
    add(&t, r->http->body);
    return t.err;
}

/* ---- what comes back ---- */

static const char *const returned_headers[] = {"Content-Type",     "ETag",       "Cache-Control",
                                               "Content-Encoding", "Vary",       "WWW-Authenticate",
                                               "Location",         "Retry-After"};

static void respond(struct http_request *http, const struct upstream_answer *answer)
{
    struct http_response response = {.status = answer->head.status, .body = answer->body};
    for (size_t i = 0; i < sizeof(returned_headers) / sizeof(returned_headers[0]); i++) {
        const char *name = returned_headers[i];
        struct slice value = response_head_field(&answer->head, slice_from_cstr(name));
        if (value.ptr)
            response.headers[response.header_count++] = (struct http_header_pair){name, value};
    }
    http_respond(http, &response);
}

void forward_log_failure(const struct store_owner *to, const char *why)
{
    char peer[24];
    snprintf(peer, sizeof(peer), "%" PRIu64, to->incarnation);
    metric_inc(METRIC_TUNNEL_ERRORS);
    log_event(LOG_WARN, "server_unreachable", LOG_CSTR("server", peer), LOG_CSTR("error", why));
}

struct upstream *forward_ask(struct shard *shard, const struct store_owner *to, struct upstream_request *ask)
{
    ask->address = to->address;
    ask->peer = to->incarnation;
    struct upstream *upstream = upstream_ask(&shard->upstreams, ask);
    if (!upstream)
        forward_log_failure(to, "its address is none, or there are no more sockets");
    return upstream;
}

static void end(struct forward *forward, enum forward_outcome outcome)
{
    struct forward_request request = forward->request;
    free(forward);
    request.done(request.arg, outcome);
}

/* What may become a tunnel is a connection from its beginning. */
static bool is_counted(const struct forward_request *r)
{
    return r->may_upgrade || r->may_stream;
}

static void uncount(const struct forward_request *r)
{
    if (is_counted(r))
        limits_disconnect(r->shard->limits, r->http->client);
}

static void on_socket_came(struct forward *forward, const struct upstream_answer *answer)
{
    const struct forward_request *r = &forward->request;
    enum error err = answer->head.is_stream
                         ? client_tunnel_begin_stream(r->shard, r->http, r->to.incarnation, answer)
                         : client_tunnel_begin(r->shard, r->http, r->to.incarnation, answer);
    if (err) {
        uncount(r);
        http_respond_error(r->http, ERR_NO_MEMORY);
    }
    end(forward, FORWARD_ANSWERED);
}

static bool is_misdirected(const struct forward_request *r, int status)
{
    return status == error_http_status(ERR_MISDIRECTED) ||
           (r->is_search && status == error_http_status(ERR_NOT_FOUND));
}

static void on_answer(void *owner, const struct upstream_answer *answer)
{
    struct forward *forward = owner;
    struct forward_request *r = &forward->request;
    forward->upstream = NULL;
    if (!answer->err && answer->fd >= 0) {
        on_socket_came(forward, answer);
        return;
    }
    uncount(r);
    if (answer->err) {
        forward_log_failure(&r->to, answer->why);
        end(forward, answer->is_sent ? FORWARD_FAILED : FORWARD_UNREACHED);
    } else if (is_misdirected(r, answer->head.status)) {
        end(forward, FORWARD_MISDIRECTED);
    } else {
        respond(r->http, answer);
        end(forward, FORWARD_ANSWERED);
    }
}

/* ---- asking ---- */

static enum error ask(struct forward *forward, const struct forward_request *r)
{
    struct buf bytes = {0};
    enum error err = forward_write_request(r, &bytes);
    if (err) {
        buf_deinit(&bytes);
        return err;
    }
    struct upstream_request upstream = {.bytes = &bytes,
                                        .body_max = r->shard->config->max_document_bytes + BODY_EXTRA_BYTES,
                                        .takes_upgrade = r->may_upgrade,
                                        .takes_stream = r->may_stream,
                                        .done = on_answer,
                                        .owner = forward};
    forward->upstream = forward_ask(r->shard, &r->to, &upstream);
    return forward->upstream ? OK : ERR_ELSEWHERE;
}

enum error forward_begin(const struct forward_request *request, struct forward **out)
{
    struct limits *limits = request->shard->limits;
    enum error err = is_counted(request) ? limits_connect(limits, request->http->client) : OK;
    if (err)
        return err;
    struct forward *forward = calloc(1, sizeof(*forward));
    err = forward ? ask(forward, request) : ERR_NO_MEMORY;
    if (err) {
        uncount(request);
        free(forward);
        return err;
    }
    metric_inc(METRIC_FORWARDS);
    forward->request = *request;
    forward->request.to.address = (struct slice){0};
    *out = forward;
    return OK;
}

void forward_cancel(struct forward *forward)
{
    if (!forward)
        return;
    upstream_cancel(forward->upstream);
    uncount(&forward->request);
    free(forward);
}

/* ---- the others ---- */

struct living {
    struct store_peer peers[STORE_PEERS_MAX];
    uint32_t count;
};

static bool is_alive(void *arg, uint64_t peer)
{
    const struct living *living = arg;
    for (uint32_t i = 0; i < living->count; i++)
        if (living->peers[i].incarnation == peer)
            return true;
    return false;
}

void forward_check_peers(struct shard *shard)
{
    struct living living;
    living.count = store_peers(shard->store, living.peers);
    upstreams_close_dead(&shard->upstreams, is_alive, &living);
    tunnels_close_dead(&shard->tunnels, is_alive, &living);
    owners_forget_all(&shard->owners);
}
