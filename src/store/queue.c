#include "store/queue.h"

#include "store/clock.h"
#include "store/request.h"

static struct store_request *taken_of(struct link *l)
{
    return LIST_ITEM(l, struct store_request, lane_link);
}

struct lane *queue_lane_of(struct store *s, const struct store_request *req)
{
    return &s->lanes[s->lane_count == 1 ? 0 : s->engine->ops->lane_of(req)];
}

/* Is a request that must be carried out before this one still with another lane, or ahead in the queue? */
static bool is_held_up(const struct lane *lane, const struct store_request *req)
{
    const struct store *s = lane->store;
    for (uint32_t i = 0; i < s->lane_count; i++) {
        const struct link *taken = &s->lanes[i].taken;
        for (struct link *l = taken->next; &s->lanes[i] != lane && l != taken; l = l->next)
            if (taken_of(l)->number < req->number && request_must_follow(req, taken_of(l)))
                return true;
    }
    for (struct link *l = s->queue.next; l != &req->link; l = l->next)
        if (request_must_follow(req, request_of(l)))
            return true;
    return false;
}

void queue_take(struct lane *lane, struct link *fresh)
{
    struct store *s = lane->store;
    uint32_t room = s->lane_count > 1 && !s->is_closing ? lane->snapshots_max : UINT32_MAX;
    LIST_EACH (pos, following, &s->queue) {
        struct store_request *req = request_of(pos);
        bool may_be_left = req->kind == STORE_SNAPSHOT && !req->fail_fast;
        if (queue_lane_of(s, req) != lane || (may_be_left && room == 0))
            continue;
        if (s->is_closing && req->fail_fast) {
            worker_refuse(&lane->worker, req); /* nobody is there any more to be told that it is written */
            continue;
        }
        if (s->lane_count > 1 && is_held_up(lane, req)) {
            /* The earlier request may be in a retry queue, too long for one that may not wait. */
            if (s->state.failing_lanes > 0 && !request_may_wait(req))
                worker_refuse(&lane->worker, req);
            continue;
        }
        list_remove(pos);
        list_append(fresh, pos);
        list_append(&lane->taken, &req->lane_link);
        room -= may_be_left;
    }
}

bool queue_has_for(const struct lane *lane)
{
    struct store *s = lane->store;
    LIST_EACH (pos, following, &s->queue) {
        if (queue_lane_of(s, request_of(pos)) == lane)
            return true;
    }
    return false;
}

int64_t queue_oldest_posted_us(const struct store *s)
{
    int64_t oldest = INT64_MAX;
    if (!list_is_empty(&s->queue))
        oldest = request_of(s->queue.next)->posted_us;
    for (uint32_t i = 0; i < s->lane_count; i++)
        if (!list_is_empty(&s->lanes[i].taken))
            oldest = clock_earlier_us(oldest, taken_of(s->lanes[i].taken.next)->posted_us);
    return oldest;
}
