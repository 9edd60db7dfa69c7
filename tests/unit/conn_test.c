/* link: kp_net kp_core kp_alloc */
/* Connections on a loop, over real sockets. The peer is this file: it lives on
 * the loop's own thread and reads when the loop's timer says so. */
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

static void on_message(void *owner, struct slice text)
{
    struct fixture *f = owner;

    put_byte(&f->heard, '[');
    must(buf_append(&f->heard, text));
    put_byte(&f->heard, ']');
    if (f->on_text)
        f->on_text(f, text);
}

static void on_drain(void *owner)
{
    ((struct fixture *)owner)->drain_count++;
}

static void on_closed(void *owner, const struct conn_end *end)
{
    struct fixture *f = owner;

    f->closed_count++;
    f->end = *end;
}

static const struct conn_handlers handlers = {
    .on_message = on_message, .on_drain = on_drain, .on_closed = on_closed};

static void peer_reads(struct fixture *f)
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
static void on_timer(void *owner)
{
    struct fixture *f = owner;

    f->timer_count++;
    peer_reads(f);
    loop_set_timer(&f->loop, POLL_MS);
}

static void on_tick(void *owner)
{
    struct fixture *f = owner;

    loop_flush(&f->loop);
    loop_reap(&f->loop);
    if (f->is_done(f) || loop_now_ms(&f->loop) - f->started_ms > TIMEOUT_MS)
        loop_stop(&f->loop);
}

static void make_pair(int fds[2])
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

static void open_with_handlers(struct fixture *f, const struct conn_limits *limits, struct slice already_read,
                               const struct conn_handlers *with)
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

static void open_with(struct fixture *f, const struct conn_limits *limits, struct slice already_read)
{
    open_with_handlers(f, limits, already_read, &handlers);
}

static void run_until(struct fixture *f, bool (*is_done)(struct fixture *f))
{
    f->is_done = is_done;
    f->started_ms = loop_now_ms(&f->loop);
    f->loop.stopping = false;
    loop_run(&f->loop);
    assert_true(is_done(f));
}

static void finish(struct fixture *f)
{
    loop_deinit(&f->loop);
    assert_int_equal(f->closed_count, 1);
    assert_int_equal(atomic_load(&f->loop.counters.connections), 0);
    close(f->peer);
    buf_deinit(&f->heard);
    buf_deinit(&f->wire);
}

/* ---- what a test waits for ---- */

static bool is_closed(struct fixture *f)
{
    return f->closed_count > 0 && f->peer_ended;
}

static bool peer_has_ended(struct fixture *f)
{
    return f->peer_ended;
}

static bool was_told(struct fixture *f)
{
    return f->closed_count > 0;
}

static bool has_heard(struct fixture *f)
{
    return f->heard.len > 0;
}

static bool has_wire(struct fixture *f)
{
    return f->wire.len > 0;
}

static bool has_drained(struct fixture *f)
{
    return f->drain_count > 0;
}

static bool has_wanted(struct fixture *f)
{
    return f->wire.len >= f->wanted_wire && f->heard.len >= f->wanted_heard;
}

static bool has_peer_ended(struct fixture *f)
{
    return f->peer_ended;
}

static bool has_two_timers(struct fixture *f)
{
    return f->timer_count >= 2;
}

static void run_a_little(struct fixture *f)
{
    f->timer_count = 0;
    run_until(f, has_two_timers);
}

/* ---- the peer ---- */

static void peer_sends(struct fixture *f, struct buf *bytes)
{
    assert_int_equal(send(f->peer, bytes->ptr, bytes->len, MSG_NOSIGNAL), bytes->len);
    buf_clear(bytes);
}

static void peer_sends_frame(struct fixture *f, unsigned first, struct slice payload)
{
    struct buf bytes = {0};

    put_frame(&bytes, first, payload);
    peer_sends(f, &bytes);
    buf_deinit(&bytes);
}

static void server_sends(struct fixture *f, struct slice text)
{
    struct buf bytes = {0};

    must(frame_append_message(&bytes, WS_TEXT, text));
    struct frame *frame = frame_new(buf_slice(&bytes));
    conn_send(f->conn, frame);
    frame_unref(frame);
    buf_deinit(&bytes);
}

