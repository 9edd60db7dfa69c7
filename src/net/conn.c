/* One WebSocket connection: writing, closing, reading. Every way to its end leads
 * through conn_end: the socket failed (end_of_socket), both sides have said Close
 * (go_on_closing), a timeout, no memory.
 *
 * The three stay together because each decides about the others: whatever is read may begin the closing
 * handshake, whose Close is written behind all that waits, and only the last byte written ends it. What has
 * state of its own is elsewhere: the outbox, a message that is being received (websocket.c), the timeouts. */
#include "net/conn.h"

#include "base/alloc.h"
#include "net/conn_private.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PIECES_MAX = 64,  /* of one sendmsg */
    REASON_MAX = 123, /* RFC 6455: 125 less the code */
    CLOSE_ABNORMAL = 1006,
};

static void count(_Atomic uint64_t *counter, uint64_t more)
{
    /* One writer: no locked instruction needed. */
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + more,
                          memory_order_relaxed);
}

/* ---- the end ---- */

void conn_end(struct conn *c, enum error why, uint16_t code)
{
    if (c->phase == CONN_ENDED)
        return;
    c->phase = CONN_ENDED;
    c->end = (struct conn_end){.why = why, .code = code, .clean = c->has_peer_closed};
    uv_poll_stop(&c->poll);
    timeout_stop_all(c);
    list_remove(&c->fresh);
    list_remove(&c->dirty);
    list_remove(&c->link);
    list_append(&c->loop->ended, &c->link);
    count(&c->loop->counters.connections, (uint64_t)-1);

    ws_drop(c->receiver);
    c->receiver = NULL;
    outbox_deinit(&c->outbox);
    frame_unref(c->pong);
    c->pong = NULL;
    buf_deinit(&c->already_read);
}

/* The socket failed or reached its end. A reason for closing that was agreed on
 * before still counts. */
static void end_of_socket(struct conn *c)
{
    if (c->phase == CONN_CLOSING)
        conn_end(c, c->end.why, c->end.code);
    else
        conn_end(c, OK, CLOSE_ABNORMAL);
}

void conn_kill(struct conn *c)
{
    end_of_socket(c);
}

void conn_tell_closed(struct conn *c)
{
    list_remove(&c->link);
    list_append(&c->loop->closed, &c->link);
    c->handlers->on_closed(c->owner, &c->end);
}

static void on_handle_closed(uv_handle_t *handle)
{
    mem_free(handle->data);
}

void conn_free(struct conn *c)
{
    list_remove(&c->link);
    uv_close((uv_handle_t *)&c->poll, on_handle_closed);
    /* Only after uv_close, which still names it to the kernel: once closed, the
     * number may belong to another socket at once. */
    close(c->fd);
}

/* The handle is closed at once: the next owner may have the socket in this very loop, where libuv
 * knows sockets by their numbers. */
int conn_release(struct conn *c)
{
    if (c->phase != CONN_OPEN || !outbox_is_empty(&c->outbox))
        return -1;
    conn_end(c, OK, CLOSE_ABNORMAL); /* nobody is told the code */
    list_remove(&c->link);
    uv_close((uv_handle_t *)&c->poll, on_handle_closed);
    return c->fd;
}

/* ---- writing ---- */

static void on_event(uv_poll_t *poll, int status, int events);

/* Tells libuv which events the connection waits for at the moment. */
static void watch(struct conn *c)
{
    int events = (c->is_paused ? 0 : UV_READABLE) | (c->is_blocked ? UV_WRITABLE : 0);

    if (events == 0)
        uv_poll_stop(&c->poll);
    else if (uv_poll_start(&c->poll, events, on_event) != 0)
        end_of_socket(c);
}

/* A blocked connection is flushed when its socket is writable again, and by
 * nothing else. */
static void mark_dirty(struct conn *c)
{
    list_remove(&c->dirty);
    if (!c->is_blocked)
        list_append(&c->loop->dirty, &c->dirty);
}

static void block(struct conn *c)
{
    if (c->phase == CONN_OPEN)
        timeout_start(c, TIMEOUT_WRITE);
    if (!c->is_blocked) {
        c->is_blocked = true;
        watch(c);
    }
}

static void unblock(struct conn *c)
{
    if (!c->is_blocked)
        return;
    c->is_blocked = false;
    if (c->phase == CONN_OPEN)
        timeout_stop(c, TIMEOUT_WRITE);
    watch(c);
}

/* Our Close is written. If the peer's was seen, this is the end; else TIMEOUT_CLOSE
 * limits the wait for it. A peer that broke the protocol will not be understood
 * any more: our direction is shut down, so that it knows there will be nothing
 * else, and the socket is kept for a while, since closing it on unread bytes
 * would reset it and could take our Close with it. */
