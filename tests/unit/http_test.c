/* link: kp_net kp_core kp_alloc */
/* The HTTP server over real sockets: answers now, later and from elsewhere,
 * limits, what it gives to the handler, and the hand-over of WebSockets. */
#include "support/http_fixture.h"

/* ---- handlers by path ---- */

static void expect_body(const char *text)
{
    assert_string_equal(answer.body, text);
}

/* ---- requests ---- */

static void the_handler_sees_what_was_sent(void **state)
{
    (void)state;
    get("/api/a%20b%2fc?x=1&otp=a%2Bb+c&otp=second", "X-Twice: one\r\nX-Other: 1\r\nx-twice: two\r\n");
    assert_int_equal(answer.status, 200);
    expect_body("method=GET path=/api/a%20b%2fc client=127.0.0.1 tls=0 otp=a+b c twice=one, two body=");

    client_ask(port, "POST", "/p?otp", "Content-Length: 4\r\n", "body", &answer);
    expect_body("method=POST path=/p client=127.0.0.1 tls=0 otp= twice= body=body");

    get("/?otp=%4", "");
    expect_body("method=GET path=/ client=127.0.0.1 tls=0 otp=(absent) twice= body=");

    client_ask(port, "BREW", "/tea", "", "", &answer);
    expect_body("method=BREW path=/tea client=127.0.0.1 tls=0 otp=(absent) twice= body=");
}

static void trusted_proxies_say_who_calls(void **state)
{
    (void)state;
    get("/", "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n");
    assert_non_null(strstr(answer.body, "client=203.0.113.9 tls=1"));
    assert_true(answer_has(&answer, "Strict-Transport-Security: "));

    /* the client's own line comes first and is not believed */
    get("/", "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-For: 203.0.113.9\r\n");
    assert_non_null(strstr(answer.body, "client=203.0.113.9 tls=0"));
    assert_false(answer_has(&answer, "Strict-Transport-Security: "));
}

static void every_answer_carries_the_security_headers(void **state)
{
    static const char *const targets[] = {"/", "/error", "/empty", "/late"};

    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        get(targets[i], "");
        assert_true(answer_has(&answer, "Content-Security-Policy: default-src 'none'; "));
        assert_true(answer_has(&answer, "X-Content-Type-Options: nosniff\r\n"));
        assert_true(answer_has(&answer, "X-Frame-Options: DENY\r\n"));
        assert_true(answer_has(&answer, "Referrer-Policy: no-referrer\r\n"));
        assert_true(answer_has(&answer, "Cache-Control: no-store\r\n"));
    }
}

static void errors_are_json(void **state)
{
    (void)state;
    get("/error", "");
    assert_int_equal(answer.status, 429);
    assert_string_equal(answer_header(&answer, "Content-Type"), "application/json");
    assert_non_null(strstr(answer.body, "\"code\":\"rate_limited\"}"));
    assert_non_null(strstr(answer.body, "{\"error\":\""));
}

static void head_has_the_length_but_no_body(void **state)
{
    (void)state;
    client_ask(port, "HEAD", "/late", "", "", &answer);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer_header(&answer, "Content-Length"), "4");
    assert_int_equal(answer.body_len, 0);
}

static void connections_are_kept_for_the_next_request(void **state)
{
    static const char request[] = "GET /late HTTP/1.1\r\nHost: x\r\n\r\n";
    int fd = client_connect(port);
    char got[4096];

    (void)state;
    for (int i = 0; i < 3; i++) {
        size_t len = 0;
        client_send(fd, request, sizeof request - 1);
        do
            len += client_receive(fd, got + len, sizeof got - 1 - len);
        while (got[len] = '\0', !strstr(got, "\r\n\r\nlate"));
    }
    close(fd);
}

static void answers_may_come_from_other_threads(void **state)
{
    (void)state;
    get("/late", "");
    expect_body("late");
    for (int i = 0; i < 100; i++) {
        get("/elsewhere", "");
        expect_body("elsewhere");
    }
}