static void expect_wire(struct fixture *f, struct slice bytes)
{
    assert_int_equal(f->wire.len, bytes.len);
    assert_memory_equal(f->wire.ptr, bytes.ptr, bytes.len);
}

/* A Close with this code and a reason, as the last thing on the wire. */
static void expect_close_on_wire(struct fixture *f, unsigned code)
{
    const uint8_t *at = (const uint8_t *)f->wire.ptr;

    assert_true(f->wire.len > 4);
    assert_int_equal(at[0], 0x88);
    assert_int_equal(at[1], f->wire.len - 2);
    assert_int_equal(at[2] * 256 + at[3], code);
}

static void expect_end(struct fixture *f, enum error why, unsigned code, bool clean)
{
    assert_int_equal(f->closed_count, 1);
    assert_int_equal(f->end.why, why);
    assert_int_equal(f->end.code, code);
    assert_int_equal(f->end.clean, clean);
}

/* ---- tests ---- */

static void messages_go_both_ways(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, &calm, (struct slice){0});
    peer_sends_frame(&f, FIN | TEXT, SLICE("hello"));
    run_until(&f, has_heard);
    assert_true(slice_equal(buf_slice(&f.heard), SLICE("[hello]")));
    server_sends(&f, SLICE("hi"));
    run_until(&f, has_wire);
    expect_wire(&f, SLICE("\x81\x02hi"));
    assert_int_equal(atomic_load(&f.loop.counters.bytes_out), 4);
    assert_int_equal(atomic_load(&f.loop.counters.frames_out), 1);
    assert_int_equal(atomic_load(&f.loop.counters.bytes_in), 11);
    assert_int_equal(atomic_load(&f.loop.counters.connections), 1);
    finish(&f);
}

static void bytes_behind_the_handshake_come_first(void **state)
{
    struct fixture f;
    struct buf early = {0};

    (void)state;
    put_frame(&early, FIN | TEXT, SLICE("early"));
    put_frame(&early, FIN | TEXT, SLICE("split"));
    open_with(&f, &calm, slice_of(early.ptr, early.len - 3));
    assert_int_equal(f.heard.len, 0); /* not from inside conn_open */
    assert_int_equal(send(f.peer, early.ptr + early.len - 3, 3, 0), 3);
    buf_deinit(&early);
    f.wanted_heard = 14;
    run_until(&f, has_wanted);
    assert_true(slice_equal(buf_slice(&f.heard), SLICE("[early][split]")));
    finish(&f);
}

static bool has_waited(struct fixture *f)
{
    return f->timer_count >= 5;
}

static void paused_it_hears_nothing_and_loses_nothing(void **state)
{
    struct fixture f;
    struct buf early = {0};

    (void)state;
    put_frame(&early, FIN | TEXT, SLICE("early"));
    put_frame(&early, FIN | TEXT, SLICE("late"));
    open_with(&f, &calm, slice_of(early.ptr, 4));
    conn_pause(f.conn);
    assert_int_equal(send(f.peer, early.ptr + 4, early.len - 4, 0), early.len - 4);
    buf_deinit(&early);
    shutdown(f.peer, SHUT_WR);
    run_until(&f, has_waited);
    assert_int_equal(f.heard.len, 0);
    assert_int_equal(f.closed_count, 0);
    conn_resume(f.conn);
    f.wanted_heard = 13;
    run_until(&f, has_wanted);
    assert_true(slice_equal(buf_slice(&f.heard), SLICE("[early][late]")));
    finish(&f);
}

static void a_ping_is_answered(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, &calm, (struct slice){0});
    peer_sends_frame(&f, FIN | PING, SLICE("p"));
    run_until(&f, has_wire);
    expect_wire(&f, SLICE("\x8a\x01p"));
    finish(&f);
}

static void the_peer_closes(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, &calm, (struct slice){0});
    server_sends(&f, SLICE("last"));
    peer_sends_frame(&f, FIN | CLOSE, SLICE("\x03\xe8"));
    run_until(&f, is_closed);
    expect_wire(&f, SLICE("\x81\x04last\x88\x02\x03\xe8"));
    expect_end(&f, OK, 1000, true);
    finish(&f);
}

