/* link: kp_net kp_core kp_alloc */
/* Tunnels on a loop, over real sockets. The client and the other server are this file,
 * which gives the loop a turn whenever it waits for something. */
#include "net/tunnel.h"

#include "support/loop_turns.h"
#include "support/socket_pair.h"
#include "support/ws_client.h"

#include <stdatomic.h>

enum { LINGER_MS = 500, UNTAKEN_MS = 1500, PEER = 7, BIG = 8 * 1024 * 1024 };

struct fixture {
    struct loop loop;
    struct tunnels tunnels;
    int client, server; /* our ends of the tunnel's two sockets */
    int closed_count;
    unsigned turns;
};

static void on_tick(void *owner)
{
    struct fixture *f = owner;

    f->turns++;
    loop_flush(&f->loop);
    loop_reap(&f->loop);
}

static void on_closed(void *owner)
{
    ((struct fixture *)owner)->closed_count++;
}

static void set_up(struct fixture *f)
{
    static const struct conn_limits limits = {.message_bytes_max = 1000};

    *f = (struct fixture){.client = -1, .server = -1};
    must(loop_init(&f->loop, &limits, on_tick, NULL, f));
    tunnels_init(&f->tunnels, &f->loop, UNTAKEN_MS);
    f->tunnels.linger_ms = LINGER_MS;
}

static void open_tunnel(struct fixture *f, uint64_t peer, struct slice from_client, struct slice from_server)
{
    int client[2], server[2];

    connected_pair(client);
    connected_pair(server);
    f->client = client[1];
    f->server = server[1];
    must(tunnel_open(&f->tunnels, &(struct tunnel_ends){.client = client[0],
                                                        .server = server[0],
                                                        .from_client = from_client,
                                                        .from_server = from_server,
                                                        .peer = peer,
                                                        .on_closed = on_closed,
                                                        .owner = f}));
}

static void open_plain(struct fixture *f)
{
    set_up(f);
    open_tunnel(f, PEER, (struct slice){0}, (struct slice){0});
}

static void tear_down(struct fixture *f)
{
    if (f->client >= 0)
        close(f->client);
    if (f->server >= 0)
        close(f->server);
    tunnels_close(&f->tunnels);
    loop_deinit(&f->loop);
}

/* ---- waiting ---- */

/* What has come, added to `to`; true when the other side has ended. */
static bool hear(int fd, struct buf *to)
{
    char bytes[64 * 1024];

    for (;;) {
        ssize_t len = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (len < 0 && errno == EAGAIN)
            return false;
        if (len <= 0)
            return true;
        must(buf_append(to, slice_of(bytes, (size_t)len)));
    }
}

/* How many bytes the socket took. */
static size_t say(int fd, struct slice bytes)
{
    ssize_t len = send(fd, bytes.ptr, bytes.len, MSG_DONTWAIT | MSG_NOSIGNAL);

    return len > 0 ? (size_t)len : 0;
}

static void expect_text(struct fixture *f, int fd, const char *text)
{
    struct buf heard = {0};

    WAIT_UNTIL(&f->loop, heard.len >= strlen(text))
    {
        hear(fd, &heard);
    }
    assert_true(slice_equal(buf_slice(&heard), slice_from_cstr(text)));
    buf_deinit(&heard);
}

static void expect_end(struct fixture *f, int fd)
{
    struct buf heard = {0};

    WAIT_UNTIL(&f->loop, hear(fd, &heard))
    {
    }
    assert_int_equal(heard.len, 0);
    buf_deinit(&heard);
}

/* Bytes that differ wherever they are: none can be lost, doubled or swapped unnoticed. */
static struct slice pattern(uint64_t seed, size_t len)
{
    static char bytes[2][BIG];
    char *to = bytes[seed % 2];

    for (size_t i = 0; i < len; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        to[i] = (char)(seed >> 56);
    }
    return slice_of(to, len);
}

/* ---- moving ---- */

static void bytes_arrive_as_they_were_sent_both_ways(void **state)
{
    struct fixture f;
    struct slice up = pattern(2, BIG), down = pattern(3, BIG);
    struct buf at_server = {0}, at_client = {0};
    size_t said_up = 0, said_down = 0;

    (void)state;
    open_plain(&f);
    WAIT_UNTIL(&f.loop, at_server.len == BIG && at_client.len == BIG)
    {
        said_up += say(f.client, slice_of(up.ptr + said_up, BIG - said_up));
        said_down += say(f.server, slice_of(down.ptr + said_down, BIG - said_down));
        hear(f.server, &at_server);
        hear(f.client, &at_client);
    }
    assert_true(slice_equal(buf_slice(&at_server), up));
    assert_true(slice_equal(buf_slice(&at_client), down));
    assert_int_equal(atomic_load(&f.tunnels.bytes), 2 * BIG);
    assert_int_equal(atomic_load(&f.tunnels.open), 1);
    buf_deinit(&at_server);
    buf_deinit(&at_client);
    tear_down(&f);
}

