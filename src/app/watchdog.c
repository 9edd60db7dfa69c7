#include "app/watchdog.h"

#include "shard/shard.h"

#include <stdatomic.h>
#include <stdlib.h>

struct probe {
    struct loop_task task;     /* first: a task is its probe */
    _Atomic bool is_under_way; /* set by the main thread before it posts, cleared by the shard's */
};

struct watchdog {
    struct server *server;
    struct probe probes[]; /* one for each shard */
};

static void on_arrival(struct loop_task *task)
{
    struct probe *probe = (struct probe *)(void *)task;
    atomic_store(&probe->is_under_way, false);
}

enum error watchdog_new(struct server *server, struct watchdog **out)
{
    uint32_t count = server_shard_count(server);
    struct watchdog *watchdog = calloc(1, sizeof(*watchdog) + count * sizeof(watchdog->probes[0]));
    if (!watchdog)
        return ERR_NO_MEMORY;
    watchdog->server = server;
    for (uint32_t i = 0; i < count; i++)
        watchdog->probes[i].task.run = on_arrival;
    *out = watchdog;
    return OK;
}

void watchdog_free(struct watchdog *watchdog)
{
    free(watchdog);
}

static void send_probe(struct watchdog *watchdog, uint32_t index)
{
    struct probe *probe = &watchdog->probes[index];
    atomic_store(&probe->is_under_way, true);
    if (!loop_post(&server_shard(watchdog->server, index)->loop, &probe->task))
        atomic_store(&probe->is_under_way, false); /* it has ended, which is no hanging */
}

bool watchdog_probe(struct watchdog *watchdog)
{
    uint32_t count = server_shard_count(watchdog->server);
    for (uint32_t i = 0; i < count; i++)
        if (atomic_load(&watchdog->probes[i].is_under_way))
            return false;
    for (uint32_t i = 0; i < count; i++)
        send_probe(watchdog, i);
    return true;
}
