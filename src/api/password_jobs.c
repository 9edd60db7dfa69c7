#include "api/password_jobs.h"

#include "api/origin.h"

#include <stdio.h>
#include <strings.h>

static bool is_json(const struct http_request *request)
{
    struct slice type = http_header(request, "Content-Type");
    const struct slice json = SLICE("application/json");
    return type.ptr && type.len >= json.len && strncasecmp(type.ptr, json.ptr, json.len) == 0 &&
           (type.len == json.len || type.ptr[json.len] == ';' || type.ptr[json.len] == ' ');
}

/* A page of another site can make a browser post a form or plain text, but not JSON
 * without asking first. Scripts are not bothered with it: curl -d says that it sends a
 * form. */
static bool may_be_forged(const struct http_request *request)
{
    return origin_is_page(request) && !is_json(request);
}

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

static enum error change_password(struct http_job *job, bool is_on)
{
    struct protect_request body;
    if (may_be_forged(job->request))
        return ERR_MEDIA_TYPE;
    enum error err = protect_decode(&job->shard->decoder, job->request->body, &body);
    if (err)
        return err;
    job->change = (struct password_change){.user_id = body.user_id,
                                           .has_token = body.has_client,
                                           .token = body.client,
                                           .password = body.password,
                                           .client = job->request->client,
                                           .is_on = is_on,
                                           .done = on_changed};
    return document_change_password(&job->shard->documents, job->id, &job->change);
}

static void change(struct http_job *job, enum error err)
{
    if (!err)
        err = change_password(job, job->kind == &protect_job);
    if (err)
        http_job_fail(job, err);
    else
        job->is_writing = true;
}

static void on_located(struct http_job *job, const struct open_result *result)
{
    change(job, result->err);
}

/* Only somebody who is in the document may change its password: where it is in memory,
 * and where that is must be asked where servers share the database. */
static void begin(struct http_job *job)
{
    if (job->shard->documents.policy->is_shared)
        http_job_open(job, OPEN_WHERE, on_located);
    else
        change(job, OK);
}

const struct http_job_kind protect_job = {.begin = begin};
const struct http_job_kind unprotect_job = {.begin = begin};
