/* The HTTP server: reading requests, giving them to the handler, starting and
 * stopping. libmicrohttpd calls on_target, on_request (for the headers, for each
 * piece of the body, for its end, and again after a resume) and on_completed, all
 * on its one thread. */
#include "net/http.h"

#include "base/alloc.h"
#include "net/header_list.h"
#include "net/http_private.h"
#include "net/listener.h"
#include "net/request_head.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

enum {
    CONNECTION_MEMORY = 16 * 1024, /* request line, headers, and those of the answer */
    DISCARD_TIMES = 16, /* so many times its limit is read of an oversized body: then it is cut off */
    BODIES_MAX = 64 * 1024 * 1024, /* of all bodies that are being read or answered */
    CLOSE_WAIT_MS = 500,           /* for answers to be written */
    CLOSE_POLL_MS = 5,
};

/* The libmicrohttpd whose memory request_head.h knows, Debian 12's. Later ones keep
 * their name as a shared library, so this is found out when the server starts. */
static const char LIBRARY_KNOWN[] = "0.9.75";

/* ---- reading a request ---- */

static enum MHD_Result on_field(void *head, enum MHD_ValueKind kind, const char *name, size_t name_len,
                                const char *value, size_t value_len)
{
    (void)kind;
    head_field(head, slice_of(name, name_len), slice_of(value ? value : "", value_len));
    return MHD_YES;
}

/* The first look at a request: before it is framed as it should be, nothing of it is
 * worth reading. */
static enum error check_head(struct exchange *x, const char *version)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    struct head head;

    head_begin(&head, x->req.method, buf_slice(&x->target), x->server->knows_layout ? x->sent_target : NULL,
               slice_from_cstr(version));
    MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, on_field, &head);
    enum error err = head_end(&head, info ? info->header_size : 0);
    if (err)
        return err;
    x->is_http_1_0 = head.is_http_1_0;
    x->req.host = head.host;
    x->announced = head_length(&head, INT64_MAX);
    return OK;
}

/* What is known to be too large is refused before it is read. */
static bool is_length_within(struct exchange *x)
{
    const struct http_config *config = &x->server->config;

    x->body_max = config->body_max ? config->body_max(config->arg, &x->req) : HTTP_BODY_MAX;
    return x->announced <= x->body_max;
}

static bool begins_nocase(struct slice s, struct slice with)
{
    return s.len >= with.len && ascii_equal_nocase(slice_of(s.ptr, with.len), with);
}

/* "http://host/path", as clients of proxies send it: its host counts, not the Host
 * header. Leaves what is behind it in `*target`. */
static bool take_authority(struct exchange *x, struct slice *target)
{
    static const struct slice schemes[] = {{"http://", 7}, {"https://", 8}};
    struct slice rest = {0};
    size_t len = 0;

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (begins_nocase(*target, schemes[i]))
            rest = slice_from(*target, schemes[i].len);
    while (len < rest.len && rest.ptr[len] != '/' && rest.ptr[len] != '?')
        len++;
    x->req.host = slice_of(rest.ptr, len);
    *target = slice_from(rest, len);
    return len > 0 && is_authority(x->req.host);
}

/* RFC 9112, 3.2: the forms of a target. */
static enum error split_target(struct exchange *x)
{
    struct slice target = buf_slice(&x->target);

    if (slice_equal(x->req.method, SLICE("CONNECT")))
        return ERR_NOT_IMPLEMENTED;
    x->req.path = target;
    if (slice_equal(target, SLICE("*")))
        return slice_equal(x->req.method, SLICE("OPTIONS")) ? OK : ERR_MALFORMED;
    if (target.ptr[0] != '/' && !take_authority(x, &target))
        return ERR_MALFORMED;
    const char *mark = target.len > 0 ? memchr(target.ptr, '?', target.len) : NULL;
    if (mark)
        x->query = slice_from(target, (size_t)(mark - target.ptr) + 1);
    x->req.path = mark ? slice_of(target.ptr, (size_t)(mark - target.ptr)) : target;
    if (x->req.path.len == 0)
        x->req.path = SLICE("/");
    else
        http_decode_unreserved(&x->req.path);
    return OK;
}