static void go_on_closing(struct conn *c)
{
    if (c->has_peer_closed) {
        conn_end(c, c->end.why, c->end.code);
    } else if (c->discards_input && !c->is_shut) {
        c->is_shut = true;
        shutdown(c->fd, SHUT_WR);
    }
}

static void on_all_written(struct conn *c)
{
    unblock(c);
    if (c->phase == CONN_CLOSING) {
        go_on_closing(c);
    } else if (c->phase == CONN_OPEN && c->is_behind) {
        c->is_behind = false;
        c->handlers->on_drain(c->owner);
        loop_turn_again(c->loop);
    }
}

enum progress { WROTE, BLOCKED, BROKEN };

static enum progress write_pieces(struct conn *c)
{
    struct iovec pieces[PIECES_MAX];
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = outbox_peek(&c->outbox, pieces, PIECES_MAX)};
    ssize_t written;

    do
        written = sendmsg(c->fd, &message, MSG_NOSIGNAL);
    while (written < 0 && errno == EINTR);
    if (written < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK ? BLOCKED : BROKEN;

    count(&c->loop->counters.bytes_out, (uint64_t)written);
    count(&c->loop->counters.frames_out, outbox_drop(&c->outbox, (size_t)written));
    return WROTE;
}

/* Writes until the outbox is empty or the socket takes no more. TIMEOUT_WRITE runs
 * while it is blocked and starts anew with every byte taken. */
static void write_all(struct conn *c)
{
    while (!outbox_is_empty(&c->outbox)) {
        size_t before = outbox_waiting_bytes(&c->outbox);
        enum progress progress = write_pieces(c);
        if (progress == BROKEN) {
            end_of_socket(c);
            return;
        }
        if (progress == BLOCKED) {
            if (!c->is_blocked)
                block(c);
            return;
        }
        if (c->is_blocked && c->phase == CONN_OPEN && outbox_waiting_bytes(&c->outbox) < before)
            timeout_start(c, TIMEOUT_WRITE);
    }
    on_all_written(c);
}

/* The pong goes into the outbox only now, so that a flood of pings leaves one. */
void conn_flush(struct conn *c)
{
    struct frame *pong = c->pong;

    c->pong = NULL;
    if (pong && c->phase == CONN_OPEN && outbox_put(&c->outbox, pong) != OK)
        conn_kill(c);
    frame_unref(pong);
    if (c->phase != CONN_ENDED)
        write_all(c);
}

void conn_send(struct conn *c, struct frame *f)
{
    if (c->phase != CONN_OPEN)
        return;
    if (outbox_put(&c->outbox, f)) {
        conn_kill(c);
        return;
    }
    if (c->outbox.count > c->loop->limits.outbox_frames ||
        outbox_waiting_bytes(&c->outbox) > c->loop->limits.outbox_bytes)
        c->is_behind = true;
    mark_dirty(c);
}

bool conn_is_ready(const struct conn *c)
{
    return c->phase == CONN_OPEN && !c->is_behind;
}

size_t conn_waiting_bytes(const struct conn *c)
{
    return outbox_waiting_bytes(&c->outbox);
}

void conn_ping(struct conn *c)
{
    struct frame *heartbeat = c->is_stream ? c->loop->comment : c->loop->ping;

    if (outbox_is_empty(&c->outbox) && outbox_put(&c->outbox, heartbeat) == OK)
        mark_dirty(c);
}

/* ---- the closing handshake ---- */

/* OPEN to CLOSING: queues the Close, if there is one, behind all that waits already. From
 * here on `end` is what the owner will be told. */
static void start_closing(struct conn *c, struct conn_end end, struct slice close_message)
{
    struct frame *f = close_message.len > 0 ? frame_new(close_message) : NULL;
    bool is_queued = close_message.len == 0 || (f && outbox_put(&c->outbox, f) == OK);

    frame_unref(f);
    c->phase = CONN_CLOSING;
    c->end = end;
    c->is_behind = false;
    timeout_stop_all(c);
    if (!is_queued) {
        end_of_socket(c);
        return;
    }
    timeout_start(c, TIMEOUT_CLOSE);
    mark_dirty(c);
    conn_resume(c); /* the peer's Close is wanted */
}

/* Cuts the reason to what a Close frame holds, at a code point. */
static struct slice clip_reason(struct slice reason)
{
    if (reason.len <= REASON_MAX)
        return reason;
    reason.len = REASON_MAX;
    while (reason.len > 0 && ((uint8_t)reason.ptr[reason.len] & 0xc0) == 0x80)
        reason.len--;
    return reason;
}

