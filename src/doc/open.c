#include "doc/open.h"

#include "base/alloc.h"
#include "doc/admission_check.h"
#include "doc/rights.h"
#include "observe/log.h"
#include "observe/metrics.h"

#include <string.h>

/* One state machine, and so one file: each step below may end the request, hand it to the store, or begin it
 * anew (dispatch), because the document may have come into memory or left it meanwhile.
 *
 * An open request is in one of three places: with the store (a peek of its own, or the look for what was
 * deleted), in document->opens (somebody's load is under way), or being answered. What is with the store
 * cannot be freed before its answer: `in_flight` says that it is there, `is_cancelled` that nobody waits for
 * it any more. `is_answered` is of the call that made it, which must not return a handle to what is gone. */
enum { EXPECTED_MS = 10 * 1000 }; /* a client that was let in at the door has come by then */

struct open {
    struct link link;         /* documents->opens, until it is answered */
    struct link waiting_link; /* document->opens, while that document is LOADING */
    struct documents *documents;
    struct open_request request; /* its strings point into `strings` */
    bool exists, is_protected;   /* for the result, as is */
    struct admission admission;  /* what was judged last */
    struct store_owner owner;    /* the same; borrowed from the store's answer */
    bool in_flight; /* its peek, or its look for what was deleted, is with the store, which holds a pointer to
                       it */
    bool is_not_deleted; /* STORE_FIND_DELETED has said so */
    bool *is_answered;   /* of document_open, which is under way; NULL: it has returned */
    bool is_cancelled;   /* nobody waits any more; freed when the store has answered */
    char strings[];
};

/* Copies the bytes to *to, and moves that behind them. One that was not given stays so. */
static struct slice copy_string(char **to, struct slice bytes)
{
    if (!bytes.ptr)
        return bytes;
    char *copy = *to;
    if (bytes.len > 0)
        memcpy(copy, bytes.ptr, bytes.len);
    *to += bytes.len;
    return slice_of(copy, bytes.len);
}

static struct open *open_new(struct documents *docs, const struct open_request *request)
{
    struct open *o = mem_alloc(sizeof(*o) + request->id.len + request->password.len + request->link.len +
                               request->owner_token.len);
    if (!o)
        return NULL;
    *o = (struct open){.documents = docs, .request = *request};
    char *strings = o->strings;
    o->request.id = copy_string(&strings, request->id);
    o->request.password = copy_string(&strings, request->password);
    o->request.link = copy_string(&strings, request->link);
    o->request.owner_token = copy_string(&strings, request->owner_token);
    list_append(&docs->opens, &o->link);
    list_init(&o->waiting_link);
    return o;
}

static void open_free(struct open *o)
{
    list_remove(&o->link);
    list_remove(&o->waiting_link);
    mem_free(o);
}

/* ---- answers ---- */

static void answer(struct open *o, enum error err, struct document *doc)
{
    bool is_given = !err && (o->request.goal == OPEN_READ || o->request.goal == OPEN_EDIT);
    struct open_result result = {.err = err,
                                 .doc = is_given ? doc : NULL,
                                 .exists = o->exists,
                                 .is_protected = o->is_protected,
                                 .access = err ? ACCESS_NONE : o->admission.access,
                                 .by_link = o->admission.by_link,
                                 .history = o->admission.history,
                                 .comments = o->admission.comments,
                                 .owner = o->owner};
    memcpy(result.link_id, o->admission.link_id, sizeof(result.link_id));
    if (is_given)
        document_note_opening(doc, &o->admission);
    /* It leaves the lists first, since `done` may look at them; it is freed after
     * `done`, whose caller may still hold the id that is part of its memory. */
    list_remove(&o->link);
    list_remove(&o->waiting_link);
    if (o->is_answered)
        *o->is_answered = true;
    if (!o->is_cancelled)
        o->request.done(o->request.owner, &result);
    mem_free(o);
}

static void answer_not_found(struct open *o)
{
    o->exists = o->is_protected = false; /* an earlier look may have seen it */
    answer(o, ERR_NOT_FOUND, NULL);
}

