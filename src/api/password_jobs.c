#include "api/password_jobs.h"

#include "api/origin.h"

#include <stdio.h>

static void send_password(struct http_job *job)
{
    char body[64];
    int len = snprintf(body, sizeof(body), "{\"otp\":\"%.*s\"}\n", PASSWORD_CHARS, job->change.new_password);
    http_job_respond(job, &(struct http_response){.status = 200,
                                                  .content_type = "application/json",
                                                  .body = slice_of(body, (size_t)len)});
}

static void on_changed(struct password_change *change, enum error err)
{
    struct http_job *job = LIST_ITEM(change, struct http_job, change);
    if (err)
        http_job_fail(job, err);
    else if (change->is_on)
        send_password(job);
    else
        http_job_respond(job, &(struct http_response){.status = 204});
}

static enum error change_password(struct http_job *job, enum access access, bool is_on)
{
    struct protect_request body;
    if (origin_may_be_forged(job->request))
        return ERR_MEDIA_TYPE;
    enum error err = protect_decode(&job->shard->decoder, job->request->body, &body);
    if (err)
        return err;
    if (!body.has_user && access != ACCESS_OWN)
        return ERR_BAD_REQUEST;
    job->change = (struct password_change){.has_user = body.has_user,
                                           .user_id = body.user_id,
                                           .has_token = body.has_client,
                                           .token = body.client,
                                           .password = body.password.ptr ? body.password : job->password,
                                           .access = access,
                                           .client = job->request->client,
                                           .is_on = is_on,
                                           .done = on_changed};
    return document_change_password(&job->shard->documents, job->id, &job->change);
}

static void change(struct http_job *job, enum error err, enum access access)
{
    if (!err)
        err = change_password(job, access, job->kind == &protect_job);
    if (err)
        http_job_fail(job, err);
    else
        job->is_writing = true;
}

static void on_located(struct http_job *job, const struct open_result *result)
{
    change(job, result->err, ACCESS_EDIT);
}

/* Whose document does not exist is in none. */
static void on_opened(struct http_job *job, const struct open_result *result)
{
    change(job, result->err == ERR_NOT_FOUND ? ERR_FORBIDDEN : result->err, result->access);
}

/* Only somebody who is in the document may change its password: where it is in memory,
 * and where that is must be asked where servers share the database. A Bearer may be the
 * owner's, who need not be in it. */
static void begin(struct http_job *job)
{
    if (job->password.ptr)
        http_job_open(job, OPEN_READ, on_opened);
    else if (job->shard->documents.policy->is_shared)
        http_job_open(job, OPEN_WHERE, on_located);
    else
        change(job, OK, ACCESS_EDIT);
}

const struct http_job_kind protect_job = {.begin = begin};
const struct http_job_kind unprotect_job = {.begin = begin};