static void a_client_that_leaves_before_the_answer_harms_nobody(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        static const char request[] = "GET /late HTTP/1.1\r\nHost: x\r\n\r\n";
        int fd = client_connect(port);
        client_send(fd, request, sizeof request - 1);
        if (i % 2)
            uv_sleep(5);
        close(fd);
    }
    get("/late", "");
    expect_body("late");
}

/* ---- limits ---- */

static void oversized_bodies_get_413(void **state)
{
    static char body[HTTP_BODY_MAX * 2];
    char length[64];

    (void)state;
    memset(body, 'b', sizeof body - 1);
    snprintf(length, sizeof length, "Content-Length: %d\r\n", HTTP_BODY_MAX + 1);
    client_ask(port, "POST", "/", length, "", &answer);
    assert_int_equal(answer.status, 413);
    assert_non_null(strstr(answer.body, "message_too_large"));
    client_ask(port, "POST", "/", "Content-Length: 99999999999999999999\r\n", "", &answer);
    assert_true(answer.status == 413 || answer.status == 400);

    body[HTTP_BODY_MAX] = '\0';
    snprintf(length, sizeof length, "Content-Length: %d\r\n", HTTP_BODY_MAX);
    client_ask(port, "POST", "/", length, body, &answer);
    assert_int_equal(answer.status, 200);
}

static void oversized_chunked_bodies_get_413_too(void **state)
{
    static char chunk[4096 + 16];
    int fd = client_connect(port);
    static const char head[] =
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";

    (void)state;
    client_send(fd, head, sizeof head - 1);
    size_t len = (size_t)snprintf(chunk, sizeof chunk, "1000\r\n");
    memset(chunk + len, 'c', 4096);
    memcpy(chunk + len + 4096, "\r\n", 2);
    for (int i = 0; i < 5; i++)
        client_send(fd, chunk, len + 4096 + 2);
    client_send(fd, "0\r\n\r\n", 5);
    client_read_to_end(fd, &answer);
    assert_int_equal(answer.status, 413);
    close(fd);
}

static void eight_kilobytes_of_headers_are_taken_and_a_hundred_are_not(void **state)
{
    static char header[110 * 1024];
    int fd = client_connect(port);

    (void)state;
    memset(header, 'h', sizeof header - 1);
    memcpy(header, "X: ", 3);
    memcpy(header + 8190, "\r\n", 3);
    get("/", header);
    assert_int_equal(answer.status, 200);
    get("/late", header);
    assert_int_equal(answer.status, 200);

    static const char line[] = "GET / HTTP/1.1\r\nHost: x\r\nX: ";
    client_send(fd, line, sizeof line - 1);
    memset(header, 'h', sizeof header - 1);
    (void)send(fd, header, sizeof header - 1, MSG_NOSIGNAL);
    client_read_to_end(fd, &answer);
    assert_true(answer.len == 0 || answer.status == 431 || answer.status == 413);
    close(fd);
}

static void malformed_requests_never_reach_the_handler(void **state)
{
    static const char *const rows[] = {
        "GET / HTTP/1.1\r\n\r\n",                   /* no Host */
        "GET nonsense HTTP/1.1\r\nHost: x\r\n\r\n", /* no path */
        "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n", /* folded */
        "GET / HTTP/1.1\r\nno colon here\r\n\r\n",
        "\x16\x03\x01\x02\r\n\r\n", /* TLS to a plain port */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int fd = client_connect(port);
        client_send(fd, rows[i], strlen(rows[i]));
        shutdown(fd, SHUT_WR);
        client_read_to_end(fd, &answer);
        assert_true(answer.len == 0 || (answer.status >= 400 && answer.status < 600));
        close(fd);
    }
}