/* Removes BASE_PATH; false when the path is not below it. */
static bool strip_base(struct slice base, struct slice *path)
{
    if (path->len < base.len || memcmp(path->ptr, base.ptr ? base.ptr : "", base.len) != 0)
        return false;
    *path = slice_from(*path, base.len);
    return path->len > 0 && path->ptr[0] == '/';
}

static struct address address_of(const struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info((struct MHD_Connection *)connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    struct address a = {{0}};

    if (info && info->client_addr)
        address_from_sockaddr(info->client_addr, &a);
    return a;
}

static bool is_trusted_proxy(const struct http_config *config, struct address a)
{
    for (size_t i = 0; i < config->trusted_count; i++)
        if (network_contains(config->trusted[i], a))
            return true;
    return false;
}

static bool is_another_server(const struct exchange *x)
{
    const struct http_config *config = &x->server->config;
    struct slice credential = config->is_server ? http_header(&x->req, "X-Kolabpad-Node") : (struct slice){0};

    return credential.ptr && config->is_server(config->arg, credential);
}

static bool is_https(const struct exchange *x)
{
    return ascii_equal_nocase(http_header(&x->req, "X-Forwarded-Proto"), SLICE("https"));
}

/* Forwarded headers count only when a trusted proxy wrote them, or another server, which
 * names one address: it knows already who is behind its proxies. */
static void find_client(struct exchange *x)
{
    const struct http_config *config = &x->server->config;
    struct address peer = address_of(x->connection);

    x->req.client = peer;
    x->req.is_relayed = is_another_server(x);
    if (x->req.is_relayed) {
        (void)address_parse(http_header(&x->req, "X-Forwarded-For"), &x->req.client);
        x->req.is_tls = is_https(x);
        return;
    }
    if (!is_trusted_proxy(config, peer))
        return;
    x->req.client = address_behind_proxies(peer, http_header(&x->req, "X-Forwarded-For"), config->trusted,
                                           config->trusted_count);
    x->req.is_tls = is_https(x);
    struct slice hosts = http_header(&x->req, "X-Forwarded-Host");
    struct header_item first;
    if (header_list_next(&hosts, &first) && is_authority(first.name))
        x->req.host = first.name;
}

/* A query is kept, mark and all: it may hold a password, or ?embed=1. */
static void redirect_to_base(struct exchange *x)
{
    struct buf location = {0};
    enum error err = buf_append(&location, buf_slice(&x->server->base_path));

    if (!err)
        err = buf_append_byte(&location, '/');
    if (!err && x->query.ptr)
        err = buf_append(&location, slice_of(x->query.ptr - 1, x->query.len + 1));
    if (err)
        http_respond_error(&x->req, err);
    else
        http_respond(&x->req, &(struct http_response){.status = 308,
                                                      .headers = {{"Location", buf_slice(&location)}},
                                                      .header_count = 1});
    buf_deinit(&location);
}

/* The headers are there. A request that can be refused by them is refused now,
 * before its body is read. */
static enum MHD_Result on_headers(struct exchange *x, const char *method, const char *version)
{
    struct slice base = buf_slice(&x->server->base_path);

    atomic_store(&x->phase, EXCHANGE_HANDLING);
    x->req.method = slice_from_cstr(method);
    enum error err = check_head(x, version);
    if (!err)
        err = split_target(x);
    if (!err)
        find_client(x);
    if (err)
        http_respond_error(&x->req, err); /* and the library closes the connection */
    else if (base.len > 0 && slice_equal(x->req.path, base))
        redirect_to_base(x);
    else if (x->req.path.ptr[0] == '/' && !strip_base(base, &x->req.path))
        http_respond_error(&x->req, ERR_NOT_FOUND);
    else if (!is_length_within(x))
        http_respond_too_large(&x->req, ERR_MESSAGE_TOO_LARGE, x->body_max);
    return atomic_load(&x->phase) == EXCHANGE_ANSWERED ? exchange_queue_response(x) : MHD_YES;
}

/* Small bodies always have room. */
static bool has_room(const struct exchange *x, size_t more)
{
    return x->body_bytes <= HTTP_BODY_MAX || x->server->bodies_bytes + more <= BODIES_MAX;
}

/* A body without Content-Length is refused when all of it was read: the library cannot
 * answer earlier. */
static enum MHD_Result on_body(struct exchange *x, struct slice piece)
{
    x->body_bytes += piece.len;
    if (x->body_bytes > DISCARD_TIMES * x->body_max)
        return MHD_NO;
    x->is_crowded_out = x->is_crowded_out || !has_room(x, piece.len);
    if (x->body_bytes > x->body_max || x->is_crowded_out) {
        exchange_drop_body(x);
        return MHD_YES;
    }
    if (buf_append(&x->body, piece))
        return MHD_NO;
    x->server->bodies_bytes += piece.len;
    return MHD_YES;
}

/* The request is complete. The handler may answer inside the call, later, or from
 * another thread before the connection is suspended here: then the phase is
 * ANSWERED already, and the connection is resumed at once. */
static enum MHD_Result on_complete(struct exchange *x)
{
    int expected = EXCHANGE_HANDLING;

    deadline_pause(x->deadline);
    if (x->body_bytes > x->body_max || x->is_crowded_out) {
        if (x->body_bytes > x->body_max)
            http_respond_too_large(&x->req, ERR_MESSAGE_TOO_LARGE, x->body_max);
        else
            http_respond_error(&x->req, ERR_OVERLOADED);
        return exchange_queue_response(x);
    }
    x->req.body = buf_slice(&x->body);
    x->is_in_progress = true;
    atomic_fetch_add(&x->server->in_progress, 1);
    x->server->config.handler(x->server->config.arg, &x->req);
    if (atomic_load(&x->phase) == EXCHANGE_ANSWERED)
        return exchange_queue_response(x);
    MHD_suspend_connection(x->connection);
    if (atomic_compare_exchange_strong(&x->phase, &expected, EXCHANGE_SUSPENDED))
        return MHD_YES;
    if (expected == EXCHANGE_DETACHED)
        exchange_take_socket(x);
    else
        MHD_resume_connection(x->connection);
    return MHD_YES;
}

/* ---- what the library calls, on its thread ---- */

static struct deadline *deadline_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info ? info->socket_context : NULL;
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct http_server *server = arg;

    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (*context)
            deadline_free(*context);
        *context = NULL;
        return;
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info)
        *context = deadline_new(server->deadlines, info->connect_fd);
}

