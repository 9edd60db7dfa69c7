#include "api/far_waiter.h"

#include "api/forward.h"
#include "api/late_answer.h"
#include "net/conn.h"
#include "net/upstream.h"
#include "observe/metrics.h"
#include "session/start.h"

#include <stdlib.h>
#include <unistd.h>

enum {
    SILENCE_MS = 70 * 1000,              /* the answer may take a minute */
    BODY_EXTRA_BYTES = 16 * 1024 * 1024, /* for a text that was larger than the limit when it was loaded */
};

struct far_waiter {
    struct loop_task task; /* from the HTTP server's thread back to the shard, with the socket */
    struct shard *shard;
    struct address client; /* counted, until the connection ends */
    struct store_owner to; /* its address is in `address` */
    struct buf address;
    struct buf request; /* as it is sent there; empty once it is */
    struct buf failure; /* what the client is told where there is no answer */
    struct conn *conn;
    struct upstream *upstream; /* NULL: not asked yet, or answered */
    int fd;                    /* on its way */
};

static void far_waiter_free(struct far_waiter *w)
{
    buf_deinit(&w->address);
    buf_deinit(&w->request);
    buf_deinit(&w->failure);
    free(w);
}

static void let_go(struct far_waiter *w)
{
    upstream_cancel(w->upstream);
    session_uncount(w->shard->limits, w->client, false);
    far_waiter_free(w);
}

/* ---- the answer ---- */

static void send_bytes(struct far_waiter *w, struct slice bytes)
{
    struct frame *frame = frame_new(bytes);
    if (!frame) {
        conn_kill(w->conn);
        return;
    }
    conn_send(w->conn, frame);
    frame_unref(frame);
    conn_close(w->conn, OK, (struct slice){0});
}

static void on_answer(void *owner, const struct upstream_answer *answer)
{
    struct far_waiter *w = owner;
    w->upstream = NULL;
    if (answer->err)
        forward_log_failure(&w->to, answer->why);
    bool is_one = !answer->err && answer->head.status != error_http_status(ERR_MISDIRECTED);
    send_bytes(w, is_one ? answer->bytes : buf_slice(&w->failure));
}

static void ask(struct far_waiter *w)
{
    struct upstream_request request = {.address = w->to.address,
                                       .peer = w->to.incarnation,
                                       .bytes = &w->request,
                                       .body_max = w->shard->config->max_document_bytes + BODY_EXTRA_BYTES,
                                       .silence_ms = SILENCE_MS,
                                       .done = on_answer,
                                       .owner = w};
    w->upstream = upstream_ask(&w->shard->upstreams, &request);
    if (w->upstream)
        return;
    forward_log_failure(&w->to, "its address is none, or there are no more sockets");
    send_bytes(w, buf_slice(&w->failure));
}

/* ---- its socket ---- */

static void on_closed(void *owner, const struct conn_end *end)
{
    (void)end;
    let_go(owner);
}

static void on_message(void *owner, struct slice text)
{
    (void)owner, (void)text; /* there are none */
}

static void on_drain(void *owner)
{
    (void)owner; /* it is all written, and the connection closes by itself */
}

static const struct conn_handlers handlers = {
    .on_message = on_message, .on_drain = on_drain, .on_closed = on_closed};

static void arrive(struct loop_task *task)
{
    struct far_waiter *w = LIST_ITEM(task, struct far_waiter, task);
    if (w->fd < 0 || conn_open_stream(&w->shard->loop, w->fd, false, &handlers, w, &w->conn))
        let_go(w);
    else
        ask(w);
}

/* On the HTTP server's thread, or the shard's. */
static void on_socket(void *arg, int fd, struct slice already_read)
{
    struct far_waiter *w = arg;
    (void)already_read;
    w->fd = fd;
    if (loop_post(&w->shard->loop, &w->task))
        return;
    if (fd >= 0)
        close(fd);
    let_go(w);
}

/* ---- the beginning ---- */

static enum error prepare(struct far_waiter *w, struct http_request *http)
{
    struct forward_request request = {.shard = w->shard, .http = http, .to = w->to};
    struct buf headers = {0};
    enum error err = late_answer_headers(http, &headers);
    if (!err)
        err = late_answer_failure(buf_slice(&headers), ERR_ELSEWHERE, &w->failure);
    if (!err)
        err = forward_write_request(&request, &w->request);
    buf_deinit(&headers);
    return err;
}

static struct far_waiter *far_waiter_new(struct shard *shard, struct http_request *http,
                                         const struct store_owner *to)
{
    struct far_waiter *w = calloc(1, sizeof(*w));
    if (!w)
        return NULL;
    w->task.run = arrive;
    w->shard = shard;
    w->client = http->client;
    w->to = *to;
    w->fd = -1;
    enum error err = buf_append(&w->address, to->address);
    w->to.address = buf_slice(&w->address);
    if (!err)
        err = prepare(w, http);
    if (!err)
        return w;
    far_waiter_free(w);
    return NULL;
}

enum error far_waiter_begin(struct shard *shard, struct http_request *http, const struct store_owner *to)
{
    enum error err = session_count(shard->limits, http->client, false);
    if (err)
        return err;
    struct far_waiter *w = far_waiter_new(shard, http, to);
    if (!w) {
        session_uncount(shard->limits, http->client, false);
        return ERR_NO_MEMORY;
    }
    metric_inc(METRIC_FORWARDS);
    http_detach(http, on_socket, w);
    return OK;
}
