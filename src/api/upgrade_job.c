#include "api/upgrade_job.h"

#include "session/upgrade.h"

/* v1 clients know this answer, and no other, as "the password is wrong". */
static void respond_unauthorized(struct http_job *job)
{
    http_job_respond(job, &(struct http_response){.status = 401,
                                                  .content_type = "text/plain; charset=utf-8",
                                                  .headers = {{"WWW-Authenticate", SLICE("Bearer")}},
                                                  .header_count = 1,
                                                  .body = slice_from_cstr(error_text(ERR_PASSWORD))});
}

static void on_admitted(void *owner, const struct open_result *result)
{
    struct http_job *job = owner;
    job->open = NULL;
    enum error err = result->err;
    if (!err)
        err = session_upgrade(job->shard, job->request, PAD_V1, job->id, job->password);
    if (err == ERR_PASSWORD)
        respond_unauthorized(job);
    else if (err)
        http_job_fail(job, err);
    else
        http_job_end(job);
}

static void begin(struct http_job *job)
{
    http_job_open(job, OPEN_PEEK, on_admitted);
}

const struct http_job_kind upgrade_job = {.begin = begin};
