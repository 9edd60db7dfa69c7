#include "support/nodes.h"

#include "api/debug.h"
#include "api/routes.h"
#include "app/turn.h"
#include "net/static_files.h"
#include "observe/log.h"
#include "shard/server.h"
#include "support/unit.h"

#include <stdatomic.h>

struct node nodes[NODES];

/* As lifecycle.c has it. */
static void on_store_event(void *arg, enum store_event event, uint64_t duration_us, uint32_t count,
                           struct slice id, const char *text)
{
    (void)duration_us, (void)count, (void)id, (void)text;
    if (event == STORE_EVENT_PEERS)
        server_note_peers(arg);
}

static void open_store(struct node *node)
{
    char message[512];
    struct store_config config = {
        .durability = STORE_JOURNAL, .on_event = on_store_event, .arg = node->api.server};
    assert_int_equal(store_open_with(&shared_engine_ops, &config, &node->store, message), OK);
    server_set_store(node->api.server, node->store);
}

static void open_http(struct node *node)
{
    char message[512];
    struct http_config config = {.host = SLICE("127.0.0.1"),
                                 .base_path = slice_from_cstr(node->config.base_path),
                                 .connections_max = 1000,
                                 .timeout_s = 5,
                                 .trusted = node->config.trusted,
                                 .trusted_count = node->config.trusted_count,
                                 .is_server = routes_is_server,
                                 .handler = routes_handle,
                                 .arg = &node->api};
    assert_int_equal(http_open(&config, &node->http, message), OK);
    node->port = http_port(node->http);
    snprintf(node->address, sizeof(node->address), "127.0.0.1:%u", node->port);
}

static void node_start(struct node *node, uint64_t incarnation)
{
    size_t count;
    static const char *const versions[] = {"1.1", "1.1", "1.0"};
    node->incarnation = incarnation;
    assert_int_equal(server_new(&node->config, versions[incarnation - 1], &turn_handlers, &node->api.server),
                     OK);
    assert_int_equal(debug_new(&node->api.debug), OK);
    open_store(node);
    for (uint32_t i = 0; i < server_shard_count(node->api.server); i++)
        assert_int_equal(turn_start(server_shard(node->api.server, i)), OK);
    assert_int_equal(static_files_open(node->config.static_dir, &node->api.files, &count), OK);
    open_http(node);
    shared_engine_announce(incarnation, node->address, server_version(node->api.server));
    node->is_running = true;
}

void nodes_start(void (*adjust)(struct config *config, uint64_t incarnation), const char *files)
{
    char message[512];
    log_open(&(struct log_config){.level = LOG_ERROR, .file = SLICE("/dev/null")});
    shared_engine_begin();
    for (uint64_t i = 0; i < NODES; i++) {
        nodes[i] = (struct node){0};
        assert_int_equal(config_load(&nodes[i].config, message), OK);
        nodes[i].config.workers = 1;
        nodes[i].config.expiry_ms = 0;
        snprintf(nodes[i].config.static_dir, sizeof(nodes[i].config.static_dir), "%s/%u",
                 files ? files : "/nonexistent", (unsigned)i + 1);
        if (adjust)
            adjust(&nodes[i].config, i + 1);
        node_start(&nodes[i], i + 1);
    }
}

void node_stop(struct node *node)
{
    struct server *server = node->api.server;
    node->is_running = false;
    server_begin_stopping(server);
    http_quiesce(node->http);
    debug_stop(node->api.debug);
    for (uint32_t i = 0; i < server_shard_count(server); i++)
        turn_stop(server_shard(server, i));
    server_let_close(server);
    for (uint32_t i = 0; i < server_shard_count(server); i++)
        turn_join(server_shard(server, i));
    http_close(node->http);
    store_close(node->store, 1000);
    debug_free(node->api.debug);
    static_files_close(node->api.files);
    server_free(server);
}

void nodes_stop(void)
{
    for (size_t i = 0; i < NODES; i++)
        if (nodes[i].is_running)
            node_stop(&nodes[i]);
    shared_engine_end();
    log_close();
}

uint64_t node_tunnels(const struct node *node)
{
    return atomic_load(&server_shard(node->api.server, 0)->tunnels.open);
}

uint64_t node_tunnel_bytes(const struct node *node)
{
    return atomic_load(&server_shard(node->api.server, 0)->tunnels.bytes);
}