/* The only place where the library shows the target as it was sent. */
static void *on_target(void *arg, const char *target, struct MHD_Connection *connection)
{
    struct http_server *server = arg;
    struct exchange *x = exchange_new(server, connection, slice_from_cstr(target));

    if (!x)
        return NULL;
    x->sent_target = target;
    x->deadline = deadline_of(connection);
    return x;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *body, size_t *body_len,
                                  void **context)
{
    struct exchange *x = *context;

    (void)arg, (void)connection, (void)url;
    if (!x)
        return MHD_NO; /* on_target had no memory for it */
    switch ((enum exchange_phase)atomic_load(&x->phase)) {
    case EXCHANGE_READING:
        return on_headers(x, method, version);
    case EXCHANGE_ANSWERED:
        return exchange_queue_response(x);
    default:
        break;
    }
    if (*body_len == 0)
        return on_complete(x);
    struct slice piece = slice_of(body, *body_len);
    *body_len = 0;
    return on_body(x, piece);
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode why)
{
    struct http_server *server = arg;
    struct exchange *x = *context;

    (void)connection, (void)why;
    if (!x)
        return;
    *context = NULL;
    deadline_restart(x->deadline);
    if (x->is_in_progress)
        atomic_fetch_sub(&server->in_progress, 1);
    exchange_free(x);
}

