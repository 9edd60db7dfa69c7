/* Bytes between two sockets. After whatever happened to one of them, settle() brings
 * the tunnel in order: passes ends on, closes it when both are through, and tells libuv
 * what each side waits for. */
#include "net/tunnel.h"

#include "base/alloc.h"
#include "net/conn_private.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LOOKS = 5 }; /* how often a tunnel that waits is looked at while it lingers */

/* One side. Four flags, two for each direction. `has_ended`: nothing will be read from
 * it any more. `is_leaving`: its end was announced while nothing is read from it, since
 * the other side is blocked; bytes may still be there. `is_shut`: it was told that we
 * send no more. `is_broken`: it takes nothing any more, and what was meant for it is
 * dropped; bytes that it sent before may still be there. */
struct side {
    uv_poll_t poll;
    int watched; /* what libuv was told to watch it for; telling it again would cost two calls of the kernel
                  */
    struct tunnel *tunnel;
    struct side *other;
    int fd;
    struct buf rest; /* what its socket did not take */
    bool has_ended, is_leaving, is_shut, is_broken;
};

struct tunnel {
    struct link link;         /* tunnels->all, until it is closed */
    struct link waiting_link; /* tunnels->waiting */
    struct tunnels *all;
    struct side client, server;
    uint64_t peer;
    int64_t moved_ms; /* while it waits: when a byte was moved last, or since when it waits */
    void (*on_closed)(void *owner);
    void *owner;
    uint32_t held; /* handles that libuv has not closed yet */
    bool is_closed;
};

static void count(_Atomic uint64_t *counter, uint64_t more)
{
    /* One writer: no locked instruction needed. */
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + more,
                          memory_order_relaxed);
}

/* ---- the end ---- */

static void on_handle_closed(uv_handle_t *handle)
{
    struct side *side = handle->data;
    struct tunnel *t = side->tunnel;

    buf_deinit(&side->rest);
    if (--t->held == 0)
        mem_free(t);
}

static void close_side(struct side *side)
{
    uv_close((uv_handle_t *)&side->poll, on_handle_closed);
    close(side->fd); /* after uv_close, which still names it to the kernel */
}

static void tunnel_close(struct tunnel *t)
{
    if (t->is_closed)
        return;
    t->is_closed = true;
    list_remove(&t->link);
    list_remove(&t->waiting_link);
    close_side(&t->client);
    close_side(&t->server);
    count(&t->all->open, (uint64_t)-1);
    t->on_closed(t->owner);
}

/* ---- those that wait ---- */

static bool is_blocked(const struct side *side)
{
    return side->rest.len > 0;
}

static bool begins_to_end(const struct side *side)
{
    return side->has_ended || side->is_leaving || side->is_broken;
}

static bool is_ending(const struct tunnel *t)
{
    return begins_to_end(&t->client) || begins_to_end(&t->server);
}

static void on_look(uv_timer_t *timer)
{
    struct tunnels *all = timer->data;

    all->loop->timer_ran = true;
    LIST_EACH (at, following, &all->waiting) {
        struct tunnel *t = LIST_ITEM(at, struct tunnel, waiting_link);
        int64_t still_ms = loop_now_ms(all->loop) - t->moved_ms;
        if (still_ms < all->linger_ms)
            break;
        if (is_ending(t) || (all->untaken_ms > 0 && still_ms >= all->untaken_ms))
            tunnel_close(t);
    }
    if (list_is_empty(&all->waiting))
        uv_timer_stop(timer);
}

/* Begins to wait, or goes on with a new last byte. */
static void wait_from_now(struct tunnel *t)
{
    struct tunnels *all = t->all;
    uint64_t look_ms = (uint64_t)all->linger_ms / LOOKS;

    t->moved_ms = loop_now_ms(all->loop);
    list_remove(&t->waiting_link);
    list_append(&all->waiting, &t->waiting_link);
    if (!uv_is_active((const uv_handle_t *)&all->timer))
        uv_timer_start(&all->timer, on_look, look_ms, look_ms);
}

static bool is_waiting(const struct tunnel *t)
{
    return !list_is_empty(&t->waiting_link);
}

/* A tunnel between two that talk, which is nearly all of them, is in no list. */
static void check_waiting(struct tunnel *t)
{
    bool must_wait = is_ending(t) || is_blocked(&t->client) || is_blocked(&t->server);

    if (must_wait && !is_waiting(t))
        wait_from_now(t);
    else if (!must_wait)
        list_remove(&t->waiting_link);
}

/* ---- writing ---- */

static void break_side(struct side *side)
{
    side->is_broken = true;
    buf_deinit(&side->rest);
}

