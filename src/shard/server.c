#include "shard/server.h"

#include "base/hash.h"
#include "guard/random.h"
#include "shard/shard.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct server {
    const struct config *config;
    const char *version;
    struct document_policy policy;
    struct limits *limits;
    struct store *store; /* NULL until server_set_store */
    uint64_t shard_seed; /* which document goes to which shard is nobody's to choose */
    _Atomic bool is_draining, is_stopping, may_close;
    _Atomic uint32_t written; /* shards that have written all they have, at the end */
    _Atomic uint32_t peers_version;
    struct server_life life;
    _Atomic bool others_have_database;
    _Atomic uint32_t sent_away;
    pthread_mutex_t promise_lock;
    char promise[SERVER_PROMISE_BYTES]; /* guarded by promise_lock */
    uint32_t shard_count;
    struct shard shards[];
};

static struct document_policy policy_of(const struct config *c)
{
    struct document_policy policy = {.pad_limits = pad_limits_default(c->max_document_bytes),
                                     .durability = c->durability,
                                     .expiry_ms = c->expiry_ms,
                                     .memory_retention_ms = c->memory_retention_ms,
                                     .persist_check_ms = c->persist_check_ms,
                                     .idle_persist_ms = c->idle_persist_ms,
                                     .safety_net_ms = c->safety_net_ms,
                                     .keeps_history = c->keeps_history && c->durability != STORE_LAZY,
                                     .history_bytes = c->history_bytes,
                                     .history_untouched_ms = c->history_untouched_ms,
                                     .password_attempts_per_minute = c->password_attempts_per_minute};
    policy.pad_limits.v1_pin_ms = c->v1_pin_ms;
    policy.pad_limits.history_ms = c->history_ms;
    return policy;
}

static enum error limits_of(const struct config *c, struct limits **out)
{
    struct limits_config config = {.per_minute = {[LIMIT_NEW_DOCUMENT] = c->new_documents_per_minute,
                                                  [LIMIT_PASSWORD_ATTEMPT] = c->password_attempts_per_minute,
                                                  [LIMIT_PASSWORD_CHANGE] = c->password_changes_per_minute,
                                                  [LIMIT_RIGHTS_CHANGE] = c->rights_changes_per_minute},
                                   .connections_per_address = c->connections_per_address,
                                   .connections_total = c->connections_total,
                                   .addresses_max = 65536};
    return limits_new(&config, out);
}

static enum error add_shard(struct server *server, const struct shard_handlers *handlers)
{
    struct shard *shard = &server->shards[server->shard_count];
    *shard = (struct shard){.index = server->shard_count,
                            .server = server,
                            .config = server->config,
                            .limits = server->limits,
                            .version = server->version};
    enum error err = shard_init(shard, &server->policy, handlers);
    server->shard_count += err == OK;
    return err;
}

enum error server_new(const struct config *config, const char *version, const struct shard_handlers *handlers,
                      struct server **out)
{
    struct server *server = calloc(1, sizeof(*server) + config->workers * sizeof(server->shards[0]));
    if (!server)
        return ERR_NO_MEMORY;
    server->config = config;
    server->version = version;
    server->policy = policy_of(config);
    server->shard_seed = random_u64();
    pthread_mutex_init(&server->promise_lock, NULL);
    enum error err = limits_of(config, &server->limits);
    while (!err && server->shard_count < config->workers)
        err = add_shard(server, handlers);
    if (!err) {
        *out = server;
        return OK;
    }
    for (uint32_t i = 0; i < server->shard_count; i++)
        shard_deinit(&server->shards[i]);
    server_free(server);
    return err;
}

void server_set_store(struct server *server, struct store *store)
{
    server->store = store;
    server->policy.is_shared = store_is_shared(store);
    for (uint32_t i = 0; i < server->shard_count; i++)
        server->shards[i].store = store;
}

void server_free(struct server *server)
{
    if (!server)
        return;
    for (uint32_t i = 0; i < server->shard_count; i++)
        shard_free_answers(&server->shards[i]);
    limits_free(server->limits);
    pthread_mutex_destroy(&server->promise_lock);
    free(server);
}

const struct config *server_config(const struct server *server)
{
    return server->config;
}

const char *server_version(const struct server *server)
{
    return server->version;
}

struct store *server_store(const struct server *server)
{
    return server->store;
}

bool server_is_shared(const struct server *server)
{
    return server->policy.is_shared;
}

uint32_t server_peers_version(const struct server *server)
{
    return atomic_load(&server->peers_version);
}

void server_note_peers(struct server *server)
{
    atomic_fetch_add(&server->peers_version, 1);
    server_wake_shards(server);
}

struct limits *server_limits(const struct server *server)
{
    return server->limits;
}

uint32_t server_shard_count(const struct server *server)
{
    return server->shard_count;
}

struct shard *server_shard(struct server *server, uint32_t index)
{
    return &server->shards[index];
}

/* By a seed of this process: even, and nobody outside can tell which ids share a shard. */
struct shard *server_shard_of(struct server *server, struct slice id)
{
    return &server->shards[hash_bytes(server->shard_seed, id) % server->shard_count];
}

struct server_life *server_life(struct server *server)
{
    return &server->life;
}

bool server_others_have_database(const struct server *server)
{
    return atomic_load(&server->others_have_database);
}

void server_note_others(struct server *server, bool have_database, bool sends_away)
{
    atomic_store(&server->others_have_database, have_database);
    if (!sends_away)
        return;
    atomic_fetch_add(&server->sent_away, 1);
    server_wake_shards(server);
}

uint32_t server_sent_away(const struct server *server)
{
    return atomic_load(&server->sent_away);
}

void server_note_promise(struct server *server, const char *promise)
{
    pthread_mutex_lock(&server->promise_lock);
    snprintf(server->promise, sizeof(server->promise), "%s", promise);
    pthread_mutex_unlock(&server->promise_lock);
}

void server_promise(struct server *server, char out[SERVER_PROMISE_BYTES])
{
    pthread_mutex_lock(&server->promise_lock);
    memcpy(out, server->promise, SERVER_PROMISE_BYTES);
    pthread_mutex_unlock(&server->promise_lock);
}

bool server_is_draining(const struct server *server)
{
    return atomic_load(&server->is_draining);
}

void server_begin_draining(struct server *server)
{
    atomic_store(&server->is_draining, true);
}

void server_note_written(struct server *server)
{
    atomic_fetch_add(&server->written, 1);
}

bool server_is_written(const struct server *server)
{
    return atomic_load(&server->written) == server->shard_count;
}

bool server_may_close(const struct server *server)
{
    return atomic_load(&server->may_close);
}

void server_let_close(struct server *server)
{
    atomic_store(&server->may_close, true);
    server_wake_shards(server);
}

bool server_is_stopping(const struct server *server)
{
    return atomic_load(&server->is_stopping);
}

void server_begin_stopping(struct server *server)
{
    atomic_store(&server->is_stopping, true);
}

void server_wake_shards(struct server *server)
{
    for (uint32_t i = 0; i < server->shard_count; i++)
        loop_wake(&server->shards[i].loop);
}
