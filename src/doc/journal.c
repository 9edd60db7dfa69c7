#include "doc/journal.h"

#include "base/alloc.h"
#include "doc/commit_wait.h"
#include "observe/log.h"
#include "observe/metrics.h"

enum { NO_MEMORY_RETRY_MS = 100 };

/* Which documents a request in flight is about, row by row. They outlive it
 * (appends_in_flight). */
struct append_context {
    struct documents *documents;
    uint32_t count;
    struct append_row {
        struct document *doc;
        uint64_t end_revision;
        uint64_t arrived_ns; /* of its oldest edit */
    } rows[];
};

static void committed(struct document *doc, uint64_t revision, uint64_t arrived_ns)
{
    pad_committed(&doc->pad, revision);
    doc->documents->events->on_stale(doc); /* carets move with the text that peers may be told */
    if (doc->announced_ns == 0)
        doc->announced_ns = arrived_ns;
    document_has_news(doc);
    document_release_commit_waits(doc);
}

static uint64_t take_arrived_ns(struct document *doc)
{
    uint64_t arrived_ns = doc->arrived_ns;
    doc->arrived_ns = 0;
    return arrived_ns;
}

static void commit_on_the_spot(struct documents *docs)
{
    LIST_EACH (at, following, &docs->to_journal) {
        struct document *doc = LIST_ITEM(at, struct document, journal_link);
        list_remove(&doc->journal_link);
        committed(doc, doc->pad.revision, take_arrived_ns(doc));
    }
}

/* ---- the store's answer ---- */

static void log_answer(const struct append_context *append, const struct store_request *req)
{
    if (req->result) { /* the store gives up only when it is being closed */
        log_event(LOG_ERROR, "journal_lost", LOG_UINT("documents", append->count),
                  LOG_CSTR("error", error_code(req->result)));
        return;
    }
    metric_inc(METRIC_JOURNAL_COMMITS);
    histogram_observe(HISTOGRAM_JOURNAL, req->duration_us);
    log_event(LOG_DEBUG, "journal_committed", LOG_UINT("documents", append->count),
              LOG_US("duration", req->duration_us));
}

static void on_appended(struct store_request *req)
{
    struct append_context *append = req->context;
    append->documents->append_in_flight = false;
    log_answer(append, req);
    for (uint32_t i = 0; i < append->count; i++) {
        struct append_row *row = &append->rows[i];
        row->doc->appends_in_flight--;
        if (req->result == OK)
            committed(row->doc, row->end_revision, row->arrived_ns);
    }
    mem_free(append);
    store_request_free(req);
}

/* ---- the request ---- */

static void bring_epoch(struct document *doc, struct store_append_row *row)
{
    struct pad_epoch *epoch = &doc->pad.epochs[doc->pad.epoch_count - 1];
    row->has_epoch = true;
    row->epoch = (struct store_epoch){epoch->id, epoch->first_revision};
    doc->epoch_stored = true;
}

static enum error add_row(struct document *doc, struct store_request *req, struct append_context *append)
{
    struct buf *batch = &doc->documents->batch;
    uint64_t first = doc->pad.journaled;
    buf_clear(batch);
    enum error err = pad_encode_batch(&doc->pad, batch);
    if (err)
        return err;
    uint64_t end = doc->pad.journaled;
    err = store_request_add_row(req, doc->id, first, end, buf_slice(batch));
    if (err) {
        pad_take_back_batch(&doc->pad, first);
        return err;
    }
    if (!doc->epoch_stored)
        bring_epoch(doc, &req->rows[req->row_count - 1]);
    doc->appends_in_flight++;
    doc->stored = true;
    append->rows[append->count++] = (struct append_row){doc, end, take_arrived_ns(doc)};
    return OK;
}

/* Adds as many rows as memory allows: the documents whose row is missing stay
 * listed and go with the next request. */
static void add_rows(struct documents *docs, struct store_request *req, struct append_context *append)
{
    LIST_EACH (at, following, &docs->to_journal) {
        struct document *doc = LIST_ITEM(at, struct document, journal_link);
        if (add_row(doc, req, append))
            return;
        list_remove(&doc->journal_link);
    }
}

static size_t count_links(const struct link *head)
{
    size_t count = 0;
    for (const struct link *at = head->next; at != head; at = at->next)
        count++;
    return count;
}

static void post(struct documents *docs)
{
    size_t count = count_links(&docs->to_journal);
    struct append_context *append = mem_alloc(sizeof(*append) + count * sizeof(append->rows[0]));
    struct store_request *req = store_request_new(STORE_APPEND, (struct slice){0});
    if (append)
        *append = (struct append_context){.documents = docs};
    if (append && req)
        add_rows(docs, req, append);
    if (!append || append->count == 0) {
        mem_free(append);
        if (req)
            store_request_free(req);
        documents_want_timer(docs, NO_MEMORY_RETRY_MS); /* the operations are safe in memory until then */
        return;
    }
    req->context = append;
    req->done = on_appended;
    docs->append_in_flight = true;
    documents_post(docs, req);
}

void journal_post(struct documents *docs)
{
    if (list_is_empty(&docs->to_journal))
        return;
    if (docs->policy->durability == STORE_LAZY)
        commit_on_the_spot(docs);
    else if (!docs->append_in_flight)
        post(docs);
}