static void who_never_finishes_a_request_is_dropped(void **state)
{
    static const char slow[] = "GET / HTTP/1.1\r\nHost: x\r\nX: dripping and dripping and dripping";
    int drip = client_connect(port), silent = client_connect(port);
    bool was_dropped = false;

    (void)state;
    for (size_t i = 0; i < sizeof slow && !was_dropped; i++) {
        was_dropped = send(drip, slow + i, 1, MSG_NOSIGNAL) != 1;
        uv_sleep(100); /* never silent for as long as TIMEOUT_S */
    }
    assert_true(was_dropped);
    client_read_to_end(silent, &answer);
    assert_int_equal(answer.len, 0);
    close(drip);
    close(silent);
}

/* ---- the server ---- */

static void a_base_path_is_removed(void **state)
{
    (void)state;
    http_close(server);
    open_at("/pad", 100);
    get("/pad/api?x", "");
    assert_non_null(strstr(answer.body, "path=/api "));
    get("/pad/", "");
    assert_non_null(strstr(answer.body, "path=/ "));
    get("/pad", "");
    assert_int_equal(answer.status, 308);
    assert_string_equal(answer_header(&answer, "Location"), "/pad/");
    get("/p%61d?embed=1", "");
    assert_int_equal(answer.status, 308);
    assert_string_equal(answer_header(&answer, "Location"), "/pad/?embed=1");
    get("/padded", "");
    assert_int_equal(answer.status, 404);
    get("/", "");
    assert_int_equal(answer.status, 404);
}

static void a_port_in_use_is_said_clearly(void **state)
{
    struct http_config config = {
        .host = SLICE("127.0.0.1"), .port = port, .timeout_s = 1, .connections_max = 1};
    struct http_server *second = NULL;
    char message[512], wanted[64];

    (void)state;
    assert_int_equal(http_open(&config, &second, message), ERR_OVERLOADED);
    snprintf(wanted, sizeof wanted, "127.0.0.1 port %u: Address already in use", (unsigned)port);
    assert_non_null(strstr(message, wanted));
    config.host = SLICE("not an address");
    assert_int_equal(http_open(&config, &second, message), ERR_OVERLOADED);
    assert_non_null(strstr(message, "not an address"));
    assert_null(second);
}

static void without_a_host_it_listens_for_ipv4_too(void **state)
{
    struct http_config config = {.timeout_s = 1, .connections_max = 10, .handler = handle};
    struct http_server *all;
    char message[512];

    (void)state;
    assert_int_equal(http_open(&config, &all, message), OK);
    client_ask(http_port(all), "GET", "/", "", "", &answer);
    assert_non_null(strstr(answer.body, "client=127.0.0.1 "));
    http_close(all);
}

static void a_quiet_server_answers_the_old_and_refuses_the_new(void **state)
{
    static const char request[] = "GET /late HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int old = client_connect(port), fresh = socket(AF_INET, SOCK_STREAM, 0);

    (void)state;
    client_send(old, request, sizeof request - 1);
    uv_sleep(20);
    http_quiesce(server);
    assert_int_equal(connect(fresh, (struct sockaddr *)&a, sizeof a), -1);
    client_read_to_end(old, &answer);
    expect_body("late");
    close(old);
    close(fresh);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_handler_sees_what_was_sent),
        TEST(trusted_proxies_say_who_calls),
        TEST(every_answer_carries_the_security_headers),
        TEST(errors_are_json),
        TEST(head_has_the_length_but_no_body),
        TEST(connections_are_kept_for_the_next_request),
        TEST(answers_may_come_from_other_threads),
        TEST(a_client_that_leaves_before_the_answer_harms_nobody),
        TEST(oversized_bodies_get_413),
        TEST(oversized_chunked_bodies_get_413_too),
        TEST(eight_kilobytes_of_headers_are_taken_and_a_hundred_are_not),
        TEST(malformed_requests_never_reach_the_handler),
        TEST(who_never_finishes_a_request_is_dropped),
        TEST(a_base_path_is_removed),
        TEST(a_port_in_use_is_said_clearly),
        TEST(without_a_host_it_listens_for_ipv4_too),
        TEST(a_quiet_server_answers_the_old_and_refuses_the_new),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
