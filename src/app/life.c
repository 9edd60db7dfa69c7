#include "app/life.h"

#include "doc/loss.h"
#include "observe/log.h"
#include "shard/server.h"

void life_end(struct server *server)
{
    struct server_life *life = server_life(server);
    atomic_store(&life->shards_left, server_shard_count(server));
    atomic_fetch_add(&life->ended, 1);
    server_wake_shards(server);
}

/* One that is stopping needs no other life. */
static void begin_next(struct server *server)
{
    struct server_life *life = server_life(server);
    if (server_is_stopping(server))
        return;
    log_line(LOG_WARN, "All documents were given up; beginning anew among the other servers");
    store_rejoin(server_store(server));
    atomic_store(&life->begun, atomic_load(&life->ended));
    server_wake_shards(server);
}

static void note_end(struct shard *shard, uint32_t ended)
{
    shard->lives_ended = ended;
    shard->has_old_life = true;
    documents_end_life(&shard->documents);
}

void life_check(struct shard *shard)
{
    struct server_life *life = server_life(shard->server);
    struct documents *docs = &shard->documents;
    const uint32_t ended = atomic_load(&life->ended);
    if (shard->lives_ended != ended)
        note_end(shard, ended);
    documents_reap_lost(docs);
    if (shard->has_old_life && documents_are_gone(docs)) {
        shard->has_old_life = false;
        if (atomic_fetch_sub(&life->shards_left, 1) == 1)
            begin_next(shard->server);
    }
    if (docs->life_is_over && atomic_load(&life->begun) == ended)
        documents_begin_life(docs);
}
