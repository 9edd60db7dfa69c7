#include "api/history_jobs.h"

#include "api/history_answers.h"
#include "api/http_job.h"
#include "base/json.h"
#include "doc/purge.h"
#include "net/etag.h"
#include "observe/metrics.h"
#include "proto/history_request.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { LIMIT_USUAL = 100, TAG_BYTES = 64 };

/* A question under way. While the store has it, it outlives its job, which may be refused. */
struct asking {
    struct history_question question;
    struct http_job *job; /* NULL: it is gone */
    bool is_asked;        /* the store has it */
};

static void asking_free(struct asking *a)
{
    buf_deinit(&a->question.body);
    free(a);
}

static void on_job_gone(void *own)
{
    struct asking *a = own;
    a->job = NULL;
    if (!a->is_asked)
        asking_free(a);
}

/* ---- the answer ---- */

/* The error, and which revisions next to the one that was asked for have a text. */
static void send_no_history(struct http_job *job, const struct history_question *q)
{
    struct buf body = {0};
    struct json j = json_to(&body);
    json_raw(&j, "{\"error\":\"The history does not have the text of that revision.\",\"code\":");
    json_quoted(&j, slice_from_cstr(error_code(ERR_GONE)));
    json_raw(&j, ",\"before\":");
    if (q->has_before)
        json_uint(&j, q->before);
    else
        json_raw(&j, "null");
    json_raw(&j, ",\"after\":");
    if (q->has_after)
        json_uint(&j, q->after);
    else
        json_raw(&j, "null");
    json_raw(&j, "}\n");
    metric_rejected(ERR_GONE);
    http_job_respond(job, &(struct http_response){.status = error_http_status(ERR_GONE),
                                                  .content_type = "application/json",
                                                  .body = buf_slice(&body)});
    buf_deinit(&body);
}

static void send_answer(struct http_job *job, const struct history_question *q)
{
    char text[TAG_BYTES];
    int len = snprintf(text, sizeof text, "\"%016" PRIx64 "\"", q->hash);
    struct slice tag = slice_of(text, (size_t)len);
    int status = etag_status(job->request, tag);
    bool has_body = status == 200;
    if (status == 412) {
        http_job_fail(job, ERR_PRECONDITION);
        return;
    }
    http_job_respond(job,
                     &(struct http_response){.status = status,
                                             .content_type = has_body ? q->answerer->content_type : NULL,
                                             .body = has_body ? buf_slice(&q->body) : (struct slice){0},
                                             .headers = {{"ETag", tag}, {"Cache-Control", SLICE("no-cache")}},
                                             .header_count = 2});
}

/* On the reader's thread. */
static void digest(struct store_request *req)
{
    struct asking *a = req->context;
    history_question_answer(&a->question, req);
}

static void on_answered(struct store_request *req)
{
    struct asking *a = req->context;
    struct http_job *job = a->job;
    enum error err = req->result ? req->result : a->question.err;
    a->is_asked = false;
    store_request_free(req);
    if (!job)
        asking_free(a);
    else if (err == ERR_GONE)
        send_no_history(job, &a->question);
    else if (err)
        http_job_fail(job, err);
    else
        send_answer(job, &a->question);
}

/* ---- on the shard ---- */

/* It needs edit, or a link that shows history. */
static enum error check_access(const struct open_result *result)
{
    if (result->err)
        return result->err;
    return result->access >= ACCESS_EDIT || result->history ? OK : ERR_VIEW_ONLY;
}

static void on_opened(struct http_job *job, const struct open_result *result)
{
    struct asking *a = job->own;
    enum error err = check_access(result);
    a->question.is_off = !job->shard->documents.policy->keeps_history;
    struct store_request *req = err ? NULL : history_question_ask(job->id, &a->question);
    if (!req) {
        http_job_fail(job, err ? err : ERR_NO_MEMORY);
        return;
    }
    a->job = job;
    a->is_asked = true;
    req->context = a;
    req->digest = digest;
    req->done = on_answered;
    documents_post(&job->shard->documents, req);
}

static void begin(struct http_job *job)
{
    http_job_open(job, OPEN_READ, on_opened);
}

static const struct http_job_kind question_job = {.begin = begin, .end = on_job_gone};

/* ---- deleting it, and switching it off and on ---- */

struct purging {
    struct purge purge;
    struct http_job *job;
};

static void purging_free(void *own)
{
    struct purging *p = own;
    purge_cancel(&p->purge);
    free(p);
}

static void on_purged(struct purge *purge, enum error err)
{
    struct purging *p = LIST_ITEM(purge, struct purging, purge);
    if (err)
        http_job_fail(p->job, err);
    else
        http_job_respond(p->job, &(struct http_response){.status = 204});
}

