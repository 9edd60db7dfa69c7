/* loop.h - one thread's event loop: sockets, timers, and tasks from elsewhere.
 *
 * A loop belongs to one thread, which runs loop_run. Only loop_post and
 * loop_wake may be called from other threads. Each turn of the loop ends with
 * `on_tick`, where the owner does, in an order that can be read in one place,
 * what the turn's input made necessary; then it calls loop_flush (writes the
 * outboxes of connections that were given frames) and loop_reap (frees what
 * was closed: nobody frees itself inside its own callback).
 *
 * Time: loop_now_ms is monotonic and read once a turn; wall_now_ms is the
 * clock on the wall. */
#ifndef KOLABPAD_NET_LOOP_H
#define KOLABPAD_NET_LOOP_H

#include "base/error.h"
#include "base/list.h"
#include <uv.h>

struct loop;

/* A function to run on the loop's thread. The storage is the poster's; `run`
 * may free it. */
struct loop_task {
    struct link link;
    void (*run)(struct loop_task *task);
};

/* Limits for the connections of this loop; 0 switches a timeout off. */
struct conn_limits {
    size_t message_bytes_max;    /* larger: closed with 1009 */
    uint32_t outbox_frames;      /* more waiting: a slow reader, given nothing until it drains */
    int64_t heartbeat_ms;        /* ping after this long without a byte from the peer */
    int64_t dead_ms;             /* no byte at all for this long: gone */
    int64_t read_timeout_ms;     /* no message for this long: closed with ERR_IDLE */
    int64_t write_timeout_ms;    /* the socket accepts nothing for this long: ERR_SLOW_READER */
    int64_t close_timeout_ms;    /* how long a closing handshake may take */
};

struct loop_counters { /* written by the loop, read by anyone: relaxed atomics */
    _Atomic uint64_t bytes_in, bytes_out, frames_out;
    _Atomic uint64_t connections;
};

struct loop {
    uv_loop_t uv;
    uv_async_t async;
    uv_check_t check;
    uv_timer_t sweep;            /* timeouts, a few times a second at most */
    uv_mutex_t lock;             /* guards `tasks` */
    struct link tasks;
    struct link conns;           /* all, least recently heard first */
    struct link dirty;           /* with frames to write */
    struct link closed;          /* to be reaped */
    struct conn_limits limits;
    struct loop_counters counters;
    struct ws_pool *pool;        /* receive contexts, borrowed while a message is incomplete */
    char *read_buffer;           /* one for all connections */
    void (*on_tick)(void *owner);
    void (*on_wake)(void *owner);/* after loop_wake, before on_tick; may be NULL */
    void *owner;
    _Atomic bool woken;
    bool stopping;
};

enum error loop_init(struct loop *loop, const struct conn_limits *limits, void (*on_tick)(void *owner),
                     void (*on_wake)(void *owner), void *owner);
/* Runs until loop_stop. Call it on the loop's own thread. */
void loop_run(struct loop *loop);
/* From the loop's thread: return from loop_run at the end of this turn. */
void loop_stop(struct loop *loop);
/* After loop_run returned: closes what is left (connections are killed, their
 * on_closed called) and frees everything. */
void loop_deinit(struct loop *loop);

/* Any thread. Tasks run in the order of posting, before the turn's on_tick.
 * A task posted after loop_run returned is run by loop_deinit. */
void loop_post(struct loop *loop, struct loop_task *task);
/* Any thread, cheap when already signalled: on_wake will be called. */
void loop_wake(struct loop *loop);

/* For on_tick. */
void loop_flush(struct loop *loop);
void loop_reap(struct loop *loop);

/* The turn's time, monotonic. */
static inline int64_t loop_now_ms(const struct loop *loop)
{
    return (int64_t)uv_now(&loop->uv);
}
int64_t wall_now_ms(void);

#endif
