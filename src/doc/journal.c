#include "doc/journal.h"

#include "base/alloc.h"
#include "doc/commit_wait.h"
#include "doc/loss.h"
#include "doc/signatures.h"
#include "doc/writability.h"
#include "observe/log.h"
#include "observe/metrics.h"

enum {
    NO_MEMORY_RETRY_MS = 100,
    TOUCH_MS = 60 * 1000, /* how often a row of the journal moves the times in the document's row */
};

/* Which documents a request in flight is about, row by row. They outlive it
 * (appends_in_flight). */
struct append_context {
    struct documents *documents;
    uint32_t count;
    struct append_row {
        struct document *doc;
        uint64_t first_revision, end_revision;
        uint64_t arrived_ns; /* of its oldest edit */
        bool makes_row;      /* in the database: the document was never written before */
        bool brings_epoch;
        bool touches;
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
    if (req->result == ERR_MOVED)
        return;        /* with this server's life, of which the log says more */
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

/* Others could be written and this one could not. Its operations go once more after
 * a pause, with those that came meanwhile. */
static void refused(const struct append_row *row)
{
    struct document *doc = row->doc;
    pad_take_back_batch(&doc->pad, row->first_revision);
    doc->arrived_ns = row->arrived_ns;
    doc->epoch_stored = doc->epoch_stored && !row->brings_epoch;
    doc->stored = doc->stored && !(row->makes_row && doc->saved_revision == 0);
    doc->touched_ms = row->touches ? 0 : doc->touched_ms;
    list_remove(&doc->journal_link);
    if (!doc->is_being_deleted)
        list_append(&doc->documents->refused, &doc->journal_link);
    document_write_failed(doc);
}

static void row_answered(const struct append_row *row, enum error outcome)
{
    if (outcome == ERR_CONFLICT)
        document_lose(row->doc, ERR_CONFLICT);
    if (row->doc->lost_why)
        return;
    if (outcome) {
        refused(row);
        return;
    }
    document_write_worked(row->doc);
    if (row->doc->signatures.len > 0)
        signatures_written(row->doc, row->end_revision);
    committed(row->doc, row->end_revision, row->arrived_ns);
}

static void on_appended(struct store_request *req)
{
    struct append_context *append = req->context;
    append->documents->append_in_flight = false;
    log_answer(append, req);
    for (uint32_t i = 0; i < append->count; i++) {
        append->rows[i].doc->appends_in_flight--;
        if (req->result == OK)
            row_answered(&append->rows[i], req->rows[i].outcome);
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

static bool must_touch(const struct document *doc)
{
    return !doc->stored || documents_now_ms(doc->documents) - doc->touched_ms >= TOUCH_MS;
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
    if (!err && doc->signatures.len > 0 && (err = signatures_put(doc, req)))
        req->row_count--;
    if (err) {
        pad_take_back_batch(&doc->pad, first);
        return err;
    }
    append->rows[append->count++] = (struct append_row){.doc = doc,
                                                        .first_revision = first,
                                                        .end_revision = end,
                                                        .arrived_ns = take_arrived_ns(doc),
                                                        .makes_row = !doc->stored,
                                                        .brings_epoch = !doc->epoch_stored,
                                                        .touches = must_touch(doc)};
    if (must_touch(doc)) {
        req->rows[req->row_count - 1].touch = true;
        doc->touched_ms = documents_now_ms(doc->documents);
    }
    if (!doc->epoch_stored)
        bring_epoch(doc, &req->rows[req->row_count - 1]);
    doc->appends_in_flight++;
    doc->stored = true;
    return OK;
}

/* Adds the rows for which there is memory: the documents whose row is missing
 * stay listed and go with the next request. */
static void add_rows(const struct link *listed, struct store_request *req, struct append_context *append)
{
    LIST_EACH (at, following, listed) {
        struct document *doc = LIST_ITEM(at, struct document, journal_link);
        if (add_row(doc, req, append) == OK)
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

static void post(struct documents *docs, const struct link *listed)
{
    size_t count = count_links(listed);
    struct append_context *append = mem_alloc(sizeof(*append) + count * sizeof(append->rows[0]));
    struct store_request *req = store_request_new(STORE_APPEND, (struct slice){0});
    if (append)
        *append = (struct append_context){.documents = docs};
    if (append && req)
        add_rows(listed, req, append);
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

/* What was refused goes in a request of its own: one that fails is taken apart, row
 * by row, and that is for the others to be spared. */
static void post_refused(struct documents *docs)
{
    int64_t now_ms = documents_now_ms(docs);
    struct link due;
    list_init(&due);
    LIST_EACH (at, following, &docs->refused) {
        struct document *doc = LIST_ITEM(at, struct document, journal_link);
        int64_t left_ms = doc->write_again_ms - now_ms;
        if (left_ms > 0) {
            documents_want_timer(docs, left_ms);
            continue;
        }
        list_remove(at);
        list_append(&due, at);
    }
    if (!list_is_empty(&due))
        post(docs, &due);
    LIST_EACH (at, following, &due) { /* for which there was no memory */
        list_remove(at);
        list_append(&docs->refused, at);
    }
}

void journal_post(struct documents *docs)
{
    if (docs->policy->durability == STORE_LAZY)
        commit_on_the_spot(docs);
    if (!docs->append_in_flight)
        post_refused(docs);
    if (!docs->append_in_flight && !list_is_empty(&docs->to_journal))
        post(docs, &docs->to_journal);
}
