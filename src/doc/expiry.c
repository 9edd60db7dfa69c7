#include "doc/expiry.h"

#include "doc/persister.h"
#include "observe/log.h"
#include "observe/metrics.h"

#include <stdio.h>

static void log_deleted(struct slice id, int64_t unused_ms)
{
    char age[32];
    snprintf(age, sizeof(age), "%lldd", (long long)(unused_ms / (24 * 60 * 60 * 1000)));
    log_event(LOG_INFO, "document_expired", LOG_STR("docId", id), LOG_CSTR("age", age));
    metric_inc(METRIC_EXPIRATIONS);
}

static void on_deleted(struct store_request *req)
{
    if (!req->result && req->found)
        log_deleted(req->id, req->unused_ms);
    store_request_free(req);
}

static void delete_rows(struct documents *docs, struct slice id, int64_t cutoff_ms)
{
    struct store_request *req = store_request_new(STORE_DELETE, id);
    if (!req)
        return; /* the next search finds it again */
    req->done = on_deleted;
    req->cutoff_ms = cutoff_ms;
    documents_post(docs, req);
}

static void touch_now(struct document *doc)
{
    doc->touched_ms = 0;
    persister_touch(doc, documents_now_ms(doc->documents));
}

void document_expire(struct documents *docs, struct slice id, int64_t cutoff_ms)
{
    struct document *doc = document_find(docs, id);
    if (docs->is_stopping)
        return; /* the next start searches again */
    if (doc && doc->peer_count > 0) {
        touch_now(doc);
        return;
    }
    if (doc && !document_may_drop(doc))
        return; /* somebody is coming in, or it is being written: both touch the row */
    if (doc)
        document_drop(doc);
    delete_rows(docs, id, cutoff_ms);
}
