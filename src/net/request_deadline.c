#include "net/request_deadline.h"

#include "base/alloc.h"
#include "base/list.h"

#include <sys/socket.h>
#include <uv.h>

enum { NS_PER_MS = 1000000 };

struct deadline_watch {
    uv_thread_t thread;
    uv_mutex_t lock;
    uv_cond_t changed;
    struct link running; /* deadlines, the next to pass first: all have the same length */
    int64_t limit_ms;
    bool stopping; /* set by deadline_watch_close */
};

struct deadline {
    struct link link; /* in `running`, unless paused or past; like at_ms, under the lock */
    struct deadline_watch *watch;
    int64_t at_ms;
    int fd; /* the library's, which closes it after deadline_free */
};

static int64_t now_ms(void)
{
    return (int64_t)(uv_hrtime() / NS_PER_MS);
}

/* With the lock held. Shuts the sockets whose deadline has passed; returns the
 * milliseconds until the next one does, -1 when there is none. */
static int64_t shut_overdue(struct deadline_watch *watch)
{
    int64_t now = now_ms();

    while (!list_is_empty(&watch->running)) {
        struct deadline *d = LIST_ITEM(watch->running.next, struct deadline, link);
        if (d->at_ms > now)
            return d->at_ms - now;
        list_remove(&d->link);
        shutdown(d->fd, SHUT_RDWR);
    }
    return -1;
}

static void run(void *arg)
{
    struct deadline_watch *watch = arg;

    uv_mutex_lock(&watch->lock);
    while (!watch->stopping) {
        int64_t wait_ms = shut_overdue(watch);
        if (wait_ms < 0)
            uv_cond_wait(&watch->changed, &watch->lock);
        else
            uv_cond_timedwait(&watch->changed, &watch->lock, (uint64_t)wait_ms * NS_PER_MS);
    }
    uv_mutex_unlock(&watch->lock);
}

enum error deadline_watch_open(int64_t limit_ms, struct deadline_watch **out)
{
    struct deadline_watch *watch = mem_alloc(sizeof *watch);

    if (!watch)
        return ERR_NO_MEMORY;
    *watch = (struct deadline_watch){.limit_ms = limit_ms};
    list_init(&watch->running);
    if (uv_mutex_init(&watch->lock) != 0)
        goto no_lock;
    if (uv_cond_init(&watch->changed) != 0)
        goto no_cond;
    if (uv_thread_create(&watch->thread, run, watch) != 0)
        goto no_thread;
    *out = watch;
    return OK;

no_thread:
    uv_cond_destroy(&watch->changed);
no_cond:
    uv_mutex_destroy(&watch->lock);
no_lock:
    mem_free(watch);
    return ERR_OVERLOADED;
}

void deadline_watch_close(struct deadline_watch *watch)
{
    uv_mutex_lock(&watch->lock);
    watch->stopping = true;
    uv_cond_signal(&watch->changed);
    uv_mutex_unlock(&watch->lock);
    uv_thread_join(&watch->thread);
    uv_cond_destroy(&watch->changed);
    uv_mutex_destroy(&watch->lock);
    mem_free(watch);
}

void deadline_restart(struct deadline *d)
{
    if (!d)
        return;
    struct deadline_watch *watch = d->watch;
    uv_mutex_lock(&watch->lock);
    list_remove(&d->link);
    d->at_ms = now_ms() + watch->limit_ms;
    if (list_is_empty(&watch->running)) /* else the thread wakes early enough for it */
        uv_cond_signal(&watch->changed);
    list_append(&watch->running, &d->link);
    uv_mutex_unlock(&watch->lock);
}

void deadline_pause(struct deadline *d)
{
    if (!d)
        return;
    uv_mutex_lock(&d->watch->lock);
    list_remove(&d->link);
    uv_mutex_unlock(&d->watch->lock);
}

struct deadline *deadline_new(struct deadline_watch *watch, int fd)
{
    struct deadline *d = mem_alloc(sizeof *d);

    if (!d)
        return NULL;
    *d = (struct deadline){.watch = watch, .fd = fd};
    list_init(&d->link);
    deadline_restart(d);
    return d;
}

void deadline_free(struct deadline *d)
{
    deadline_pause(d);
    mem_free(d);
}
