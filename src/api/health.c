#include "api/health.h"

#include "base/json.h"
#include "observe/clock.h"
#include "observe/metrics.h"
#include "shard/server.h"

enum state { STATE_OK, STATE_FAILING, STATE_CUT_OFF, STATE_REJOINING, STATE_DRAINING, STATE_STOPPING };

static const struct {
    const char *word;
    bool is_ready;
} states[] = {
    [STATE_OK] = {"ok", true},
    [STATE_FAILING] = {"failing", true},  /* and so are the others, as far as is known */
    [STATE_CUT_OFF] = {"failing", false}, /* alone with it, or there are no others */
    [STATE_REJOINING] = {"rejoining", false},
    [STATE_DRAINING] = {"draining", false},
    [STATE_STOPPING] = {"stopping", false},
};

/* A server with nothing to write learns it from its lease alone. */
static bool has_lost_database(const struct store *store)
{
    return store_is_failing(store) || store_lease_left_ms(store) == 0 || store_stats(store).disk_read_only;
}

static bool has_others(const struct store *store)
{
    struct store_peer peers[STORE_PEERS_MAX];
    return store_is_shared(store) && store_peers(store, peers) > 0;
}

/* The first that is true, in this order. */
static enum state state_of(struct server *server)
{
    const struct server_life *life = server_life(server);
    const struct store *store = server_store(server);
    if (server_is_stopping(server))
        return STATE_STOPPING;
    if (server_is_draining(server))
        return STATE_DRAINING;
    if (atomic_load(&life->ended) != atomic_load(&life->begun))
        return STATE_REJOINING;
    if (!has_lost_database(store))
        return STATE_OK;
    return has_others(store) && !server_others_have_database(server) ? STATE_FAILING : STATE_CUT_OFF;
}

const char *health_word(struct server *server)
{
    return states[state_of(server)].word;
}

void health_ready(struct api *api, struct http_request *request, struct slice id)
{
    (void)id;
    struct server *server = api->server;
    enum state state = state_of(server);
    bool has_database = !has_lost_database(server_store(server));
    struct buf body = {0};
    struct json j = json_to(&body);
    metrics_refresh(clock_ms());
    json_raw(&j, "{\"status\":\"");
    json_raw(&j, states[state].word);
    json_raw(&j,
             states[state].is_ready ? "\",\"live\":true,\"ready\":true" : "\",\"live\":true,\"ready\":false");
    json_raw(&j, has_database ? ",\"database\":\"ok\"" : ",\"database\":\"not writable\"");
    json_raw(&j, ",\"journal_lag_ms\":");
    json_uint(&j, store_stats(server_store(server)).oldest_wait_ms);
    json_raw(&j, ",\"uptime_seconds\":");
    json_int(&j, metric_get(METRIC_UPTIME));
    json_raw(&j, ",\"version\":");
    json_quoted(&j, slice_from_cstr(server_version(server)));
    json_raw(&j, "}\n");
    struct http_response response = {.status = states[state].is_ready ? 200 : 503,
                                     .content_type = "application/json",
                                     .body = buf_slice(&body),
                                     .headers = {{"Vary", SLICE("Accept")}},
                                     .header_count = 1};
    if (json_error(&j))
        http_respond_error(request, ERR_NO_MEMORY);
    else
        http_respond(request, &response);
    buf_deinit(&body);
}

void health_live(struct api *api, struct http_request *request, struct slice id)
{
    (void)api;
    (void)id;
    struct http_response response = {
        .status = 200, .content_type = "application/json", .body = SLICE("{\"live\":true}\n")};
    http_respond(request, &response);
}
