/* link: kp_net kp_core kp_alloc */
/* Connections on a loop, over real sockets. The peer is this file: it lives on
 * the loop's own thread and reads when the loop's timer says so. */
#include "support/conn_fixture.h"

/* ---- what a test waits for ---- */

static bool has_heard(struct fixture *f)
{
    return f->heard.len > 0;
}

static bool has_drained(struct fixture *f)
{
    return f->drain_count > 0;
}

static bool has_peer_ended(struct fixture *f)
{
    return f->peer_ended;
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