static void answer_elsewhere(struct open *o, const struct store_request *req)
{
    o->owner = req->owner;
    answer(o, ERR_ELSEWHERE, NULL);
}

/* `source` says where the right password was known. */
static enum error check_access(struct open *o, const struct store_rights *rights, struct slice password,
                               const char *source)
{
    const struct open_request *request = &o->request;
    o->is_protected = password.ptr != NULL;
    if (request->goal == OPEN_WHERE || request->password_follows)
        return OK;
    struct admission_attempt attempt = {.id = request->id,
                                        .client = request->client,
                                        .shown = {request->password, request->link, request->owner_token},
                                        .source = source};
    return admission_check(o->documents, &attempt, rights, password, &o->admission);
}

static enum error check_is_ours(const struct documents *docs, const struct document *doc)
{
    if (doc->lost_why)
        return doc->lost_why;
    bool is_in_doubt = docs->host->lease_is_over && docs->host->lease_is_over(docs->owner);
    return is_in_doubt ? ERR_STORAGE : OK;
}

/* ---- a copy of what was deleted ---- */

static bool knows_epoch(const struct pad *pad, struct id128 epoch)
{
    for (uint8_t i = 0; i < pad->epoch_count; i++)
        if (id128_equal(pad->epochs[i].id, epoch))
            return true;
    return false;
}

static bool must_look_for_deleted(const struct open *o, const struct document *doc)
{
    const struct open_request *request = &o->request;
    bool is_asked = request->has_epoch && (request->goal == OPEN_READ || request->goal == OPEN_EDIT);
    return is_asked && !o->is_not_deleted && !knows_epoch(&doc->pad, request->epoch);
}

/* One that was begun for it alone goes at the end of the turn. */
static void answer_gone(struct open *o)
{
    struct document *doc = document_find(o->documents, o->request.id);
    if (doc && doc->state == DOCUMENT_READY)
        document_has_news(doc);
    answer(o, ERR_GONE, NULL);
}

static void dispatch(struct open *o);

static void on_looked_for_deleted(struct store_request *req)
{
    struct open *o = req->context;
    o->in_flight = false;
    o->is_not_deleted = !req->found;
    if (req->result)
        metric_inc(METRIC_READ_ERRORS);
    if (o->is_cancelled)
        open_free(o);
    else if (req->result)
        answer(o, req->result, NULL);
    else if (req->found)
        answer_gone(o);
    else
        dispatch(o); /* the document may have left memory meanwhile */
    store_request_free(req);
}

static void look_for_deleted(struct open *o)
{
    struct store_request *req = store_request_new(STORE_FIND_DELETED, (struct slice){0});
    if (!req) {
        answer(o, ERR_NO_MEMORY, NULL);
        return;
    }
    req->epoch.id = o->request.epoch;
    req->context = o;
    req->done = on_looked_for_deleted;
    o->in_flight = true;
    documents_post(o->documents, req);
}

static void answer_from_memory(struct open *o, struct document *doc, bool exists)
{
    enum error err = check_is_ours(o->documents, doc);
    if (!err)
        err = check_access(o, &doc->rights, doc->pad.password, "memory");
    o->exists = exists;
    if (!err && must_look_for_deleted(o, doc)) {
        look_for_deleted(o);
        return;
    }
    if (!err && o->request.goal == OPEN_PEEK && o->documents->policy->is_shared)
        doc->expected_ms = documents_now_ms(o->documents) + EXPECTED_MS;
    answer(o, err, doc);
}

/* ---- loading ---- */

static enum error post(struct open *o, enum store_kind kind, void (*done)(struct store_request *),
                       void *context)
{
    struct store_request *req = store_request_new(kind, o->request.id);
    if (!req)
        return ERR_NO_MEMORY;
    req->context = context;
    req->done = done;
    req->may_begin = kind == STORE_LOAD && o->documents->policy->is_shared;
    documents_post(o->documents, req);
    return OK;
}

