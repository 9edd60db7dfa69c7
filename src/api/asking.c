#include "api/asking.h"

#include "base/json.h"
#include "observe/metrics.h"

#include <stdlib.h>

struct asking *asking_new(const struct history_question *question)
{
    struct asking *a = calloc(1, sizeof *a);
    if (a)
        a->question = *question;
    return a;
}

static void asking_free(struct asking *a)
{
    buf_deinit(&a->question.body);
    free(a);
}

void asking_let_go(struct asking *a)
{
    if (!a)
        return;
    a->job = NULL;
    if (!a->is_asked)
        asking_free(a);
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
    enum error err = req->result ? req->result : a->question.err;
    a->is_asked = false;
    store_request_free(req);
    if (!a->job)
        asking_free(a);
    else if (err)
        asking_fail(a->job, a, err);
    else
        a->answered(a->job, a);
}

void asking_begin(struct asking *a, struct http_job *job)
{
    a->question.is_off = !job->shard->documents.policy->keeps_history;
    struct store_request *req = history_question_ask(job->id, &a->question);
    if (!req) {
        http_job_fail(job, ERR_NO_MEMORY);
        return;
    }
    a->job = job;
    a->is_asked = true;
    req->context = a;
    req->digest = digest;
    req->done = on_answered;
    documents_post(&job->shard->documents, req);
}

/* ---- what there is not ---- */

static void write_nearest(struct json *j, const char *name, bool has, uint64_t revision)
{
    json_raw(j, name);
    if (has)
        json_uint(j, revision);
    else
        json_raw(j, "null");
}

/* For people; programs have the numbers. */
static void write_sentence(struct json *j, const struct history_question *q)
{
    json_raw(j, "{\"error\":\"The history does not have the text of that revision.");
    if (q->has_before || q->has_after)
        json_raw(j, " The nearest that it has: ");
    if (q->has_before)
        json_uint(j, q->before);
    if (q->has_before && q->has_after)
        json_raw(j, " and ");
    if (q->has_after)
        json_uint(j, q->after);
    json_raw(j, q->has_before || q->has_after ? ".\"" : "\"");
}

static void send_gone(struct http_job *job, const struct history_question *q)
{
    struct buf body = {0};
    struct json j = json_to(&body);
    write_sentence(&j, q);
    json_raw(&j, ",\"code\":");
    json_quoted(&j, slice_from_cstr(error_code(ERR_GONE)));
    write_nearest(&j, ",\"before\":", q->has_before, q->before);
    write_nearest(&j, ",\"after\":", q->has_after, q->after);
    json_raw(&j, "}\n");
    metric_rejected(ERR_GONE);
    http_job_respond(job, &(struct http_response){.status = error_http_status(ERR_GONE),
                                                  .content_type = "application/json",
                                                  .body = buf_slice(&body)});
    buf_deinit(&body);
}

void asking_fail(struct http_job *job, const struct asking *a, enum error err)
{
    if (err == ERR_GONE)
        send_gone(job, &a->question);
    else
        http_job_fail(job, err);
}

enum error asking_check(const struct open_result *result)
{
    if (result->err)
        return result->err;
    return result->access >= ACCESS_EDIT || result->history ? OK : ERR_VIEW_ONLY;
}
