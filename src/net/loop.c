#include "net/loop.h"

#include "base/alloc.h"
#include "net/conn_private.h"

#include <sched.h>
#include <stdatomic.h>
#include <time.h>

/* ---- one turn ----
 *
 * libuv's order: timers, prepare, poll (sockets and the async handle), check.
 * A turn ends in check. When a timer ran, poll might sleep on what it changed,
 * so the turn of the timers ends in prepare. */

/* on_closed may end further connections, which join the list. */
static void tell_closed(struct loop *loop)
{
    while (!list_is_empty(&loop->ended))
        conn_tell_closed(LIST_ITEM(loop->ended.next, struct conn, link));
}

static void end_turn(struct loop *loop)
{
    loop->timer_ran = false;
    tell_closed(loop);
    loop->on_tick(loop->owner);
}

static void on_check(uv_check_t *check)
{
    end_turn(check->data);
}

static void on_prepare(uv_prepare_t *prepare)
{
    struct loop *loop = prepare->data;

    if (loop->timer_ran)
        end_turn(loop);
}

void loop_flush(struct loop *loop)
{
    while (!list_is_empty(&loop->dirty)) {
        struct conn *c = LIST_ITEM(loop->dirty.next, struct conn, dirty);
        list_remove(&c->dirty);
        conn_flush(c);
    }
}

void loop_reap(struct loop *loop)
{
    if (!list_is_empty(&loop->ended)) {
        tell_closed(loop);
        loop_turn_again(loop); /* the owner heard of it after his tick's work was done */
    }
    LIST_EACH (at, next, &loop->closed) {
        conn_free(LIST_ITEM(at, struct conn, link));
    }
}

/* ---- tasks and wake-ups ---- */

void loop_turn_again(struct loop *loop)
{
    uv_async_send(&loop->async);
}

/* True while the loop takes tasks and wake-ups; it then stays until leave(). */
static bool enter(struct loop *loop)
{
    atomic_fetch_add(&loop->callers, 1);
    return !atomic_load(&loop->is_closed);
}

static void leave(struct loop *loop)
{
    atomic_fetch_sub(&loop->callers, 1);
}

bool loop_post(struct loop *loop, struct loop_task *task)
{
    bool is_open = enter(loop);

    if (is_open) {
        uv_mutex_lock(&loop->lock);
        list_append(&loop->tasks, &task->link);
        uv_mutex_unlock(&loop->lock);
        uv_async_send(&loop->async);
    }
    leave(loop);
    return is_open;
}

void loop_wake(struct loop *loop)
{
    if (enter(loop) && !atomic_exchange(&loop->woken, true))
        uv_async_send(&loop->async);
    leave(loop);
}

/* One at a time, so that the lock is not held while a task runs. */
static struct loop_task *take_task(struct loop *loop)
{
    struct loop_task *task = NULL;

    uv_mutex_lock(&loop->lock);
    if (!list_is_empty(&loop->tasks)) {
        task = LIST_ITEM(loop->tasks.next, struct loop_task, link);
        list_remove(&task->link);
    }
    uv_mutex_unlock(&loop->lock);
    return task;
}

/* True when there were any. */
static bool run_tasks(struct loop *loop)
{
    bool any = false;

    for (struct loop_task *task; (task = take_task(loop)); any = true)
        task->run(task);
    return any;
}

/* Everything that came from elsewhere: tasks, then the bytes behind handshakes,
 * which tasks have brought, then the wake-up. */
static void on_async(uv_async_t *async)
{
    struct loop *loop = async->data;

    run_tasks(loop);
    while (!list_is_empty(&loop->fresh))
        conn_feed_already_read(LIST_ITEM(loop->fresh.next, struct conn, fresh));
    if (atomic_exchange(&loop->woken, false) && loop->on_wake)
        loop->on_wake(loop->owner);
}

/* ---- timers ---- */

static void on_sweep(uv_timer_t *timer)
{
    struct loop *loop = timer->data;

    timeout_sweep(loop);
    if (list_is_empty(&loop->conns))
        uv_timer_stop(timer); /* loop_start_sweep starts it with the next connection */
    loop->timer_ran = true;
}

void loop_start_sweep(struct loop *loop)
{
    uint64_t interval_ms = timeout_sweep_interval_ms(&loop->limits);

    if (!uv_is_active((const uv_handle_t *)&loop->sweep))
        uv_timer_start(&loop->sweep, on_sweep, interval_ms, interval_ms);
}

static void on_timer(uv_timer_t *timer)
{
    struct loop *loop = timer->data;

    loop->timer_ran = true;
    if (loop->on_timer)
        loop->on_timer(loop->owner);
}

void loop_set_timer(struct loop *loop, int64_t due_in_ms)
{
    if (due_in_ms < 0)
        uv_timer_stop(&loop->timer);
    else
        uv_timer_start(&loop->timer, on_timer, (uint64_t)due_in_ms, 0);
}

