#include "api/far_waiter.h"

#include "api/forward.h"
#include "api/late_answer.h"
#include "api/late_socket.h"
#include "net/upstream.h"
#include "observe/metrics.h"

#include <stdlib.h>

enum {
    SILENCE_MS = 70 * 1000,              /* the answer may take a minute */
    BODY_EXTRA_BYTES = 16 * 1024 * 1024, /* for a text that was larger than the limit when it was loaded */
};

struct far_waiter {
    struct late_socket socket;
    struct store_owner to; /* its address is in `address` */
    struct buf address;
    struct buf request;        /* as it is sent there; empty once it is */
    struct buf failure;        /* what the client is told where there is no answer */
    struct upstream *upstream; /* NULL: not asked yet, or answered */
};

static void far_waiter_free(struct far_waiter *w)
{
    buf_deinit(&w->address);
    buf_deinit(&w->request);
    buf_deinit(&w->failure);
    free(w);
}

/* ---- the answer ---- */

static void on_answer(void *owner, const struct upstream_answer *answer)
{
    struct far_waiter *w = owner;
    w->upstream = NULL;
    if (answer->err)
        forward_log_failure(&w->to, answer->why);
    bool is_one = !answer->err && answer->head.status != error_http_status(ERR_MISDIRECTED);
    late_socket_answer(&w->socket, is_one ? answer->bytes : buf_slice(&w->failure), NULL);
}

static void ask(struct far_waiter *w)
{
    struct shard *shard = w->socket.shard;
    struct upstream_request request = {.bytes = &w->request,
                                       .body_max = shard->config->max_document_bytes + BODY_EXTRA_BYTES,
                                       .silence_ms = SILENCE_MS,
                                       .done = on_answer,
                                       .owner = w};
    w->upstream = forward_ask(shard, &w->to, &request);
    if (!w->upstream)
        late_socket_answer(&w->socket, buf_slice(&w->failure), NULL);
}

/* ---- its socket ---- */

static struct far_waiter *waiter_of(struct late_socket *socket)
{
    return LIST_ITEM(socket, struct far_waiter, socket);
}

static void on_arrived(struct late_socket *socket)
{
    ask(waiter_of(socket));
}

static void on_gone(struct late_socket *socket)
{
    struct far_waiter *w = waiter_of(socket);
    upstream_cancel(w->upstream);
    far_waiter_free(w);
}

static const struct late_socket_handlers handlers = {
    .on_arrived = on_arrived, .on_gone = on_gone, .on_stranded = on_gone};

/* ---- the beginning ---- */

static enum error prepare(struct far_waiter *w, struct http_request *http)
{
    struct forward_request request = {.shard = w->socket.shard, .http = http, .to = w->to};
    struct buf headers = {0};
    enum error err = late_answer_headers(http, &headers);
    if (!err)
        err = late_answer_failure(buf_slice(&headers), ERR_ELSEWHERE, &w->failure);
    if (!err)
        err = forward_write_request(&request, &w->request);
    buf_deinit(&headers);
    return err;
}

/* Fills in all but the socket. */
static enum error fill(struct far_waiter *w, struct http_request *http, const struct store_owner *to)
{
    enum error err = buf_append(&w->address, to->address);
    w->to = *to;
    w->to.address = buf_slice(&w->address);
    return err ? err : prepare(w, http);
}

enum error far_waiter_begin(struct shard *shard, struct http_request *http, const struct store_owner *to)
{
    struct far_waiter *w = calloc(1, sizeof(*w));
    if (!w)
        return ERR_NO_MEMORY;
    enum error err = late_socket_count(&w->socket, shard, http, &handlers);
    if (!err && fill(w, http, to)) {
        late_socket_uncount(&w->socket);
        err = ERR_NO_MEMORY;
    }
    if (err) {
        far_waiter_free(w);
        return err;
    }
    metric_inc(METRIC_FORWARDS);
    late_socket_detach(&w->socket, http);
    return OK;
}
