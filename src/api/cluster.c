#include "api/cluster.h"

#include "api/debug.h"
#include "api/health.h"
#include "api/http_job.h"
#include "base/json.h"
#include "observe/metrics.h"
#include "shard/server.h"

#include <inttypes.h>
#include <stdio.h>

/* 63 bits are more than a number in JavaScript holds. */
static void json_incarnation(struct json *j, uint64_t incarnation)
{
    char text[24];
    int len = snprintf(text, sizeof(text), "%" PRIu64, incarnation);
    json_quoted(j, slice_of(text, (size_t)len));
}

static void json_peer(struct json *j, const struct store_peer *peer)
{
    json_raw(j, "{\"incarnation\":");
    json_incarnation(j, peer->incarnation);
    json_raw(j, ",\"address\":");
    json_quoted(j, slice_from_cstr(peer->address));
    json_raw(j, ",\"version\":");
    json_quoted(j, slice_from_cstr(peer->version));
    json_raw(j, ",\"silent_ms\":");
    json_int(j, peer->silent_ms);
    json_raw(j, peer->is_draining ? ",\"draining\":true}" : ",\"draining\":false}");
}

static void json_others(struct json *j, const struct store *store)
{
    struct store_peer peers[STORE_PEERS_MAX];
    uint32_t count = store_peers(store, peers);
    json_raw(j, ",\"others\":[");
    for (uint32_t i = 0; i < count; i++) {
        json_raw(j, i ? "," : "");
        json_peer(j, &peers[i]);
    }
    json_raw(j, "]");
}

static void json_self(struct json *j, struct server *server)
{
    char promise[SERVER_PROMISE_BYTES];
    const struct config *config = server_config(server);
    struct store *store = server_store(server);
    server_promise(server, promise);
    json_raw(j, "{\"incarnation\":");
    json_incarnation(j, store_identity(store).incarnation);
    json_raw(j, ",\"address\":");
    json_quoted(j, slice_from_cstr(config->cluster_address));
    json_raw(j, ",\"version\":");
    json_quoted(j, slice_from_cstr(server_version(server)));
    json_raw(j, ",\"status\":");
    json_quoted(j, slice_from_cstr(health_word(server)));
    json_raw(j, ",\"lease_left_ms\":");
    json_int(j, store_lease_left_ms(store));
    json_raw(j, ",\"a_committed_edit_is\":");
    json_quoted(j, slice_from_cstr(promise));
    json_raw(j, ",\"documents\":");
    json_int(j, metric_get(METRIC_DOCUMENTS));
    json_raw(j, ",\"users\":");
    json_int(j, metric_get(METRIC_USERS));
}

/* Completes what json_self has begun. */
static enum error write_all(struct buf *out, struct server *server, const uint64_t *owner)
{
    struct json j = json_to(out);
    json_self(&j, server);
    json_others(&j, server_store(server));
    if (owner) {
        json_raw(&j, ",\"owner\":");
        if (*owner)
            json_incarnation(&j, *owner);
        else
            json_raw(&j, "null");
    }
    json_raw(&j, "}\n");
    return json_error(&j);
}

static struct http_response response_of(const struct buf *body)
{
    return (struct http_response){.status = 200, .content_type = "application/json", .body = buf_slice(body)};
}

/* ---- who has the document ---- */

static void answer_with_owner(struct http_job *job, uint64_t owner)
{
    struct server *server = job->shard->server;
    if (write_all(&job->body, server, &owner)) {
        http_job_fail(job, ERR_NO_MEMORY);
        return;
    }
    struct http_response response = response_of(&job->body);
    http_job_respond(job, &response);
}

static void on_found(void *owner, const struct open_result *result)
{
    struct http_job *job = owner;
    job->open = NULL;
    if (result->err && result->err != ERR_ELSEWHERE)
        http_job_fail(job, result->err);
    else
        answer_with_owner(job, result->owner.incarnation);
}

static void begin_search(struct http_job *job)
{
    struct shard *shard = job->shard;
    if (document_find(&shard->documents, job->id)) {
        answer_with_owner(job, store_identity(shard->store).incarnation);
        return;
    }
    struct open_request request = {.id = job->id, .goal = OPEN_WHERE, .done = on_found, .owner = job};
    struct open *open = document_open(&shard->documents, &request);
    if (open) /* else it is answered, and the job may be gone */
        job->open = open;
}

static const struct http_job_kind search_job = {.begin = begin_search};

void cluster_describe(struct api *api, struct http_request *request, struct slice id)
{
    (void)id;
    struct buf body = {0};
    struct slice asked = http_query(request, "id");
    if (!debug_admits(api, request))
        return;
    if (!server_is_shared(api->server)) {
        http_respond_error(request, ERR_NOT_FOUND);
    } else if (asked.ptr) {
        http_job_post(api->server, request, &search_job, asked, (struct slice){0});
    } else if (write_all(&body, api->server, NULL)) {
        http_respond_error(request, ERR_NO_MEMORY);
    } else {
        struct http_response response = response_of(&body);
        http_respond(request, &response);
    }
    buf_deinit(&body);
}
