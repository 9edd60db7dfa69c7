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
    size_t message_bytes_max; /* larger: closed with 1009 */
    uint32_t outbox_frames;   /* more waiting: a slow reader, given nothing until it drains */
    size_t outbox_bytes;      /* the same, for frames that are large */
    int64_t heartbeat_ms;     /* ping after this long without a byte from the peer */
    int64_t dead_ms;          /* no byte at all for this long: gone */
    int64_t read_timeout_ms;  /* no message for this long: closed with ERR_IDLE */
    int64_t write_timeout_ms; /* the socket accepts nothing for this long: ERR_SLOW_READER */
    int64_t close_timeout_ms; /* how long a closing handshake may take */
};

/* The timeouts of a connection. Each has the same length for all connections, so
 * a list in order of joining is in order of falling due, and the sweep looks at
 * no more than is due. */
enum conn_timeout {
    TIMEOUT_HEARTBEAT, /* since the last byte heard */
    TIMEOUT_DEAD,      /* the same, after the ping */
    TIMEOUT_READ,      /* since the last message */
    TIMEOUT_WRITE,     /* since the socket last took a byte, while it blocks */
    TIMEOUT_CLOSE,     /* since the closing handshake began */
    TIMEOUT_COUNT
};

struct loop_counters { /* written by the loop, read by anyone: relaxed atomics */
    _Atomic uint64_t bytes_in, bytes_out, frames_out;
    _Atomic uint64_t connections;
};

struct loop {
    uv_loop_t uv;
    uv_async_t async;
    uv_prepare_t prepare;
    uv_check_t check;
    uv_timer_t timer; /* the owner's: loop_set_timer */
    uv_timer_t sweep; /* timeouts; runs while there are connections */
    uv_mutex_t lock;  /* guards `tasks` */
    struct link tasks;
    struct link conns;              /* all that are not ended */
    struct link due[TIMEOUT_COUNT]; /* the same, by what they wait for, longest first */
    struct link fresh;              /* with bytes that came behind their handshake */
    struct link dirty;              /* with frames to write */
    struct link ended;              /* on_closed is to be called */
    struct link closed;             /* on_closed was called; loop_reap frees them */
    struct conn_limits limits;
    struct loop_counters counters;
    struct ws_pool *pool;  /* receive contexts, borrowed while a message is incomplete */
    struct frame *ping;    /* every heartbeat is the same; */
    struct frame *comment; /* that of streams: a comment of an event stream */
    char *read_buffer;     /* one for all connections */
    void (*on_tick)(void *owner);
    void (*on_wake)(void *owner);  /* after loop_wake, before on_tick; may be NULL */
    void (*on_timer)(void *owner); /* set after loop_init by owners that use loop_set_timer */
    void *owner;
    /* From any thread: */
    _Atomic bool woken;       /* loop_wake was called and on_wake not yet; further calls do nothing */
    _Atomic bool is_closed;   /* loop_deinit no longer takes tasks and wake-ups */
    _Atomic uint32_t callers; /* threads inside loop_post and loop_wake */
    /* The loop's thread only: */
    bool timer_ran; /* in this turn, before the sockets: on_prepare must end the turn */
    bool stopping;  /* loop_stop was called */
};

enum error loop_init(struct loop *loop, const struct conn_limits *limits, void (*on_tick)(void *owner),
                     void (*on_wake)(void *owner), void *owner);
/* Runs until loop_stop. Call it on the loop's own thread. */
void loop_run(struct loop *loop);
/* The owner's one timer, from the loop's thread: `on_timer` is called once,
 * `due_in_ms` from now, then on_tick. Setting it again moves it; -1 disarms. */
void loop_set_timer(struct loop *loop, int64_t due_in_ms);
/* From the loop's thread: return from loop_run at the end of this turn. */
void loop_stop(struct loop *loop);
/* After loop_run returned: closes what is left (connections are killed, their
 * on_closed called) and frees everything. */
void loop_deinit(struct loop *loop);

/* Any thread. Tasks run in the order of posting, before the turn's on_tick.
 * A task posted after loop_run returned is run by loop_deinit. False, with the
 * task still the caller's, after that; the memory of the loop must be there. */
bool loop_post(struct loop *loop, struct loop_task *task);
/* Any thread, cheap when already signalled: on_wake will be called. Does nothing
 * after loop_deinit; the memory of the loop must be there. */
void loop_wake(struct loop *loop);

/* Both are for on_tick. */
void loop_flush(struct loop *loop);
void loop_reap(struct loop *loop);

/* Asks for one more turn. For changes made inside on_tick after the code that
 * deals with them has run: without it they would wait for the next event. */
void loop_turn_again(struct loop *loop);

/* The turn's time, monotonic. */
static inline int64_t loop_now_ms(const struct loop *loop)
{
    return (int64_t)uv_now(&loop->uv);
}
int64_t wall_now_ms(void);

#endif
