/* The timeouts of connections, as one table: where each waits, its limit, and
 * the action when it is due. */
#include "net/conn_private.h"

enum { SWEEP_MIN_MS = 20, SWEEP_MAX_MS = 1000, SWEEPS_PER_TIMEOUT = 4 };

enum { CLOSE_ABNORMAL = 1006 };

/* Who only listens never answers: whether it is still there is TCP's to find out. */
static void send_ping(struct conn *c)
{
    conn_ping(c);
    if (c->is_stream) {
        timeout_start(c, TIMEOUT_HEARTBEAT);
        return;
    }
    /* It goes on waiting since the peer was last heard, but for the longer time. */
    list_remove(&c->heard.link);
    if (c->loop->limits.dead_ms > 0)
        list_append(&c->loop->due[TIMEOUT_DEAD], &c->heard.link);
}

static void end_dead_peer(struct conn *c)
{
    conn_end(c, ERR_IDLE, CLOSE_ABNORMAL);
}

static void close_idle(struct conn *c)
{
    conn_close(c, ERR_IDLE, (struct slice){0});
}

static void end_slow_reader(struct conn *c)
{
    conn_end(c, ERR_SLOW_READER, CLOSE_ABNORMAL);
}

/* The peer did not answer our Close; the reason we gave stands. */
static void end_unanswered_close(struct conn *c)
{
    conn_end(c, c->end.why, c->end.code);
}

static const struct row {
    size_t waiting_at; /* offset in struct conn */
    size_t limit_at;   /* offset in struct conn_limits */
    void (*act)(struct conn *c);
} table[TIMEOUT_COUNT] = {
#define ROW(waiting, limit, act)                                                                             \
    {                                                                                                        \
        offsetof(struct conn, waiting), offsetof(struct conn_limits, limit), act                             \
    }
    [TIMEOUT_HEARTBEAT] = ROW(heard, heartbeat_ms, send_ping),
    [TIMEOUT_DEAD] = ROW(heard, dead_ms, end_dead_peer),
    [TIMEOUT_READ] = ROW(messaged, read_timeout_ms, close_idle),
    [TIMEOUT_WRITE] = ROW(stalled, write_timeout_ms, end_slow_reader),
    [TIMEOUT_CLOSE] = ROW(stalled, close_timeout_ms, end_unanswered_close),
#undef ROW
};

static struct waiting *waiting_of(struct conn *c, enum conn_timeout timeout)
{
    return (struct waiting *)(void *)((char *)c + table[timeout].waiting_at);
}

static int64_t limit_ms(const struct conn_limits *limits, enum conn_timeout timeout)
{
    return *(const int64_t *)(const void *)((const char *)limits + table[timeout].limit_at);
}

void timeout_start(struct conn *c, enum conn_timeout timeout)
{
    struct waiting *w = waiting_of(c, timeout);

    list_remove(&w->link);
    w->since_ms = loop_now_ms(c->loop);
    if (limit_ms(&c->loop->limits, timeout) > 0)
        list_append(&c->loop->due[timeout], &w->link);
}

void timeout_stop(struct conn *c, enum conn_timeout timeout)
{
    list_remove(&waiting_of(c, timeout)->link);
}

void timeout_stop_all(struct conn *c)
{
    for (enum conn_timeout t = 0; t < TIMEOUT_COUNT; t++)
        timeout_stop(c, t);
}

/* Each list is in order of falling due, so the walk ends at the first connection
 * that has time left. */
static void sweep_one(struct loop *loop, enum conn_timeout timeout)
{
    const struct row *row = &table[timeout];
    int64_t overdue_since = loop_now_ms(loop) - limit_ms(&loop->limits, timeout);

    while (!list_is_empty(&loop->due[timeout])) {
        struct link *first = loop->due[timeout].next;
        struct waiting *w = LIST_ITEM(first, struct waiting, link);
        if (w->since_ms > overdue_since)
            return;
        list_remove(first);
        row->act((struct conn *)(void *)((char *)w - row->waiting_at));
    }
}

void timeout_sweep(struct loop *loop)
{
    for (enum conn_timeout t = 0; t < TIMEOUT_COUNT; t++)
        sweep_one(loop, t);
}

uint64_t timeout_sweep_interval_ms(const struct conn_limits *limits)
{
    int64_t interval = SWEEP_MAX_MS;

    for (enum conn_timeout t = 0; t < TIMEOUT_COUNT; t++) {
        int64_t limit = limit_ms(limits, t);
        if (limit > 0 && limit / SWEEPS_PER_TIMEOUT < interval)
            interval = limit / SWEEPS_PER_TIMEOUT;
    }
    return interval < SWEEP_MIN_MS ? SWEEP_MIN_MS : (uint64_t)interval;
}
