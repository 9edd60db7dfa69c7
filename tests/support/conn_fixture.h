/* conn_fixture.h - a connection on a loop of its own, and its peer, for tests. */
#ifndef KOLABPAD_TESTS_CONN_FIXTURE_H
#define KOLABPAD_TESTS_CONN_FIXTURE_H

#include "net/conn.h"
#include "support/unit.h"
#include "support/ws_client.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OUTBOX_FRAMES = 8, TIMEOUT_MS = 5000, POLL_MS = 2 };

/* One server connection, its peer's socket, and all that happened to both. */
struct fixture {
    struct loop loop;
    struct conn *conn;
    int peer;
    struct buf heard; /* messages the owner was given, "[…]" each */
    struct buf wire;  /* bytes the peer was sent */
    struct buf kept;  /* bytes on_bytes was given */
    struct conn_end end;
    int closed_count, drain_count, timer_count;
    size_t wanted_wire, wanted_heard;
    bool peer_ended;
    bool peer_is_asleep; /* reads nothing */
    bool (*is_done)(struct fixture *f);
    void (*on_text)(struct fixture *f, struct slice text);
    int64_t started_ms;
};

static inline void on_message(void *owner, struct slice text)
{
    struct fixture *f = owner;

    put_byte(&f->heard, '[');
    must(buf_append(&f->heard, text));
    put_byte(&f->heard, ']');
    if (f->on_text)
        f->on_text(f, text);
}

static inline void on_drain(void *owner)
{
    ((struct fixture *)owner)->drain_count++;
}

static inline void on_closed(void *owner, const struct conn_end *end)
{
    struct fixture *f = owner;

    f->closed_count++;
    f->end = *end;
}

static const struct conn_handlers handlers = {
    .on_message = on_message, .on_drain = on_drain, .on_closed = on_closed};

static inline void peer_reads(struct fixture *f)
{
    char bytes[64 * 1024];

    while (!f->peer_is_asleep && !f->peer_ended) {
        ssize_t len = recv(f->peer, bytes, sizeof bytes, MSG_DONTWAIT);
        if (len < 0 && errno == EAGAIN)
            return;
        if (len <= 0)
            f->peer_ended = true;
        else
            must(buf_append(&f->wire, slice_of(bytes, (size_t)len)));
    }
}

/* The owner's timer makes the test move on although nothing else happens. */
static inline void on_timer(void *owner)
{
    struct fixture *f = owner;

    f->timer_count++;
    peer_reads(f);
    loop_set_timer(&f->loop, POLL_MS);
}

static inline void on_tick(void *owner)
{
    struct fixture *f = owner;

    loop_flush(&f->loop);
    loop_reap(&f->loop);
    if (f->is_done(f) || loop_now_ms(&f->loop) - f->started_ms > TIMEOUT_MS)
        loop_stop(&f->loop);
}

static inline void make_pair(int fds[2])
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(bind(listener, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&a, &size), 0);
    fds[1] = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fds[1], (struct sockaddr *)&a, sizeof a), 0);
    fds[0] = accept(listener, NULL, NULL);
    assert_true(fds[0] >= 0);
    close(listener);
}

static const struct conn_limits calm = {
    .message_bytes_max = 100000,
    .outbox_frames = OUTBOX_FRAMES,
    .outbox_bytes = SIZE_MAX,
    .close_timeout_ms = 3000,
};

static inline void open_with_handlers(struct fixture *f, const struct conn_limits *limits,
                                      struct slice already_read, const struct conn_handlers *with)
{
    int fds[2];

    *f = (struct fixture){0};
    must(loop_init(&f->loop, limits, on_tick, NULL, f));
    f->loop.on_timer = on_timer;
    make_pair(fds);
    f->peer = fds[1];
    must(conn_open(&f->loop, fds[0], already_read, with, f, &f->conn));
    loop_set_timer(&f->loop, POLL_MS);
}

static inline void open_with(struct fixture *f, const struct conn_limits *limits, struct slice already_read)
{
    open_with_handlers(f, limits, already_read, &handlers);
}

static inline void run_until(struct fixture *f, bool (*is_done)(struct fixture *f))
{
    f->is_done = is_done;
    f->started_ms = loop_now_ms(&f->loop);
    f->loop.stopping = false;
    loop_run(&f->loop);
    assert_true(is_done(f));
}

static inline void finish(struct fixture *f)
{
    loop_deinit(&f->loop);
    assert_int_equal(f->closed_count, 1);
    assert_int_equal(atomic_load(&f->loop.counters.connections), 0);
    close(f->peer);
    buf_deinit(&f->heard);
    buf_deinit(&f->wire);
}

/* ---- what a test waits for ---- */

static inline bool is_closed(struct fixture *f)
{
    return f->closed_count > 0 && f->peer_ended;
}

static inline bool was_told(struct fixture *f)
{
    return f->closed_count > 0;
}

static inline bool has_wire(struct fixture *f)
{
    return f->wire.len > 0;
}

static inline bool has_wanted(struct fixture *f)
{
    return f->wire.len >= f->wanted_wire && f->heard.len >= f->wanted_heard;
}

static inline bool has_two_timers(struct fixture *f)
{
    return f->timer_count >= 2;
}

static inline void run_a_little(struct fixture *f)
{
    f->timer_count = 0;
    run_until(f, has_two_timers);
}

/* ---- the peer ---- */

static inline void peer_sends(struct fixture *f, struct buf *bytes)
{
    assert_int_equal(send(f->peer, bytes->ptr, bytes->len, MSG_NOSIGNAL), bytes->len);
    buf_clear(bytes);
}

static inline void peer_sends_frame(struct fixture *f, unsigned first, struct slice payload)
{
    struct buf bytes = {0};

    put_frame(&bytes, first, payload);
    peer_sends(f, &bytes);
    buf_deinit(&bytes);
}

static inline void server_sends(struct fixture *f, struct slice text)
{
    struct buf bytes = {0};

    must(frame_append_message(&bytes, WS_TEXT, text));
    struct frame *frame = frame_new(buf_slice(&bytes));
    conn_send(f->conn, frame);
    frame_unref(frame);
    buf_deinit(&bytes);
}

static inline void expect_wire(struct fixture *f, struct slice bytes)
{
    assert_int_equal(f->wire.len, bytes.len);
    assert_memory_equal(f->wire.ptr, bytes.ptr, bytes.len);
}

/* A Close with this code and a reason, as the last thing on the wire. */
static inline void expect_close_on_wire(struct fixture *f, unsigned code)
{
    const uint8_t *at = (const uint8_t *)f->wire.ptr;

    assert_true(f->wire.len > 4);
    assert_int_equal(at[0], 0x88);
    assert_int_equal(at[1], f->wire.len - 2);
    assert_int_equal(at[2] * 256 + at[3], code);
}

static inline void expect_end(struct fixture *f, enum error why, unsigned code, bool clean)
{
    assert_int_equal(f->closed_count, 1);
    assert_int_equal(f->end.why, why);
    assert_int_equal(f->end.code, code);
    assert_int_equal(f->end.clean, clean);
}

#endif