/* How many of the bytes the socket took. */
static size_t write_some(struct side *to, struct slice bytes)
{
    ssize_t len;

    do
        len = send(to->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
    while (len < 0 && errno == EINTR);
    if (len >= 0) {
        count(&to->tunnel->all->bytes, (uint64_t)len);
        if (is_waiting(to->tunnel))
            wait_from_now(to->tunnel);
        return (size_t)len;
    }
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        break_side(to);
    return 0;
}

static void give(struct side *to, struct slice bytes)
{
    if (to->is_broken)
        return;
    size_t taken = write_some(to, bytes);
    if (taken == bytes.len || to->is_broken)
        return;
    if (buf_append(&to->rest, slice_from(bytes, taken)))
        tunnel_close(to->tunnel); /* a byte less would be another stream */
}

static void give_rest(struct side *to)
{
    buf_drop_front(&to->rest, write_some(to, buf_slice(&to->rest)));
    if (to->rest.len == 0)
        buf_deinit(&to->rest);
}

/* ---- reading ---- */

static void take(struct side *from)
{
    char *scratch = from->tunnel->all->loop->read_buffer;
    ssize_t len = recv(from->fd, scratch, LOOP_READ_BYTES, 0);

    if (len > 0)
        give(from->other, slice_of(scratch, (size_t)len));
    else if (len == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
        from->has_ended = true;
}

/* ---- bringing it in order ---- */

/* Nothing is read from one side while bytes of it wait for the other: so once its end was
 * read, they are all with the other's socket. */
static void pass_end_on(struct side *from)
{
    struct side *to = from->other;

    if (!from->has_ended || to->is_shut)
        return;
    to->is_shut = true;
    shutdown(to->fd, SHUT_WR);
}

static void on_event(uv_poll_t *poll, int status, int events);

static bool watch(struct side *side)
{
    bool may_read = !side->has_ended && !is_blocked(side->other);
    bool hears_end = !side->has_ended && !may_read && !side->is_leaving;
    int events =
        (may_read ? UV_READABLE : 0) | (hears_end ? UV_DISCONNECT : 0) | (is_blocked(side) ? UV_WRITABLE : 0);

    if (events == side->watched)
        return true;
    side->watched = events;
    if (events)
        return uv_poll_start(&side->poll, events, on_event) == 0;
    uv_poll_stop(&side->poll);
    return true;
}

static void settle(struct tunnel *t)
{
    if (t->is_closed)
        return;
    pass_end_on(&t->client);
    pass_end_on(&t->server);
    if (t->client.has_ended && t->server.has_ended) {
        tunnel_close(t);
        return;
    }
    check_waiting(t);
    if (!watch(&t->client) || !watch(&t->server))
        tunnel_close(t);
}

/* Of a socket with an error libuv says nothing else, as often as it is asked: reading
 * and writing tell which, and there may be bytes before it. */
static void on_event(uv_poll_t *poll, int status, int events)
{
    struct side *side = poll->data;

    if (status < 0) {
        side->watched = 0; /* libuv has stopped watching it */
        events = UV_READABLE | UV_WRITABLE | UV_DISCONNECT;
    }
    if ((events & UV_WRITABLE) && is_blocked(side))
        give_rest(side);
    if (events & UV_DISCONNECT)
        side->is_leaving = true;
    if ((events & UV_READABLE) && !side->has_ended && !is_blocked(side->other))
        take(side);
    settle(side->tunnel);
}

/* ---- opening ---- */

static bool side_init(struct tunnel *t, struct side *side, struct side *other, int fd)
{
    side->tunnel = t;
    side->other = other;
    side->fd = fd;
    if (uv_poll_init(&t->all->loop->uv, &side->poll, fd) != 0)
        return false;
    side->poll.data = side;
    t->held++;
    return true;
}

/* With both sides or with none. */
static bool sides_init(struct tunnel *t, const struct tunnel_ends *ends)
{
    if (!side_init(t, &t->client, &t->server, ends->client))
        return false;
    if (side_init(t, &t->server, &t->client, ends->server))
        return true;
    uv_close((uv_handle_t *)&t->client.poll, on_handle_closed); /* frees the tunnel */
    return false;
}

static enum error tunnel_new(struct tunnels *all, const struct tunnel_ends *ends, struct tunnel **out)
{
    struct tunnel *t = all->is_closed ? NULL : mem_alloc(sizeof *t);

    if (!t)
        return all->is_closed ? ERR_SHUTTING_DOWN : ERR_NO_MEMORY;
    *t = (struct tunnel){.all = all, .peer = ends->peer, .on_closed = ends->on_closed, .owner = ends->owner};
    if (sides_init(t, ends)) {
        *out = t;
        return OK;
    }
    if (t->held == 0)
        mem_free(t);
    return ERR_NO_MEMORY;
}

enum error tunnel_open(struct tunnels *all, const struct tunnel_ends *ends)
{
    struct tunnel *t;
    enum error err = tunnel_new(all, ends, &t);

    if (err) {
        close(ends->client);
        close(ends->server);
        return err;
    }
    list_append(&all->all, &t->link);
    list_init(&t->waiting_link);
    count(&all->open, 1);
    if (ends->from_client.len > 0)
        give(&t->server, ends->from_client);
    if (!t->is_closed && ends->from_server.len > 0)
        give(&t->client, ends->from_server);
    settle(t);
    return OK;
}

/* ---- all of them ---- */

void tunnels_init(struct tunnels *all, struct loop *loop, int64_t untaken_ms)
{
    *all = (struct tunnels){.loop = loop, .linger_ms = TUNNEL_LINGER_MS, .untaken_ms = untaken_ms};
    list_init(&all->all);
    list_init(&all->waiting);
    uv_timer_init(&loop->uv, &all->timer);
    all->timer.data = all;
}

void tunnels_close_dead(struct tunnels *all, bool (*is_alive)(void *arg, uint64_t peer), void *arg)
{
    LIST_EACH (at, following, &all->all) {
        struct tunnel *t = LIST_ITEM(at, struct tunnel, link);
        if (!is_alive(arg, t->peer))
            tunnel_close(t);
    }
}

void tunnels_close(struct tunnels *all)
{
    all->is_closed = true;
    while (!list_is_empty(&all->all))
        tunnel_close(LIST_ITEM(all->all.next, struct tunnel, link));
    uv_close((uv_handle_t *)&all->timer, NULL);
}
