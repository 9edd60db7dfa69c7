#include "doc/archiver.h"

#include "archive/pack.h"
#include "base/alloc.h"
#include "observe/log.h"
#include "observe/metrics.h"

enum {
    LOOSE_ROWS = 1024, /* then there is enough to put into segments … */
    LOOSE_BYTES = 64 * 1024,
    LEFT_ROWS = 16,          /* … and when everybody has left, already then */
    READ_BYTES = 256 * 1024, /* of what is loose, at a time: a transaction that replaces it is to be short */
    THIN_ROUNDS_MAX = 64,    /* of one run; the next snapshot goes on */
};

/* What is under way for a document. It outlives the document: `doc` is looked up anew with
 * each answer. `limits`, `plan` and `put` are all that a digest may touch. */
struct archiving {
    struct documents *documents;
    struct pack_limits limits;
    struct pack_plan plan;     /* what the latest look at the heads came to */
    struct store_request *put; /* made by a digest, not posted yet */
    enum error err;            /* of the digest */
    bool has_more;             /* of what is loose, behind `put` */
    uint64_t packed_to;        /* the revision that `put` comes to; further each time, or it ends */
    uint32_t thin_rounds;
    bool is_due_again; /* meanwhile a snapshot said that enough is loose */
};

/* ---- on the reader's thread ---- */

static void digest_loose(struct store_request *req)
{
    struct archiving *a = req->context;
    a->err = pack_loose(req, &a->limits, &a->put);
    a->has_more = a->put && a->put->history->to < req->history->to && a->put->history->to > a->packed_to;
    a->packed_to = a->put ? a->put->history->to : 0;
}

static void digest_heads(struct store_request *req)
{
    struct archiving *a = req->context;
    a->plan = pack_plan(req->history, &a->limits);
}

static void digest_thin(struct store_request *req)
{
    struct archiving *a = req->context;
    a->err = pack_thin(req, a->plan.detail, &a->limits, &a->put);
}

/* ---- steps ---- */

static void end(struct document *doc, struct archiving *a)
{
    if (doc && doc->archiving == a)
        doc->archiving = NULL;
    store_request_free(a->put);
    mem_free(a);
}

/* NULL: it is not wanted any more. Takes the request's error into account. */
static struct document *document_of(struct store_request *req, struct archiving *a)
{
    struct document *doc = document_find(a->documents, req->id);
    bool is_wanted = doc && doc->archiving == a && !doc->lost_why && !doc->documents->is_stopping;
    if (is_wanted && !req->result && !a->err)
        return doc;
    if (is_wanted)
        log_event(LOG_WARN, "history_not_packed", LOG_STR("docId", doc->id),
                  LOG_CSTR("error", error_code(req->result ? req->result : a->err)));
    end(doc, a);
    return NULL;
}

static bool ask(struct document *doc, struct archiving *a, const struct store_history *what,
                void (*digest)(struct store_request *req), void (*done)(struct store_request *req))
{
    struct store_request *req = store_request_new(STORE_HISTORY, doc->id);
    if (!req || store_request_history(req)) {
        store_request_free(req);
        return false;
    }
    *req->history = *what;
    req->context = a;
    req->digest = digest;
    req->done = done;
    documents_post(doc->documents, req);
    return true;
}

static void on_put(struct store_request *req);

static void post_put(struct document *doc, struct archiving *a)
{
    struct store_request *put = a->put;
    a->put = NULL;
    put->context = a;
    put->done = on_put;
    put->fail_fast = true;
    documents_post(doc->documents, put);
}

static void on_read(struct store_request *req)
{
    struct archiving *a = req->context;
    struct document *doc = document_of(req, a);
    store_request_free(req);
    if (doc && a->put)
        post_put(doc, a);
    else if (doc)
        end(doc, a);
}

static enum error make_forget(struct document *doc, struct archiving *a)
{
    struct store_request *put = store_request_new(STORE_HISTORY_PUT, doc->id);
    if (!put || store_request_history(put)) {
        store_request_free(put);
        return ERR_NO_MEMORY;
    }
    put->history->forget_before = a->plan.forget_before;
    a->put = put;
    return OK;
}

static bool ask_loose(struct document *doc, struct archiving *a)
{
    const struct store_history loose = {.wants = STORE_HISTORY_LOOSE | STORE_HISTORY_CHECKPOINT |
                                                 STORE_HISTORY_SEGMENTS | STORE_HISTORY_ROWS,
                                        .max_bytes = READ_BYTES,
                                        .full_bytes = a->limits.segment_bytes};
    a->is_due_again = false;
    return ask(doc, a, &loose, digest_loose, on_read);
}

/* Nothing is left to be done of what was known when it began. */
static void finish(struct document *doc, struct archiving *a)
{
    if (!a->is_due_again || !ask_loose(doc, a))
        end(doc, a);
}

/* The heads are known: thins, forgets, or is done. */
static void on_heads(struct store_request *req)
{
    struct archiving *a = req->context;
    struct document *doc = document_of(req, a);
    store_request_free(req);
    if (!doc)
        return;
    const struct store_history segments = {.from = a->plan.from,
                                           .to = a->plan.to,
                                           .wants = STORE_HISTORY_CHECKPOINT | STORE_HISTORY_SEGMENTS,
                                           .max_bytes = UINT32_MAX};
    bool goes_on = a->thin_rounds++ < THIN_ROUNDS_MAX;
    if (goes_on && a->plan.detail)
        goes_on = ask(doc, a, &segments, digest_thin, on_read);
    else if (goes_on && a->plan.forget_before > 0 && make_forget(doc, a) == OK)
        post_put(doc, a);
    else
        goes_on = false;
    if (!goes_on)
        finish(doc, a);
}

static void on_put(struct store_request *req)
{
    struct archiving *a = req->context;
    struct document *doc = document_of(req, a);
    store_request_free(req);
    static const struct store_history heads = {.wants = STORE_HISTORY_HEADS};
    if (!doc)
        return;
    metric_inc(METRIC_HISTORY_PACKED);
    bool goes_on = a->has_more ? ask_loose(doc, a) : ask(doc, a, &heads, digest_heads, on_heads);
    if (!goes_on)
        end(doc, a);
}

/* ---- when ---- */

void archiver_look(struct document *doc, uint32_t fresh_rows, uint32_t fresh_bytes)
{
    const struct document_policy *policy = doc->documents->policy;
    bool is_enough = fresh_rows >= LOOSE_ROWS || fresh_bytes >= LOOSE_BYTES ||
                     (doc->peer_count == 0 && fresh_rows >= LEFT_ROWS);
    if (!is_enough || doc->documents->is_stopping || doc->lost_why)
        return;
    if (doc->archiving) {
        doc->archiving->is_due_again = true;
        return;
    }
    struct archiving *a = mem_alloc(sizeof *a);
    if (!a)
        return;
    uint32_t segment_bytes = pack_segment_bytes(rope_size(&doc->pad.text).bytes);
    *a = (struct archiving){.documents = doc->documents,
                            .limits = {.segment_bytes = segment_bytes,
                                       .stored_bytes = policy->history_bytes,
                                       .untouched_s = policy->history_untouched_ms / 1000}};
    doc->archiving = a;
    if (!ask_loose(doc, a))
        end(doc, a);
}

void archiver_stop(struct document *doc)
{
    doc->archiving = NULL;
}
