/* http_fixture.h - an HTTP server with handlers by path, for tests. */
#ifndef KOLABPAD_TESTS_HTTP_FIXTURE_H
#define KOLABPAD_TESTS_HTTP_FIXTURE_H

#include "net/http.h"
#include "support/http_client.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <uv.h>

enum { TIMEOUT_S = 1, LATER_MS = 60 };

static struct http_server *server;
static uint16_t port;
static struct network trusted[1];

/* The result of the last upgrade. */
static struct {
    _Atomic int count, fd;
    char early[64];
    size_t early_len;
} upgraded;

static inline void respond_text(struct http_request *req, const char *text)
{
    http_respond(req, &(struct http_response){.status = 200,
                                              .content_type = "text/plain; charset=utf-8",
                                              .body = slice_from_cstr(text)});
}

/* ---- handlers by path ---- */

static inline void show_request(struct http_request *req)
{
    char client[ADDRESS_TEXT_MAX], text[2048];
    struct slice password = http_query(req, "otp"), twice = http_header(req, "X-Twice");

    address_format(req->client, client);
    snprintf(text, sizeof text, "method=%.*s path=%.*s client=%s tls=%d otp=%s%.*s twice=%.*s body=%.*s",
             (int)req->method.len, req->method.ptr, (int)req->path.len, req->path.ptr, client, req->is_tls,
             password.ptr ? "" : "(absent)", (int)password.len, password.ptr ? password.ptr : "",
             (int)twice.len, twice.ptr ? twice.ptr : "", (int)req->body.len,
             req->body.ptr ? req->body.ptr : "");
    respond_text(req, text);
}

static inline void answer_later(void *arg)
{
    struct http_request *req = arg;

    uv_sleep(LATER_MS);
    respond_text(req, "late");
}

static inline void answer_at_once_elsewhere(void *arg)
{
    respond_text(arg, "elsewhere");
}

static uv_thread_t threads[256];
static _Atomic int thread_count;

static inline void on_thread(void (*run)(void *arg), struct http_request *req)
{
    assert_int_equal(uv_thread_create(&threads[atomic_fetch_add(&thread_count, 1)], run, req), 0);
}

static inline void join_threads(void)
{
    for (int i = atomic_exchange(&thread_count, 0); i-- > 0;)
        uv_thread_join(&threads[i]);
}

static inline void on_socket(void *arg, int fd, struct slice already_read)
{
    (void)arg;
    upgraded.fd = fd;
    upgraded.early_len = already_read.len;
    memcpy(upgraded.early, already_read.ptr ? already_read.ptr : "", already_read.len);
    atomic_fetch_add(&upgraded.count, 1);
}

static inline void upgrade(struct http_request *req)
{
    struct slice v2 = SLICE("kolabpad.v2");

    enum error fault = http_check_websocket(req);
    if (fault)
        http_respond_error(req, fault);
    else
        http_upgrade(req, http_offers_protocol(req, v2) ? v2 : (struct slice){0}, (struct slice){0},
                     on_socket, NULL);
}

static inline void upgrade_later(void *arg)
{
    uv_sleep(LATER_MS);
    upgrade(arg);
}

static inline void handle(void *arg, struct http_request *req)
{
    (void)arg;
    if (slice_equal(req->path, SLICE("/late")))
        on_thread(answer_later, req);
    else if (slice_equal(req->path, SLICE("/elsewhere")))
        on_thread(answer_at_once_elsewhere, req);
    else if (slice_equal(req->path, SLICE("/error")))
        http_respond_error(req, ERR_RATE_LIMITED);
    else if (slice_equal(req->path, SLICE("/empty")))
        http_respond(req, &(struct http_response){.status = 204});
    else if (slice_equal(req->path, SLICE("/socket")))
        upgrade(req);
    else if (slice_equal(req->path, SLICE("/late-socket")))
        on_thread(upgrade_later, req);
    else
        show_request(req);
}

static inline void open_at(const char *base_path, uint32_t connections_max)
{
    char message[512];
    struct http_config config = {.host = SLICE("127.0.0.1"),
                                 .base_path = slice_from_cstr(base_path),
                                 .connections_max = connections_max,
                                 .timeout_s = TIMEOUT_S,
                                 .trusted = trusted,
                                 .trusted_count = 1,
                                 .handler = handle};

    assert_true(network_parse(SLICE("127.0.0.1"), &trusted[0]));
    assert_int_equal(http_open(&config, &server, message), OK);
    port = http_port(server);
    atomic_store(&upgraded.count, 0);
}

static inline int setup(void **state)
{
    (void)state;
    open_at("", 100);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    join_threads();
    http_close(server);
    return 0;
}

static struct answer answer;

static inline void get(const char *target, const char *extra)
{
    client_ask(port, "GET", target, extra, "", &answer);
}

#endif
