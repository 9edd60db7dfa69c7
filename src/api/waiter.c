#include "api/waiter.h"

#include "api/revision_tag.h"
#include "base/json.h"
#include "doc/commit_wait.h"
#include "doc/rights.h"
#include "net/conn.h"
#include "observe/metrics.h"
#include "session/frames.h"
#include "session/start.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MS_PER_S = 1000 };

/* What it will be told may be known before its socket has come; then it waits for that. */
enum verdict { VERDICT_NONE, VERDICT_CHANGED, VERDICT_UNCHANGED, VERDICT_FAILED };

struct waiter {
    struct loop_task task; /* from the HTTP server's thread back to the shard, with the socket */
    struct shard *shard;
    struct document *doc;
    struct commit_wait wait; /* for a text beyond the revision, then for `text` to be committed; while it
                              * waits the document stays in memory */
    struct conn *conn;       /* NULL: its socket has not come yet */
    uv_timer_t timer;
    struct address client; /* counted, until the connection ends */
    bool is_relayed;
    bool by_link; /* it came by this link, which may be withdrawn while it waits: */
    char link_id[LINK_ID_CHARS];
    enum verdict verdict;
    enum error failure; /* VERDICT_FAILED: why */
    struct frame *text; /* what it will be told, once that is committed; NULL: not known yet */
    uint64_t revision;  /* of the text that the answer is about */
    int fd;             /* on its way */
    struct buf headers; /* those that are the same for each answer */
};

static void on_timer_closed(uv_handle_t *handle)
{
    struct waiter *w = handle->data;
    buf_deinit(&w->headers);
    free(w);
}

static void let_go(struct waiter *w)
{
    commit_wait_cancel(&w->wait);
    frame_unref(w->text);
    session_uncount(w->shard->limits, w->client, w->is_relayed);
    metric_add(METRIC_WAITS, -1);
    uv_close((uv_handle_t *)&w->timer, on_timer_closed);
}

/* ---- the answer ---- */

static const char *status_line(const struct waiter *w)
{
    if (w->verdict == VERDICT_CHANGED)
        return "HTTP/1.1 200 OK\r\n";
    if (w->verdict == VERDICT_UNCHANGED)
        return "HTTP/1.1 304 Not Modified\r\n";
    switch (w->failure) {
    case ERR_WITHDRAWN:
        return "HTTP/1.1 403 Forbidden\r\n";
    case ERR_GONE:
        return "HTTP/1.1 404 Not Found\r\n";
    default: /* ask again */
        return "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n";
    }
}

static void add_tag(struct json *j, const struct waiter *w)
{
    char tag[REVISION_TAG_MAX];
    json_raw(j, "ETag: ");
    json_bytes(j, revision_tag(w->revision, NULL, tag));
    json_raw(j, "\r\n");
}

static void add_type(struct json *j, const char *type, size_t body_bytes)
{
    json_raw(j, "Content-Type: ");
    json_raw(j, type);
    json_raw(j, "\r\nContent-Length: ");
    json_uint(j, body_bytes);
    json_raw(j, "\r\n");
}

static enum error write_failure(enum error why, struct buf *out)
{
    struct json j = json_to(out);
    json_raw(&j, "{\"error\":");
    json_quoted(&j, slice_from_cstr(error_text(why)));
    json_raw(&j, ",\"code\":");
    json_quoted(&j, slice_from_cstr(error_code(why)));
    json_raw(&j, "}\n");
    return json_error(&j);
}

/* All but the text. */
static enum error write_answer(const struct waiter *w, struct buf *out)
{
    struct buf failure = {0};
    struct json j = json_to(out); /* for its sticky errors */
    json_raw(&j, status_line(w));
    json_bytes(&j, buf_slice(&w->headers));
    enum error err = w->verdict == VERDICT_FAILED ? write_failure(w->failure, &failure) : OK;
    if (w->verdict == VERDICT_FAILED)
        add_type(&j, "application/json", failure.len);
    else
        add_tag(&j, w);
    if (w->verdict == VERDICT_CHANGED)
        add_type(&j, "text/plain; charset=utf-8", w->text->len);
    json_raw(&j, "\r\n");
    json_bytes(&j, buf_slice(&failure));
    buf_deinit(&failure);
    return err ? err : json_error(&j);
}

static struct frame *make_head(const struct waiter *w)
{
    struct buf bytes = {0};
    struct frame *frame = write_answer(w, &bytes) ? NULL : frame_new(buf_slice(&bytes));
    buf_deinit(&bytes);
    return frame;
}

static void send_answer(struct waiter *w)
{
    struct frame *head = make_head(w);
    if (!head) {
        conn_kill(w->conn);
        return;
    }
    conn_send(w->conn, head);
    frame_unref(head);
    if (w->verdict == VERDICT_CHANGED && w->text->len > 0)
        conn_send(w->conn, w->text);
    conn_close(w->conn, OK, (struct slice){0});
}

