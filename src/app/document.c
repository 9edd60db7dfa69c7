#include "app/document.h"

#include "app/broadcast.h"
#include "app/persister.h"
#include "guard/random.h"
#include "observe/log.h"
#include "observe/metrics.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

/* ---- finding ---- */

static int compare_ids(const void *a, const void *b)
{
    return slice_compare(((const struct document *)a)->id, ((const struct document *)b)->id);
}

struct document *document_find(struct shard *shard, struct slice id)
{
    struct document key = {.id = id};
    void *node = tfind(&key, &shard->by_id, compare_ids);
    return node ? *(struct document **)node : NULL;
}

/* ---- coming into being ---- */

struct document *document_new(struct shard *shard, struct slice id)
{
    struct document *doc = calloc(1, sizeof(*doc) + id.len);
    if (!doc)
        return NULL;
    char *own_id = (char *)(doc + 1);
    memcpy(own_id, id.ptr, id.len);
    doc->id = slice_of(own_id, id.len);
    doc->shard = shard;
    doc->state = DOCUMENT_LOADING;
    doc->left_ms = shard_now_ms(shard);
    struct link *links[] = {&doc->waiting,      &doc->gated,      &doc->all_link, &doc->live_link,
                            &doc->journal_link, &doc->dirty_link, &doc->hot_link};
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
        list_init(links[i]);
    if (!tsearch(doc, &shard->by_id, compare_ids)) {
        free(doc);
        return NULL;
    }
    list_append(&shard->documents, &doc->all_link);
    return doc;
}

static void become_ready(struct document *doc)
{
    doc->state = DOCUMENT_READY;
    doc->saved_revision = doc->asked_revision = doc->pad.revision;
    if (doc->shard->storage_failing)
        pad_set_storage_failing(&doc->pad, true);
    metric_inc(METRIC_DOCUMENTS);
}

enum error document_begin(struct document *doc)
{
    pad_init(&doc->pad, &doc->shard->server->pad_limits, random_id());
    doc->created_ms = doc->updated_ms = doc->saved_ms = shard_now_ms(doc->shard);
    become_ready(doc);
    return OK;
}

/* Storage's lists in the pad's form; borrowed from the request. */
struct stored_lists {
    struct pad_epoch *epochs;
    struct pad_stored_batch *batches;
};

static enum error convert_lists(const struct store_request *req, struct stored_lists *out)
{
    out->epochs = calloc(req->epoch_count + 1, sizeof(*out->epochs));
    out->batches = calloc(req->batch_count + 1, sizeof(*out->batches));
    if (!out->epochs || !out->batches)
        return ERR_NO_MEMORY;
    for (uint32_t i = 0; i < req->epoch_count; i++)
        out->epochs[i] = (struct pad_epoch){req->epochs[i].id, req->epochs[i].first_revision};
    for (uint32_t i = 0; i < req->batch_count; i++)
        out->batches[i] = (struct pad_stored_batch){req->batches[i].first_revision, req->batches[i].time_ms,
                                                    req->batches[i].batch};
    return OK;
}

enum error document_restore(struct document *doc, const struct store_request *req)
{
    struct stored_lists lists = {0};
    enum error err = convert_lists(req, &lists);
    if (!err) {
        struct pad_stored stored = {.text = req->text,
                                    .revision = req->revision,
                                    .language = req->language,
                                    .otp = req->otp,
                                    .clients = req->clients,
                                    .epochs = lists.epochs,
                                    .epoch_count = req->epoch_count,
                                    .batches = lists.batches,
                                    .batch_count = req->batch_count};
        err = pad_restore(&doc->pad, &doc->shard->server->pad_limits, &stored, random_id(),
                          shard_now_ms(doc->shard));
    }
    free(lists.epochs);
    free(lists.batches);
    if (err)
        return err;
    doc->stored = true;
    doc->created_ms = req->created_ms;
    doc->updated_ms = req->updated_ms;
    doc->saved_ms = shard_now_ms(doc->shard);
    become_ready(doc);
    doc->saved_revision = doc->asked_revision = req->revision; /* the row lacks what only the journal has */
    return OK;
}

/* ---- going ---- */

bool document_is_changed(const struct document *doc)
{
    return doc->state == DOCUMENT_READY && (doc->meta_changed || doc->pad.revision > doc->asked_revision);
}

bool document_may_drop(const struct document *doc)
{
    return doc->state == DOCUMENT_READY && doc->session_count == 0 && list_is_empty(&doc->waiting) &&
           list_is_empty(&doc->gated) && doc->appends_in_flight == 0 && doc->snapshots_in_flight == 0 &&
           !doc->protecting && !document_is_changed(doc);
}

void document_drop(struct document *doc)
{
    struct shard *shard = doc->shard;
    tdelete(doc, &shard->by_id, compare_ids);
    broadcast_forget(doc);
    struct link *links[] = {&doc->all_link, &doc->live_link, &doc->journal_link, &doc->dirty_link,
                            &doc->hot_link};
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
        list_remove(links[i]);
    if (doc->state == DOCUMENT_READY) {
        pad_deinit(&doc->pad);
        metric_add(METRIC_DOCUMENTS, -1);
    }
    free(doc);
}

/* ---- sessions ---- */

void document_session_joined(struct document *doc)
{
    int64_t now_ms = shard_now_ms(doc->shard);
    if (doc->session_count++ == 0) {
        list_append(&doc->shard->live, &doc->live_link);
        doc->live_ms = now_ms;
        metric_inc(METRIC_ACTIVE_DOCUMENTS);
        persister_start(doc);
    }
    persister_touch(doc, now_ms);
    document_changed(doc);
}

void document_session_left(struct document *doc)
{
    document_changed(doc);
    if (--doc->session_count > 0)
        return;
    doc->left_ms = shard_now_ms(doc->shard);
    list_remove(&doc->live_link);
    metric_add(METRIC_ACTIVE_DOCUMENTS, -1);
    persister_stop(doc);
}

void document_reap(struct document *doc)
{
    bool is_nothing = !doc->stored && doc->state == DOCUMENT_READY && doc->pad.revision == 0;
    if (is_nothing && document_may_drop(doc))
        document_drop(doc);
}

/* ---- changes ---- */

void document_changed(struct document *doc)
{
    if (list_is_empty(&doc->dirty_link))
        list_append(&doc->shard->dirty, &doc->dirty_link);
    if (doc->pad.cursors_pending && list_is_empty(&doc->hot_link)) {
        list_append(&doc->shard->hot, &doc->hot_link);
        shard_want_timer(doc->shard, PAD_CURSOR_INTERVAL_MS);
    }
}

void document_edited(struct document *doc, int64_t now_ms, uint64_t arrived_ns)
{
    if (doc->arrived_ns == 0)
        doc->arrived_ns = arrived_ns;
    doc->changed_ms = doc->updated_ms = now_ms;
    if (list_is_empty(&doc->journal_link))
        list_append(&doc->shard->to_journal, &doc->journal_link);
}

void document_meta_changed(struct document *doc, int64_t now_ms)
{
    doc->changed_ms = doc->updated_ms = now_ms;
    doc->meta_changed = true;
    document_changed(doc);
}

/* ---- looking ---- */

bool document_admits(const struct document *doc, struct slice otp)
{
    return !doc->pad.otp.ptr || (otp.ptr && secret_equal(doc->pad.otp, otp));
}

int64_t document_expires_ms(const struct document *doc, int64_t now_ms)
{
    int64_t expiry_ms = doc->shard->config->expiry_ms;
    return expiry_ms == 0 ? 0 : now_ms + expiry_ms;
}
