/* Answering a request: headers, bodies, files, the upgrade. */
#include "base/json.h"
#include "net/dial.h"
#include "net/handshake.h"
#include "net/header_list.h"
#include "net/http_private.h"
#include "net/security_headers.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

/* ---- headers ---- */

/* Where headers are added to. */
struct head_sink {
    void (*add)(void *to, const char *name, const char *value);
    void *to;
};

static void add_header(void *response, const char *name, const char *value)
{
    /* The library refuses line breaks and the like: such a header is left out. */
    (void)MHD_add_response_header(response, name, value);
}

static const char POLICY_HEADER[] = "Content-Security-Policy";

static bool has_header(const struct http_response *r, const char *name)
{
    for (size_t i = 0; i < r->header_count; i++)
        if (ascii_equal_nocase(slice_from_cstr(r->headers[i].name), slice_from_cstr(name)))
            return true;
    return false;
}

/* A response that has a policy of its own goes without the page's. */
struct default_sink {
    struct head_sink sink;
    bool has_policy;
};

static void add_default(void *to, const char *name, const char *value)
{
    const struct default_sink *defaults = to;

    if (!defaults->has_policy || strcmp(name, POLICY_HEADER) != 0)
        defaults->sink.add(defaults->sink.to, name, value);
}

static void add_headers(struct exchange *x, struct head_sink sink, const struct http_response *r)
{
    struct default_sink defaults = {sink, has_header(r, POLICY_HEADER)};

    security_headers_each(&x->server->config.policy, x->req.host, x->req.is_tls, add_default, &defaults);
    if (r->content_type)
        sink.add(sink.to, "Content-Type", r->content_type);
    if (!has_header(r, "Cache-Control"))
        sink.add(sink.to, "Cache-Control", "no-store");
    if (x->allow_origin.ptr) {
        sink.add(sink.to, "Access-Control-Allow-Origin", x->allow_origin.ptr);
        sink.add(sink.to, "Access-Control-Expose-Headers", "ETag, Location, Retry-After");
        sink.add(sink.to, "Vary", "Origin");
    }
    for (size_t i = 0; i < r->header_count; i++) {
        struct slice value = exchange_keep(x, r->headers[i].value); /* gives it the NUL it needs */
        if (value.ptr)
            sink.add(sink.to, r->headers[i].name, value.ptr);
    }
}

static void append_header(void *json, const char *name, const char *value)
{
    json_raw(json, name);
    json_raw(json, ": ");
    json_raw(json, value);
    json_raw(json, "\r\n");
}

enum error http_write_head(struct http_request *req, const struct http_response *r, int64_t body_bytes,
                           struct buf *out)
{
    const size_t before = out->len;
    struct json j = json_to(out); /* for its sticky errors */

    json_raw(&j, "HTTP/1.1 ");
    json_int(&j, r->status);
    json_raw(&j, r->status == 304 ? " Not Modified\r\n" : " OK\r\n");
    add_headers(exchange_of(req), (struct head_sink){append_header, &j}, r);
    if (body_bytes >= 0) {
        json_raw(&j, "Content-Length: ");
        json_int(&j, body_bytes);
        json_raw(&j, "\r\n");
    }
    json_raw(&j, "Connection: close\r\n\r\n");
    if (json_error(&j))
        out->len = before;
    return json_error(&j);
}

/* ---- answering ---- */

/* The answering thread touches the exchange no more after this: once the phase is
 * ANSWERED, the library's thread may free it. */
static void answer(struct exchange *x, int status, struct MHD_Response *response)
{
    struct MHD_Connection *connection = x->connection;

    x->status = status;
    x->response = response;
    if (atomic_exchange(&x->phase, EXCHANGE_ANSWERED) == EXCHANGE_SUSPENDED)
        MHD_resume_connection(connection);
}

/* The library frees it when the last byte is sent, or the client has gone. */
static struct MHD_Response *owned_response(const struct http_response *r)
{
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
        r->body.len, (void *)r->body.ptr, r->free_body, r->free_arg);

    if (!response)
        r->free_body(r->free_arg);
    return response;
}

