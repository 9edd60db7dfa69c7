/* link: kp_net kp_core kp_alloc */
/* Connections that are only written to, that are let go in the middle, or given away. */
#include "support/conn_fixture.h"

/* ---- what a test waits for ---- */

static bool peer_has_ended(struct fixture *f)
{
    return f->peer_ended;
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
