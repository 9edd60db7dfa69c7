#include "api/asset_job.h"

#include <string.h>

bool asset_may_be_elsewhere(const struct http_request *request)
{
    const struct slice folder = SLICE("/assets/");
    bool is_read = slice_equal(request->method, SLICE("GET")) || slice_equal(request->method, SLICE("HEAD"));
    return is_read && !request->is_relayed && request->path.len > folder.len &&
           memcmp(request->path.ptr, folder.ptr, folder.len) == 0;
}

static void on_forwarded(void *arg, enum forward_outcome outcome)
{
    struct http_job *job = arg;
    job->forward = NULL;
    if (outcome == FORWARD_ANSWERED)
        http_job_end(job);
    else
        http_job_fail(job, ERR_NOT_FOUND);
}

static bool is_of_other_version(const struct shard *shard, const struct store_peer *peer)
{
    return peer->address[0] && strcmp(peer->version, shard->version) != 0;
}

static void begin(struct http_job *job)
{
    struct store_peer peers[STORE_PEERS_MAX];
    uint32_t count = store_peers(job->shard->store, peers);
    for (uint32_t i = 0; i < count; i++) {
        if (!is_of_other_version(job->shard, &peers[i]))
            continue;
        struct store_owner to = {.incarnation = peers[i].incarnation,
                                 .address = slice_from_cstr(peers[i].address)};
        http_job_forward(job, &to, on_forwarded);
        return;
    }
    http_job_fail(job, ERR_NOT_FOUND);
}

const struct http_job_kind asset_job = {.begin = begin};