static struct MHD_Response *body_response(const struct http_response *r)
{
    if (r->free_body)
        return owned_response(r);
    if (r->file_bytes > 0) {
        struct MHD_Response *response = MHD_create_response_from_fd64(r->file_bytes, r->file_fd);
        if (!response)
            close(r->file_fd);
        return response;
    }
    return MHD_create_response_from_buffer(r->body.len, (void *)r->body.ptr, MHD_RESPMEM_MUST_COPY);
}

void http_respond(struct http_request *req, const struct http_response *r)
{
    struct exchange *x = exchange_of(req);
    struct MHD_Response *response = body_response(r);

    if (response)
        add_headers(x, (struct head_sink){add_header, response}, r);
    answer(x, r->status, response);
}

/* What RFC 9110 and RFC 6455 demand next to a status. */
static const struct {
    enum error err;
    struct http_header_pair header;
} demanded[] = {
    {ERR_PASSWORD, {"WWW-Authenticate", {"Bearer", 6}}},
    {ERR_RATE_LIMITED, {"Retry-After", {"1", 1}}}, /* by then a token or two are there again */
    {ERR_TOO_MANY_KEYS, {"Retry-After", {"60", 2}}},
    {ERR_UPGRADE, {"Upgrade", {"websocket", 9}}},
    {ERR_UPGRADE, {"Connection", {"Upgrade", 7}}},
    {ERR_UPGRADE, {"Sec-WebSocket-Version", {"13", 2}}},
};

/* `offset` NULL: the error is in no place. */
static void write_error(struct json *j, enum error err, const uint64_t *offset)
{
    json_raw(j, "{\"error\":\"");
    json_escaped(j, slice_from_cstr(error_text(err)));
    if (offset) {
        json_raw(j, " (At byte ");
        json_uint(j, *offset);
        json_raw(j, ".)");
    }
    json_raw(j, "\",\"code\":");
    json_quoted(j, slice_from_cstr(error_code(err)));
    if (offset) {
        json_raw(j, ",\"offset\":");
        json_uint(j, *offset);
    }
    json_raw(j, "}");
}

static void respond_json(struct http_request *req, struct http_response *response, enum error err,
                         const uint64_t *offset)
{
    struct buf body = {0};
    struct json j = json_to(&body);

    write_error(&j, err, offset);
    response->status = error_http_status(err);
    response->content_type = "application/json";
    response->body = json_error(&j) ? SLICE("{}") : buf_slice(&body);
    http_respond(req, response);
    buf_deinit(&body);
}

static void respond_error(struct http_request *req, enum error err, const uint64_t *offset)
{
    struct http_response response = {0};

    for (size_t i = 0; i < sizeof demanded / sizeof *demanded; i++)
        if (demanded[i].err == err)
            response.headers[response.header_count++] = demanded[i].header;
    respond_json(req, &response, err, offset);
}

void http_respond_too_large(struct http_request *req, enum error err, uint64_t max_bytes)
{
    struct buf body = {0};
    struct json j = json_to(&body);

    json_raw(&j, "{\"error\":\"");
    json_escaped(&j, slice_from_cstr(error_text(err)));
    json_raw(&j, " (At most ");
    json_uint(&j, max_bytes);
    json_raw(&j, " bytes.)\",\"code\":");
    json_quoted(&j, slice_from_cstr(error_code(err)));
    json_raw(&j, ",\"max_bytes\":");
    json_uint(&j, max_bytes);
    json_raw(&j, "}");
    http_respond(req, &(struct http_response){.status = error_http_status(err),
                                              .content_type = "application/json",
                                              .body = json_error(&j) ? SLICE("{}") : buf_slice(&body)});
    buf_deinit(&body);
}

void http_respond_error(struct http_request *req, enum error err)
{
    respond_error(req, err, NULL);
}

void http_respond_fault(struct http_request *req, enum error err, uint64_t offset_bytes)
{
    respond_error(req, err, &offset_bytes);
}

void http_allow_origin(struct http_request *req, struct slice origin)
{
    struct exchange *x = exchange_of(req);

    x->allow_origin = exchange_keep(x, origin);
}

void http_respond_method(struct http_request *req, struct slice allow)
{
    struct http_response response = {.headers = {{"Allow", allow}}, .header_count = 1};

    respond_json(req, &response, ERR_METHOD, NULL);
}

