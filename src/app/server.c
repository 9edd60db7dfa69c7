#include "app/server.h"

#include "app/debug.h"
#include "guard/random.h"
#include "app/routes.h"
#include "app/shard.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "version.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { STORE_PATIENCE_MS = 5000 };

/* ---- the store's events, on its thread ---- */

static void wake_shards(struct server *server)
{
    for (uint32_t i = 0; i < server->shard_count; i++)
        loop_wake(&server->shards[i].loop);
}

static void on_store_event(void *arg, enum store_event event, uint64_t duration_us, uint32_t count,
                           struct slice id, const char *text)
{
    struct server *server = arg;
    (void)duration_us;
    switch (event) {
    case STORE_EVENT_WROTE:
        metric_add(METRIC_DB_WRITES, count);
        break;
    case STORE_EVENT_READ:
        metric_inc(METRIC_DB_READS);
        break;
    case STORE_EVENT_FAILED:
        metric_inc(METRIC_PERSIST_ERRORS);
        log_event(LOG_ERROR, "database_write_failed", LOG_STR("docId", id), LOG_CSTR("error", text));
        wake_shards(server);
        break;
    case STORE_EVENT_RECOVERED:
        log_line(LOG_WARN, "database_write_recovered");
        wake_shards(server);
        break;
    case STORE_EVENT_READ_FAILED:
        log_event(LOG_ERROR, "database_read_failed", LOG_STR("docId", id), LOG_CSTR("error", text));
        break;
    case STORE_EVENT_WAITING:
        log_line(LOG_WARN, "Another server has the database open; waiting until it stops");
        break;
    case STORE_EVENT_LOCKED:
        log_line(LOG_INFO, "The other server has stopped; taking over");
        break;
    case STORE_EVENT_MIGRATED:
        log_event(LOG_INFO, "database_migrated", LOG_UINT("version", count), LOG_CSTR("what", text));
        break;
    }
}

/* ---- which shard ---- */

/* FNV-1a over a seed of this process: even, and nobody outside can tell which
 * ids share a shard. */
struct shard *server_shard_of(struct server *server, struct slice id)
{
    uint64_t hash = 14695981039346656037u ^ server->shard_seed;
    for (size_t i = 0; i < id.len; i++)
        hash = (hash ^ (unsigned char)id.ptr[i]) * 1099511628211u;
    return &server->shards[(hash >> 32) % server->shard_count];
}

/* ---- start ---- */

static enum error open_store(struct server *server, bool (*should_stop)(void *arg), char message[512])
{
    struct store_config config = {.uri = slice_from_cstr(server->config->sqlite_uri),
                                  .durability = server->config->durability,
                                  .on_event = on_store_event,
                                  .arg = server,
                                  .should_stop = should_stop};
    return store_open(&config, &server->store, message);
}

static enum error start_limits(struct server *server)
{
    const struct config *c = server->config;
    struct limits_config config = {.per_minute = {[LIMIT_NEW_DOCUMENT] = c->new_documents_per_minute,
                                                  [LIMIT_PASSWORD_ATTEMPT] = c->password_attempts_per_minute,
                                                  [LIMIT_PASSWORD_CHANGE] = c->password_changes_per_minute},
                                   .connections_per_address = c->connections_per_address,
                                   .connections_total = c->connections_total,
                                   .addresses_max = 65536};
    return limits_new(&config, &server->limits);
}

static void stop_shards(struct server *server)
{
    for (uint32_t i = 0; i < server->running; i++)
        shard_stop(&server->shards[i]);
    for (uint32_t i = 0; i < server->running; i++)
        shard_join(&server->shards[i]);
    for (uint32_t i = server->running; i < server->shard_count; i++)
        shard_deinit(&server->shards[i]);
}

static enum error start_shards(struct server *server)
{
    enum error err = OK;
    server->shard_seed = random_u64();
    server->shards = calloc(server->config->workers, sizeof(*server->shards));
    if (!server->shards)
        return ERR_NO_MEMORY;
    while (!err && server->shard_count < server->config->workers) {
        err = shard_init(&server->shards[server->shard_count], server, server->shard_count);
        server->shard_count += err == OK;
    }
    while (!err && server->running < server->shard_count) {
        err = shard_start(&server->shards[server->running]);
        server->running += err == OK;
    }
    return err;
}

static enum error open_front_door(struct server *server, char message[512])
{
    const struct config *c = server->config;
    size_t files = 0;
    enum error err = static_files_open(c->static_dir, &server->files, &files);
    if (err) {
        snprintf(message, 512, "Cannot read the files in STATIC_DIR %.400s", c->static_dir);
        return err;
    }
    if (files == 0)
        log_line(LOG_WARN,
                 "No front end in %s: the API works, the page does not. Run 'make build.frontend' or set "
                 "STATIC_DIR.",
                 c->static_dir);
    struct http_config config = {.host = slice_from_cstr(c->host),
                                 .port = c->port,
                                 .listen_fd = c->listen_fd,
                                 .base_path = slice_from_cstr(c->base_path),
                                 .connections_max = c->http_connections,
                                 .timeout_s = 15,
                                 .trusted = c->trusted,
                                 .trusted_count = c->trusted_count,
                                 .policy = {.framers = slice_from_cstr(c->frame_ancestors),
                                            .has_remote_images = c->remote_images == REMOTE_IMAGES_ASK},
                                 .handler = routes_handle,
                                 .arg = server};
    return http_open(&config, &server->http, message);
}

enum error server_start(struct server *server, const struct config *config, bool (*should_stop)(void *arg),
                        char message[512])
{
    *server = (struct server){.config = config, .pad_limits = pad_limits_default(config->max_document_bytes)};
    server->pad_limits.v1_pin_ms = config->v1_pin_ms;
    server->pad_limits.history_ms = config->history_ms;
    snprintf(server->version, sizeof(server->version), "%s (%s)", KOLABPAD_VERSION, KOLABPAD_COMMIT);
    metrics_start(wall_now_ms(), KOLABPAD_VERSION, KOLABPAD_COMMIT);
    snprintf(message, 512, "Out of memory");
    enum error err = open_store(server, should_stop, message);
    if (err)
        return err;
    err = start_limits(server);
    if (!err)
        err = debug_new(&server->debug);
    if (!err)
        err = start_shards(server);
    if (!err)
        err = open_front_door(server, message);
    if (!err)
        return OK;
    stop_shards(server);
    store_close(server->store, 0);
    debug_free(server->debug);
    static_files_close(server->files);
    limits_free(server->limits);
    free(server->shards);
    return err;
}

/* ---- stop ---- */

int64_t server_stop(struct server *server)
{
    atomic_store(&server->stopping, true);
    http_quiesce(server->http);
    debug_stop(server->debug);
    stop_shards(server);
    http_close(server->http);
    debug_free(server->debug);
    uint32_t lost = store_close(server->store, STORE_PATIENCE_MS);
    static_files_close(server->files);
    limits_free(server->limits);
    free(server->shards);
    if (lost > 0)
        log_event(LOG_ERROR, "database_write_failed", LOG_UINT("unwritten", lost));
    return lost > 0 ? -1 : (int64_t)atomic_load(&server->flushed);
}
