/* One request to another server. Whatever becomes of it leads through finish(), once;
 * after that only libuv still knows of it, and the last handle to close frees it. */
#include "net/upstream.h"

#include "base/alloc.h"
#include "net/conn_private.h"
#include "net/dial.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { UPGRADED = 101 };

/* Two flags look alike. `is_finished`: `done` was called or will never be; nothing
 * happens any more. `is_connected` tells what a writable socket means: that it is
 * through, or that more of the request can be sent. */
struct upstream {
    struct link link; /* upstreams->all, until it is finished */
    struct upstreams *all;
    uv_getaddrinfo_t resolver;
    uv_poll_t poll;
    uv_timer_t timer;
    uint32_t held; /* by libuv: handles and requests that must end before the memory may go */
    int fd;        /* -1: none yet, or handed over */
    bool has_poll, is_connected, is_finished;
    uint64_t peer;
    struct buf out;  /* the request */
    size_t sent;     /* of it */
    struct buf in;   /* the answer, as far as it has come */
    size_t head_len; /* 0: its head is not complete */
    uint64_t body_bytes;
    size_t body_max;
    bool takes_upgrade, takes_stream;
    int64_t silence_ms;
    void (*done)(void *owner, const struct upstream_answer *answer);
    void *owner;
};

/* ---- the end ---- */

static void let_go(struct upstream *u)
{
    if (--u->held > 0)
        return;
    buf_deinit(&u->out);
    buf_deinit(&u->in);
    mem_free(u);
}

static void on_handle_closed(uv_handle_t *handle)
{
    let_go(handle->data);
}

/* What the answer borrows is there until libuv has closed the timer, in a later turn. */
static void finish(struct upstream *u, const struct upstream_answer *answer)
{
    if (u->is_finished)
        return;
    u->is_finished = true;
    list_remove(&u->link);
    if (u->has_poll)
        uv_close((uv_handle_t *)&u->poll, on_handle_closed);
    if (u->fd >= 0) /* after uv_close, which still names it to the kernel */
        close(u->fd);
    uv_close((uv_handle_t *)&u->timer, on_handle_closed);
    if (answer)
        u->done(u->owner, answer);
}

static void fail(struct upstream *u, enum error err, const char *why)
{
    finish(u, &(struct upstream_answer){.err = err, .why = why, .is_sent = u->is_connected, .fd = -1});
}

/* ---- the answer ---- */

static bool gives_socket(const struct response_head *head)
{
    return head->status == UPGRADED || head->is_stream;
}

static bool is_wanted(const struct upstream *u, const struct response_head *head)
{
    if (head->is_stream)
        return u->takes_stream;
    return head->status == UPGRADED ? u->takes_upgrade : head->status >= 200;
}

/* Finds the head and what is to come behind it, once the head is complete. */
static void read_head(struct upstream *u)
{
    struct slice in = buf_slice(&u->in);
    struct response_head head;

    u->head_len = response_head_len(in);
    if (u->head_len == 0 && in.len <= RESPONSE_HEAD_MAX)
        return;
    if (u->head_len == 0 || response_head_read(slice_of(in.ptr, u->head_len), &head) || !is_wanted(u, &head))
        fail(u, ERR_ELSEWHERE, "its answer is not HTTP as it should be");
    else if (head.body_bytes > u->body_max)
        fail(u, ERR_ELSEWHERE, "its answer is too large");
    else
        u->body_bytes = head.body_bytes;
}

static void answer(struct upstream *u)
{
    struct upstream_answer answer = {.fd = -1};

    (void)response_head_read(slice_of(u->in.ptr, u->head_len), &answer.head); /* as in read_head */
    answer.body = slice_from(buf_slice(&u->in), u->head_len);
    if (gives_socket(&answer.head)) {
        answer.fd = u->fd;
        u->fd = -1;
    } else {
        answer.body.len = (size_t)u->body_bytes;
    }
    answer.bytes = slice_of(u->in.ptr, u->head_len + answer.body.len);
    finish(u, &answer);
}

static void take(struct upstream *u, struct slice bytes)
{
    if (buf_append(&u->in, bytes)) {
        fail(u, ERR_NO_MEMORY, "out of memory");
        return;
    }
    if (u->head_len == 0)
        read_head(u);
    if (!u->is_finished && u->head_len > 0 && u->in.len - u->head_len >= u->body_bytes)
        answer(u);
}

/* ---- the socket ---- */

static void on_silence(uv_timer_t *timer)
{
    struct upstream *u = timer->data;

    u->all->loop->timer_ran = true;
    fail(u, ERR_ELSEWHERE, u->is_connected ? "no answer came in time" : "no connection came about in time");
}

static void heard(struct upstream *u)
{
    uv_timer_start(&u->timer, on_silence, (uint64_t)(u->silence_ms > 0 ? u->silence_ms : u->all->silence_ms),
                   0);
}

