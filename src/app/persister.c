#include "app/persister.h"

#include "app/call.h"
#include "observe/log.h"
#include "observe/metrics.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { TOUCH_INTERVAL_MS = 60 * 60 * 1000, JOURNAL_TAIL_BYTES = 1024 * 1024 };

static const struct reason {
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

/* What a snapshot on its way to the store is for. */
struct persist_note {
    struct document *doc;
    enum persist_reason reason;
    uint64_t revision;
    bool had_meta;
    bool had_epoch;
};

/* ---- answers ---- */

static void log_written(const struct persist_note *note, uint64_t duration_us)
{
    struct slice id = note->doc->id;
    switch (note->reason) {
    case PERSIST_LAST_DISCONNECT:
        log_event(LOG_INFO, "flush", LOG_STR("docId", id), LOG_CSTR("reason", reasons[note->reason].name));
        break;
    case PERSIST_SHUTDOWN:
        log_line(LOG_INFO, "Flushed document %.*s", (int)id.len, id.ptr);
        break;
    case PERSIST_CRITICAL: /* its own event, with the type of the change */
        break;
    default:
        log_event(LOG_INFO, "persisted", LOG_STR("docId", id), LOG_CSTR("reason", reasons[note->reason].name),
                  LOG_UINT("revision", note->revision));
    }
    log_event(LOG_DEBUG, "persist_latency", LOG_STR("docId", id), LOG_US("duration", duration_us));
}

static void written(const struct persist_note *note, uint64_t duration_us)
{
    struct document *doc = note->doc;
    doc->stored = true;
    if (note->revision > doc->saved_revision)
        doc->saved_revision = note->revision;
    metric_inc(reasons[note->reason].metric);
    metric_snapshot_written(shard_now_ms(doc->shard));
    histogram_observe(HISTOGRAM_PERSIST, duration_us);
    if (note->reason == PERSIST_SHUTDOWN)
        atomic_fetch_add(&doc->shard->server->flushed, 1);
    log_written(note, duration_us);
}

static void not_written(const struct persist_note *note)
{
    struct document *doc = note->doc;
    doc->asked_revision = doc->saved_revision;
    doc->meta_changed = doc->meta_changed || note->had_meta;
    doc->epoch_stored = doc->epoch_stored && !note->had_epoch; /* stored twice does no harm */
}

/* Takes the document out of memory when the eviction that was asked for is complete. */
static void evict(struct document *doc, int64_t now_ms)
{
    char age[32];
    snprintf(age, sizeof(age), "%lldh", (long long)((now_ms - doc->left_ms) / (60 * 60 * 1000)));
    log_event(LOG_INFO, "document_evicted", LOG_STR("docId", doc->id), LOG_CSTR("age", age));
    metric_inc(METRIC_EVICTIONS);
    document_drop(doc);
}

static void on_snapshot_done(struct store_request *req)
{
    struct persist_note *note = req->context;
    struct document *doc = note->doc;
    struct shard *shard = doc->shard;
    doc->snapshots_in_flight--;
    if (note->reason == PERSIST_SHUTDOWN)
        shard->flushes_in_flight--;
    if (req->result == OK)
        written(note, req->duration_us);
    else
        not_written(note);
    if (note->reason == PERSIST_CRITICAL)
        call_otp_written(doc, req->result);
    if (note->reason == PERSIST_EVICTION && document_may_drop(doc))
        evict(doc, shard_now_ms(shard));
    else if (doc->session_count == 0)
        pad_rest(&doc->pad, shard_now_ms(shard));
    free(note);
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

static enum error fill(struct store_request *req, struct document *doc, struct slice otp)
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
    if (!err && pad->language.ptr)
        err = store_request_copy(req, pad->language, &req->language);
    if (!err && otp.ptr)
        err = store_request_copy(req, otp, &req->otp);
    buf_deinit(&text);
    buf_deinit(&clients);
    if (err)
        return err;
    req->revision = pad->revision;
    req->keep_from = journal_tail(doc);
    req->now_ms = shard_now_ms(doc->shard);
    req->reply_to = &doc->shard->mailbox;
    if (!doc->epoch_stored) {
        struct pad_epoch *epoch = &pad->epochs[pad->epoch_count - 1];
        req->has_epoch = true;
        req->epoch = (struct store_epoch){epoch->id, epoch->first_revision};
    }
    return OK;
}

static enum error post_snapshot(struct document *doc, enum persist_reason reason, struct slice otp)
{
    struct persist_note *note = calloc(1, sizeof(*note));
    struct store_request *req = store_request_new(STORE_SNAPSHOT, doc->id);
    if (!note || !req || fill(req, doc, otp)) {
        free(note);
        if (req)
            store_request_free(req);
        return ERR_NO_MEMORY;
    }
    *note = (struct persist_note){doc, reason, doc->pad.revision, doc->meta_changed, req->has_epoch};
    req->context = note;
    req->done = on_snapshot_done;
    req->fail_fast = reason == PERSIST_CRITICAL;
    doc->asked_revision = doc->pad.revision;
    doc->meta_changed = false;
    doc->epoch_stored = true;
    doc->saved_ms = shard_now_ms(doc->shard);
    doc->snapshots_in_flight++;
    store_post(doc->shard->server->store, req);
    return OK;
}

enum error persister_write(struct document *doc, enum persist_reason reason)
{
    /* While a password is being written a snapshot would put the old one back. */
    if (doc->protecting || !document_is_changed(doc))
        return OK;
    enum error err = post_snapshot(doc, reason, doc->pad.otp);
    if (!err && reason == PERSIST_SHUTDOWN)
        doc->shard->flushes_in_flight++;
    return err;
}

enum error persister_write_otp(struct document *doc, struct slice otp)
{
    return post_snapshot(doc, PERSIST_CRITICAL, otp);
}

/* ---- when ---- */

void persister_start(struct document *doc)
{
    doc->check_ms = shard_now_ms(doc->shard) + doc->shard->config->persist_check_ms;
    metric_inc(METRIC_PERSISTERS);
    log_event(LOG_INFO, "persister_started", LOG_STR("docId", doc->id),
              LOG_UINT("userCount", doc->session_count));
}

void persister_stop(struct document *doc)
{
    metric_add(METRIC_PERSISTERS, -1);
    log_event(LOG_INFO, "persister_stopped", LOG_STR("docId", doc->id),
              LOG_CSTR("reason", "last_user_disconnect"));
    persister_write(doc, PERSIST_LAST_DISCONNECT);
    pad_rest(&doc->pad, shard_now_ms(doc->shard));
}

void persister_check(struct document *doc, int64_t now_ms)
{
    const struct config *config = doc->shard->config;
    doc->check_ms = now_ms + config->persist_check_ms;
    persister_touch(doc, now_ms);
    if (doc->snapshots_in_flight > 0)
        return;
    if (now_ms - doc->changed_ms >= config->idle_persist_ms)
        persister_write(doc, PERSIST_IDLE);
    else if (now_ms - doc->saved_ms >= config->safety_net_ms)
        persister_write(doc, PERSIST_SAFETY_NET);
}

void persister_check_resting(struct document *doc, int64_t now_ms)
{
    if (doc->state != DOCUMENT_READY || doc->session_count > 0)
        return;
    pad_rest(&doc->pad, now_ms);
    if (now_ms - doc->left_ms < doc->shard->config->memory_retention_ms)
        return;
    if (document_may_drop(doc))
        evict(doc, now_ms);
    else if (doc->snapshots_in_flight == 0)
        persister_write(doc, PERSIST_EVICTION);
}

void persister_touch(struct document *doc, int64_t now_ms)
{
    int64_t interval_ms = TOUCH_INTERVAL_MS;
    if (doc->shard->config->expiry_ms > 0 && doc->shard->config->expiry_ms / 4 < interval_ms)
        interval_ms = doc->shard->config->expiry_ms / 4;
    bool is_due = now_ms - doc->touched_ms >= interval_ms || !doc->epoch_stored;
    if (!doc->stored || !is_due)
        return;
    struct store_request *req = store_request_new(STORE_OPEN, doc->id);
    if (!req)
        return; /* the next look tries again */
    struct pad_epoch *epoch = &doc->pad.epochs[doc->pad.epoch_count - 1];
    req->has_epoch = !doc->epoch_stored;
    req->epoch = (struct store_epoch){epoch->id, epoch->first_revision};
    req->now_ms = now_ms;
    doc->touched_ms = now_ms;
    doc->epoch_stored = true;
    store_post(doc->shard->server->store, req); /* nobody waits for it */
}