static void we_close(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, &calm, (struct slice){0});
    server_sends(&f, SLICE("last"));
    conn_close(f.conn, ERR_GONE, SLICE("bye"));
    assert_true(conn_is_closing(f.conn));
    assert_false(conn_is_ready(f.conn));
    server_sends(&f, SLICE("ignored"));
    conn_close(f.conn, ERR_INTERNAL, SLICE("ignored"));
    run_until(&f, has_wire);
    expect_wire(&f, SLICE("\x81\x04last\x88\x05\x11\x3a"
                          "bye"));
    assert_int_equal(f.closed_count, 0);
    peer_sends_frame(&f, FIN | TEXT, SLICE("crossing"));
    peer_sends_frame(&f, FIN | PING, SLICE("crossing"));
    peer_sends_frame(&f, FIN | CLOSE, SLICE("\x11\x3a"));
    run_until(&f, is_closed);
    assert_int_equal(f.heard.len, 0);
    assert_int_equal(f.wire.len, 13);
    expect_end(&f, ERR_GONE, 4410, true);
    finish(&f);
}

static void a_long_reason_is_cut_at_a_character(void **state)
{
    struct fixture f;
    char reason[124];

    (void)state;
    memset(reason, 'r', 122);
    memcpy(reason + 122, "\xc3\xbc", 2);
    open_with(&f, &calm, (struct slice){0});
    conn_close(f.conn, ERR_IDLE, slice_of(reason, sizeof reason));
    run_until(&f, has_wire);
    assert_int_equal(f.wire.len, 2 + 2 + 122);
    finish(&f);
    expect_end(&f, ERR_IDLE, 4408, false); /* the loop ended first */
}

static void a_close_without_reason_says_what_the_error_says(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, &calm, (struct slice){0});
    conn_close(f.conn, ERR_SHUTTING_DOWN, (struct slice){0});
    run_until(&f, has_wire);
    expect_close_on_wire(&f, 1001);
    assert_memory_equal(f.wire.ptr + 4, error_text(ERR_SHUTTING_DOWN), f.wire.len - 4);
    finish(&f);
}

static void a_peer_that_does_not_answer_our_close_is_dropped(void **state)
{
    struct conn_limits hasty = calm;
    struct fixture f;

    (void)state;
    hasty.close_timeout_ms = 60;
    open_with(&f, &hasty, (struct slice){0});
    conn_close(f.conn, ERR_GONE, SLICE("bye"));
    run_until(&f, is_closed);
    expect_end(&f, ERR_GONE, 4410, false);
    finish(&f);
}

/* The fault's Close must arrive although the peer keeps sending. */
static void expect_fault(unsigned first, struct slice payload, enum error why, unsigned code)
{
    struct fixture f;

    open_with(&f, &calm, (struct slice){0});
    peer_sends_frame(&f, first, payload);
    peer_sends_frame(&f, FIN | TEXT, SLICE("more"));
    run_until(&f, has_wire);
    peer_sends_frame(&f, FIN | TEXT, repeated('x', 1000));
    run_until(&f, has_peer_ended);
    expect_close_on_wire(&f, code);
    assert_int_equal(f.closed_count, 0);
    shutdown(f.peer, SHUT_WR);
    run_until(&f, was_told);
    assert_int_equal(f.heard.len, 0);
    expect_end(&f, why, code, false);
    finish(&f);
}

static void faults_are_closed_with_their_code(void **state)
{
    (void)state;
    expect_fault(FIN | TEXT, SLICE("\xff"), ERR_BAD_TEXT, 1007);
    expect_fault(FIN | BINARY, SLICE("b"), ERR_BAD_MESSAGE, 4400);
    expect_fault(FIN | TEXT, repeated('x', 100001), ERR_MESSAGE_TOO_LARGE, 1009);
    expect_fault(FIN | CONTINUATION, SLICE("x"), ERR_BAD_MESSAGE, 1002);
}

static void the_largest_message_can_be_lowered(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, &calm, (struct slice){0});
    conn_set_message_max(f.conn, 5);
    peer_sends_frame(&f, FIN | TEXT, SLICE("12345"));
    peer_sends_frame(&f, FIN | TEXT, SLICE("123456"));
    run_until(&f, has_wire);
    expect_close_on_wire(&f, 1009);
    assert_true(slice_equal(buf_slice(&f.heard), SLICE("[12345]")));
    finish(&f);
}