static void log_loaded(const struct document *doc, enum error err, uint64_t duration_us)
{
    if (err == ERR_ELSEWHERE || err == ERR_MOVED)
        log_event(LOG_DEBUG, "document_elsewhere", LOG_STR("docId", doc->id));
    else if (err)
        log_event(LOG_ERROR, "document_load_failed", LOG_STR("docId", doc->id),
                  LOG_CSTR("error", error_code(err)));
    else
        log_event(LOG_DEBUG, "document_loaded", LOG_STR("docId", doc->id),
                  LOG_UINT("revision", doc->pad.revision), LOG_UINT("bytes", rope_size(&doc->pad.text).bytes),
                  LOG_US("duration", duration_us));
}

/* The row that the peek saw may be gone by now (expired): then the document
 * begins anew, for those who came to edit. */
static enum error become_ready(struct document *doc, const struct store_request *req)
{
    if (doc->lost_why)
        return doc->lost_why;
    if (req->result)
        return req->result;
    if (req->found)
        return document_restore(doc, req);
    document_begin(doc);
    return OK;
}

/* `err` is that of the load, or of what it brought. */
static void answer_loaded(struct open *o, struct document *doc, const struct store_request *req,
                          enum error err)
{
    if (err == ERR_ELSEWHERE)
        answer_elsewhere(o, req);
    else if (err)
        answer(o, err, NULL);
    else if (!req->found && o->request.goal == OPEN_READ)
        answer_not_found(o);
    else
        answer_from_memory(o, doc, req->found);
}

static void on_loaded(struct store_request *req)
{
    struct document *doc = req->context;
    enum error err = become_ready(doc, req);
    if (req->result && req->result != ERR_ELSEWHERE && req->result != ERR_MOVED)
        metric_inc(METRIC_READ_ERRORS);
    log_loaded(doc, err, req->duration_us);
    /* When the store could not say, it may be ours all the same: giving it back does no harm. */
    doc->is_owned = doc->documents->policy->is_shared && err != ERR_ELSEWHERE && err != ERR_MOVED;
    LIST_EACH (at, following, &doc->opens) {
        struct open *o = LIST_ITEM(at, struct open, waiting_link);
        list_remove(&o->waiting_link);
        answer_loaded(o, doc, req, err);
    }
    if (err || (document_is_nothing(doc) && document_may_drop(doc)))
        document_drop(doc);
    store_request_free(req);
}

static void load_document(struct open *o)
{
    struct document *doc = document_new(o->documents, o->request.id);
    if (doc && post(o, STORE_LOAD, on_loaded, doc) == OK) {
        list_append(&doc->opens, &o->waiting_link);
        return;
    }
    if (doc)
        document_drop(doc);
    answer(o, ERR_NO_MEMORY, NULL);
}

static void begin_in_memory(struct open *o)
{
    struct document *doc = document_new(o->documents, o->request.id);
    if (!doc) {
        answer(o, ERR_NO_MEMORY, NULL);
        return;
    }
    document_begin(doc);
    answer_from_memory(o, doc, false);
}

/* At the door a client is let in even beyond the limit: behind it there are words for why not. */
static void begin_document(struct open *o)
{
    int64_t now_ms = documents_now_ms(o->documents);
    if (!limits_take(o->documents->limits, LIMIT_NEW_DOCUMENT, o->request.client, now_ms))
        answer(o, o->request.goal == OPEN_PEEK ? OK : ERR_RATE_LIMITED, NULL);
    else if (o->documents->policy->is_shared)
        load_document(o); /* the store decides whose it is */
    else
        begin_in_memory(o);
}

/* ---- peeking ---- */

/* Whoever is let in at the door must find the document behind it, where servers share the
 * database; with a password that is not known yet, too many could have it loaded. */
static bool wants_document(const struct open *o)
{
    const struct open_request *request = &o->request;
    bool is_kept_for = request->goal == OPEN_PEEK && o->documents->policy->is_shared;
    return request->goal == OPEN_READ || request->goal == OPEN_EDIT ||
           (is_kept_for && !(o->is_protected && request->password_follows));
}