int64_t wall_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- making, running, letting go ---- */

static void init_lists(struct loop *loop)
{
    list_init(&loop->tasks);
    list_init(&loop->conns);
    list_init(&loop->fresh);
    list_init(&loop->dirty);
    list_init(&loop->ended);
    list_init(&loop->closed);
    for (size_t t = 0; t < TIMEOUT_COUNT; t++)
        list_init(&loop->due[t]);
}

static enum error new_ping(struct frame **out)
{
    struct buf message = {0};
    enum error err = frame_append_message(&message, WS_PING, (struct slice){0});

    *out = err ? NULL : frame_new(buf_slice(&message));
    buf_deinit(&message);
    return *out ? OK : ERR_NO_MEMORY;
}

static enum error alloc_parts(struct loop *loop)
{
    loop->pool = ws_pool_new();
    if (!loop->pool)
        return ERR_NO_MEMORY;
    loop->read_buffer = mem_alloc(LOOP_READ_BYTES);
    if (!loop->read_buffer)
        goto no_buffer;
    if (new_ping(&loop->ping))
        goto no_ping;
    loop->comment = frame_new(SLICE(":\n\n"));
    if (!loop->comment)
        goto no_comment;
    return OK;

no_comment:
    frame_unref(loop->ping);
no_ping:
    mem_free(loop->read_buffer);
no_buffer:
    ws_pool_free(loop->pool);
    return ERR_NO_MEMORY;
}

static void free_parts(struct loop *loop)
{
    frame_unref(loop->ping);
    frame_unref(loop->comment);
    mem_free(loop->read_buffer);
    ws_pool_free(loop->pool);
}

/* None of these can fail. */
static void init_handles(struct loop *loop)
{
    uv_prepare_init(&loop->uv, &loop->prepare);
    uv_check_init(&loop->uv, &loop->check);
    uv_timer_init(&loop->uv, &loop->timer);
    uv_timer_init(&loop->uv, &loop->sweep);
    loop->async.data = loop->prepare.data = loop->check.data = loop->timer.data = loop->sweep.data = loop;
    uv_prepare_start(&loop->prepare, on_prepare);
    uv_check_start(&loop->check, on_check);
}

enum error loop_init(struct loop *loop, const struct conn_limits *limits, void (*on_tick)(void *owner),
                     void (*on_wake)(void *owner), void *owner)
{
    *loop = (struct loop){.limits = *limits, .on_tick = on_tick, .on_wake = on_wake, .owner = owner};
    init_lists(loop);
    enum error err = alloc_parts(loop);
    if (err)
        return err;
    err = ERR_OVERLOADED;
    if (uv_mutex_init(&loop->lock) != 0)
        goto no_mutex;
    if (uv_loop_init(&loop->uv) != 0)
        goto no_loop;
    if (uv_async_init(&loop->uv, &loop->async, on_async) != 0)
        goto no_async;
    init_handles(loop);
    return OK;

no_async:
    uv_loop_close(&loop->uv);
no_loop:
    uv_mutex_destroy(&loop->lock);
no_mutex:
    free_parts(loop);
    return err;
}

void loop_run(struct loop *loop)
{
    while (!loop->stopping)
        uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
    loop->stopping = true;
    uv_stop(&loop->uv);
}

/* Runs tasks and kills connections until there is neither: tasks may open
 * connections, and owners may post tasks when theirs end. */
static void drain(struct loop *loop)
{
    bool is_drained = false;

    while (!is_drained) {
        is_drained = !run_tasks(loop) && list_is_empty(&loop->conns);
        while (!list_is_empty(&loop->conns))
            conn_kill(LIST_ITEM(loop->conns.next, struct conn, link));
        tell_closed(loop);
    }
    loop_reap(loop);
}

/* Closes the loop to other threads, and waits until those inside have left. */
static void refuse_callers(struct loop *loop)
{
    atomic_store(&loop->is_closed, true);
    while (atomic_load(&loop->callers) > 0)
        sched_yield(); /* a few instructions of another thread, at most */
}

void loop_deinit(struct loop *loop)
{
    drain(loop);
    refuse_callers(loop);
    drain(loop); /* of tasks posted before it was closed */
    uv_close((uv_handle_t *)&loop->async, NULL);
    uv_close((uv_handle_t *)&loop->prepare, NULL);
    uv_close((uv_handle_t *)&loop->check, NULL);
    uv_close((uv_handle_t *)&loop->timer, NULL);
    uv_close((uv_handle_t *)&loop->sweep, NULL);
    while (uv_run(&loop->uv, UV_RUN_DEFAULT) != 0)
        ;
    uv_loop_close(&loop->uv);
    uv_mutex_destroy(&loop->lock);
    free_parts(loop);
}
