#include "app/pulse.h"

#include "app/shard.h"

#include <stdatomic.h>
#include <stdlib.h>

struct beat {
    struct loop_task task; /* first: a task is its beat */
    _Atomic bool is_under_way;
};

struct pulse {
    struct server *server;
    struct beat beats[]; /* one for each shard */
};

static void answer(struct loop_task *task)
{
    struct beat *beat = (struct beat *)(void *)task;

    atomic_store(&beat->is_under_way, false);
}

enum error pulse_new(struct server *server, struct pulse **out)
{
    size_t beats_size = server->shard_count * sizeof(struct beat);
    struct pulse *pulse = calloc(1, sizeof *pulse + beats_size);

    if (!pulse)
        return ERR_NO_MEMORY;
    pulse->server = server;
    for (uint32_t i = 0; i < server->shard_count; i++)
        pulse->beats[i] = (struct beat){.task.run = answer};
    *out = pulse;
    return OK;
}

void pulse_free(struct pulse *pulse)
{
    free(pulse);
}

bool pulse_ask(struct pulse *pulse)
{
    uint32_t count = pulse->server->shard_count;

    for (uint32_t i = 0; i < count; i++)
        if (atomic_load(&pulse->beats[i].is_under_way))
            return false;
    for (uint32_t i = 0; i < count; i++) {
        struct beat *beat = &pulse->beats[i];
        atomic_store(&beat->is_under_way, true);
        if (!loop_post(&pulse->server->shards[i].loop, &beat->task))
            atomic_store(&beat->is_under_way, false);
    }
    return true;
}
