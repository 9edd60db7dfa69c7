/* link: kp_net kp_core kp_alloc */
/* The HTTP server gives a socket away: what an upgrade takes along, and who hears of it. */
#include "support/http_fixture.h"

/* ---- the upgrade ---- */

#define HANDSHAKE(path)                                                                                      \
    "GET " path " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"                      \
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"                           \
    "Sec-WebSocket-Protocol: other, kolabpad.v2\r\n\r\n"

static void wait_for_upgrade(int count)
{
    for (int waited = 0; atomic_load(&upgraded.count) < count && waited < CLIENT_TIMEOUT_MS; waited++)
        uv_sleep(1);
    assert_int_equal(atomic_load(&upgraded.count), count);
}

static void expect_101(int fd)
{
    size_t len = 0;

    do
        len += client_receive(fd, answer.text + len, 1); /* not a byte more than the head */
    while (answer.text[len] = '\0', !strstr(answer.text, "\r\n\r\n"));
    assert_non_null(strstr(answer.text, "HTTP/1.1 101 "));
    assert_non_null(strstr(answer.text, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    assert_non_null(strstr(answer.text, "Sec-WebSocket-Protocol: kolabpad.v2\r\n"));
    assert_non_null(strstr(answer.text, "Upgrade: websocket\r\n"));
    assert_non_null(strstr(answer.text, "X-Content-Type-Options: nosniff\r\n"));
}

static void expect_alive(int client, int ours)
{
    char got[8];

    client_send(client, "ping", 4);
    assert_int_equal(client_receive(ours, got, sizeof got), 4);
    client_send(ours, "pong", 4);
    assert_int_equal(client_receive(client, got, sizeof got), 4);
}

static void an_upgrade_hands_over_the_socket_and_what_was_read(void **state)
{
    static const char request[] = HANDSHAKE("/socket") "early bytes";
    int fd = client_connect(port), yes = 0;
    socklen_t size = sizeof yes;

    (void)state;
    client_send(fd, request, sizeof request - 1);
    expect_101(fd);
    wait_for_upgrade(1);
    assert_int_equal(upgraded.early_len, 11);
    assert_memory_equal(upgraded.early, "early bytes", 11);
    assert_true(fcntl(upgraded.fd, F_GETFL) & O_NONBLOCK);
    assert_int_equal(getsockopt(upgraded.fd, IPPROTO_TCP, TCP_NODELAY, &yes, &size), 0);
    assert_true(yes);
    expect_alive(fd, upgraded.fd);
    uv_sleep(TIMEOUT_S * 1000 + 300); /* no timeout of the HTTP server concerns it any more */
    expect_alive(fd, upgraded.fd);
    close(fd);
    close(upgraded.fd);
}

static void an_upgrade_may_be_decided_later(void **state)
{
    static const char request[] = HANDSHAKE("/late-socket");
    int fd = client_connect(port);

    (void)state;
    client_send(fd, request, sizeof request - 1);
    expect_101(fd);
    wait_for_upgrade(1);
    assert_int_equal(upgraded.early_len, 0);
    expect_alive(fd, upgraded.fd);
    close(fd);
    close(upgraded.fd);
}

static void the_owner_hears_of_every_upgrade_also_of_those_whose_client_left(void **state)
{
    static const char request[] = HANDSHAKE("/late-socket");
    struct linger at_once = {.l_onoff = 1};

    (void)state;
    for (int i = 1; i <= 10; i++) {
        int fd = client_connect(port);
        client_send(fd, request, sizeof request - 1);
        uv_sleep(10);
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(fd);
        wait_for_upgrade(i);
        if (upgraded.fd >= 0)
            close(upgraded.fd);
    }
}

static void upgraded_connections_do_not_count(void **state)
{
    static const char request[] = HANDSHAKE("/socket");
    enum { MANY = 8 };
    int clients[MANY], ours[MANY];

    (void)state;
    http_close(server);
    open_at("", 3);
    for (int i = 0; i < MANY; i++) {
        clients[i] = client_connect(port);
        client_send(clients[i], request, sizeof request - 1);
        expect_101(clients[i]);
        wait_for_upgrade(i + 1);
        ours[i] = upgraded.fd;
    }
    get("/", "");
    assert_int_equal(answer.status, 200);
    for (int i = 0; i < MANY; i++) {
        expect_alive(clients[i], ours[i]);
        close(clients[i]);
        close(ours[i]);
    }
}

static void other_requests_for_a_socket_are_refused(void **state)
{
    (void)state;
    get("/socket", "");
    assert_int_equal(answer.status, 426);
    assert_string_equal(answer_header(&answer, "Upgrade"), "websocket");
    assert_int_equal(atomic_load(&upgraded.count), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_upgrade_hands_over_the_socket_and_what_was_read),
        TEST(an_upgrade_may_be_decided_later),
        TEST(the_owner_hears_of_every_upgrade_also_of_those_whose_client_left),
        TEST(upgraded_connections_do_not_count),
        TEST(other_requests_for_a_socket_are_refused),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
