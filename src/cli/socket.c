#include "cli/socket.h"

#include <string.h>

enum { MESSAGE_BYTES_MAX = 1 << 29, CLOSE_HEAD_BYTES = 2 };

static struct socket *socket_of(struct net_peer *peer)
{
    return lws_container_of(peer, struct socket, peer);
}

static void forget(struct socket *s)
{
    if (s->peer.wsi)
        lws_set_opaque_user_data(s->peer.wsi, NULL);
    s->peer.wsi = NULL;
    s->state = SOCKET_CLOSED;
    buf_clear(&s->received);
    buf_clear(&s->sending);
}

static void end(struct socket *s, int status, const char *why)
{
    if (s->state == SOCKET_CLOSED)
        return;
    if (why && !s->reason[0])
        lws_strncpy(s->reason, net_why(why), sizeof(s->reason));
    forget(s);
    s->events->closed(s, s->close_code, status, slice_from_cstr(s->reason));
}

static int take(struct socket *s, struct lws *wsi, struct slice part)
{
    if (s->received.len + part.len > MESSAGE_BYTES_MAX || buf_append(&s->received, part)) {
        end(s, 0, "a message is too large");
        return -1;
    }
    if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi) > 0)
        return 0;
    struct buf message = s->received; /* the owner may close, which empties it */
    s->received = (struct buf){0};
    s->events->message(s, buf_slice(&message));
    buf_clear(&message);
    if (s->received.ptr)
        buf_deinit(&message);
    else
        s->received = message;
    return 0;
}

static int write_some(struct socket *s, struct lws *wsi)
{
    if (s->state == SOCKET_CLOSING) {
        lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
        return -1;
    }
    if (s->sending.len == 0)
        return 0;
    size_t len = s->sending.len - LWS_PRE;
    int written = lws_write(wsi, (unsigned char *)s->sending.ptr + LWS_PRE, len, LWS_WRITE_TEXT);
    buf_clear(&s->sending);
    if (written < (int)len)
        return -1;
    s->events->drained(s);
    return 0;
}

static void note_close(struct socket *s, struct slice payload)
{
    if (payload.len < CLOSE_HEAD_BYTES)
        return;
    s->close_code = (unsigned)(uint8_t)payload.ptr[0] << 8 | (uint8_t)payload.ptr[1];
    lws_snprintf(s->reason, sizeof(s->reason), "%.*s", (int)(payload.len - CLOSE_HEAD_BYTES),
                 payload.ptr + CLOSE_HEAD_BYTES);
}

static void opened(struct socket *s, struct lws *wsi)
{
    if (s->state == SOCKET_CLOSING) {
        lws_callback_on_writable(wsi);
        return;
    }
    s->state = SOCKET_OPEN;
    s->events->opened(s);
}

static int hear(struct net_peer *peer, struct lws *wsi, enum lws_callback_reasons reason, void *in,
                size_t len)
{
    struct socket *s = socket_of(peer);
    switch (reason) {
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        opened(s, wsi);
        return 0;
    case LWS_CALLBACK_CLIENT_RECEIVE:
        return take(s, wsi, slice_of(in, len));
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        return write_some(s, wsi);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        note_close(s, slice_of(in, len));
        return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        end(s, (int)lws_http_client_http_response(wsi), in);
        return 0;
    case LWS_CALLBACK_CLIENT_CLOSED:
    case LWS_CALLBACK_WSI_DESTROY:
        end(s, 0, NULL);
        return 0;
    default:
        return 0;
    }
}

void socket_init(struct socket *s, struct net *net, const struct socket_events *events)
{
    *s = (struct socket){.peer.hear = hear, .net = net, .events = events};
}

void socket_open(struct socket *s, const char *path)
{
    s->state = SOCKET_OPENING;
    s->close_code = 0;
    s->reason[0] = '\0';
    if (!net_connect(s->net, &s->peer, NULL, path))
        end(s, 0, "the name of its host is not known");
}

bool socket_may_send(const struct socket *s)
{
    return s->state == SOCKET_OPEN && s->sending.len == 0;
}

enum error socket_send(struct socket *s, struct slice text)
{
    enum error err = buf_reserve(&s->sending, LWS_PRE + text.len);
    if (err)
        return err;
    memset(s->sending.ptr, 0, LWS_PRE);
    s->sending.len = LWS_PRE;
    err = buf_append(&s->sending, text);
    lws_callback_on_writable(s->peer.wsi);
    return err;
}

void socket_close(struct socket *s)
{
    if (s->state != SOCKET_OPENING && s->state != SOCKET_OPEN)
        return;
    s->state = SOCKET_CLOSING;
    if (s->peer.wsi)
        lws_callback_on_writable(s->peer.wsi);
}

void socket_drop(struct socket *s)
{
    if (s->peer.wsi)
        lws_set_timeout(s->peer.wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_ASYNC);
    forget(s);
}

void socket_deinit(struct socket *s)
{
    socket_drop(s);
    buf_deinit(&s->received);
    buf_deinit(&s->sending);
}
