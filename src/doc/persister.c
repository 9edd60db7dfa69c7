#include "doc/persister.h"

#include "base/alloc.h"
#include "doc/archiver.h"
#include "doc/comment_store.h"
#include "doc/writability.h"
#include "observe/log.h"
#include "observe/metrics.h"

#include <stdio.h>

enum {
    TOUCH_INTERVAL_MS = 60 * 60 * 1000,
    JOURNAL_TAIL_BYTES = 1024 * 1024, /* of operations that stay in the journal behind a snapshot */
};

static const struct {
    const char *name;
    enum metric metric;
} reasons[PERSIST_REASON_COUNT] = {
    [PERSIST_IDLE] = {"idle_threshold", METRIC_IDLE_PERSIST},
    [PERSIST_SAFETY_NET] = {"safety_net", METRIC_SAFETY_NET_PERSIST},
    [PERSIST_CRITICAL] = {"critical_write", METRIC_CRITICAL_WRITE},
    [PERSIST_LAST_DISCONNECT] = {"last_disconnect", METRIC_LAST_USER_FLUSH},
    [PERSIST_EVICTION] = {"eviction", METRIC_EVICTION_FLUSH},
    [PERSIST_SHUTDOWN] = {"shutdown", METRIC_SHUTDOWN_FLUSH},
};

/* A snapshot on its way to the store: what it is for, and what of the document
 * to put back if it fails. The document outlives it (snapshots_in_flight). */
struct snapshot_context {
    struct document *doc;
    enum persist_reason reason;
    uint64_t revision;
    bool had_meta;                                      /* it took meta_changed away */
    bool had_epoch;                                     /* it carries the epoch */
    void (*done)(struct document *doc, enum error err); /* PERSIST_CRITICAL */
};

/* ---- the store's answer ---- */

static void log_written(const struct snapshot_context *snapshot, uint64_t duration_us)
{
    struct slice id = snapshot->doc->id;
    const char *reason = reasons[snapshot->reason].name;
    switch (snapshot->reason) {
    case PERSIST_LAST_DISCONNECT:
        log_event(LOG_INFO, "flush", LOG_STR("docId", id), LOG_CSTR("reason", reason));
        break;
    case PERSIST_SHUTDOWN:
        log_line(LOG_INFO, "Flushed document %.*s", (int)id.len, id.ptr);
        break;
    case PERSIST_CRITICAL: /* whoever asked logs it, with the type of the change */
        break;
    default:
        log_event(LOG_INFO, "persisted", LOG_STR("docId", id), LOG_CSTR("reason", reason),
                  LOG_UINT("revision", snapshot->revision));
    }
    log_event(LOG_DEBUG, "persist_latency", LOG_STR("docId", id), LOG_US("duration", duration_us));
}

static bool has_journal(const struct document *doc)
{
    return doc->documents->policy->durability != STORE_LAZY;
}

static void written(const struct snapshot_context *snapshot, uint64_t duration_us)
{
    struct document *doc = snapshot->doc;
    doc->stored = true;
    doc->snapshot_failed_ms = 0;
    if (!has_journal(doc))
        document_write_worked(doc);
    if (snapshot->revision > doc->saved_revision)
        doc->saved_revision = snapshot->revision;
    metric_inc(reasons[snapshot->reason].metric);
    metric_snapshot_written(documents_now_ms(doc->documents));
    histogram_observe(HISTOGRAM_PERSIST, duration_us);
    doc->documents->flushed += snapshot->reason == PERSIST_SHUTDOWN;
    log_written(snapshot, duration_us);
}

static void keep_history(struct document *doc, const struct store_request *req)
{
    if (doc->documents->policy->keeps_history)
        archiver_look(doc, req->fresh_rows, req->fresh_bytes);
}

static void not_written(const struct snapshot_context *snapshot)
{
    struct document *doc = snapshot->doc;
    doc->asked_revision = doc->saved_revision;
    doc->meta_changed = doc->meta_changed || snapshot->had_meta;
    doc->epoch_stored = doc->epoch_stored && !snapshot->had_epoch; /* stored twice does no harm */
    doc->snapshot_failed_ms = documents_now_ms(doc->documents);
    if (!has_journal(doc) && snapshot->reason != PERSIST_CRITICAL)
        document_write_failed(doc);
}

