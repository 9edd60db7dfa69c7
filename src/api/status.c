#include "api/status.h"

#include "base/json.h"
#include "net/header_list.h"
#include "observe/clock.h"
#include "observe/metrics.h"
#include "shard/shard.h"

#include <stdatomic.h>

static void respond_body(struct http_request *request, int status, const char *type, struct buf *body,
                         bool failed)
{
    struct http_response response = {.status = status,
                                     .content_type = type,
                                     .body = buf_slice(body),
                                     .headers = {{"Vary", SLICE("Accept")}},
                                     .header_count = 1};
    if (failed)
        http_respond_error(request, ERR_NO_MEMORY);
    else
        http_respond(request, &response);
    buf_deinit(body);
}

/* ---- metrics ---- */

static void refresh_tunnels(struct server *server)
{
    uint64_t open = 0, bytes = 0;
    for (uint32_t i = 0; i < server_shard_count(server); i++) {
        const struct tunnels *tunnels = &server_shard(server, i)->tunnels;
        open += atomic_load_explicit(&tunnels->open, memory_order_relaxed);
        bytes += atomic_load_explicit(&tunnels->bytes, memory_order_relaxed);
    }
    metric_set(METRIC_TUNNELS, (int64_t)open);
    metric_set(METRIC_TUNNEL_BYTES, (int64_t)bytes);
}

static void refresh_traffic(struct server *server)
{
    uint64_t in = 0, out = 0;
    for (uint32_t i = 0; i < server_shard_count(server); i++) {
        const struct loop_counters *counters = &server_shard(server, i)->loop.counters;
        in += atomic_load_explicit(&counters->bytes_in, memory_order_relaxed);
        out += atomic_load_explicit(&counters->bytes_out, memory_order_relaxed);
    }
    metric_set(METRIC_BYTES_IN, (int64_t)in);
    metric_set(METRIC_BYTES_OUT, (int64_t)out);
}

static void refresh_cluster(struct server *server)
{
    struct store_peer peers[STORE_PEERS_MAX];
    if (!server_is_shared(server))
        return;
    metric_set(METRIC_NODES, store_peers(server_store(server), peers) + 1);
    metric_set(METRIC_LEASE, store_lease_left_ms(server_store(server)));
}

static void refresh_metrics(struct server *server)
{
    struct store_stats stats = store_stats(server_store(server));
    refresh_traffic(server);
    refresh_tunnels(server);
    metric_set(METRIC_STORED_DOCUMENTS, (int64_t)stats.documents);
    metric_set(METRIC_DATABASE_SIZE, (int64_t)stats.database_bytes);
    metric_set(METRIC_CLOCK_OFFSET, stats.clock_offset_ms);
    refresh_cluster(server);
    metric_set(METRIC_JOURNAL_LAG, (int64_t)stats.oldest_wait_ms);
    metric_set(METRIC_DISK_SIZE, (int64_t)stats.disk_bytes);
    metric_set(METRIC_DISK_FREE, (int64_t)stats.disk_free_bytes);
    metrics_refresh(clock_ms());
}

void status_prometheus(struct api *api, struct http_request *request, struct slice id)
{
    (void)id;
    struct buf body = {0};
    refresh_metrics(api->server);
    enum error err = metrics_prometheus(&body, server_config(api->server)->metrics_bare_names);
    respond_body(request, 200, "text/plain; version=0.0.4; charset=utf-8", &body, err);
}

/* The quality values of the Accept header for each form, in thousandths; 0: not acceptable. */
struct media_preference {
    int text, json;
};

static void note_preference(struct media_preference *p, const struct header_item *item)
{
    static const char *const text_types[] = {"text/plain", "application/openmetrics-text"};
    static const char *const json_types[] = {"application/json", "application/*", "*/*"};
    for (size_t i = 0; i < sizeof(text_types) / sizeof(text_types[0]); i++)
        if (ascii_equal_nocase(item->name, slice_from_cstr(text_types[i])) && item->quality > p->text)
            p->text = item->quality;
    for (size_t i = 0; i < sizeof(json_types) / sizeof(json_types[0]); i++)
        if (ascii_equal_nocase(item->name, slice_from_cstr(json_types[i])) && item->quality > p->json)
            p->json = item->quality;
}

/* Prometheus names a text format in Accept and likes it best; browsers and
 * curl do not, and get JSON. */
static bool wants_prometheus(const struct http_request *request)
{
    struct slice accept = http_header(request, "Accept");
    struct header_item item;
    struct media_preference preference = {0};
    while (header_list_next(&accept, &item))
        note_preference(&preference, &item);
    return preference.text > preference.json;
}

void status_stats(struct api *api, struct http_request *request, struct slice id)
{
    if (wants_prometheus(request)) {
        status_prometheus(api, request, id);
        return;
    }
    struct buf body = {0};
    refresh_metrics(api->server);
    enum error err = metrics_json(&body);
    respond_body(request, 200, "application/json", &body, err);
}

/* ---- for the page ---- */

enum { DAY_MS = 24 * 60 * 60 * 1000 };

void status_config(struct api *api, struct http_request *request, struct slice id)
{
    (void)id;
    const struct config *config = server_config(api->server);
    struct buf body = {0};
    struct json j = json_to(&body);
    json_raw(&j, "{\"frontend_log_level\":");
    json_quoted(&j, slice_from_cstr(config->frontend_log_level));
    json_raw(&j, ",\"version\":");
    json_quoted(&j, slice_from_cstr(server_version(api->server)));
    json_raw(&j, ",\"remote_images\":");
    json_quoted(&j, config->remote_images == REMOTE_IMAGES_ASK ? SLICE("ask") : SLICE("off"));
    if (config->keeps_images) {
        json_raw(&j, ",\"images\":{\"max_bytes\":");
        json_uint(&j, config->image_bytes);
        json_raw(&j, ",\"max_bytes_per_document\":");
        json_uint(&j, config->images_bytes);
        json_raw(&j, "}");
    }
    json_raw(&j, ",\"base_path\":");
    json_quoted(&j, slice_from_cstr(config->base_path));
    json_raw(&j, ",\"history_days\":");
    if (config->keeps_history && config->durability != STORE_LAZY)
        json_int(&j, config->history_kept_ms / DAY_MS);
    else
        json_raw(&j, "null");
    json_raw(&j, "}\n");
    respond_body(request, 200, "application/json", &body, json_error(&j));
}
