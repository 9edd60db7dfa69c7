#include "app/access.h"

#include "guard/random.h"
#include "observe/log.h"
#include "observe/metrics.h"

#include <stdlib.h>
#include <string.h>

struct access {
    struct link link;         /* shard->questions */
    struct link waiting_link; /* document->waiting, while that is LOADING */
    struct shard *shard;
    struct access_question question; /* strings point into `strings` */
    struct access_facts facts;
    bool in_flight; /* a request of ours is with the store */
    bool cancelled;
    char strings[];
};

static struct access *access_new(struct shard *shard, const struct access_question *question)
{
    struct access *a = calloc(1, sizeof(*a) + question->id.len + question->otp.len);
    if (!a)
        return NULL;
    a->shard = shard;
    a->question = *question;
    memcpy(a->strings, question->id.ptr, question->id.len);
    a->question.id.ptr = a->strings;
    if (question->otp.ptr) {
        if (question->otp.len > 0)
            memcpy(a->strings + question->id.len, question->otp.ptr, question->otp.len);
        a->question.otp.ptr = a->strings + question->id.len;
    }
    list_append(&shard->questions, &a->link);
    list_init(&a->waiting_link);
    return a;
}

static void access_free(struct access *a)
{
    list_remove(&a->link);
    list_remove(&a->waiting_link);
    free(a);
}

static void answer(struct access *a, enum error err, struct document *doc)
{
    struct access_question q = a->question;
    struct access_facts facts = a->facts;
    bool cancelled = a->cancelled;
    if (q.goal == ACCESS_PEEK)
        doc = NULL;
    /* The strings live in `a`, and `done` may want the id. */
    list_remove(&a->link);
    list_remove(&a->waiting_link);
    if (!cancelled)
        q.done(q.owner, err, doc, &facts);
    free(a);
}

/* Compares, counts and logs. `source` says where the right password was known. */
static enum error check_password(struct access *a, struct slice expected, const char *source)
{
    const struct access_question *q = &a->question;
    a->facts.is_protected = expected.ptr != NULL;
    if (!expected.ptr)
        return OK;
    struct limits *limits = a->shard->server->limits;
    int64_t now = shard_now_ms(a->shard);
    if (!limits_has(limits, LIMIT_PASSWORD_ATTEMPT, q->client, now)) {
        char text[ADDRESS_TEXT_MAX];
        address_format(q->client, text);
        log_event(LOG_WARN, "otp_validation_rate_high", LOG_CSTR("ip", text),
                  LOG_UINT("count", a->shard->config->password_attempts_per_minute));
        return ERR_RATE_LIMITED;
    }
    bool valid = q->otp.ptr && secret_equal(q->otp, expected);
    log_event(LOG_INFO, "otp_validation", LOG_STR("docId", q->id), LOG_CSTR("source", source),
              LOG_CSTR("result", valid ? "valid" : "invalid"));
    if (valid)
        return OK;
    metric_inc(METRIC_OTP_ERRORS);
    if (q->otp.ptr) /* asking without one is how a browser learns that it needs one */
        limits_take(limits, LIMIT_PASSWORD_ATTEMPT, q->client, now);
    return ERR_PASSWORD;
}

static void answer_from_memory(struct access *a, struct document *doc)
{
    a->facts.exists = true;
    answer(a, check_password(a, doc->pad.otp, "memory"), doc);
}

static void on_peeked(struct store_request *req);
static void on_loaded(struct store_request *req);

static enum error post(struct access *a, enum store_kind kind, void *context)
{
    struct store_request *req = store_request_new(kind, a->question.id);
    if (!req)
        return ERR_NO_MEMORY;
    req->reply_to = &a->shard->mailbox;
    req->context = context;
    req->done = kind == STORE_PEEK ? on_peeked : on_loaded;
    req->now_ms = shard_now_ms(a->shard);
    store_post(a->shard->server->store, req);
    return OK;
}

void document_access(struct shard *shard, const struct access_question *question, struct access **handle)
{
    *handle = NULL;
    struct access *a = access_new(shard, question);
    struct access_facts nothing = {0};
    if (!a) {
        question->done(question->owner, ERR_NO_MEMORY, NULL, &nothing);
        return;
    }
    struct document *doc = document_find(shard, question->id);
    if (shard->phase != SHARD_RUNNING) {
        answer(a, ERR_SHUTTING_DOWN, NULL);
    } else if (doc && doc->state == DOCUMENT_READY) {
        answer_from_memory(a, doc);
    } else if (doc) {
        list_append(&doc->waiting, &a->waiting_link);
        *handle = a;
    } else if (post(a, STORE_PEEK, a) == OK) {
        a->in_flight = true;
        *handle = a;
    } else {
        answer(a, ERR_NO_MEMORY, NULL);
    }
}