static bool may_come_later(ssize_t result)
{
    return result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

static void receive(struct upstream *u)
{
    char *scratch = u->all->loop->read_buffer;
    ssize_t len = recv(u->fd, scratch, LOOP_READ_BYTES, 0);

    if (may_come_later(len))
        return;
    if (len <= 0) {
        fail(u, ERR_ELSEWHERE, len == 0 ? "it hung up" : strerror(errno));
        return;
    }
    heard(u);
    take(u, slice_of(scratch, (size_t)len));
}

static void on_event(uv_poll_t *poll, int status, int events);

static void watch(struct upstream *u, int events)
{
    if (uv_poll_start(&u->poll, events, on_event) != 0)
        fail(u, ERR_ELSEWHERE, "its socket cannot be watched");
}

static void send_rest(struct upstream *u)
{
    ssize_t len = send(u->fd, u->out.ptr + u->sent, u->out.len - u->sent, MSG_NOSIGNAL);

    if (may_come_later(len))
        return;
    if (len < 0) {
        fail(u, ERR_ELSEWHERE, strerror(errno));
        return;
    }
    u->sent += (size_t)len;
    if (u->sent == u->out.len)
        watch(u, UV_READABLE);
}

/* What the socket says is the matter with it. libuv says of each of them that it is a bad descriptor. */
static int socket_error(int fd, int status)
{
    int why = 0;
    socklen_t size = sizeof why;

    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &size) != 0)
        why = errno;
    return why || status >= 0 ? why : -status;
}

static void on_event(uv_poll_t *poll, int status, int events)
{
    struct upstream *u = poll->data;

    if (!u->is_connected) {
        int why = socket_error(u->fd, status);
        if (why) {
            fail(u, ERR_ELSEWHERE, strerror(why));
            return;
        }
        u->is_connected = true;
        heard(u);
    }
    if (status < 0)
        fail(u, ERR_ELSEWHERE, strerror(socket_error(u->fd, status)));
    else if (events & UV_WRITABLE)
        send_rest(u);
    else if (events & UV_READABLE)
        receive(u);
}

static bool connect_to(struct upstream *u, const struct sockaddr *to, socklen_t len)
{
    u->fd = dial_begin(to, len);
    if (u->fd < 0)
        return false;
    if (uv_poll_init(&u->all->loop->uv, &u->poll, u->fd) != 0)
        return false;
    u->poll.data = u;
    u->has_poll = true;
    u->held++;
    return uv_poll_start(&u->poll, UV_WRITABLE, on_event) == 0;
}

/* ---- names ---- */

static void on_resolved(uv_getaddrinfo_t *resolver, int status, struct addrinfo *found)
{
    struct upstream *u = resolver->data;

    if (!u->is_finished && status < 0)
        fail(u, ERR_ELSEWHERE, "its name cannot be resolved");
    else if (!u->is_finished && !connect_to(u, found->ai_addr, found->ai_addrlen))
        fail(u, ERR_ELSEWHERE, strerror(errno));
    uv_freeaddrinfo(found);
    let_go(u);
}

static bool resolve(struct upstream *u, const struct dial_address *address)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};

    u->resolver.data = u;
    if (uv_getaddrinfo(&u->all->loop->uv, &u->resolver, on_resolved, address->host, address->port, &hints))
        return false;
    u->held++;
    return true;
}

/* ---- asking ---- */

static struct upstream *upstream_new(struct upstreams *all, const struct upstream_request *request)
{
    struct upstream *u = mem_alloc(sizeof *u);

    if (!u)
        return NULL;
    *u = (struct upstream){.all = all,
                           .fd = -1,
                           .peer = request->peer,
                           .out = *request->bytes,
                           .body_max = request->body_max,
                           .takes_upgrade = request->takes_upgrade,
                           .takes_stream = request->takes_stream,
                           .silence_ms = request->silence_ms,
                           .done = request->done,
                           .owner = request->owner};
    *request->bytes = (struct buf){0};
    uv_timer_init(&all->loop->uv, &u->timer);
    u->timer.data = u;
    u->held = 1;
    uv_timer_start(&u->timer, on_silence, (uint64_t)all->connect_ms, 0);
    list_append(&all->all, &u->link);
    return u;
}

struct upstream *upstream_ask(struct upstreams *all, const struct upstream_request *request)
{
    struct dial_address address;
    struct sockaddr_storage to;
    socklen_t len;
    struct upstream *u = NULL;

    if (!all->is_closed && dial_parse(request->address, &address))
        u = upstream_new(all, request);
    buf_deinit(request->bytes); /* empty, if it was taken */
    if (!u)
        return NULL;
    bool has_begun = dial_is_number(&address, &to, &len) ? connect_to(u, (struct sockaddr *)&to, len)
                                                         : resolve(u, &address);
    if (has_begun)
        return u;
    finish(u, NULL);
    return NULL;
}

void upstream_cancel(struct upstream *u)
{
    if (u)
        finish(u, NULL);
}

/* ---- all of them ---- */

void upstreams_init(struct upstreams *all, struct loop *loop)
{
    *all = (struct upstreams){
        .loop = loop, .connect_ms = UPSTREAM_CONNECT_MS, .silence_ms = UPSTREAM_SILENCE_MS};
    list_init(&all->all);
}

void upstreams_close_dead(struct upstreams *all, bool (*is_alive)(void *arg, uint64_t peer), void *arg)
{
    struct link dying; /* `done` may ask anew, or cancel others */

    list_init(&dying);
    LIST_EACH (at, following, &all->all) {
        if (is_alive(arg, LIST_ITEM(at, struct upstream, link)->peer))
            continue;
        list_remove(at);
        list_append(&dying, at);
    }
    while (!list_is_empty(&dying))
        fail(LIST_ITEM(dying.next, struct upstream, link), ERR_ELSEWHERE, "it is dead");
}

void upstreams_close(struct upstreams *all)
{
    all->is_closed = true;
    while (!list_is_empty(&all->all))
        fail(LIST_ITEM(all->all.next, struct upstream, link), ERR_ELSEWHERE, "this server is stopping");
}
