/* link: kp_net kp_core kp_alloc */
/* Asking another server, over real sockets. The other server is this file. */
#include "net/upstream.h"

#include "support/loop_turns.h"
#include "support/socket_pair.h"
#include "support/ws_client.h"

enum { PEER = 7, BODY_MAX = 1000, SOON_MS = 200 };

struct fixture {
    struct loop loop;
    struct upstreams upstreams;
    int listener, peer; /* the other server's: peer is the connection that it has accepted */
    uint16_t port;
    /* What `done` was given. */
    int done_count;
    bool is_sent;
    enum error err;
    struct response_head head;
    struct buf fields, body;
    int fd;
    char why[64];
};

static void on_tick(void *owner)
{
    struct fixture *f = owner;

    loop_flush(&f->loop);
    loop_reap(&f->loop);
}

static void on_done(void *owner, const struct upstream_answer *answer)
{
    struct fixture *f = owner;

    f->done_count++;
    f->err = answer->err;
    f->is_sent = answer->is_sent;
    f->head = answer->head;
    f->fd = answer->fd;
    assert_int_equal(answer->err != OK, answer->why != NULL);
    snprintf(f->why, sizeof f->why, "%s", answer->why ? answer->why : "");
    must(buf_append(&f->fields, answer->head.fields));
    must(buf_append(&f->body, answer->body));
    f->head.fields = buf_slice(&f->fields);
}

static void set_up(struct fixture *f)
{
    static const struct conn_limits limits = {.message_bytes_max = 1000};

    *f = (struct fixture){.peer = -1, .fd = -1};
    must(loop_init(&f->loop, &limits, on_tick, NULL, f));
    upstreams_init(&f->upstreams, &f->loop);
    f->listener = listen_on_loopback(&f->port);
    unblock_socket(f->listener);
}

static void tear_down(struct fixture *f)
{
    upstreams_close(&f->upstreams);
    loop_deinit(&f->loop);
    close(f->listener);
    if (f->peer >= 0)
        close(f->peer);
    if (f->fd >= 0)
        close(f->fd);
    buf_deinit(&f->fields);
    buf_deinit(&f->body);
}

static struct upstream *ask_at(struct fixture *f, const char *address, struct slice text)
{
    struct buf bytes = {0};

    must(buf_append(&bytes, text));
    struct upstream *u =
        upstream_ask(&f->upstreams, &(struct upstream_request){.address = slice_from_cstr(address),
                                                               .peer = PEER,
                                                               .bytes = &bytes,
                                                               .body_max = BODY_MAX,
                                                               .takes_upgrade = true,
                                                               .done = on_done,
                                                               .owner = f});
    assert_null(bytes.ptr);
    return u;
}

static struct upstream *ask(struct fixture *f, struct slice text)
{
    char address[64];

    snprintf(address, sizeof address, "127.0.0.1:%u", (unsigned)f->port);
    struct upstream *u = ask_at(f, address, text);
    assert_non_null(u);
    return u;
}