void access_cancel(struct access *a)
{
    if (!a)
        return;
    if (a->in_flight)
        a->cancelled = true; /* freed when the store answers */
    else
        access_free(a);
}

static void begin_document(struct access *a)
{
    struct shard *shard = a->shard;
    if (!limits_take(shard->server->limits, LIMIT_NEW_DOCUMENT, a->question.client, shard_now_ms(shard))) {
        answer(a, ERR_RATE_LIMITED, NULL);
        return;
    }
    struct document *doc = document_new(shard, a->question.id);
    if (!doc || document_begin(doc)) {
        if (doc)
            document_drop(doc);
        answer(a, ERR_NO_MEMORY, NULL);
        return;
    }
    answer(a, OK, doc);
}

static void load_document(struct access *a)
{
    struct document *doc = document_new(a->shard, a->question.id);
    if (doc && post(a, STORE_LOAD, doc) == OK) {
        list_append(&doc->waiting, &a->waiting_link);
        return;
    }
    if (doc)
        document_drop(doc);
    answer(a, ERR_NO_MEMORY, NULL);
}

static void peeked(struct access *a, const struct store_request *req)
{
    a->in_flight = false;
    if (a->cancelled) {
        access_free(a);
        return;
    }
    struct document *doc = document_find(a->shard, a->question.id);
    if (doc && doc->state == DOCUMENT_READY) { /* it came while we asked */
        answer_from_memory(a, doc);
        return;
    }
    if (req->result) {
        answer(a, req->result, NULL);
        return;
    }
    a->facts.exists = req->found;
    if (req->found) {
        enum error err = check_password(a, req->otp, "database");
        if (err || a->question.goal == ACCESS_PEEK) {
            answer(a, err, NULL);
            return;
        }
    }
    if (doc)
        list_append(&doc->waiting, &a->waiting_link);
    else if (req->found)
        load_document(a);
    else if (a->question.goal == ACCESS_EDIT)
        begin_document(a);
    else
        answer(a, a->question.goal == ACCESS_READ ? ERR_NOT_FOUND : OK, NULL);
}

static enum error settle(struct document *doc, const struct store_request *req)
{
    if (req->result)
        return req->result;
    return req->found ? document_restore(doc, req) : document_begin(doc);
}

static void loaded(struct document *doc, const struct store_request *req)
{
    enum error err = settle(doc, req);
    if (err)
        log_event(LOG_ERROR, "document_load_failed", LOG_STR("docId", doc->id),
                  LOG_CSTR("error", error_code(err)));
    else
        log_event(LOG_DEBUG, "document_loaded", LOG_STR("docId", doc->id),
                  LOG_UINT("revision", doc->pad.revision), LOG_UINT("bytes", rope_size(&doc->pad.text).bytes),
                  LOG_US("duration", req->duration_us));
    LIST_EACH (at, following, &doc->waiting) {
        struct access *a = LIST_ITEM(at, struct access, waiting_link);
        list_remove(&a->waiting_link);
        if (err)
            answer(a, err, NULL);
        else if (!req->found && a->question.goal != ACCESS_EDIT)
            answer(a, a->question.goal == ACCESS_READ ? ERR_NOT_FOUND : OK, NULL);
        else
            answer_from_memory(a, doc);
    }
    bool is_nothing = !doc->stored && doc->session_count == 0;
    if (err || is_nothing)
        document_drop(doc);
}

static void on_peeked(struct store_request *req)
{
    if (req->result)
        metric_inc(METRIC_READ_ERRORS);
    peeked(req->context, req);
    store_request_free(req);
}

static void on_loaded(struct store_request *req)
{
    if (req->result)
        metric_inc(METRIC_READ_ERRORS);
    loaded(req->context, req);
    store_request_free(req);
}

void access_refuse_all(struct shard *shard)
{
    LIST_EACH (at, following, &shard->questions) {
        struct access *a = LIST_ITEM(at, struct access, link);
        if (a->in_flight) {
            if (!a->cancelled) {
                a->cancelled = true;
                a->question.done(a->question.owner, ERR_SHUTTING_DOWN, NULL, &a->facts);
            }
        } else {
            answer(a, ERR_SHUTTING_DOWN, NULL);
        }
    }
}