static void a_socket_that_just_ends_is_1006(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, &calm, (struct slice){0});
    peer_sends_frame(&f, FIN | TEXT, SLICE("bye"));
    shutdown(f.peer, SHUT_WR); /* half-open: we end it wholly */
    run_until(&f, is_closed);
    assert_true(slice_equal(buf_slice(&f.heard), SLICE("[bye]")));
    expect_end(&f, OK, 1006, false);
    finish(&f);
}

static void a_reset_is_1006(void **state)
{
    struct linger at_once = {.l_onoff = 1};
    struct fixture f;

    (void)state;
    open_with(&f, &calm, (struct slice){0});
    peer_sends_frame(&f, FIN | TEXT, SLICE("bye"));
    setsockopt(f.peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    f.peer_is_asleep = true;
    close(f.peer);
    run_until(&f, was_told);
    expect_end(&f, OK, 1006, false);
    f.peer = dup(0);
    finish(&f);
}

static bool is_not_ready(struct fixture *f)
{
    return !conn_is_ready(f->conn);
}

static void a_slow_reader_is_seen_and_told_of_when_it_has_drained(void **state)
{
    struct fixture f;
    size_t sent = 0;

    (void)state;
    open_with(&f, &calm, (struct slice){0});
    f.peer_is_asleep = true;
    for (int i = 0; conn_is_ready(f.conn) && i < 4000; i++) {
        server_sends(&f, repeated('s', 100000));
        sent += 100010;
        loop_flush(&f.loop);
    }
    assert_false(conn_is_ready(f.conn));
    assert_true(conn_waiting_bytes(f.conn) > 0);
    assert_true(conn_waiting_bytes(f.conn) <= (OUTBOX_FRAMES + 1) * 100010);
    run_until(&f, is_not_ready);
    assert_int_equal(f.drain_count, 0);

    f.peer_is_asleep = false;
    run_until(&f, has_drained);
    f.wanted_wire = sent;
    run_until(&f, has_wanted);
    assert_int_equal(f.wire.len, sent);
    assert_int_equal(f.drain_count, 1);
    assert_true(conn_is_ready(f.conn));
    assert_int_equal(conn_waiting_bytes(f.conn), 0);
    finish(&f);
}

static void few_large_frames_make_a_slow_reader_too(void **state)
{
    struct conn_limits narrow = calm;
    struct fixture f;

    (void)state;
    narrow.outbox_bytes = 150000;
    open_with(&f, &narrow, (struct slice){0});
    f.peer_is_asleep = true;
    for (int i = 0; conn_is_ready(f.conn) && i < 4000; i++) {
        server_sends(&f, repeated('s', 100000));
        loop_flush(&f.loop);
    }
    assert_false(conn_is_ready(f.conn));
    assert_in_range(conn_waiting_bytes(f.conn), 1, 150000 + 100010);
    f.peer_is_asleep = false;
    run_until(&f, has_drained);
    assert_true(conn_is_ready(f.conn));
    finish(&f);
}

static void a_burst_that_the_socket_takes_at_once_drains_too(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, &calm, (struct slice){0});
    for (int i = 0; i < 100; i++)
        server_sends(&f, SLICE("burst"));
    assert_false(conn_is_ready(f.conn));
    run_until(&f, has_drained);
    f.wanted_wire = 700;
    run_until(&f, has_wanted);
    assert_int_equal(f.wire.len, 700);
    assert_int_equal(f.drain_count, 1);
    finish(&f);
}

static void a_reader_that_takes_nothing_is_dropped(void **state)
{
    struct conn_limits hasty = calm;
    struct fixture f;

    (void)state;
    hasty.write_timeout_ms = 80;
    open_with(&f, &hasty, (struct slice){0});
    f.peer_is_asleep = true;
    for (int i = 0; conn_is_ready(f.conn) && i < 4000; i++) {
        server_sends(&f, repeated('s', 100000));
        loop_flush(&f.loop);
    }
    run_until(&f, was_told);
    expect_end(&f, ERR_SLOW_READER, 1006, false);
    finish(&f);
}

