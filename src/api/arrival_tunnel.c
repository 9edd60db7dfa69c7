#include "api/arrival_tunnel.h"

#include "api/client_tunnel.h"
#include "api/credential.h"
#include "net/deflate.h"
#include "observe/metrics.h"
#include "shard/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char arrival_document_header[] = "X-Kolabpad-Document";

enum { UPGRADED = 101, BODY_MAX = 64 * 1024 };

struct arrival_tunnel {
    struct arrival_tunnel_request request; /* without the address and the id */
    struct upstream *upstream;             /* NULL once it has answered */
};

/* ---- the handshake ---- */

/* Its key and what is made of it mean nothing between us. */
static const char handshake_rest[] = "Connection: Upgrade\r\n"
                                     "Upgrade: websocket\r\n"
                                     "Sec-WebSocket-Version: 13\r\n"
                                     "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                                     "Sec-WebSocket-Protocol: kolabpad.v2\r\n";

struct text {
    struct buf *buf;
    enum error err;
};

static void add(struct text *t, struct slice part)
{
    if (!t->err)
        t->err = buf_append(t->buf, part);
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static void add_escaped(struct text *t, struct slice id)
{
    for (size_t i = 0; i < id.len; i++) {
        char escape[4];
        snprintf(escape, sizeof(escape), "%%%02X", (unsigned char)id.ptr[i]);
        add(t, is_unreserved(id.ptr[i]) ? slice_of(id.ptr + i, 1) : slice_of(escape, 3));
    }
}

static void add_client(struct text *t, const struct arrival_tunnel_request *r)
{
    char client[ADDRESS_TEXT_MAX];
    size_t len = address_format(r->client, client);
    add(t, SLICE("X-Forwarded-For: "));
    add(t, slice_of(client, len));
    add(t, SLICE("\r\nX-Forwarded-Proto: http\r\n"));
}

static enum error write_handshake(struct buf *out, const struct arrival_tunnel_request *r)
{
    struct text t = {.buf = out};
    add(&t, SLICE("GET "));
    add(&t, slice_from_cstr(r->shard->config->base_path));
    add(&t, SLICE("/api/socket HTTP/1.1\r\nHost: "));
    add(&t, r->to.address);
    add(&t, SLICE("\r\nX-Kolabpad-Node: "));
    if (!t.err)
        t.err = credential_append(out, store_identity(r->shard->store));
    add(&t, SLICE("\r\n"));
    add(&t, slice_from_cstr(arrival_document_header));
    add(&t, SLICE(": "));
    add_escaped(&t, r->id);
    add(&t, SLICE("\r\n"));
    add_client(&t, r);
    add(&t, slice_from_cstr(handshake_rest));
    if (r->compresses)
        add(&t, SLICE("Sec-WebSocket-Extensions: permessage-deflate\r\n"));
    add(&t, SLICE("\r\n"));
    return t.err;
}

/* ---- the answer ---- */

static void end(struct arrival_tunnel *t, enum forward_outcome outcome)
{
    struct arrival_tunnel_request request = t->request;
    free(t);
    request.done(request.arg, outcome);
}

/* The client was promised what was agreed with it. */
static bool has_agreed(const struct arrival_tunnel_request *r, const struct upstream_answer *answer)
{
    return r->compresses ==
           (response_head_field(&answer->head, SLICE("Sec-WebSocket-Extensions")).ptr != NULL);
}

static enum forward_outcome join(const struct arrival_tunnel_request *r, const struct upstream_answer *answer)
{
    if (!has_agreed(r, answer)) {
        forward_log_failure(&r->to, "it chose other extensions");
        close(answer->fd);
        return FORWARD_FAILED;
    }
    client_tunnel_join(r->shard, r->client, r->fd, r->read, r->to.incarnation, answer);
    return FORWARD_ANSWERED;
}

static void on_answer(void *owner, const struct upstream_answer *answer)
{
    struct arrival_tunnel *t = owner;
    const struct arrival_tunnel_request *r = &t->request;
    t->upstream = NULL;
    if (!answer->err && answer->head.status == UPGRADED) {
        end(t, join(r, answer));
        return;
    }
    if (!answer->err && answer->head.status == error_http_status(ERR_MISDIRECTED)) {
        end(t, FORWARD_MISDIRECTED);
        return;
    }
    forward_log_failure(&r->to, answer->err ? answer->why : "it did not take the handshake");
    end(t, answer->err && !answer->is_sent ? FORWARD_UNREACHED : FORWARD_FAILED);
}

/* ---- asking ---- */

static enum error ask(struct arrival_tunnel *t, const struct arrival_tunnel_request *r)
{
    struct buf bytes = {0};
    enum error err = write_handshake(&bytes, r);
    if (err) {
        buf_deinit(&bytes);
        return err;
    }
    struct upstream_request upstream = {
        .bytes = &bytes, .body_max = BODY_MAX, .takes_upgrade = true, .done = on_answer, .owner = t};
    t->upstream = forward_ask(r->shard, &r->to, &upstream);
    return t->upstream ? OK : ERR_ELSEWHERE;
}

enum error arrival_tunnel_begin(const struct arrival_tunnel_request *request, struct arrival_tunnel **out)
{
    struct arrival_tunnel *t = calloc(1, sizeof(*t));
    enum error err = t ? ask(t, request) : ERR_NO_MEMORY;
    if (err) {
        free(t);
        return err;
    }
    metric_inc(METRIC_FORWARDS);
    t->request = *request;
    t->request.to.address = t->request.id = (struct slice){0};
    *out = t;
    return OK;
}

void arrival_tunnel_cancel(struct arrival_tunnel *t)
{
    if (!t)
        return;
    upstream_cancel(t->upstream);
    free(t);
}
