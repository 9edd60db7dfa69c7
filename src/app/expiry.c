#include "app/expiry.h"

#include "app/persister.h"
#include "observe/log.h"
#include "observe/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXPIRED_IDS_MAX = 1000 };

/* An id on its way to the shard that owns the document. */
struct expired_id {
    struct loop_task task;
    struct shard *shard;
    int64_t cutoff_ms;
    size_t len;
    char id[];
};

static void log_deleted(const struct shard *shard, const struct store_request *req)
{
    char age[32];
    snprintf(age, sizeof(age), "%lldd", (long long)(shard->config->expiry_ms / (24 * 60 * 60 * 1000)));
    log_event(LOG_INFO, "document_expired", LOG_STR("docId", req->id), LOG_CSTR("age", age));
    metric_inc(METRIC_EXPIRATIONS);
}

static void on_deleted(struct store_request *req)
{
    if (!req->result && req->found)
        log_deleted(req->context, req);
    store_request_free(req);
}

static void delete_rows(struct shard *shard, struct slice id, int64_t cutoff_ms)
{
    struct store_request *req = store_request_new(STORE_DELETE, id);
    if (!req)
        return; /* the next search finds it again */
    req->reply_to = &shard->mailbox;
    req->context = shard;
    req->done = on_deleted;
    req->cutoff_ms = cutoff_ms;
    req->now_ms = shard_now_ms(shard);
    store_post(shard->server->store, req);
}

static void expire(struct loop_task *task)
{
    struct expired_id *expired = (struct expired_id *)(void *)task;
    struct shard *shard = expired->shard;
    struct slice id = slice_of(expired->id, expired->len);
    struct document *doc = document_find(shard, id);
    bool is_in_use = doc && doc->session_count > 0;
    /* Somebody is coming in, or it is being written: both touch it. */
    bool is_busy = doc && !is_in_use && !document_may_drop(doc);
    if (shard->phase == SHARD_RUNNING && is_in_use) {
        doc->touched_ms = 0;
        persister_touch(doc, shard_now_ms(shard));
    } else if (shard->phase == SHARD_RUNNING && !is_busy) { /* else it will still be there tomorrow */
        if (doc)
            document_drop(doc);
        delete_rows(shard, id, expired->cutoff_ms);
    }
    free(expired);
}

static void send_home(struct shard *shard, struct slice id, int64_t cutoff_ms)
{
    struct expired_id *expired = calloc(1, sizeof(*expired) + id.len);
    if (!expired)
        return;
    expired->task.run = expire;
    expired->shard = server_shard_of(shard->server, id);
    expired->cutoff_ms = cutoff_ms;
    expired->len = id.len;
    memcpy(expired->id, id.ptr, id.len);
    if (!loop_post(&expired->shard->loop, &expired->task))
        free(expired); /* its shard has ended; the next start looks again */
}

static void on_found(struct store_request *req)
{
    struct shard *shard = req->context;
    for (uint32_t i = 0; i < req->id_count; i++)
        send_home(shard, req->ids[i], req->cutoff_ms);
    if (req->id_count == EXPIRED_IDS_MAX) { /* there may be more: look again in a second */
        shard->expiry_check_ms = shard_now_ms(shard) + 1000;
        shard_want_timer(shard, 1000);
    }
    store_request_free(req);
}

void expiry_check(struct shard *shard, int64_t now_ms)
{
    if (shard->config->expiry_ms == 0 || now_ms < shard->expiry_check_ms)
        return;
    shard->expiry_check_ms = now_ms + shard->config->cleanup_interval_ms;
    struct store_request *req = store_request_new(STORE_EXPIRED, (struct slice){0});
    if (!req)
        return;
    req->reply_to = &shard->mailbox;
    req->context = shard;
    req->done = on_found;
    req->cutoff_ms = now_ms - shard->config->expiry_ms;
    req->max_ids = EXPIRED_IDS_MAX;
    req->now_ms = now_ms;
    store_post(shard->server->store, req);
}
