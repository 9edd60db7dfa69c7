#include "app/journal.h"

#include "app/broadcast.h"
#include "app/call.h"
#include "app/persister.h"
#include "observe/log.h"
#include "observe/metrics.h"

#include <stdlib.h>

/* Which documents a request in flight is about, row by row. */
struct journal_note {
    struct shard *shard;
    uint32_t count;
    struct journal_row {
        struct document *doc;
        uint64_t end_revision;
        uint64_t arrived_ns; /* of its oldest edit */
    } rows[];
};

static void committed(struct document *doc, uint64_t revision, uint64_t arrived_ns)
{
    pad_committed(&doc->pad, revision);
    broadcast_forget(doc); /* the carets in them stand where they stood before */
    if (doc->announced_ns == 0)
        doc->announced_ns = arrived_ns;
    document_changed(doc);
    calls_release(doc);
}

static void commit_on_the_spot(struct shard *shard)
{
    LIST_EACH (at, following, &shard->to_journal) {
        struct document *doc = LIST_ITEM(at, struct document, journal_link);
        list_remove(&doc->journal_link);
        uint64_t arrived_ns = doc->arrived_ns;
        doc->arrived_ns = 0;
        committed(doc, doc->pad.revision, arrived_ns);
    }
}

static enum error add_row(struct document *doc, struct store_request *req, struct journal_note *note)
{
    struct buf *batch = &doc->shard->payload;
    uint64_t first = doc->pad.journaled;
    buf_clear(batch);
    enum error err = pad_encode_batch(&doc->pad, batch);
    if (err)
        return err;
    uint64_t end = doc->pad.journaled;
    err = store_request_add_row(req, doc->id, first, end, buf_slice(batch));
    if (err) {
        doc->pad.journaled = first;
        return err;
    }
    if (!doc->epoch_stored) {
        struct pad_epoch *epoch = &doc->pad.epochs[doc->pad.epoch_count - 1];
        struct store_append_row *row = &req->rows[req->row_count - 1];
        row->has_epoch = true;
        row->epoch = (struct store_epoch){epoch->id, epoch->first_revision};
        doc->epoch_stored = true;
    }
    doc->appends_in_flight++;
    doc->stored = true;
    note->rows[note->count++] = (struct journal_row){doc, end, doc->arrived_ns};
    doc->arrived_ns = 0;
    return OK;
}

static void on_appended(struct store_request *req)
{
    struct journal_note *note = req->context;
    note->shard->append_in_flight = false;
    if (req->result == OK) {
        metric_inc(METRIC_JOURNAL_COMMITS);
        histogram_observe(HISTOGRAM_JOURNAL, req->duration_us);
        log_event(LOG_DEBUG, "journal_committed", LOG_UINT("documents", note->count),
                  LOG_US("duration", req->duration_us));
    } else { /* the store gives up only when it is being closed */
        log_event(LOG_ERROR, "journal_lost", LOG_UINT("documents", note->count),
                  LOG_CSTR("error", error_code(req->result)));
    }
    for (uint32_t i = 0; i < note->count; i++) {
        struct document *doc = note->rows[i].doc;
        doc->appends_in_flight--;
        if (req->result == OK)
            committed(doc, note->rows[i].end_revision, note->rows[i].arrived_ns);
    }
    free(note);
    store_request_free(req);
}

static uint32_t count_links(const struct link *head)
{
    uint32_t count = 0;
    for (const struct link *at = head->next; at != head; at = at->next)
        count++;
    return count;
}

void journal_post(struct shard *shard)
{
    if (list_is_empty(&shard->to_journal))
        return;
    if (shard->config->durability == STORE_LAZY) {
        commit_on_the_spot(shard);
        return;
    }
    if (shard->append_in_flight)
        return;
    uint32_t count = count_links(&shard->to_journal);
    struct journal_note *note = calloc(1, sizeof(*note) + count * sizeof(note->rows[0]));
    struct store_request *req = store_request_new(STORE_APPEND, (struct slice){0});
    if (!note || !req)
        goto no_memory;
    LIST_EACH (at, following, &shard->to_journal) {
        struct document *doc = LIST_ITEM(at, struct document, journal_link);
        if (add_row(doc, req, note))
            break; /* this one and the rest go with the next turn */
        list_remove(&doc->journal_link);
    }
    if (note->count == 0)
        goto no_memory;
    req->reply_to = &shard->mailbox;
    note->shard = shard;
    req->context = note;
    req->done = on_appended;
    req->now_ms = shard_now_ms(shard);
    shard->append_in_flight = true;
    store_post(shard->server->store, req);
    return;

no_memory:
    free(note);
    if (req)
        store_request_free(req);
    shard_want_timer(shard, 100); /* the operations are safe in memory; try again soon */
}