/* Accepts, and hears the request. */
static void hear_request(struct fixture *f, struct slice expected)
{
    struct buf heard = {0};
    char bytes[64 * 1024];

    WAIT_UNTIL(&f->loop, f->peer >= 0)
    f->peer = accept4(f->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    WAIT_UNTIL(&f->loop, heard.len >= expected.len)
    {
        ssize_t len = recv(f->peer, bytes, sizeof bytes, 0);
        if (len > 0)
            must(buf_append(&heard, slice_of(bytes, (size_t)len)));
    }
    assert_true(slice_equal(buf_slice(&heard), expected));
    buf_deinit(&heard);
}

static void say(struct fixture *f, struct slice text)
{
    assert_int_equal(send(f->peer, text.ptr, text.len, MSG_NOSIGNAL), text.len);
}

static void expect_done(struct fixture *f, enum error err)
{
    WAIT_UNTIL(&f->loop, f->done_count > 0);
    assert_int_equal(f->done_count, 1);
    assert_int_equal(f->err, err);
}

/* ---- answers ---- */

static void an_answer_comes_back(void **state)
{
    static const char text[] = "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 5\r\n\r\nhello";
    struct fixture f;

    (void)state;
    set_up(&f);
    ask(&f, SLICE("GET / HTTP/1.1\r\n\r\n"));
    hear_request(&f, SLICE("GET / HTTP/1.1\r\n\r\n"));
    for (size_t i = 0; i < sizeof text - 1; i++) { /* wherever the network cuts it */
        assert_int_equal(f.done_count, 0);
        say(&f, slice_of(text + i, 1));
        loop_turn(&f.loop);
    }
    expect_done(&f, OK);
    assert_int_equal(f.head.status, 200);
    assert_true(slice_equal(buf_slice(&f.body), SLICE("hello")));
    assert_true(slice_equal(response_head_field(&f.head, SLICE("ETag")), SLICE("\"a\"")));
    assert_int_equal(f.fd, -1);
    tear_down(&f);
}

static void a_long_request_is_sent_whole(void **state)
{
    struct fixture f;
    struct slice text = repeated('x', 500 * 1024);

    (void)state;
    set_up(&f);
    ask(&f, text);
    hear_request(&f, text);
    say(&f, SLICE("HTTP/1.1 204 \r\n\r\n"));
    expect_done(&f, OK);
    tear_down(&f);
}

static void an_upgrade_hands_the_socket_over(void **state)
{
    struct fixture f;
    char bytes[8] = {0};

    (void)state;
    set_up(&f);
    ask(&f, SLICE("GET"));
    hear_request(&f, SLICE("GET"));
    say(&f, SLICE("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nfirst"));
    expect_done(&f, OK);
    assert_int_equal(f.head.status, 101);
    assert_true(slice_equal(buf_slice(&f.body), SLICE("first")));
    for (int i = 0; i < 5; i++)
        loop_turn(&f.loop);
    assert_int_equal(send(f.fd, "hi", 2, MSG_NOSIGNAL), 2);
    WAIT_UNTIL(&f.loop, recv(f.peer, bytes, sizeof bytes, 0) == 2);
    assert_string_equal(bytes, "hi");
    tear_down(&f);
}

static void a_name_is_resolved(void **state)
{
    struct fixture f;
    char address[64];

    (void)state;
    set_up(&f);
    snprintf(address, sizeof address, "localhost:%u", (unsigned)f.port);
    if (ask_at(&f, address, SLICE("GET"))) {
        hear_request(&f, SLICE("GET"));
        say(&f, SLICE("HTTP/1.1 204 \r\n\r\n"));
    }
    expect_done(&f, OK);
    tear_down(&f);
}

/* ---- none ---- */

static void expect_unreadable(const char *text, bool hangs_up)
{
    struct fixture f;

    set_up(&f);
    ask(&f, SLICE("GET"));
    hear_request(&f, SLICE("GET"));
    say(&f, slice_from_cstr(text));
    if (hangs_up) {
        close(f.peer);
        f.peer = -1;
    }
    expect_done(&f, ERR_ELSEWHERE);
    assert_int_equal(f.body.len, 0);
    tear_down(&f);
}

static void what_cannot_be_read_is_no_answer(void **state)
{
    (void)state;
    expect_unreadable("HTTP/1.1 200 OK\r\n\r\n", false);
    expect_unreadable("SSH-2.0-OpenSSH_9.2\r\n\r\n", false);
    expect_unreadable("HTTP/1.1 100 Continue\r\n\r\n", false);
    expect_unreadable("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", false);
    expect_unreadable("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", true);
    expect_unreadable("HTTP/1.1 200 OK\r\n", true);
    expect_unreadable("", true);
}

static void a_head_without_end_is_no_answer(void **state)
{
    struct fixture f;

    (void)state;
    set_up(&f);
    ask(&f, SLICE("GET"));
    hear_request(&f, SLICE("GET"));
    say(&f, repeated('x', RESPONSE_HEAD_MAX + 1));
    expect_done(&f, ERR_ELSEWHERE);
    tear_down(&f);
}

static void nobody_listens(void **state)
{
    struct fixture f;

    (void)state;
    set_up(&f);
    close(f.listener);
    f.listener = -1;
    int64_t began_ms = clock_now_ms();
    ask(&f, SLICE("GET"));
    expect_done(&f, ERR_ELSEWHERE);
    assert_true(clock_now_ms() - began_ms < UPSTREAM_CONNECT_MS / 2);
    assert_false(f.is_sent);
    assert_string_equal(f.why, "Connection refused");
    tear_down(&f);
}

/* A listener whose queue is full lets nobody through, like a machine that is gone. */
static void nobody_answers_the_door(void **state)
{
    struct fixture f;
    int waiting[4];
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    (void)state;
    set_up(&f);
    assert_int_equal(listen(f.listener, 0), 0);
    a.sin_port = htons(f.port);
    for (size_t i = 0; i < sizeof waiting / sizeof *waiting; i++) {
        waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)connect(waiting[i], (struct sockaddr *)&a, sizeof a);
    }
    f.upstreams.connect_ms = SOON_MS;
    ask(&f, SLICE("GET"));
    expect_done(&f, ERR_ELSEWHERE);
    for (size_t i = 0; i < sizeof waiting / sizeof *waiting; i++)
        close(waiting[i]);
    tear_down(&f);
}

