#include "api/asset_job.h"

#include <string.h>

enum { ASKED_MAX = 3 };

bool asset_may_be_elsewhere(const struct http_request *request)
{
    const struct slice folder = SLICE("/assets/");
    bool is_read = slice_equal(request->method, SLICE("GET")) || slice_equal(request->method, SLICE("HEAD"));
    return is_read && !request->is_relayed && request->path.len > folder.len &&
           memcmp(request->path.ptr, folder.ptr, folder.len) == 0;
}

static bool is_of_other_version(const struct shard *shard, const struct store_peer *peer)
{
    return strcmp(peer->version, shard->version) != 0;
}

/* The one with that number, counted over those of other versions and then over those of ours: their pages may
 * differ, too, where a build does not know its commit. NULL: there is none. */
static const struct store_peer *choose(const struct shard *shard, const struct store_peer *peers,
                                       uint32_t count, uint32_t number)
{
    for (int is_other = 1; is_other >= 0; is_other--)
        for (uint32_t i = 0; i < count; i++)
            if (peers[i].address[0] && is_of_other_version(shard, &peers[i]) == is_other && number-- == 0)
                return &peers[i];
    return NULL;
}

static void ask_next(struct http_job *job);

static void on_forwarded(void *arg, enum forward_outcome outcome)
{
    struct http_job *job = arg;
    job->forward = NULL;
    if (outcome == FORWARD_ANSWERED)
        http_job_end(job);
    else
        ask_next(job); /* it is only read, so it does no harm if somebody has been asked in vain */
}

static void ask_next(struct http_job *job)
{
    struct store_peer peers[STORE_PEERS_MAX];
    uint32_t count = store_peers(job->shard->store, peers);
    const struct store_peer *peer =
        job->forwards < ASKED_MAX ? choose(job->shard, peers, count, job->forwards) : NULL;
    if (!peer) {
        http_job_fail(job, ERR_NOT_FOUND);
        return;
    }
    struct store_owner to = {.incarnation = peer->incarnation, .address = slice_from_cstr(peer->address)};
    job->forwards++;
    http_job_forward(job, &to, on_forwarded);
}

const struct http_job_kind asset_job = {.begin = ask_next, .is_search = true};