static void close_with(struct conn *c, enum error why, uint16_t code, struct slice reason)
{
    char payload[2 + REASON_MAX] = {(char)(code >> 8), (char)code};
    struct buf message = {0};

    reason = clip_reason(reason.len > 0 ? reason : slice_from_cstr(error_text(why)));
    memcpy(payload + 2, reason.ptr, reason.len);
    if (frame_append_message(&message, WS_CLOSE, slice_of(payload, 2 + reason.len)) == OK)
        start_closing(c, (struct conn_end){.why = why, .code = code}, buf_slice(&message));
    else
        conn_end(c, why, CLOSE_ABNORMAL);
    buf_deinit(&message);
}

void conn_close(struct conn *c, enum error why, struct slice reason)
{
    if (c->phase == CONN_OPEN && c->is_stream)
        start_closing(c, (struct conn_end){.why = why, .code = (uint16_t)error_ws_close(why)},
                      (struct slice){0});
    else if (c->phase == CONN_OPEN)
        close_with(c, why, (uint16_t)error_ws_close(why), reason);
}

bool conn_is_closing(const struct conn *c)
{
    return c->phase != CONN_OPEN;
}

/* ---- reading ---- */

void conn_pause(struct conn *c)
{
    if (c->phase != CONN_OPEN)
        return;
    c->is_paused = true;
    list_remove(&c->fresh);
    watch(c);
}

void conn_resume(struct conn *c)
{
    if (c->phase == CONN_ENDED || !c->is_paused)
        return;
    c->is_paused = false;
    if (c->already_read.len > 0) {
        list_append(&c->loop->fresh, &c->fresh);
        loop_turn_again(c->loop);
    }
    watch(c);
}

static bool on_text(void *arg, struct slice text)
{
    struct conn *c = arg;

    if (c->phase == CONN_CLOSING)
        return true; /* ignored, but read on: the peer's Close comes behind it */
    timeout_start(c, TIMEOUT_READ);
    c->handlers->on_message(c->owner, text);
    return c->phase != CONN_ENDED;
}

static void queue_pong(struct conn *c, struct slice replies)
{
    if (replies.len == 0 || c->phase != CONN_OPEN)
        return;
    frame_unref(c->pong);
    c->pong = frame_new(replies);
    mark_dirty(c);
}

/* The peer's Close is the answer to ours, or it began and `reply` answers it. With
 * frames still to write, on_all_written goes on. */
static void on_peer_close(struct conn *c, uint16_t code, struct slice reply)
{
    c->has_peer_closed = true;
    if (c->phase == CONN_OPEN)
        start_closing(c, (struct conn_end){.why = OK, .code = code}, reply);
    else if (outbox_is_empty(&c->outbox))
        go_on_closing(c);
}

/* The peer broke the protocol: it is closed with the code for that, unless a
 * Close was sent already. */
static void on_fault(struct conn *c, enum error why, uint16_t code)
{
    c->discards_input = true;
    if (c->phase == CONN_OPEN)
        close_with(c, why, code, (struct slice){0});
    else if (outbox_is_empty(&c->outbox))
        go_on_closing(c);
}

static void feed(struct conn *c, struct slice bytes)
{
    struct ws_sink sink = {.on_text = on_text,
                           .arg = c,
                           .takes_binary = c->handlers->takes_binary,
                           .takes_compressed = c->takes_compressed,
                           .message_max = &c->message_max};

    if (c->discards_input || c->has_peer_closed)
        return;
    if (c->handlers->on_bytes)
        c->handlers->on_bytes(c->owner, bytes);
    struct ws_result result = ws_feed(c->loop->pool, &c->receiver, bytes, &sink);
    if (c->phase == CONN_ENDED)
        return;
    switch (result.state) {
    case WS_OPEN:
    case WS_STOPPED:
        queue_pong(c, result.replies);
        return;
    case WS_CLOSED:
        on_peer_close(c, result.code, result.replies);
        return;
    case WS_FAILED:
        on_fault(c, result.why, result.code);
        return;
    }
}

void conn_feed_already_read(struct conn *c)
{
    struct buf bytes = c->already_read;

    /* Taken out first: if the connection ends inside feed, conn_end frees the field. */
    c->already_read = (struct buf){0};
    list_remove(&c->fresh);
    feed(c, buf_slice(&bytes));
    buf_deinit(&bytes);
}

/* Without heartbeats, silence alone must end the connection. */
static void note_heard(struct conn *c)
{
    bool has_heartbeat = c->loop->limits.heartbeat_ms > 0;

    if (c->phase == CONN_OPEN && (has_heartbeat || !c->is_stream) && !c->is_silent)
        timeout_start(c, has_heartbeat ? TIMEOUT_HEARTBEAT : TIMEOUT_DEAD);
}

