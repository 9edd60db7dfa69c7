#include "api/http_job.h"

#include "observe/metrics.h"

#include <stdlib.h>
#include <string.h>

void http_job_end(struct http_job *job)
{
    list_remove(&job->link);
    open_cancel(job->open);
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

void http_job_open(struct http_job *job, enum open_goal goal,
                   void (*done)(void *job, const struct open_result *result))
{
    struct open_request request = {.id = job->id,
                                   .password = job->password,
                                   .client = job->request->client,
                                   .goal = goal,
                                   .done = done,
                                   .owner = job};
    struct open *open = document_open(&job->shard->documents, &request);
    if (open) /* otherwise it was answered, and the job may be gone */
        job->open = open;
}

static void begin(struct loop_task *task)
{
    struct http_job *job = LIST_ITEM(task, struct http_job, task);
    list_append(&job->shard->http_jobs, &job->link);
    if (job->shard->documents.is_stopping)
        http_job_fail(job, ERR_SHUTTING_DOWN);
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