/* Paths and queries are kept as sent: only those values that are used are decoded. */
static size_t keep_escapes(void *arg, struct MHD_Connection *connection, char *text)
{
    (void)arg, (void)connection;
    return strlen(text);
}

/* ---- the server ---- */

/* The library is told to be lenient where request_head.h is strict afterwards: it
 * would hang up without a word on what gets a 400 this way. Another version than the
 * one whose memory is known is told to be strict. */
static struct MHD_Daemon *start_daemon(struct http_server *s)
{
    unsigned flags =
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE | MHD_USE_ITC;

    return MHD_start_daemon(
        flags, s->port, NULL, NULL, on_request, s, MHD_OPTION_LISTEN_SOCKET, s->listen_fd,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)s->config.connections_max, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)s->config.timeout_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_STRICT_FOR_CLIENT, s->knows_layout ? 0 : 1, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes,
        NULL, MHD_OPTION_URI_LOG_CALLBACK, on_target, s, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, s, MHD_OPTION_END);
}

/* The socket belongs to this server from now on, wherever it came from. */
static enum error take_listener(struct http_server *s, char message[512])
{
    s->listen_fd = s->config.listen_fd;
    s->is_shared = s->listen_fd != 0;
    return s->is_shared ? OK : listener_open(s->config.host, s->config.port, &s->listen_fd, message);
}

enum error http_open(const struct http_config *config, struct http_server **out, char message[512])
{
    static_assert(LISTENER_MESSAGE_MAX == 512, "one buffer for both");
    struct http_server *s = mem_alloc(sizeof *s);
    enum error err = ERR_NO_MEMORY;

    snprintf(message, LISTENER_MESSAGE_MAX, "out of memory");
    if (!s)
        return err;
    *s = (struct http_server){
        .config = *config, .dead_fd = -1, .knows_layout = strcmp(MHD_get_version(), LIBRARY_KNOWN) == 0};
    if (buf_append(&s->base_path, config->base_path))
        goto no_path;
    err = take_listener(s, message);
    if (err)
        goto no_listener;
    s->port = listener_port(s->listen_fd);
    s->dead_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (s->dead_fd < 0) {
        err = ERR_OVERLOADED;
        goto no_deadlines;
    }
    snprintf(message, LISTENER_MESSAGE_MAX, "cannot start the HTTP threads");
    err = deadline_watch_open((int64_t)config->timeout_s * 1000, &s->deadlines);
    if (err)
        goto no_deadlines;
    s->daemon = start_daemon(s);
    if (!s->daemon) {
        err = ERR_OVERLOADED;
        goto no_daemon;
    }
    *out = s;
    return OK;

no_daemon:
    deadline_watch_close(s->deadlines);
no_deadlines:
    if (s->dead_fd >= 0)
        close(s->dead_fd);
    close(s->listen_fd);
no_listener:
    buf_deinit(&s->base_path);
no_path:
    mem_free(s);
    return err;
}

uint16_t http_port(const struct http_server *s)
{
    return s->port;
}

int http_share_socket(struct http_server *s)
{
    s->is_shared = true;
    return s->listen_fd;
}

void http_quiesce(struct http_server *s)
{
    if (s->is_quiet)
        return;
    s->is_quiet = true;
    MHD_quiesce_daemon(s->daemon);
    /* The library's thread may still use the socket, so it is not closed yet, but
     * shut down: clients that connect now are refused at once instead of waiting
     * for nobody. Shutting a shared one would shut it for the next server as well. */
    if (!s->is_shared)
        shutdown(s->listen_fd, SHUT_RDWR);
}

void http_close(struct http_server *s)
{
    http_quiesce(s);
    for (int waited = 0; atomic_load(&s->in_progress) > 0 && waited < CLOSE_WAIT_MS; waited += CLOSE_POLL_MS)
        uv_sleep(CLOSE_POLL_MS);
    MHD_stop_daemon(s->daemon);
    close(s->listen_fd);
    close(s->dead_fd);
    deadline_watch_close(s->deadlines);
    buf_deinit(&s->base_path);
    mem_free(s);
}
