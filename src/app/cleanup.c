#include "app/cleanup.h"

#include "doc/expiry.h"
#include "shard/server.h"

#include <stdlib.h>
#include <string.h>

enum {
    FIRST_SEARCH_MS = 1000, /* after the start */
    MORE_MS = 1000,         /* after a search that found as many as it may */
    EXPIRED_IDS_MAX = 1000, /* that one search gives */
};

/* An id on its way to the shard that has the document. */
struct expired_id {
    struct loop_task task; /* first: a task is its id */
    struct shard *shard;
    int64_t cutoff_ms;
    size_t len;
    char id[];
};

static void on_arrival(struct loop_task *task)
{
    struct expired_id *expired = (struct expired_id *)(void *)task;
    struct slice id = slice_of(expired->id, expired->len);
    document_expire(&expired->shard->documents, id, expired->cutoff_ms);
    free(expired);
}

static void send_home(struct server *server, struct slice id, int64_t cutoff_ms)
{
    struct expired_id *expired = calloc(1, sizeof(*expired) + id.len);
    if (!expired)
        return; /* the next search finds it again */
    expired->task.run = on_arrival;
    expired->shard = server_shard_of(server, id);
    expired->cutoff_ms = cutoff_ms;
    expired->len = id.len;
    memcpy(expired->id, id.ptr, id.len);
    if (!loop_post(&expired->shard->loop, &expired->task))
        free(expired); /* its shard has ended; the next start searches again */
}

static void on_found(struct store_request *req)
{
    struct shard *shard = req->context;
    for (uint32_t i = 0; i < req->id_count; i++)
        send_home(shard->server, req->ids[i], req->cutoff_ms);
    if (req->id_count == EXPIRED_IDS_MAX) { /* there may be more */
        shard->cleanup_due_ms = shard_now_ms(shard) + MORE_MS;
        shard_want_timer(shard, MORE_MS);
    }
    store_request_free(req);
}

static void search(struct shard *shard)
{
    struct store_request *req = store_request_new(STORE_EXPIRED, (struct slice){0});
    if (!req)
        return; /* the next one comes */
    req->reply_to = &shard->mailbox;
    req->context = shard;
    req->done = on_found;
    req->unused_ms = shard->config->expiry_ms > 0 ? shard->config->expiry_ms : INT64_MAX;
    req->max_ids = EXPIRED_IDS_MAX;
    store_post(shard->store, req);
}

/* Nobody waits for it; what fails is done by the next one. */
static void age_history(struct shard *shard)
{
    struct store_request *req = store_request_new(STORE_HISTORY_AGE, (struct slice){0});
    if (!req)
        return;
    req->unused_ms = shard->config->history_kept_ms;
    req->fail_fast = true;
    store_post(shard->store, req);
}

void cleanup_check(struct shard *shard)
{
    const struct config *config = shard->config;
    int64_t now_ms = shard_now_ms(shard);
    if (shard->index != 0)
        return;
    if (shard->cleanup_due_ms == 0)
        shard->cleanup_due_ms = now_ms + FIRST_SEARCH_MS;
    if (now_ms >= shard->cleanup_due_ms) {
        shard->cleanup_due_ms = now_ms + config->cleanup_interval_ms;
        search(shard);
        if (config->history_kept_ms > 0)
            age_history(shard);
    }
    shard_want_timer(shard, shard->cleanup_due_ms - now_ms);
}