/* Reads once, so that a fast peer does not keep the others waiting. False when
 * there was nothing, or nothing will come any more. */
static bool read_some(struct conn *c)
{
    ssize_t len = recv(c->fd, c->loop->read_buffer, LOOP_READ_BYTES, 0);

    if (len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return false;
    if (len <= 0) {
        end_of_socket(c);
        return false;
    }
    count(&c->loop->counters.bytes_in, (uint64_t)len);
    note_heard(c);
    feed(c, slice_of(c->loop->read_buffer, (size_t)len));
    return true;
}

static void on_event(uv_poll_t *poll, int status, int events)
{
    struct conn *c = poll->data;

    if (c->already_read.len > 0 && !c->is_paused)
        conn_feed_already_read(c); /* these bytes came before those in the socket now */
    if (status < 0) {
        /* The socket is broken, but bytes that the peer had sent are still in it. */
        while (c->phase != CONN_ENDED && read_some(c))
            ;
        end_of_socket(c);
        return;
    }
    if (c->phase != CONN_ENDED && (events & UV_READABLE))
        read_some(c);
    if (c->phase != CONN_ENDED && (events & UV_WRITABLE))
        conn_flush(c);
}

/* ---- the beginning ---- */

static void init(struct conn *c, struct loop *loop, int fd, const struct conn_handlers *handlers, void *owner)
{
    *c = (struct conn){.loop = loop,
                       .handlers = handlers,
                       .owner = owner,
                       .fd = fd,
                       .message_max = loop->limits.message_bytes_max,
                       .opened_ms = loop_now_ms(loop)};
    list_init(&c->link);
    list_init(&c->fresh);
    list_init(&c->dirty);
    list_init(&c->heard.link);
    list_init(&c->messaged.link);
    list_init(&c->stalled.link);
}

/* The poll handle is the last thing that can fail half-way: once it exists,
 * only the loop can take it away again. */
static enum error start(struct conn *c, struct slice already_read)
{
    enum error err = buf_append(&c->already_read, already_read);

    if (err)
        return err;
    if (uv_poll_init(&c->loop->uv, &c->poll, c->fd) != 0) {
        buf_deinit(&c->already_read);
        return ERR_OVERLOADED;
    }
    c->poll.data = c;
    return OK;
}

/* Closes the socket on failure. */
static enum error conn_new(struct loop *loop, int fd, struct slice already_read,
                           const struct conn_handlers *handlers, void *owner, struct conn **out)
{
    struct conn *c = mem_alloc(sizeof *c);
    enum error err = ERR_NO_MEMORY;

    if (c) {
        init(c, loop, fd, handlers, owner);
        err = start(c, already_read);
    }
    if (err) {
        mem_free(c);
        close(fd);
        return err;
    }
    *out = c;
    return OK;
}

/* It is one of the loop's. */
static void enter(struct conn *c)
{
    list_append(&c->loop->conns, &c->link);
    count(&c->loop->counters.connections, 1);
    note_heard(c);
    loop_start_sweep(c->loop);
    watch(c);
}

enum error conn_open(struct loop *loop, int fd, struct slice already_read,
                     const struct conn_handlers *handlers, void *owner, struct conn **out)
{
    struct conn *c;
    enum error err = conn_new(loop, fd, already_read, handlers, owner, &c);

    if (err)
        return err;
    enter(c);
    timeout_start(c, TIMEOUT_READ);
    if (already_read.len > 0) {
        list_append(&loop->fresh, &c->fresh);
        loop_turn_again(loop);
    }
    *out = c;
    return OK;
}

enum error conn_open_stream(struct loop *loop, int fd, bool has_comments,
                            const struct conn_handlers *handlers, void *owner, struct conn **out)
{
    enum error err = conn_new(loop, fd, (struct slice){0}, handlers, owner, out);

    if (err)
        return err;
    (*out)->is_stream = (*out)->discards_input = true;
    (*out)->is_silent = !has_comments;
    enter(*out);
    return OK;
}

bool conn_is_stream(const struct conn *c)
{
    return c->is_stream;
}

void conn_set_compressed(struct conn *c)
{
    c->takes_compressed = true;
}

bool conn_takes_compressed(const struct conn *c)
{
    return c->takes_compressed;
}

void conn_set_message_max(struct conn *c, size_t bytes)
{
    c->message_max = bytes;
}

int64_t conn_age_ms(const struct conn *c)
{
    return loop_now_ms(c->loop) - c->opened_ms;
}