static void silence_is_no_answer(void **state)
{
    struct fixture f;

    (void)state;
    set_up(&f);
    f.upstreams.silence_ms = SOON_MS;
    ask(&f, SLICE("GET"));
    hear_request(&f, SLICE("GET"));
    say(&f, SLICE("HTTP/1.1 200 OK\r\n"));
    expect_done(&f, ERR_ELSEWHERE);
    assert_true(f.is_sent);
    tear_down(&f);
}

static void an_address_that_is_none_is_refused_at_once(void **state)
{
    static const char *const addresses[] = {"",     "10.0.0.1", "10.0.0.1:", ":3030", "::1:3030",
                                            "[]:1", "a:0",      "a:65536",   "a:+80", "a:80x"};
    struct fixture f;

    (void)state;
    set_up(&f);
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        assert_null(ask_at(&f, addresses[i], SLICE("GET")));
    assert_int_equal(f.done_count, 0);
    tear_down(&f);
}

/* ---- ending ---- */

static void who_has_gone_is_not_called(void **state)
{
    struct fixture f;

    (void)state;
    set_up(&f);
    upstream_cancel(NULL);
    upstream_cancel(ask(&f, SLICE("GET")));
    struct upstream *u = ask(&f, SLICE("GET"));
    hear_request(&f, SLICE("")); /* the first, which was cancelled */
    upstream_cancel(u);
    for (int i = 0; i < 20; i++)
        loop_turn(&f.loop);
    assert_int_equal(f.done_count, 0);
    tear_down(&f);
    assert_int_equal(f.done_count, 0);
}

static bool is_another(void *arg, uint64_t peer)
{
    return peer != *(uint64_t *)arg;
}

static void a_dead_server_is_not_waited_for(void **state)
{
    struct fixture f;

    (void)state;
    set_up(&f);
    ask(&f, SLICE("GET"));
    hear_request(&f, SLICE("GET"));
    upstreams_close_dead(&f.upstreams, is_another, &(uint64_t){PEER + 1});
    assert_int_equal(f.done_count, 0);
    upstreams_close_dead(&f.upstreams, is_another, &(uint64_t){PEER});
    expect_done(&f, ERR_ELSEWHERE);
    tear_down(&f);
}

static void the_end_answers_what_is_under_way(void **state)
{
    struct fixture f;

    (void)state;
    set_up(&f);
    ask(&f, SLICE("GET"));
    upstreams_close(&f.upstreams);
    assert_int_equal(f.done_count, 1);
    assert_null(ask_at(&f, "127.0.0.1:1", SLICE("GET")));
    tear_down(&f);
    assert_int_equal(f.done_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_comes_back),
        cmocka_unit_test(a_long_request_is_sent_whole),
        cmocka_unit_test(an_upgrade_hands_the_socket_over),
        cmocka_unit_test(a_name_is_resolved),
        cmocka_unit_test(what_cannot_be_read_is_no_answer),
        cmocka_unit_test(a_head_without_end_is_no_answer),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(nobody_answers_the_door),
        cmocka_unit_test(silence_is_no_answer),
        cmocka_unit_test(an_address_that_is_none_is_refused_at_once),
        cmocka_unit_test(who_has_gone_is_not_called),
        cmocka_unit_test(a_dead_server_is_not_waited_for),
        cmocka_unit_test(the_end_answers_what_is_under_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
