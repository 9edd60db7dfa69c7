#include "app/lifecycle.h"

#include "api/debug.h"
#include "api/routes.h"
#include "app/life.h"
#include "app/turn.h"
#include "net/static_files.h"
#include "observe/clock.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "store/store.h"
#include "version.h"

#include <stdio.h>
#include <time.h>

enum { STORE_CLOSE_TIMEOUT_MS = 5000, HTTP_TIMEOUT_S = 15, WRITTEN_STEP_MS = 5, MESSAGE_SIZE = 512 };

/* ---- the store ---- */

/* On the store's thread, or in store_open. */
static void on_store_event(void *arg, enum store_event event, uint64_t duration_us, uint32_t count,
                           struct slice id, const char *text)
{
    struct server *server = arg;
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
        break;
    case STORE_EVENT_RECOVERED:
        log_line(LOG_WARN, "database_write_recovered");
        break;
    case STORE_EVENT_OUTAGE:
        log_event(LOG_ERROR, "database_outage", LOG_CSTR("error", text));
        server_wake_shards(server);
        break;
    case STORE_EVENT_OUTAGE_OVER:
        log_line(LOG_WARN, "database_outage_over");
        server_wake_shards(server);
        break;
    case STORE_EVENT_READ_FAILED:
        log_event(LOG_ERROR, "database_read_failed", LOG_STR("docId", id), LOG_CSTR("error", text));
        break;
    case STORE_EVENT_AWAY:
        log_event(LOG_WARN, "database_unreachable", LOG_CSTR("error", text));
        break;
    case STORE_EVENT_REACHED:
        log_line(LOG_INFO, "database_reached");
        break;
    case STORE_EVENT_WAITING:
        log_line(LOG_WARN, "Another server has the database open; waiting until it stops");
        break;
    case STORE_EVENT_LOCKED:
        log_line(LOG_INFO, "The other server has stopped; taking over");
        break;
    case STORE_EVENT_LEGACY:
        log_event(LOG_WARN, "database_takeover", LOG_CSTR("what", text));
        break;
    case STORE_EVENT_CLOCK_JUMPED:
        log_event(LOG_WARN, "clock_jumped", LOG_CSTR("what", text));
        break;
    case STORE_EVENT_CLOCK_APART:
        log_event(LOG_WARN, "clock_apart", LOG_CSTR("what", text));
        break;
    case STORE_EVENT_CLOCK_APART_OVER:
        log_line(LOG_INFO, "clock_apart_over");
        break;
    case STORE_EVENT_DEAD:
        log_event(LOG_ERROR, "node_dead", LOG_CSTR("why", text));
        metric_inc(METRIC_DEATHS);
        life_end(server);
        break;
    case STORE_EVENT_PEERS:
        log_event(LOG_INFO, "nodes_changed", LOG_UINT("others", count));
        server_note_peers(server);
        break;
    case STORE_EVENT_PROMISE:
        log_event(LOG_INFO, "database_promise", LOG_CSTR("what", text));
        metric_set(METRIC_STANDBYS, count);
        server_note_promise(server, text);
        break;
    case STORE_EVENT_CLAIMED:
        metric_add(METRIC_CLAIMS, count);
        break;
    case STORE_EVENT_ELSEWHERE:
        metric_add(METRIC_CLAIMS_ELSEWHERE, count);
        break;
    case STORE_EVENT_REPEATED:
        metric_inc(METRIC_APPEND_REPEATS);
        break;
    case STORE_EVENT_REAPED:
        log_event(LOG_WARN, "node_reaped", LOG_CSTR("server", text));
        metric_inc(METRIC_REAPED);
        break;
    case STORE_EVENT_FORMER_PRIMARY:
        log_event(LOG_ERROR, "database_former_primary", LOG_CSTR("what", text));
        break;
    case STORE_EVENT_ANOTHER_DATABASE:
        log_event(LOG_ERROR, "database_replaced", LOG_CSTR("what", text));
        break;
    case STORE_EVENT_BEAT:
        histogram_observe(HISTOGRAM_ROUND_TRIP, duration_us);
        break;
    case STORE_EVENT_MIGRATED:
        log_event(LOG_INFO, "database_migrated", LOG_UINT("version", count), LOG_CSTR("what", text));
        break;
    }
}

static enum error open_store(struct program *program, bool (*should_stop)(void *arg), char *message)
{
    const struct config *c = program->config;
    struct store_config config = {.uri =
                                      slice_from_cstr(c->database_url[0] ? c->database_url : c->sqlite_uri),
                                  .durability = c->durability,
                                  .expiry_ms = c->expiry_ms,
                                  .keeps_history = c->keeps_history,
                                  .address = slice_from_cstr(c->cluster_address),
                                  .lease_ms = c->cluster_lease_ms,
                                  .version = slice_from_cstr(server_version(program->api.server)),
                                  .on_event = on_store_event,
                                  .arg = program->api.server,
                                  .should_stop = should_stop};
    enum error err = store_open(&config, &program->store, message);
    if (!err)
        server_set_store(program->api.server, program->store);
    return err;
}

/* ---- the shards ---- */