static void pings_do_not_pile_up_pongs_for_one_who_does_not_read(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, &calm, (struct slice){0});
    f.peer_is_asleep = true;
    for (int i = 0; conn_is_ready(f.conn) && i < 4000; i++) {
        server_sends(&f, repeated('s', 100000));
        loop_flush(&f.loop);
    }
    size_t waiting = conn_waiting_bytes(f.conn);
    for (int i = 0; i < 200; i++) {
        peer_sends_frame(&f, FIN | PING, repeated('p', 125));
        run_a_little(&f);
    }
    assert_true(conn_waiting_bytes(f.conn) <= waiting);
    finish(&f);
}

static void a_silent_peer_is_pinged_and_lives_while_it_answers(void **state)
{
    struct conn_limits alert = calm;
    struct fixture f;

    (void)state;
    alert.heartbeat_ms = 40;
    alert.dead_ms = 200;
    open_with(&f, &alert, (struct slice){0});
    for (int i = 0; i < 8; i++) {
        buf_clear(&f.wire);
        run_until(&f, has_wire);
        expect_wire(&f, SLICE("\x89\x00"));
        peer_sends_frame(&f, FIN | PONG, SLICE(""));
    }
    assert_int_equal(f.closed_count, 0);
    assert_true(conn_age_ms(f.conn) > 200);
    run_until(&f, is_closed); /* now it has died */
    expect_end(&f, ERR_IDLE, 1006, false);
    finish(&f);
}

/* ---- streams: only written to ---- */

static void open_stream(struct fixture *f, const struct conn_limits *limits, bool has_comments)
{
    int fds[2];

    *f = (struct fixture){0};
    must(loop_init(&f->loop, limits, on_tick, NULL, f));
    f->loop.on_timer = on_timer;
    make_pair(fds);
    f->peer = fds[1];
    must(conn_open_stream(&f->loop, fds[0], has_comments, &handlers, f, &f->conn));
    loop_set_timer(&f->loop, POLL_MS);
}

static void a_stream_sends_bytes_as_they_are_and_ends(void **state)
{
    struct fixture f;

    (void)state;
    open_stream(&f, &calm, true);
    assert_int_equal(send(f.peer, "GET / HTTP/1.1\r\n\r\n", 18, 0), 18); /* nobody listens to it */
    run_a_little(&f);
    struct frame *frame = frame_new(SLICE("data: 1\n\n"));
    conn_send(f.conn, frame);
    frame_unref(frame);
    conn_close(f.conn, ERR_SHUTTING_DOWN, (struct slice){0});
    run_until(&f, peer_has_ended);
    expect_wire(&f, SLICE("data: 1\n\n"));
    shutdown(f.peer, SHUT_RDWR);
    run_until(&f, was_told);
    assert_int_equal(f.end.why, ERR_SHUTTING_DOWN);
    assert_int_equal(f.heard.len, 0);
    finish(&f);
}

static void a_silent_stream_is_kept_alive_by_comments(void **state)
{
    struct conn_limits alert = calm;
    struct fixture f;

    (void)state;
    alert.heartbeat_ms = 40;
    alert.dead_ms = 80;
    alert.read_timeout_ms = 80;
    open_stream(&f, &alert, true);
    for (int i = 0; i < 5; i++) {
        buf_clear(&f.wire);
        run_until(&f, has_wire);
        expect_wire(&f, SLICE(":\n\n"));
    }
    assert_int_equal(f.closed_count, 0);
    finish(&f);
}

/* An answer that is yet to come must not begin with a comment. */
static void a_stream_without_comments_says_nothing(void **state)
{
    struct conn_limits alert = calm;
    struct fixture f;

    (void)state;
    alert.heartbeat_ms = 20;
    alert.dead_ms = 40;
    open_stream(&f, &alert, false);
    for (int i = 0; i < 10; i++)
        run_a_little(&f);
    assert_int_equal(f.wire.len, 0);
    assert_int_equal(f.closed_count, 0);
    finish(&f);
}

