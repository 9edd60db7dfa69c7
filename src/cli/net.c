#include "cli/net.h"

#include "cli/proxy.h"

#include <string.h>

enum {
    NOBODY_ELSE = -1, /* libwebsockets changes no user */
    CONNECT_SECONDS = 15,
    PING_SECONDS = 20,    /* of silence before a WebSocket ping is sent ... */
    HANG_UP_SECONDS = 40, /* ... and before the connection counts as dead */
    HEADER_BYTES = 16 << 10,
};

static int dispatch(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    (void)user;
    struct net_peer *peer = wsi ? lws_get_opaque_user_data(wsi) : NULL;
    if (!peer)
        return 0;
    if (reason == LWS_CALLBACK_WSI_DESTROY)
        peer->wsi = NULL;
    return peer->hear(peer, wsi, reason, in, len);
}

static const struct lws_protocols protocols[] = {
    {"kolabpad.v2", dispatch, 0, HEADER_BYTES, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static const lws_retry_bo_t idle_policy = {
    .secs_since_valid_ping = PING_SECONDS,
    .secs_since_valid_hangup = HANG_UP_SECONDS,
};

static void set_host(struct net *net)
{
    struct buf name = {0};
    net->host[0] = '\0';
    if (!address_print_server(&net->server, &name)) {
        size_t scheme = net->server.is_secure ? strlen("https://") : strlen("http://");
        lws_snprintf(net->host, sizeof(net->host), "%.*s", (int)(name.len - scheme), name.ptr + scheme);
    }
    buf_deinit(&name);
}

static void close_loop(struct net *net)
{
    if (net->loop == &net->own_loop)
        uv_loop_close(net->loop);
}

enum exit_code net_open(struct net *net, uv_loop_t *loop, const struct address *server)
{
    *net = (struct net){.server = *server, .loop = loop ? loop : &net->own_loop};
    set_host(net);
    lws_set_log_level(0, NULL);
    if (!loop && uv_loop_init(net->loop) != 0)
        return say(EXIT_REFUSED, "the system gives no event loop");
    void *loops[] = {net->loop};
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .protocols = protocols,
        .foreign_loops = loops,
        .options = LWS_SERVER_OPTION_LIBUV | (server->is_secure ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0),
        .gid = NOBODY_ELSE,
        .uid = NOBODY_ELSE,
        .timeout_secs = CONNECT_SECONDS,
        .connect_timeout_secs = CONNECT_SECONDS,
        .max_http_header_data2 = HEADER_BYTES,
        .pt_serv_buf_size = HEADER_BYTES,
    };
    char proxy[ADDRESS_PART_BYTES];
    proxy_find(server, proxy, sizeof(proxy));
    struct proxy_hidden hidden = proxy_hide();
    net->context = lws_create_context(&info);
    proxy_show(&hidden);
    if (!net->context) {
        close_loop(net);
        return say(EXIT_REFUSED,
                   "libwebsockets does not start; is its libuv plug-in (libwebsockets-evlib-uv) installed?");
    }
    if (proxy[0] && lws_set_proxy(lws_get_vhost_by_name(net->context, "default"), proxy) != 0) {
        net_close(net);
        return say(EXIT_USAGE, "the proxy in the environment must be http://host:port");
    }
    return EXIT_DONE;
}

void net_begin_to_close(struct net *net)
{
    lws_context_destroy(net->context);
}

/* A context on a foreign loop is destroyed twice: the loop has to turn in between. */
void net_close(struct net *net)
{
    lws_context_destroy(net->context);
    uv_run(net->loop, UV_RUN_DEFAULT);
    lws_context_destroy(net->context);
    close_loop(net);
}

bool net_connect(struct net *net, struct net_peer *peer, const char *method, const char *path)
{
    struct lws_client_connect_info info = {
        .context = net->context,
        .address = net->server.host,
        .port = net->server.port,
        .ssl_connection = (net->server.is_secure ? LCCSCF_USE_SSL : 0) | LCCSCF_HTTP_NO_FOLLOW_REDIRECT,
        .path = path,
        .host = net->host,
        .method = method,
        .protocol = method ? NULL : protocols[0].name,
        .local_protocol_name = protocols[0].name,
        .alpn = "http/1.1",
        .opaque_user_data = peer,
        .pwsi = &peer->wsi,
        .retry_and_idle_policy = &idle_policy,
    };
    return lws_client_connect_via_info(&info) != NULL;
}

void net_run_until(struct net *net, const bool *is_done)
{
    while (!*is_done)
        uv_run(net->loop, UV_RUN_ONCE);
}

static void note_closed(uv_handle_t *handle)
{
    *(bool *)handle->data = true;
}

void net_close_handle(struct net *net, uv_handle_t *handle)
{
    bool is_closed = false;
    handle->data = &is_closed;
    uv_close(handle, note_closed);
    net_run_until(net, &is_closed);
}

uint64_t net_random(void)
{
    uint64_t random = 0;
    uv_random(NULL, NULL, &random, sizeof(random), 0, NULL);
    return random;
}

int64_t net_now_ms(struct net *net)
{
    uv_update_time(net->loop);
    return (int64_t)uv_now(net->loop);
}

const char *net_why(const char *words)
{
    static const struct {
        const char *theirs, *ours;
    } table[] = {
        {"closed before established", "nothing answers there"},
        {"Timed out waiting", "it does not answer in time"},
        {"connect SSL", "its certificate is not trusted, or it does not speak TLS"},
        {"server's cert", "its certificate is not trusted"},
        {"read failed", "it does not speak HTTP"},
        {"HS: disallowed", "it does not speak Kolabpad's protocol"},
        {"HS: ws upgrade response", "it does not serve pads at this address"},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (strncmp(words, table[i].theirs, strlen(table[i].theirs)) == 0)
            return table[i].ours;
    return words;
}

void net_name(const struct net *net, char *out, size_t size)
{
    lws_snprintf(out, size, "http%s://%s", net->server.is_secure ? "s" : "", net->host);
}