static enum error decode_change(struct http_job *job, struct purge *purge)
{
    if (slice_equal(job->request->method, SLICE("DELETE"))) {
        purge->change = STORE_HISTORY_PURGE;
        return OK;
    }
    bool keep;
    enum error err = history_keep_decode(&job->shard->decoder, job->request->body, &keep);
    purge->change = keep ? STORE_HISTORY_ON : STORE_HISTORY_OFF;
    return err;
}

/* The owner, or where there is none whoever may edit. */
static void on_opened_to_purge(struct http_job *job, const struct open_result *result)
{
    struct purging *p = job->own;
    p->job = job;
    enum error err = result->err;
    if (!err)
        err = document_may_delete(result->doc, result->access);
    if (!err)
        err = decode_change(job, &p->purge);
    p->purge.done = on_purged;
    if (!err)
        err = document_purge(result->doc, &p->purge);
    if (err)
        http_job_fail(job, err);
}

static void begin_purge(struct http_job *job)
{
    http_job_open(job, OPEN_READ, on_opened_to_purge);
}

static const struct http_job_kind purge_job = {.begin = begin_purge, .end = purging_free};

static void post_purge(struct api *api, struct http_request *request, struct slice id, struct slice password)
{
    struct purging *p = calloc(1, sizeof *p);
    if (p)
        http_job_post_own(api->server, request, &purge_job, id, password, p);
    else
        http_respond_error(request, ERR_NO_MEMORY);
}

void history_delete(struct api *api, struct http_request *request, struct slice id, struct slice password)
{
    post_purge(api, request, id, password);
}

void history_put(struct api *api, struct http_request *request, struct slice id, struct slice password)
{
    post_purge(api, request, id, password);
}

/* ---- on the HTTP server's thread ---- */

static bool read_number(struct slice digits, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9' || value > INT64_MAX / 10 - 1)
            return false;
        value = value * 10 + (uint64_t)(digits.ptr[i] - '0');
    }
    *out = value;
    return digits.len > 0;
}

/* A number of the query; *out stays as it is where there is none. */
static bool query_number(const struct http_request *request, const char *name, uint64_t *out)
{
    struct slice text = http_query(request, name);
    return !text.ptr || read_number(text, out);
}

static void ask(struct api *api, struct http_request *request, struct slice id, struct slice password,
                const struct history_question *question, bool is_valid)
{
    struct asking *a = is_valid ? calloc(1, sizeof *a) : NULL;
    if (!a) {
        enum error err = is_valid ? ERR_NO_MEMORY : ERR_BAD_RANGE;
        metric_rejected(err);
        http_respond_error(request, err);
        return;
    }
    a->question = *question;
    http_job_post_own(api->server, request, &question_job, id, password, a);
}

void history_get_sittings(struct api *api, struct http_request *request, struct slice id,
                          struct slice password)
{
    uint64_t before = UINT64_MAX, limit = LIMIT_USUAL;
    bool is_valid = query_number(request, "before", &before) && query_number(request, "limit", &limit) &&
                    limit > 0 && limit <= HISTORY_LIMIT_MAX;
    struct history_question q = {.answerer = &history_sittings, .to = before, .limit = (uint32_t)limit};
    ask(api, request, id, password, &q, is_valid);
}

void history_get_text(struct api *api, struct http_request *request, struct slice id, struct slice revision,
                      struct slice password)
{
    struct history_question q = {.answerer = &history_text};
    bool is_valid = read_number(revision, &q.to);
    ask(api, request, id, password, &q, is_valid);
}

/* `to` is optional where the present is meant without it. */
static void ask_range(struct api *api, struct http_request *request, struct slice id, struct slice password,
                      const struct history_answerer *answerer, bool may_be_open)
{
    struct history_question q = {.answerer = answerer, .to = UINT64_MAX};
    bool is_valid = http_query(request, "from").ptr && query_number(request, "from", &q.from) &&
                    (may_be_open || http_query(request, "to").ptr) && query_number(request, "to", &q.to);
    ask(api, request, id, password, &q, is_valid);
}

void history_get_operations(struct api *api, struct http_request *request, struct slice id,
                            struct slice password)
{
    ask_range(api, request, id, password, &history_operations, true);
}

void history_get_diff(struct api *api, struct http_request *request, struct slice id, struct slice password)
{
    ask_range(api, request, id, password, &history_diff, false);
}

void history_get_authorship(struct api *api, struct http_request *request, struct slice id,
                            struct slice password)
{
    ask(api, request, id, password, &(struct history_question){.answerer = &history_authorship}, true);
}