static void evict(struct document *doc, int64_t now_ms)
{
    char age[32];
    snprintf(age, sizeof(age), "%lldh", (long long)((now_ms - doc->left_ms) / (60 * 60 * 1000)));
    log_event(LOG_INFO, "document_evicted", LOG_STR("docId", doc->id), LOG_CSTR("age", age));
    metric_inc(METRIC_EVICTIONS);
    document_drop(doc);
}

static void on_snapshot_answered(struct store_request *req)
{
    struct snapshot_context *snapshot = req->context;
    struct document *doc = snapshot->doc;
    int64_t now_ms = documents_now_ms(doc->documents);
    doc->snapshots_in_flight--;
    doc->documents->flushes_in_flight -= snapshot->reason == PERSIST_SHUTDOWN;
    if (req->result == OK)
        written(snapshot, req->duration_us);
    else
        not_written(snapshot);
    if (req->result == OK)
        keep_history(doc, req);
    if (snapshot->done)
        snapshot->done(doc, req->result);
    if (snapshot->reason == PERSIST_EVICTION && document_may_drop(doc))
        evict(doc, now_ms);
    else if (doc->peer_count == 0)
        pad_rest(&doc->pad, now_ms);
    mem_free(snapshot);
    store_request_free(req);
}

/* ---- writing ---- */

/* The journal keeps what memory keeps for those who resume, within a budget. */
static uint64_t journal_tail(const struct document *doc)
{
    const struct history *h = &doc->pad.history;
    uint64_t from = h->base, end = history_end(h);
    while (from < end && history_bytes(h, from, end) > JOURNAL_TAIL_BYTES)
        from += (end - from + 1) / 2;
    return from;
}

static enum error fill(struct store_request *req, struct document *doc, struct slice password)
{
    struct pad *pad = &doc->pad;
    struct buf text = {0}, clients = {0};
    enum error err = rope_read(&pad->text, 0, rope_size(&pad->text).points, &text);
    if (!err)
        err = store_request_adopt(req, &text, &req->text);
    if (!err)
        err = pad_encode_clients(pad, &clients);
    if (!err)
        err = store_request_adopt(req, &clients, &req->clients);
    if (!err)
        err = comments_put_places(pad, req, pad->revision);
    struct slice language = doc->language_write.ptr ? doc->language_write : pad->language;
    if (!err && language.ptr)
        err = store_request_copy(req, language, &req->language);
    if (!err && password.ptr)
        err = store_request_copy(req, password, &req->password);
    buf_deinit(&text);
    buf_deinit(&clients);
    if (err)
        return err;
    req->revision = pad->revision;
    req->keep_from = journal_tail(doc);
    if (!doc->epoch_stored) {
        struct pad_epoch *epoch = &pad->epochs[pad->epoch_count - 1];
        req->has_epoch = true;
        req->epoch = (struct store_epoch){epoch->id, epoch->first_revision};
    }
    return OK;
}

/* What besides the document as it is goes into a snapshot. */
struct snapshot_extras {
    struct slice password;
    enum store_history_change history_change;
    void (*done)(struct document *doc, enum error err); /* PERSIST_CRITICAL */
};

static enum error post_snapshot(struct document *doc, enum persist_reason reason,
                                const struct snapshot_extras *extras)
{
    struct snapshot_context *snapshot = mem_alloc(sizeof(*snapshot));
    struct store_request *req = store_request_new(STORE_SNAPSHOT, doc->id);
    if (!snapshot || !req || fill(req, doc, extras->password)) {
        mem_free(snapshot);
        if (req)
            store_request_free(req);
        return ERR_NO_MEMORY;
    }
    *snapshot = (struct snapshot_context){
        doc, reason, doc->pad.revision, doc->meta_changed, req->has_epoch, extras->done};
    req->context = snapshot;
    req->done = on_snapshot_answered;
    req->history_change = extras->history_change;
    req->fail_fast = reason == PERSIST_CRITICAL;
    doc->asked_revision = doc->pad.revision;
    doc->meta_changed = false;
    doc->epoch_stored = true;
    doc->saved_ms = doc->used_ms = documents_now_ms(doc->documents);
    doc->snapshots_in_flight++;
    doc->documents->flushes_in_flight += reason == PERSIST_SHUTDOWN;
    documents_post(doc->documents, req);
    return OK;
}

enum error persister_write(struct document *doc, enum persist_reason reason)
{
    /* While a password is being written a snapshot would put the old one back. */
    if (doc->password_change || doc->is_being_deleted || !document_is_changed(doc))
        return OK;
    return post_snapshot(doc, reason, &(struct snapshot_extras){.password = doc->pad.password});
}