/* Nobody has it in memory, as far as is known, and whoever asks may go on. */
static void go_on_alone(struct open *o)
{
    if (!wants_document(o))
        answer(o, OK, NULL);
    else if (o->exists)
        load_document(o);
    else if (o->request.goal == OPEN_READ)
        answer_not_found(o);
    else
        begin_document(o);
}

/* The row is known, and the document is not READY: who may go on, and how? */
static void go_on_from_row(struct open *o, const struct store_request *req)
{
    struct document *loading = document_find(o->documents, o->request.id);
    bool is_shared = o->documents->policy->is_shared;
    o->exists = req->found;
    if (loading && loading->lost_why) {
        answer(o, loading->lost_why, NULL);
        return;
    }
    if (!loading && req->owner.incarnation != 0) {
        answer_elsewhere(o, req);
        return;
    }
    enum error err = check_access(o, &req->rights, req->password, "database");
    if (err)
        answer(o, err, NULL);
    else if (loading && (is_shared || !req->found || wants_document(o)))
        list_append(&loading->opens, &o->waiting_link); /* somebody else's load answers */
    else
        go_on_alone(o);
}

static void on_peeked(struct store_request *req)
{
    struct open *o = req->context;
    struct document *doc = document_find(o->documents, o->request.id);
    o->in_flight = false;
    if (req->result)
        metric_inc(METRIC_READ_ERRORS);
    if (o->is_cancelled)
        open_free(o);
    else if (o->documents->life_is_over)
        answer(o, ERR_MOVED, NULL);
    else if (doc && doc->state == DOCUMENT_READY)
        answer_from_memory(o, doc, true); /* it came while the store was asked, and is the truth now */
    else if (req->result)
        answer(o, req->result, NULL);
    else
        go_on_from_row(o, req);
    store_request_free(req);
}

/* ---- asking ---- */

/* Why nobody is given this document at the moment, in memory or not. */
static enum error check_may_ask(const struct documents *docs, const struct document *doc)
{
    if (docs->is_stopping)
        return ERR_SHUTTING_DOWN;
    if (docs->life_is_over)
        return ERR_MOVED;
    return doc ? doc->lost_why : OK;
}

/* Answers it now, or leaves it with the store, or with a load that is under way. */
static void dispatch(struct open *o)
{
    struct document *doc = document_find(o->documents, o->request.id);
    enum error err = check_may_ask(o->documents, doc);
    if (err) {
        answer(o, err, NULL);
    } else if (doc && doc->state == DOCUMENT_READY) {
        answer_from_memory(o, doc, true);
    } else if (doc) {
        list_append(&doc->opens, &o->waiting_link);
    } else if (post(o, STORE_PEEK, on_peeked, o) == OK) {
        o->in_flight = true;
    } else {
        answer(o, ERR_NO_MEMORY, NULL);
    }
}

struct open *document_open(struct documents *docs, const struct open_request *request)
{
    bool is_answered = false;
    struct open *o = open_new(docs, request);
    if (!o) {
        request->done(request->owner, &(struct open_result){.err = ERR_NO_MEMORY});
        return NULL;
    }
    o->is_answered = &is_answered;
    dispatch(o);
    if (is_answered)
        return NULL;
    o->is_answered = NULL;
    return o;
}

void open_cancel(struct open *o)
{
    if (!o)
        return;
    if (o->in_flight)
        o->is_cancelled = true;
    else
        open_free(o);
}

void open_refuse(struct document *doc, enum error why)
{
    LIST_EACH (at, following, &doc->opens)
        answer(LIST_ITEM(at, struct open, waiting_link), why, NULL);
}

void open_refuse_all(struct documents *docs)
{
    LIST_EACH (at, following, &docs->opens) {
        struct open *o = LIST_ITEM(at, struct open, link);
        if (!o->in_flight) {
            answer(o, ERR_SHUTTING_DOWN, NULL);
        } else if (!o->is_cancelled) { /* the store still points at it */
            o->is_cancelled = true;
            o->request.done(o->request.owner, &(struct open_result){.err = ERR_SHUTTING_DOWN});
        }
    }
}
