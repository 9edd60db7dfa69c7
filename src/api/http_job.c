#include "api/http_job.h"

#include "observe/metrics.h"

#include <stdlib.h>
#include <string.h>

/* How often a request is sent on before it is given up: a document may move while it is
 * under way, and hardly twice. */
enum { FORWARDS_MAX = 3 };

void http_job_end(struct http_job *job)
{
    list_remove(&job->link);
    open_cancel(job->open);
    forward_cancel(job->forward);
    commit_wait_cancel(&job->wait);
    buf_deinit(&job->body);
    free(job);
}

void http_job_respond(struct http_job *job, const struct http_response *response)
{
    http_respond(job->request, response);
    http_job_end(job);
}

void http_job_fail(struct http_job *job, enum error err)
{
    metric_rejected(err);
    http_respond_error(job->request, err);
    http_job_end(job);
}

/* ---- to another server ---- */

void http_job_forward(struct http_job *job, const struct store_owner *to,
                      void (*done)(void *job, enum forward_outcome outcome))
{
    struct forward_request request = {.shard = job->shard,
                                      .http = job->request,
                                      .to = *to,
                                      .may_upgrade = job->kind->is_handshake,
                                      .is_search = job->kind->is_search,
                                      .done = done,
                                      .arg = job};
    enum error err = forward_begin(&request, &job->forward);
    if (err)
        http_job_fail(job, err);
}

/* Nothing was done there, so it can be asked for again: who has it may have changed. One who
 * the database says has it, and who is not there, is dead or nearly so; asking again is the
 * client's affair. */
static bool may_ask_again(const struct http_job *job, enum forward_outcome outcome)
{
    return (outcome == FORWARD_MISDIRECTED && job->forwards < FORWARDS_MAX) ||
           (outcome == FORWARD_UNREACHED && job->is_guess);
}

static void on_forwarded(void *arg, enum forward_outcome outcome)
{
    struct http_job *job = arg;
    job->forward = NULL;
    if (outcome == FORWARD_ANSWERED) {
        http_job_end(job);
        return;
    }
    owners_forget(&job->shard->owners, job->id);
    if (may_ask_again(job, outcome))
        job->kind->begin(job);
    else
        http_job_fail(job, ERR_ELSEWHERE);
}

static void send_on(struct http_job *job, const struct store_owner *owner)
{
    job->forwards++;
    http_job_forward(job, owner, on_forwarded);
}

/* Another server has the document. One that was sent on is not sent on again: its sender
 * asks anew. */
static void on_elsewhere(struct http_job *job, const struct store_owner *owner)
{
    if (job->request->is_relayed) {
        http_job_fail(job, ERR_MISDIRECTED);
        return;
    }
    owners_remember(&job->shard->owners, job->id, owner, shard_now_ms(job->shard));
    job->is_guess = false;
    send_on(job, owner);
}

/* ---- the document ---- */

static void on_opened(void *arg, const struct open_result *result)
{
    struct http_job *job = arg;
    job->open = NULL;
    if (result->err == ERR_ELSEWHERE)
        on_elsewhere(job, &result->owner);
    else
        job->opened(job, result);
}

void http_job_open(struct http_job *job, enum open_goal goal,
                   void (*opened)(struct http_job *job, const struct open_result *result))
{
    struct open_request request = {.id = job->id,
                                   .password = job->password,
                                   .client = job->request->client,
                                   .goal = goal,
                                   .password_follows = job->kind->password_follows,
                                   .done = on_opened,
                                   .owner = job};
    job->opened = opened;
    struct open *open = document_open(&job->shard->documents, &request);
    if (open) /* otherwise it was answered, and the job may be gone */
        job->open = open;
}

/* ---- on its way ---- */

/* Does the shard remember that another server has it? */
static bool is_known_elsewhere(const struct http_job *job, struct store_owner *owner)
{
    struct shard *shard = job->shard;
    return !job->request->is_relayed && owners_find(&shard->owners, job->id, shard_now_ms(shard), owner) &&
           !document_find(&shard->documents, job->id);
}

static void begin(struct loop_task *task)
{
    struct http_job *job = LIST_ITEM(task, struct http_job, task);
    struct store_owner owner;
    list_append(&job->shard->http_jobs, &job->link);
    job->is_guess = is_known_elsewhere(job, &owner);
    if (job->shard->documents.is_stopping)
        http_job_fail(job, ERR_SHUTTING_DOWN);
    else if (job->is_guess)
        send_on(job, &owner);
    else
        job->kind->begin(job);
}

void http_job_post(struct server *server, struct http_request *request, const struct http_job_kind *kind,
                   struct slice id, struct slice password)
{
    struct http_job *job = calloc(1, sizeof(*job) + id.len + password.len);
    if (!job) {
        http_respond_error(request, ERR_NO_MEMORY);
        return;
    }
    char *strings = (char *)(job + 1);
    memcpy(strings, id.ptr, id.len);
    job->id = slice_of(strings, id.len);
    if (password.ptr) {
        memcpy(strings + id.len, password.ptr, password.len);
        job->password = slice_of(strings + id.len, password.len);
    }
    job->kind = kind;
    job->request = request;
    job->shard = server_shard_of(server, id);
    job->task.run = begin;
    if (!loop_post(&job->shard->loop, &job->task)) {
        http_respond_error(request, ERR_SHUTTING_DOWN);
        free(job);
    }
}

void http_jobs_refuse_all(struct shard *shard)
{
    LIST_EACH (at, following, &shard->http_jobs) {
        struct http_job *job = LIST_ITEM(at, struct http_job, link);
        if (!job->is_writing)
            http_job_fail(job, ERR_SHUTTING_DOWN);
    }
}