static void what_came_behind_the_handshakes_goes_first(void **state)
{
    struct fixture f;

    (void)state;
    set_up(&f);
    open_tunnel(&f, PEER, SLICE("hello "), SLICE("welcome "));
    assert_int_equal(say(f.client, SLICE("server")), 6);
    assert_int_equal(say(f.server, SLICE("client")), 6);
    expect_text(&f, f.server, "hello server");
    expect_text(&f, f.client, "welcome client");
    tear_down(&f);
}

/* One that takes nothing holds up its own direction, at a bounded cost, and not the other. */
static void a_slow_side_is_waited_for(void **state)
{
    struct fixture f;
    struct slice down = pattern(5, BIG);
    struct buf at_client = {0};
    size_t said = 0;

    (void)state;
    open_plain(&f);
    int64_t quiet_since_ms = clock_now_ms();
    WAIT_UNTIL(&f.loop, clock_now_ms() - quiet_since_ms > 200)
    {
        size_t more = say(f.server, slice_of(down.ptr + said % BIG, BIG - said % BIG));
        said += more;
        quiet_since_ms = more ? clock_now_ms() : quiet_since_ms;
        assert_true(said < 64u * 1024 * 1024); /* what kernels hold, and not without end */
    }
    assert_int_equal(say(f.client, SLICE("still here")), 10);
    expect_text(&f, f.server, "still here");
    WAIT_UNTIL(&f.loop, at_client.len == said)
    {
        hear(f.client, &at_client);
    }
    for (size_t at = 0; at < said; at += BIG) {
        size_t len = said - at < BIG ? said - at : BIG;
        assert_memory_equal(at_client.ptr + at, down.ptr, len);
    }
    buf_deinit(&at_client);
    tear_down(&f);
}

/* ---- ending ---- */

static void the_end_of_one_direction_is_passed_on(void **state)
{
    struct fixture f;

    (void)state;
    open_plain(&f);
    assert_int_equal(say(f.client, SLICE("last words")), 10);
    shutdown(f.client, SHUT_WR);
    expect_text(&f, f.server, "last words");
    expect_end(&f, f.server);
    assert_int_equal(say(f.server, SLICE("answer")), 6);
    expect_text(&f, f.client, "answer");
    assert_int_equal(f.closed_count, 0);
    shutdown(f.server, SHUT_WR);
    expect_end(&f, f.client);
    assert_int_equal(f.closed_count, 1);
    assert_int_equal(atomic_load(&f.tunnels.open), 0);
    tear_down(&f);
    assert_int_equal(f.closed_count, 1);
}

/* The end comes behind what the socket has not taken yet. */
static void an_end_waits_for_the_bytes_before_it(void **state)
{
    struct fixture f;
    struct slice down = pattern(9, BIG);
    struct buf at_client = {0};
    size_t said = 0;
    bool has_ended = false;

    (void)state;
    open_plain(&f);
    WAIT_UNTIL(&f.loop, said == BIG)
    {
        size_t more = say(f.server, slice_of(down.ptr + said, BIG - said));
        said += more;
        if (!more) /* both are full: make room for a little */
            must(buf_reserve(&at_client, 65536)), hear(f.client, &at_client);
    }
    close(f.server);
    f.server = -1;
    WAIT_UNTIL(&f.loop, has_ended)
    {
        has_ended = hear(f.client, &at_client);
    }
    assert_true(slice_equal(buf_slice(&at_client), down));
    buf_deinit(&at_client);
    tear_down(&f);
}

static void a_reset_ends_the_other_side_too(void **state)
{
    struct fixture f;

    (void)state;
    open_plain(&f);
    close_with_reset(f.client);
    f.client = -1;
    expect_end(&f, f.server);
    close(f.server);
    f.server = -1;
    WAIT_UNTIL(&f.loop, f.closed_count == 1)
    {
    }
    tear_down(&f);
}

/* The other server says why it closes and does; the client is typing meanwhile. */
static void what_was_said_before_a_reset_arrives(void **state)
{
    struct fixture f;

    (void)state;
    open_plain(&f);
    assert_int_equal(say(f.client, SLICE("typing")), 6);
    for (int i = 0; i < 20; i++)
        loop_turn(&f.loop);
    assert_int_equal(say(f.server, SLICE("goodbye")), 7);
    close(f.server); /* with bytes unread: a reset */
    f.server = -1;
    assert_int_equal(say(f.client, SLICE("more")), 4);
    expect_text(&f, f.client, "goodbye");
    tear_down(&f);
}

/* A client that is frozen with its direction full, so that the end of its server is stuck
 * behind bytes, and one that does not answer to the end: neither may stay for ever. */