enum error persister_write_password(struct document *doc, struct slice password,
                                    void (*done)(struct document *doc, enum error err))
{
    return post_snapshot(doc, PERSIST_CRITICAL,
                         &(struct snapshot_extras){.password = password, .done = done});
}

enum error persister_write_history(struct document *doc, enum store_history_change change,
                                   void (*done)(struct document *doc, enum error err))
{
    return post_snapshot(
        doc, PERSIST_CRITICAL,
        &(struct snapshot_extras){.password = doc->pad.password, .history_change = change, .done = done});
}

/* ---- when ---- */

void persister_start(struct document *doc)
{
    struct documents *docs = doc->documents;
    doc->check_ms = documents_now_ms(docs) + docs->policy->persist_check_ms;
    metric_inc(METRIC_PERSISTERS);
    log_event(LOG_INFO, "persister_started", LOG_STR("docId", doc->id),
              LOG_UINT("userCount", doc->peer_count));
}

void persister_stop(struct document *doc, bool is_writer)
{
    metric_add(METRIC_PERSISTERS, -1);
    log_event(LOG_INFO, "persister_stopped", LOG_STR("docId", doc->id),
              LOG_CSTR("reason", "last_user_disconnect"));
    if (is_writer && has_journal(doc))
        return;
    /* In this order: the journal keeps no more than memory does, so that whoever opens it next does not
     * load what nobody may need. */
    pad_rest(&doc->pad, documents_now_ms(doc->documents));
    persister_write(doc, PERSIST_LAST_DISCONNECT);
}

/* Has it not been changed for as long as one is given that people are in? */
static bool is_idle(const struct document *doc, int64_t now_ms)
{
    return now_ms - doc->changed_ms >= doc->documents->policy->idle_persist_ms;
}

void persister_check(struct document *doc, int64_t now_ms)
{
    const struct document_policy *policy = doc->documents->policy;
    doc->check_ms = now_ms + policy->persist_check_ms;
    persister_touch(doc, now_ms);
    if (doc->snapshots_in_flight > 0)
        return;
    if (is_idle(doc, now_ms))
        persister_write(doc, PERSIST_IDLE);
    else if (now_ms - doc->saved_ms >= policy->safety_net_ms)
        persister_write(doc, PERSIST_SAFETY_NET);
}

void persister_check_resting(struct document *doc, int64_t now_ms)
{
    if (doc->state != DOCUMENT_READY || doc->peer_count > 0)
        return;
    pad_rest(&doc->pad, now_ms);
    bool must_stay = now_ms - doc->left_ms < doc->documents->policy->memory_retention_ms;
    if (!must_stay && document_may_drop(doc))
        evict(doc, now_ms);
    else if (doc->snapshots_in_flight == 0 &&
             (!must_stay || doc->snapshot_failed_ms != 0 || is_idle(doc, now_ms)))
        persister_write(doc, must_stay ? PERSIST_LAST_DISCONNECT : PERSIST_EVICTION);
}

/* The document may have left memory meanwhile, or even come back. */
static void on_touched(struct store_request *req)
{
    struct document *doc = document_find(req->context, req->id);
    if (req->result && doc) {
        doc->epoch_stored = doc->epoch_stored && !req->has_epoch;
        doc->touched_ms = 0;
    }
    store_request_free(req);
}

void persister_touch(struct document *doc, int64_t now_ms)
{
    int64_t expiry_ms = doc->documents->policy->expiry_ms, interval_ms = TOUCH_INTERVAL_MS;
    if (expiry_ms > 0 && expiry_ms / 4 < interval_ms)
        interval_ms = expiry_ms / 4;
    bool is_due = doc->touched_ms == 0 || now_ms - doc->touched_ms >= interval_ms || !doc->epoch_stored;
    if (!doc->stored || !is_due || doc->lost_why)
        return;
    struct store_request *req = store_request_new(STORE_OPEN, doc->id);
    if (!req)
        return; /* the next look tries again */
    struct pad_epoch *epoch = &doc->pad.epochs[doc->pad.epoch_count - 1];
    req->has_epoch = !doc->epoch_stored;
    req->epoch = (struct store_epoch){epoch->id, epoch->first_revision};
    req->context = doc->documents;
    req->done = on_touched;
    doc->touched_ms = doc->used_ms = now_ms;
    doc->epoch_stored = true;
    documents_post(doc->documents, req);
}