enum MHD_Result exchange_queue_response(struct exchange *x)
{
    return x->response ? MHD_queue_response(x->connection, (unsigned)x->status, x->response) : MHD_NO;
}

/* ---- the upgrade ---- */

static void prepare_socket(int fd)
{
    static const int yes = 1;

    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

/* The library would keep its connection object, with all its memory, for as
 * long as the WebSocket lives. So the socket is duplicated and the library is
 * told at once that it is done with its own. */
static void on_upgraded(void *arg, struct MHD_Connection *connection, void *context, const char *extra,
                        size_t extra_len, MHD_socket sock, struct MHD_UpgradeResponseHandle *handle)
{
    struct exchange *x = arg;
    int fd = fcntl(sock, F_DUPFD_CLOEXEC, 0);

    (void)connection, (void)context;
    if (fd >= 0)
        prepare_socket(fd);
    if (fd >= 0 && x->req.is_relayed)
        dial_limit_buffers(fd);
    x->on_socket(x->on_socket_arg, fd, slice_of(extra, fd >= 0 ? extra_len : 0));
    x->on_socket = NULL;
    MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
}

/* ---- giving the socket away ---- */

/* A suspended connection is in no list of what the library waits for, so the socket beneath its
 * number can be exchanged: for one that is connected to nobody, on which the library finds the end. */
void exchange_take_socket(struct exchange *x)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct MHD_Connection *connection = x->connection;
    void (*on_socket)(void *arg, int fd, struct slice already_read) = x->on_socket;
    void *arg = x->on_socket_arg;
    int fd = info ? fcntl(info->connect_fd, F_DUPFD_CLOEXEC, 0) : -1;

    if (fd >= 0 && dup3(x->server->dead_fd, info->connect_fd, O_CLOEXEC) < 0) {
        close(fd);
        fd = -1;
    }
    if (fd >= 0)
        prepare_socket(fd);
    if (fd >= 0 && x->req.is_relayed)
        dial_limit_buffers(fd);
    x->on_socket = NULL;
    on_socket(arg, fd, (struct slice){0});
    atomic_store(&x->phase, EXCHANGE_ANSWERED); /* with no response: the library closes its end of nothing */
    MHD_resume_connection(connection);
}

void http_detach(struct http_request *req, void (*on_socket)(void *arg, int fd, struct slice already_read),
                 void *arg)
{
    struct exchange *x = exchange_of(req);

    x->on_socket = on_socket;
    x->on_socket_arg = arg;
    if (atomic_exchange(&x->phase, EXCHANGE_DETACHED) == EXCHANGE_SUSPENDED)
        exchange_take_socket(x);
}

/* Leaves it out when it is empty. */
static void add_choice(struct exchange *x, struct MHD_Response *to, const char *name, struct slice value)
{
    struct slice text = value.len > 0 ? exchange_keep(x, value) : (struct slice){0};

    if (text.ptr)
        add_header(to, name, text.ptr);
}

static void add_upgrade_headers(struct exchange *x, struct MHD_Response *to, struct slice protocol,
                                struct slice extensions)
{
    char accept[HANDSHAKE_ACCEPT_CHARS + 1];

    handshake_accept(http_header(&x->req, "Sec-WebSocket-Key"), accept);
    add_header(to, "Upgrade", "websocket");
    add_header(to, "Sec-WebSocket-Accept", accept);
    add_choice(x, to, "Sec-WebSocket-Protocol", protocol);
    add_choice(x, to, "Sec-WebSocket-Extensions", extensions);
    security_headers_each(&x->server->config.policy, x->req.host, x->req.is_tls, add_header, to);
}

void http_upgrade(struct http_request *req, struct slice protocol, struct slice extensions,
                  void (*on_socket)(void *arg, int fd, struct slice already_read), void *arg)
{
    struct exchange *x = exchange_of(req);
    struct MHD_Response *response = MHD_create_response_for_upgrade(on_upgraded, x);

    x->on_socket = on_socket;
    x->on_socket_arg = arg;
    if (response)
        add_upgrade_headers(x, response, protocol, extensions);
    answer(x, MHD_HTTP_SWITCHING_PROTOCOLS, response);
}