static void no_tunnel_outlives_its_server(void **state)
{
    struct fixture f;
    struct slice down = pattern(11, BIG);
    int frozen;
    int64_t quiet_since_ms;

    (void)state;
    set_up(&f);
    open_tunnel(&f, PEER, (struct slice){0}, (struct slice){0});
    frozen = f.client;
    quiet_since_ms = clock_now_ms();
    WAIT_UNTIL(&f.loop, clock_now_ms() - quiet_since_ms > 100)
    {
        quiet_since_ms = say(f.server, down) ? clock_now_ms() : quiet_since_ms;
    }
    close(f.server);
    open_tunnel(&f, PEER, (struct slice){0}, (struct slice){0});
    close(f.server);
    f.server = -1;
    int64_t began_ms = clock_now_ms();
    WAIT_UNTIL(&f.loop, f.closed_count == 1)
    {
    }
    assert_true(clock_now_ms() - began_ms > LINGER_MS / 2);
    assert_true(clock_now_ms() - began_ms < (LINGER_MS + UNTAKEN_MS) / 2);
    WAIT_UNTIL(&f.loop, f.closed_count == 2)
    {
    }
    close(frozen);
    tear_down(&f);
}

/* One direction is full, and nobody takes anything. */
static void fill(struct fixture *f, int from)
{
    struct slice bytes = pattern(13, BIG);
    int64_t quiet_since_ms = clock_now_ms();

    WAIT_UNTIL(&f->loop, clock_now_ms() - quiet_since_ms > 100)
    {
        quiet_since_ms = say(from, bytes) ? clock_now_ms() : quiet_since_ms;
    }
}

static void stop_loop(void *owner)
{
    loop_stop(&((struct fixture *)owner)->loop);
}

/* How often something happens in that time. */
static unsigned turns_within(struct fixture *f, int64_t ms)
{
    f->turns = 0;
    f->loop.on_timer = stop_loop;
    f->loop.stopping = false;
    loop_set_timer(&f->loop, ms);
    loop_run(&f->loop);
    return f->turns;
}

/* A socket that is only waited for must cost nothing. */
static void a_blocked_side_does_not_spin(void **state)
{
    struct fixture f;

    (void)state;
    open_plain(&f);
    fill(&f, f.server);
    fill(&f, f.client); /* both directions */
    assert_in_range(turns_within(&f, 300), 1, 50);
    tear_down(&f);
}

/* Neither must one with an error, of which libuv says nothing else, as often as it is asked. */
static void a_reset_behind_a_blocked_side_does_not_spin(void **state)
{
    struct fixture f;

    (void)state;
    open_plain(&f);
    fill(&f, f.server);
    close_with_reset(f.server);
    f.server = -1;
    assert_in_range(turns_within(&f, 300), 1, 50);
    tear_down(&f);
}

/* An end that is announced behind bytes that nobody takes, neither. */
static void an_end_behind_a_blocked_side_does_not_spin(void **state)
{
    struct fixture f;

    (void)state;
    open_plain(&f);
    fill(&f, f.server);
    shutdown(f.client, SHUT_WR);
    fill(&f, f.server);
    assert_in_range(turns_within(&f, 300), 1, 50);
    tear_down(&f);
}

/* ---- all of them ---- */

static bool is_another(void *arg, uint64_t peer)
{
    return peer != *(uint64_t *)arg;
}

static void those_to_a_dead_server_are_closed(void **state)
{
    struct fixture f;
    int other_client, other_server;

    (void)state;
    set_up(&f);
    open_tunnel(&f, PEER, (struct slice){0}, (struct slice){0});
    other_client = f.client;
    other_server = f.server;
    open_tunnel(&f, PEER + 1, (struct slice){0}, (struct slice){0});
    tunnels_close_dead(&f.tunnels, is_another, &(uint64_t){PEER});
    assert_int_equal(f.closed_count, 1);
    expect_end(&f, other_client);
    assert_int_equal(say(f.client, SLICE("alive")), 5);
    expect_text(&f, f.server, "alive");
    close(other_client);
    close(other_server);
    tear_down(&f);
}

static void none_is_opened_after_the_end(void **state)
{
    struct fixture f;
    int client[2], server[2];

    (void)state;
    open_plain(&f);
    tunnels_close(&f.tunnels);
    assert_int_equal(f.closed_count, 1);
    connected_pair(client);
    connected_pair(server);
    assert_int_equal(tunnel_open(&f.tunnels, &(struct tunnel_ends){.client = client[0], .server = server[0]}),
                     ERR_SHUTTING_DOWN);
    expect_end(&f, client[1]);
    expect_end(&f, server[1]);
    close(client[1]);
    close(server[1]);
    close(f.client);
    close(f.server);
    loop_deinit(&f.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_arrive_as_they_were_sent_both_ways),
        cmocka_unit_test(what_came_behind_the_handshakes_goes_first),
        cmocka_unit_test(a_slow_side_is_waited_for),
        cmocka_unit_test(the_end_of_one_direction_is_passed_on),
        cmocka_unit_test(an_end_waits_for_the_bytes_before_it),
        cmocka_unit_test(a_reset_ends_the_other_side_too),
        cmocka_unit_test(what_was_said_before_a_reset_arrives),
        cmocka_unit_test(no_tunnel_outlives_its_server),
        cmocka_unit_test(a_blocked_side_does_not_spin),
        cmocka_unit_test(a_reset_behind_a_blocked_side_does_not_spin),
        cmocka_unit_test(an_end_behind_a_blocked_side_does_not_spin),
        cmocka_unit_test(those_to_a_dead_server_are_closed),
        cmocka_unit_test(none_is_opened_after_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