static enum error start_shards(struct program *program)
{
    struct server *server = program->api.server;
    enum error err = OK;
    while (!err && program->running < server_shard_count(server)) {
        err = turn_start(server_shard(server, program->running));
        program->running += err == OK;
    }
    return err;
}

/* When all is written, others may have the documents, before anybody is sent to them.
 * A shard gives up writing by itself (app/turn.c), so this ends. */
static void give_documents_back(struct program *program)
{
    struct server *server = program->api.server;
    if (program->running == server_shard_count(server) && server_is_shared(server)) {
        while (!server_is_written(server))
            nanosleep(&(struct timespec){.tv_nsec = WRITTEN_STEP_MS * 1000000L}, NULL);
        store_resign(program->store);
    }
    server_let_close(server);
}

struct stopped {
    uint64_t flushed;   /* documents that were written */
    uint64_t unwritten; /* writes that could not be made */
};

/* Ends all shards and frees what is theirs; those with a thread do it on that
 * thread. */
static struct stopped stop_shards(struct program *program)
{
    struct server *server = program->api.server;
    struct stopped stopped = {0};
    for (uint32_t i = 0; i < program->running; i++)
        turn_stop(server_shard(server, i));
    give_documents_back(program);
    for (uint32_t i = 0; i < program->running; i++) {
        turn_join(server_shard(server, i));
        stopped.flushed += server_shard(server, i)->documents.flushed;
        stopped.unwritten += server_shard(server, i)->documents.unwritten;
    }
    for (uint32_t i = program->running; i < server_shard_count(server); i++)
        shard_deinit(server_shard(server, i));
    return stopped;
}

/* ---- the HTTP server ---- */

static enum error open_files(struct program *program, char *message)
{
    const char *folder = program->config->static_dir;
    size_t files = 0;
    enum error err = static_files_open(folder, &program->api.files, &files);
    if (err)
        snprintf(message, MESSAGE_SIZE, "Cannot read the files in STATIC_DIR %.400s", folder);
    else if (files == 0)
        log_line(LOG_WARN,
                 "No front end in %s: the API works, the page does not. Run 'make build.frontend' or set "
                 "STATIC_DIR.",
                 folder);
    return err;
}

static enum error open_http(struct program *program, char *message)
{
    const struct config *c = program->config;
    struct http_config config = {.host = slice_from_cstr(c->host),
                                 .port = c->port,
                                 .listen_fd = c->listen_fd,
                                 .base_path = slice_from_cstr(c->base_path),
                                 .connections_max = c->http_connections,
                                 .timeout_s = HTTP_TIMEOUT_S,
                                 .trusted = c->trusted,
                                 .trusted_count = c->trusted_count,
                                 .is_server = server_is_shared(program->api.server) ? routes_is_server : NULL,
                                 .policy = {.framers = slice_from_cstr(c->frame_ancestors),
                                            .has_remote_images = c->remote_images == REMOTE_IMAGES_ASK,
                                            .replacement = slice_from_cstr(c->content_security_policy)},
                                 .body_max = routes_body_max,
                                 .handler = routes_handle,
                                 .arg = &program->api};
    return http_open(&config, &program->http, message);
}

/* ---- start and stop ---- */

static void free_parts(struct program *program)
{
    debug_free(program->api.debug);
    static_files_close(program->api.files);
    server_free(program->api.server);
}

static enum error start_parts(struct program *program, bool (*should_stop)(void *arg), char *message)
{
    enum error err = open_store(program, should_stop, message);
    if (!err)
        err = start_shards(program);
    if (!err)
        err = open_files(program, message);
    return err ? err : open_http(program, message);
}

enum error program_start(struct program *program, const struct config *config, bool (*should_stop)(void *arg),
                         char message[512])
{
    *program = (struct program){.config = config};
    snprintf(program->version, sizeof(program->version), "%s (%s)", KOLABPAD_VERSION, KOLABPAD_COMMIT);
    snprintf(message, MESSAGE_SIZE, "Out of memory");
    metrics_start(clock_ms(), wall_now_ms(), KOLABPAD_VERSION, KOLABPAD_COMMIT);
    enum error err = server_new(config, program->version, &turn_handlers, &program->api.server);
    if (err)
        return err;
    err = debug_new(&program->api.debug);
    if (!err)
        err = start_parts(program, should_stop, message);
    if (!err)
        return OK;
    stop_shards(program);
    if (program->store)
        store_close(program->store, 0);
    free_parts(program);
    return err;
}

void program_drain(struct program *program)
{
    server_begin_draining(program->api.server);
    store_set_draining(program->store);
}

int64_t program_stop(struct program *program)
{
    server_begin_stopping(program->api.server);
    http_quiesce(program->http);
    debug_stop(program->api.debug);
    struct stopped stopped = stop_shards(program);
    http_close(program->http);
    stopped.unwritten += store_close(program->store, STORE_CLOSE_TIMEOUT_MS);
    free_parts(program);
    if (stopped.unwritten > 0)
        log_event(LOG_ERROR, "database_write_failed", LOG_UINT("unwritten", stopped.unwritten));
    return stopped.unwritten > 0 ? -1 : (int64_t)stopped.flushed;
}
