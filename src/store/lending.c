/* store_try: a lane's worker and engine, used on the caller's thread while the lane's own is at rest.
 *
 * Waking two threads costs more than a small commit does. What makes it safe is `is_lent`: it is set and
 * cleared under the store's lock, only while the lane is asleep with nothing queued, and the lane's thread
 * waits for its end before it does anything (lane.c). The lane still has to keep house, and its callers have
 * other things to do than to wait for a disk, so `lent` and `lend_again_us` limit how often it is done. */
#include "store/store.h"

#include "store/clock.h"
#include "store/request.h"
#include "store/state.h"

enum {
    LENT_BYTES_MAX = 16 * 1024,
    LENT_MAX = 64,               /* then the lane's own thread looks after log and clock */
    LENT_SLOW_US = 20 * 1000,    /* the disk is busy */
    LENT_PAUSE_US = 1000 * 1000, /* after that */
};

static bool may_be_tried(const struct store *s, const struct store_request *req)
{
    return s->lane_count == 1 && s->engine->ops->try_at_once && s->config.durability == STORE_JOURNAL &&
           req->kind == STORE_APPEND && req->row_count == 1 && request_bytes(req) <= LENT_BYTES_MAX;
}

/* Takes the lane from its thread, if that is at rest and nothing waits for it. */
static bool borrow(struct lane *lane, int64_t now_us)
{
    struct store *s = lane->store;
    pthread_mutex_lock(&s->lock);
    bool is_at_rest = lane->is_asleep && !lane->is_lent && list_is_empty(&s->queue) && !s->is_closing;
    bool may_lend =
        is_at_rest && s->state.failing_lanes == 0 && lane->lent < LENT_MAX && now_us >= lane->lend_again_us;
    if (may_lend) {
        lane->is_lent = true;
        lane->lent++;
    }
    pthread_mutex_unlock(&s->lock);
    return may_lend;
}

/* The thread may have been woken meanwhile: then it waits for this. */
static void give_back(struct lane *lane, int64_t spent_us)
{
    struct store *s = lane->store;
    pthread_mutex_lock(&s->lock);
    lane->is_lent = false;
    if (spent_us >= LENT_SLOW_US)
        lane->lend_again_us = clock_us() + LENT_PAUSE_US;
    bool must_wake = !lane->is_asleep;
    pthread_mutex_unlock(&s->lock);
    if (must_wake)
        pthread_cond_signal(&lane->work);
}

bool store_try(struct store *s, struct store_request *req)
{
    struct lane *lane = &s->lanes[0];
    int64_t begun_us = clock_us();
    if (!may_be_tried(s, req) || !borrow(lane, begun_us))
        return false;
    enum error err = worker_try_at_once(&lane->worker, req);
    give_back(lane, clock_us() - begun_us);
    return err == OK;
}
