#include "store/reader.h"

#include "base/alloc.h"
#include "store/clock.h"
#include "store/request.h"
#include "store/thread.h"

#include <sys/resource.h>
#include <unistd.h>

enum { NICENESS = 10 };

struct reader {
    struct engine *engine;
    void (*answered)(void *arg, struct store_request *req);
    void *arg;
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t work;
    struct link queue; /* struct store_request */
    bool is_closing;
};

/* NULL: there will be no more. */
static struct store_request *next(struct reader *r)
{
    pthread_mutex_lock(&r->lock);
    while (list_is_empty(&r->queue) && !r->is_closing)
        pthread_cond_wait(&r->work, &r->lock);
    struct store_request *req = r->is_closing ? NULL : request_of(r->queue.next);
    if (req)
        list_remove(&req->link);
    pthread_mutex_unlock(&r->lock);
    return req;
}

static void *run(void *arg)
{
    struct reader *r = arg;
    struct store_request *req;
    setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS); /* on Linux, of this thread */
    while ((req = next(r))) {
        int64_t begun_us = clock_us();
        request_clear_answer(req);
        req->result = r->engine->ops->read_aside(r->engine, req);
        req->duration_us = (uint64_t)(clock_us() - begun_us);
        request_digest(req);
        r->answered(r->arg, req);
    }
    return NULL;
}

enum error reader_start(struct engine *engine, void (*answered)(void *arg, struct store_request *req),
                        void *arg, struct reader **out)
{
    struct reader *r = mem_alloc(sizeof *r);
    if (!r)
        return ERR_NO_MEMORY;
    *r = (struct reader){.engine = engine, .answered = answered, .arg = arg};
    list_init(&r->queue);
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->work, NULL);
    if (!thread_start(&r->thread, "history", run, r)) {
        pthread_cond_destroy(&r->work);
        pthread_mutex_destroy(&r->lock);
        mem_free(r);
        return ERR_STORAGE;
    }
    *out = r;
    return OK;
}

void reader_post(struct reader *r, struct store_request *req)
{
    pthread_mutex_lock(&r->lock);
    list_append(&r->queue, &req->link);
    pthread_mutex_unlock(&r->lock);
    pthread_cond_signal(&r->work);
}

void reader_stop(struct reader *r)
{
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    r->is_closing = true;
    pthread_mutex_unlock(&r->lock);
    pthread_cond_signal(&r->work);
    pthread_join(r->thread, NULL);
    LIST_EACH (pos, following, &r->queue) {
        struct store_request *req = request_of(pos);
        list_remove(pos);
        request_clear_answer(req);
        req->result = ERR_STORAGE;
        r->answered(r->arg, req);
    }
    pthread_cond_destroy(&r->work);
    pthread_mutex_destroy(&r->lock);
    mem_free(r);
}
