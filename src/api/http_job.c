#include "api/http_job.h"

#include "api/bearer.h"
#include "net/etag.h"
#include "observe/metrics.h"
#include "shard/server.h"

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
    link_find_cancel(&job->find);
    rights_change_cancel(&job->rights);
    buf_deinit(&job->found_id);
    if (job->kind->end)
        job->kind->end(job->own);
    buf_deinit(&job->body);
    free(job);
}

void http_job_respond(struct http_job *job, const struct http_response *response)
{
    http_respond(job->request, response);
    http_job_end(job);
}

void http_job_respond_json(struct http_job *job, int status, const struct json *j)
{
    if (json_error(j)) {
        http_job_fail(job, json_error(j));
        return;
    }
    http_job_respond(job, &(struct http_response){.status = status,
                                                  .content_type = "application/json",
                                                  .body = buf_slice(&job->body),
                                                  .headers = {{"Cache-Control", SLICE("no-store")}},
                                                  .header_count = 1});
}

enum error http_job_take_write(struct http_job *job, const struct document *doc)
{
    const struct config *config = job->shard->config;
    if (!limits_take_write(job->shard->limits, job->request->client, config->edits_per_second,
                           config->edits_burst, shard_now_ms(job->shard)))
        return ERR_RATE_LIMITED;
    return doc->pad.storage_failing ? ERR_STORAGE : OK;
}

enum error http_job_take_change(struct http_job *job)
{
    struct documents *docs = &job->shard->documents;
    bool may = limits_take(docs->limits, LIMIT_RIGHTS_CHANGE, job->request->client, documents_now_ms(docs));
    return may ? OK : ERR_RATE_LIMITED;
}

void http_job_respond_tagged(struct http_job *job, struct slice tag, const char *content_type,
                             struct slice body)
{
    int status = etag_status(job->request, tag);
    bool has_body = status == 200;
    if (status == 412) {
        http_job_fail(job, ERR_PRECONDITION);
        return;
    }
    http_job_respond(job,
                     &(struct http_response){.status = status,
                                             .content_type = has_body ? content_type : NULL,
                                             .body = has_body ? body : (struct slice){0},
                                             .headers = {{"ETag", tag}, {"Cache-Control", SLICE("no-cache")}},
                                             .header_count = 2});
}

void http_job_fail(struct http_job *job, enum error err)
{
    metric_rejected(err);
    http_respond_error(job->request, err);
    http_job_end(job);
}

void http_job_fail_write(struct http_job *job, enum error err, const struct document *doc)
{
    if (err != ERR_DOCUMENT_TOO_LARGE || !doc) {
        http_job_fail(job, err);
        return;
    }
    metric_rejected(err);
    http_respond_too_large(job->request, err, pad_document_bytes_max(&doc->pad));
    http_job_end(job);
}

void http_job_fault(struct http_job *job, enum error err, uint64_t offset_bytes)
{
    metric_rejected(err);
    http_respond_fault(job->request, err, offset_bytes);
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
                                      .may_stream = job->kind->is_stream,
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
    if (!job->kind->send_on) {
        http_job_forward(job, owner, on_forwarded);
        return;
    }
    enum error err = job->kind->send_on(job->shard, job->request, owner);
    if (err)
        http_job_fail(job, err);
    else
        http_job_end(job);
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
    struct slice bearer = job->kind->is_handshake ? (struct slice){0} : bearer_secret(job->request);
    struct open_request request = {.id = job->id,
                                   .password = job->kind->is_by_link ? (struct slice){0} : job->password,
                                   .link = bearer,
                                   .owner_token = job->kind->is_by_link ? (struct slice){0} : bearer,
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

/* Does the shard remember that another server has it? Who is not asked twice, the database is. */
static bool is_known_elsewhere(const struct http_job *job, struct store_owner *owner)
{
    struct shard *shard = job->shard;
    return job->id.len > 0 && !job->kind->send_on && !job->request->is_relayed &&
           owners_find(&shard->owners, job->id, shard_now_ms(shard), owner) &&
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

static void post_to(struct http_job *job, struct shard *shard)
{
    job->shard = shard;
    job->task.run = begin;
    if (loop_post(&shard->loop, &job->task))
        return;
    http_respond_error(job->request, ERR_SHUTTING_DOWN);
    if (job->kind->end)
        job->kind->end(job->own);
    buf_deinit(&job->found_id);
    free(job);
}

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

static struct http_job *job_new(struct slice id, struct slice part, struct slice password)
{
    struct http_job *job = calloc(1, sizeof(*job) + id.len + part.len + password.len);
    if (!job)
        return NULL;
    char *strings = (char *)(job + 1);
    job->id = copy_string(&strings, id);
    job->part = copy_string(&strings, part);
    job->password = copy_string(&strings, password);
    return job;
}

static void post(struct server *server, struct http_request *request, const struct http_job_kind *kind,
                 struct http_job *job, void *own)
{
    if (!job) {
        http_respond_error(request, ERR_NO_MEMORY);
        if (kind->end)
            kind->end(own);
        return;
    }
    job->kind = kind;
    job->request = request;
    job->own = own;
    post_to(job, server_shard_of(server, job->id.len > 0 ? job->id : job->password));
}

void http_job_post_own(struct server *server, struct http_request *request, const struct http_job_kind *kind,
                       struct slice id, struct slice password, void *own)
{
    post(server, request, kind, job_new(id, (struct slice){0}, password), own);
}

void http_job_post_part(struct server *server, struct http_request *request, const struct http_job_kind *kind,
                        struct slice id, struct slice part, struct slice password)
{
    post(server, request, kind, job_new(id, part, password), NULL);
}

void http_job_post(struct server *server, struct http_request *request, const struct http_job_kind *kind,
                   struct slice id, struct slice password)
{
    http_job_post_own(server, request, kind, id, password, NULL);
}

/* ---- by a link ---- */

/* Any shard may look the link up; links take turns by their tokens. */
void http_job_post_link(struct server *server, struct http_request *request, const struct http_job_kind *kind,
                        void *own)
{
    struct slice bearer = bearer_secret(request);
    if (bearer.ptr) {
        http_job_post_own(server, request, kind, (struct slice){0}, bearer, own);
        return;
    }
    metric_rejected(ERR_PASSWORD);
    http_respond_error(request, ERR_PASSWORD);
    if (kind->end)
        kind->end(own);
}

static void on_link_found(struct link_find *find, enum error err, struct slice id)
{
    struct http_job *job = LIST_ITEM(find, struct http_job, find);
    if (!err)
        err = buf_append(&job->found_id, id);
    if (err) {
        http_job_fail(job, err);
        return;
    }
    job->id = buf_slice(&job->found_id);
    list_remove(&job->link);
    post_to(job, server_shard_of(job->shard->server, job->id));
}

void http_job_by_link(struct http_job *job, void (*found)(struct http_job *job))
{
    if (job->id.len > 0) {
        found(job);
        return;
    }
    job->find.client = job->request->client;
    job->find.done = on_link_found;
    link_find_begin(&job->shard->documents, job->password, &job->find);
}

void http_jobs_refuse_all(struct shard *shard)
{
    LIST_EACH (at, following, &shard->http_jobs) {
        struct http_job *job = LIST_ITEM(at, struct http_job, link);
        if (!job->is_writing)
            http_job_fail(job, ERR_SHUTTING_DOWN);
    }
}