static void a_peer_without_messages_is_closed_as_idle_though_it_pongs(void **state)
{
    struct conn_limits strict = calm;
    struct fixture f;

    (void)state;
    strict.read_timeout_ms = 100;
    open_with(&f, &strict, (struct slice){0});
    for (int i = 0; i < 10 && f.wire.len == 0; i++) {
        peer_sends_frame(&f, FIN | PONG, SLICE(""));
        run_a_little(&f);
    }
    run_until(&f, has_wire);
    expect_close_on_wire(&f, 4408);
    finish(&f);
}

static void kill_inside(struct fixture *f, struct slice text)
{
    if (slice_equal(text, SLICE("kill")))
        conn_kill(f->conn);
    if (slice_equal(text, SLICE("close")))
        conn_close(f->conn, ERR_REPLACED, (struct slice){0});
    assert_int_equal(f->closed_count, 0);
}

static void killing_inside_a_callback_is_safe(void **state)
{
    struct fixture f;
    struct buf bytes = {0};

    (void)state;
    open_with(&f, &calm, (struct slice){0});
    f.on_text = kill_inside;
    put_frame(&bytes, FIN | TEXT, SLICE("one"));
    put_frame(&bytes, FIN | TEXT, SLICE("kill"));
    put_frame(&bytes, FIN | TEXT, SLICE("three"));
    put_frame(&bytes, TEXT, SLICE("unfinished"));
    peer_sends(&f, &bytes);
    run_until(&f, is_closed);
    assert_true(slice_equal(buf_slice(&f.heard), SLICE("[one][kill]")));
    expect_end(&f, OK, 1006, false);
    finish(&f);

    put_frame(&bytes, FIN | TEXT, SLICE("kill"));
    open_with(&f, &calm, buf_slice(&bytes));
    f.on_text = kill_inside;
    run_until(&f, is_closed);
    expect_end(&f, OK, 1006, false);
    finish(&f);
    buf_deinit(&bytes);
}

static void closing_inside_a_callback_ends_the_messages(void **state)
{
    struct fixture f;
    struct buf bytes = {0};

    (void)state;
    open_with(&f, &calm, (struct slice){0});
    f.on_text = kill_inside;
    put_frame(&bytes, FIN | TEXT, SLICE("close"));
    put_frame(&bytes, FIN | TEXT, SLICE("unheard"));
    put_frame(&bytes, FIN | CLOSE, SLICE("\x03\xe8"));
    peer_sends(&f, &bytes);
    run_until(&f, is_closed);
    assert_true(slice_equal(buf_slice(&f.heard), SLICE("[close]")));
    expect_close_on_wire(&f, 1000);
    expect_end(&f, ERR_REPLACED, 1000, true);
    finish(&f);
    buf_deinit(&bytes);
}

static void on_closed_never_comes_from_inside_a_call(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, &calm, (struct slice){0});
    conn_kill(f.conn);
    assert_int_equal(f.closed_count, 0);
    conn_kill(f.conn);
    conn_close(f.conn, ERR_GONE, (struct slice){0});
    server_sends(&f, SLICE("nobody"));
    run_until(&f, is_closed);
    expect_end(&f, OK, 1006, false);
    finish(&f);
}

/* ---- giving the socket away ---- */

static void keep_bytes(void *owner, struct slice bytes)
{
    struct fixture *f = owner;

    must(buf_append(&f->kept, bytes));
}

static const struct conn_handlers keeping_handlers = {
    .on_message = on_message, .on_drain = on_drain, .on_closed = on_closed, .on_bytes = keep_bytes};

/* As session and api do it: the bytes of the first life are read anew in the second one, here in
 * the same loop, where the number of the socket is known already. */
static void open_again(struct fixture *f, int fd)
{
    struct buf kept = f->kept;

    f->kept = (struct buf){0};
    must(conn_open(&f->loop, fd, buf_slice(&kept), &handlers, f, &f->conn));
    buf_deinit(&kept);
}

