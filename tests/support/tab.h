/* tab.h - a v2 or v1 client of a whole server, by hand: its handshake, its Hello, and what it
 * hears. */
#ifndef KOLABPAD_TESTS_TAB_H
#define KOLABPAD_TESTS_TAB_H

#include "support/http_client.h"
#include "support/ws_client.h"

#define HANDSHAKE                                                                                            \
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"                             \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define V2 "Sec-WebSocket-Protocol: kolabpad.v2\r\n"

/* A WebSocket, from the client's side. */
struct tab {
    int fd;
    struct buf heard; /* behind the answer to the handshake */
    int status;
    char head[2048]; /* of the answer to the handshake */
};

static inline void tab_shake(struct tab *tab, uint16_t port, const char *target, const char *extra)
{
    char request[1024];
    const char *end_of_head = NULL;
    *tab = (struct tab){.fd = client_connect(port)};
    int len = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: pad.test\r\n" HANDSHAKE "%s\r\n",
                       target, extra);
    client_send(tab->fd, request, (size_t)len);
    while (!end_of_head) {
        char bytes[4096];
        size_t more = client_receive(tab->fd, bytes, sizeof bytes);
        assert_true(more > 0);
        must(buf_append(&tab->heard, slice_of(bytes, more)));
        end_of_head = memmem(tab->heard.ptr, tab->heard.len, "\r\n\r\n", 4);
    }
    tab->status = atoi(tab->heard.ptr + strlen("HTTP/1.1 "));
    snprintf(tab->head, sizeof tab->head, "%.*s", (int)(end_of_head - tab->heard.ptr), tab->heard.ptr);
    if (tab->status == 101)
        buf_drop_front(&tab->heard, (size_t)(end_of_head - tab->heard.ptr) + 4);
}

static inline void tab_say(struct tab *tab, const char *text)
{
    struct buf frame = {0};
    put_frame(&frame, FIN | TEXT, slice_from_cstr(text));
    client_send(tab->fd, frame.ptr, frame.len);
    buf_deinit(&frame);
}

/* Until that is in what was heard. */
static inline void tab_expect(struct tab *tab, const char *text)
{
    while (!tab->heard.len || !memmem(tab->heard.ptr, tab->heard.len, text, strlen(text))) {
        char bytes[4096];
        size_t more = client_receive(tab->fd, bytes, sizeof bytes);
        if (more == 0)
            fail_msg("ended before \"%s\": %.*s", text, (int)tab->heard.len, tab->heard.ptr);
        must(buf_append(&tab->heard, slice_of(bytes, more)));
    }
}

static inline void tab_expect_end(struct tab *tab)
{
    char bytes[4096];
    while (client_receive(tab->fd, bytes, sizeof bytes) > 0)
        ;
}

static inline void tab_close(struct tab *tab)
{
    close(tab->fd);
    buf_deinit(&tab->heard);
}

static unsigned tokens; /* each tab has one of its own */

static inline void tab_hello(struct tab *tab, const char *password)
{
    char hello[256];
    snprintf(hello, sizeof hello,
             "{\"Hello\":{\"client\":\"%021uA\",\"otp\":%s%s%s,\"epoch\":null,\"revision\":0,"
             "\"name\":\"Ada\",\"hue\":1}}",
             ++tokens, password ? "\"" : "", password ? password : "null", password ? "\"" : "");
    tab_say(tab, hello);
}

static inline void tab_join(struct tab *tab, uint16_t port, const char *id, const char *password)
{
    char target[64];
    snprintf(target, sizeof target, "/api/socket/%s", id);
    tab_shake(tab, port, target, V2);
    assert_int_equal(tab->status, 101);
    tab_hello(tab, password);
}

#endif
