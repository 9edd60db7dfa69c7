#include "api/waiter.h"

#include "api/late_answer.h"
#include "api/late_socket.h"
#include "api/revision_tag.h"
#include "base/json.h"
#include "doc/commit_wait.h"
#include "doc/rights.h"
#include "observe/metrics.h"
#include "session/frames.h"

#include <stdlib.h>
#include <string.h>

enum { MS_PER_S = 1000 };

/* What it will be told may be known before its socket has come; then it waits for that. */
enum verdict { VERDICT_NONE, VERDICT_CHANGED, VERDICT_UNCHANGED, VERDICT_FAILED };

struct waiter {
    struct late_socket socket;
    struct document *doc;
    struct commit_wait wait; /* for a text beyond the revision, then for `text` to be committed; while it
                              * waits the document stays in memory */
    uv_timer_t timer;
    bool by_link; /* it came by this link, which may be withdrawn while it waits: */
    char link_id[LINK_ID_CHARS];
    enum verdict verdict;
    enum error failure; /* VERDICT_FAILED: why */
    struct frame *text; /* what it will be told, once that is committed; NULL: not known yet */
    uint64_t revision;  /* of the text that the answer is about */
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
    metric_add(METRIC_WAITS, -1);
    uv_close((uv_handle_t *)&w->timer, on_timer_closed);
}

/* ---- the answer ---- */

static void add_tag(struct json *j, const struct waiter *w)
{
    char tag[REVISION_TAG_MAX];
    json_raw(j, "ETag: ");
    json_bytes(j, revision_tag(w->revision, NULL, tag));
    json_raw(j, "\r\n");
}

/* All but the text. */
static enum error write_answer(const struct waiter *w, struct buf *out)
{
    if (w->verdict == VERDICT_FAILED)
        return late_answer_failure(buf_slice(&w->headers), w->failure, out);
    struct json j = json_to(out); /* for its sticky errors */
    json_raw(&j, w->verdict == VERDICT_CHANGED ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 304 Not Modified\r\n");
    json_bytes(&j, buf_slice(&w->headers));
    add_tag(&j, w);
    if (w->verdict == VERDICT_CHANGED) {
        json_raw(&j, "Content-Type: text/plain; charset=utf-8\r\nContent-Length: ");
        json_uint(&j, w->text->len);
        json_raw(&j, "\r\n");
    }
    json_raw(&j, "\r\n");
    return json_error(&j);
}

static void send_answer(struct waiter *w)
{
    struct buf head = {0};
    if (write_answer(w, &head))
        conn_kill(w->socket.conn);
    else
        late_socket_answer(&w->socket, buf_slice(&head), w->verdict == VERDICT_CHANGED ? w->text : NULL);
    buf_deinit(&head);
}

/* It is decided once. */
static void decide(struct waiter *w, enum verdict verdict)
{
    if (w->verdict != VERDICT_NONE)
        return;
    w->verdict = verdict;
    commit_wait_cancel(&w->wait);
    uv_timer_stop(&w->timer);
    if (w->socket.conn)
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
    struct frame *text =
        frames_get(&w->socket.shard->frames, w->doc, FRAME_TEXT, NULL, FORM_PLAIN, 0, revision);
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
    w->socket.shard->loop.timer_ran = true;
    w->revision = w->doc->pad.committed;
    if (err)
        fail(w, err);
    else
        decide(w, VERDICT_UNCHANGED);
}

/* ---- its socket ---- */

static struct waiter *waiter_of(struct late_socket *socket)
{
    return LIST_ITEM(socket, struct waiter, socket);
}

static void on_arrived(struct late_socket *socket)
{
    struct waiter *w = waiter_of(socket);
    if (w->verdict != VERDICT_NONE)
        send_answer(w);
}

static void on_gone(struct late_socket *socket)
{
    let_go(waiter_of(socket));
}

/* Its timer and its place among those who wait are the shard's: without that it is not freed. */
static const struct late_socket_handlers handlers = {.on_arrived = on_arrived, .on_gone = on_gone};

/* ---- the beginning ---- */

/* Its socket is counted and its headers are written: it waits. */
static void begin(struct waiter *w, const struct open_result *opened, uint64_t revision, uint32_t seconds)
{
    w->doc = opened->doc;
    w->by_link = opened->by_link;
    memcpy(w->link_id, opened->link_id, sizeof(w->link_id));
    w->wait = (struct commit_wait){.is_patient = true, .done = on_changed};
    metric_inc(METRIC_WAITS);
    uv_timer_init(&w->socket.shard->loop.uv, &w->timer);
    w->timer.data = w;
    uv_timer_start(&w->timer, on_timer, (uint64_t)seconds * MS_PER_S, 0);
    document_when_beyond(opened->doc, revision, &w->wait);
}

enum error waiter_begin(struct shard *shard, struct http_request *http, const struct open_result *opened,
                        uint64_t revision, uint32_t seconds)
{
    struct waiter *w = calloc(1, sizeof(*w));
    enum error err = w ? late_socket_count(&w->socket, shard, http, &handlers) : ERR_NO_MEMORY;
    if (!err && late_answer_headers(http, &w->headers)) {
        late_socket_uncount(&w->socket);
        err = ERR_NO_MEMORY;
    }
    if (err) {
        free(w);
        return err;
    }
    begin(w, opened, revision, seconds);
    late_socket_detach(&w->socket, http);
    return OK;
}