static void a_socket_that_is_given_away_begins_anew(void **state)
{
    struct fixture f;
    struct buf bytes = {0};

    (void)state;
    put_frame(&bytes, FIN | TEXT, SLICE("hello"));
    put_frame(&bytes, FIN | PING, SLICE("p"));
    put_frame(&bytes, FIN | TEXT, SLICE("split"));
    open_with_handlers(&f, &calm, slice_of(bytes.ptr, 4), &keeping_handlers);
    assert_int_equal(send(f.peer, bytes.ptr + 4, bytes.len - 7, 0), bytes.len - 7);
    f.wanted_heard = strlen("[hello]");
    f.wanted_wire = strlen("\x8a\x01p");
    run_until(&f, has_wanted);
    int fd = conn_release(f.conn);
    assert_true(fd >= 0);
    assert_int_equal(atomic_load(&f.loop.counters.connections), 0);
    assert_int_equal(f.kept.len, bytes.len - 3);
    open_again(&f, fd);
    assert_int_equal(send(f.peer, bytes.ptr + bytes.len - 3, 3, 0), 3);
    buf_deinit(&bytes);
    f.wanted_heard = strlen("[hello][hello][split]");
    f.wanted_wire = 2 * strlen("\x8a\x01p"); /* a pong that nobody asked for does no harm */
    run_until(&f, has_wanted);
    assert_true(slice_equal(buf_slice(&f.heard), SLICE("[hello][hello][split]")));
    server_sends(&f, SLICE("hi"));
    f.wanted_wire += strlen("\x81\x02hi");
    run_until(&f, has_wanted);
    assert_int_equal(f.closed_count, 0);
    finish(&f); /* asserts that on_closed came once: for the second life */
}

static void what_is_closing_is_not_given_away(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, &calm, (struct slice){0});
    server_sends(&f, SLICE("waits"));
    assert_int_equal(conn_release(f.conn), -1);
    conn_close(f.conn, ERR_GONE, (struct slice){0});
    assert_int_equal(conn_release(f.conn), -1);
    run_until(&f, has_wire);
    assert_memory_equal(f.wire.ptr, "\x81\x05waits\x88", 8);
    finish(&f);
}

static void a_loop_that_is_let_go_tells_every_owner(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, &calm, (struct slice){0});
    finish(&f); /* asserts that on_closed came once */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_go_both_ways),
        cmocka_unit_test(bytes_behind_the_handshake_come_first),
        cmocka_unit_test(paused_it_hears_nothing_and_loses_nothing),
        cmocka_unit_test(a_ping_is_answered),
        cmocka_unit_test(the_peer_closes),
        cmocka_unit_test(we_close),
        cmocka_unit_test(a_long_reason_is_cut_at_a_character),
        cmocka_unit_test(a_close_without_reason_says_what_the_error_says),
        cmocka_unit_test(a_peer_that_does_not_answer_our_close_is_dropped),
        cmocka_unit_test(faults_are_closed_with_their_code),
        cmocka_unit_test(the_largest_message_can_be_lowered),
        cmocka_unit_test(a_socket_that_just_ends_is_1006),
        cmocka_unit_test(a_reset_is_1006),
        cmocka_unit_test(a_slow_reader_is_seen_and_told_of_when_it_has_drained),
        cmocka_unit_test(few_large_frames_make_a_slow_reader_too),
        cmocka_unit_test(a_burst_that_the_socket_takes_at_once_drains_too),
        cmocka_unit_test(a_reader_that_takes_nothing_is_dropped),
        cmocka_unit_test(pings_do_not_pile_up_pongs_for_one_who_does_not_read),
        cmocka_unit_test(a_silent_peer_is_pinged_and_lives_while_it_answers),
        cmocka_unit_test(a_stream_sends_bytes_as_they_are_and_ends),
        cmocka_unit_test(a_silent_stream_is_kept_alive_by_comments),
        cmocka_unit_test(a_stream_without_comments_says_nothing),
        cmocka_unit_test(a_peer_without_messages_is_closed_as_idle_though_it_pongs),
        cmocka_unit_test(killing_inside_a_callback_is_safe),
        cmocka_unit_test(closing_inside_a_callback_ends_the_messages),
        cmocka_unit_test(on_closed_never_comes_from_inside_a_call),
        cmocka_unit_test(a_socket_that_is_given_away_begins_anew),
        cmocka_unit_test(what_is_closing_is_not_given_away),
        cmocka_unit_test(a_loop_that_is_let_go_tells_every_owner),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