/* It is decided once. */
static void decide(struct waiter *w, enum verdict verdict)
{
    if (w->verdict != VERDICT_NONE)
        return;
    w->verdict = verdict;
    commit_wait_cancel(&w->wait);
    uv_timer_stop(&w->timer);
    if (w->conn)
        send_answer(w);
}

static void fail(struct waiter *w, enum error why)
{
    w->failure = why;
    decide(w, VERDICT_FAILED);
}

/* ---- what it waits for ---- */

/* May it still be told? */
static enum error check_link(const struct waiter *w)
{
    bool is_over = w->by_link && document_link_access(w->doc, w->link_id) == ACCESS_NONE;
    return is_over ? ERR_WITHDRAWN : OK;
}

static void on_text_committed(struct commit_wait *wait, enum error err)
{
    struct waiter *w = LIST_ITEM(wait, struct waiter, wait);
    if (!err)
        err = check_link(w);
    if (err)
        fail(w, err);
    else
        decide(w, VERDICT_CHANGED);
}

static enum error hold_text(struct waiter *w)
{
    uint64_t revision = w->doc->pad.revision;
    struct frame *text = frames_get(&w->shard->frames, w->doc, FRAME_TEXT, NULL, FORM_PLAIN, 0, revision);
    if (!text)
        return ERR_NO_MEMORY;
    w->text = frame_ref(text);
    w->revision = revision;
    return OK;
}

static void on_changed(struct commit_wait *wait, enum error err)
{
    struct waiter *w = LIST_ITEM(wait, struct waiter, wait);
    const struct pad *pad = &w->doc->pad;
    if (!err)
        err = hold_text(w);
    w->wait.done = on_text_committed;
    if (err || pad->committed >= pad->revision)
        on_text_committed(wait, err);
    else
        document_wait_again(w->doc, &w->wait);
}

static void on_timer(uv_timer_t *timer)
{
    struct waiter *w = timer->data;
    enum error err = check_link(w);
    w->shard->loop.timer_ran = true;
    w->revision = w->doc->pad.committed;
    if (err)
        fail(w, err);
    else
        decide(w, VERDICT_UNCHANGED);
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
    struct waiter *w = LIST_ITEM(task, struct waiter, task);
    if (w->fd < 0 || conn_open_stream(&w->shard->loop, w->fd, false, &handlers, w, &w->conn)) {
        let_go(w);
        return;
    }
    if (w->verdict != VERDICT_NONE)
        send_answer(w);
}

/* On the HTTP server's thread, or the shard's. */
static void on_socket(void *arg, int fd, struct slice already_read)
{
    struct waiter *w = arg;
    (void)already_read;
    w->fd = fd;
    if (!loop_post(&w->shard->loop, &w->task) && fd >= 0)
        close(fd); /* the shard has ended, and the process does */
}

/* The lines between the status and what is different in each answer. */
static enum error keep_headers(struct http_request *http, struct buf *out)
{
    struct http_response response = {
        .status = 200, .headers = {{"Cache-Control", SLICE("no-cache")}}, .header_count = 1};
    struct buf head = {0};
    enum error err = http_write_head(http, &response, -1, &head);
    const char *end = err ? NULL : memchr(head.ptr, '\n', head.len);
    if (end) /* without the status line and the blank one */
        err = buf_append(out, slice_of(end + 1, head.len - (size_t)(end + 1 - head.ptr) - 2));
    buf_deinit(&head);
    return err;
}

static struct waiter *waiter_new(struct shard *shard, struct http_request *http,
                                 const struct open_result *opened)
{
    struct waiter *w = calloc(1, sizeof(*w));
    if (!w || keep_headers(http, &w->headers)) {
        free(w);
        return NULL;
    }
    w->task.run = arrive;
    w->shard = shard;
    w->doc = opened->doc;
    w->by_link = opened->by_link;
    memcpy(w->link_id, opened->link_id, sizeof(w->link_id));
    w->client = http->client;
    w->is_relayed = http->is_relayed;
    w->wait = (struct commit_wait){.is_patient = true, .done = on_changed};
    uv_timer_init(&shard->loop.uv, &w->timer);
    w->timer.data = w;
    return w;
}

enum error waiter_begin(struct shard *shard, struct http_request *http, const struct open_result *opened,
                        uint64_t revision, uint32_t seconds)
{
    enum error err = session_count(shard->limits, http->client, http->is_relayed);
    if (err)
        return err;
    struct waiter *w = waiter_new(shard, http, opened);
    if (!w) {
        session_uncount(shard->limits, http->client, http->is_relayed);
        return ERR_NO_MEMORY;
    }
    metric_inc(METRIC_WAITS);
    uv_timer_start(&w->timer, on_timer, (uint64_t)seconds * MS_PER_S, 0);
    document_when_beyond(opened->doc, revision, &w->wait);
    http_detach(http, on_socket, w);
    return OK;
}
