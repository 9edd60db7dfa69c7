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

static void finish(struct http_job *job, enum error err)
{
    if (err == ERR_PASSWORD)
        respond_unauthorized(job);
    else if (err)
        http_job_fail(job, err);
    else
        http_job_end(job);
}

/* ---- v1 ---- */

static void on_admitted(struct http_job *job, const struct open_result *result)
{
    enum error err = result->err;
    if (!err)
        err = session_upgrade(job->shard, job->request, PAD_V1, job->id, job->password, false);
    finish(job, err);
}

static void begin_v1(struct http_job *job)
{
    http_job_open(job, OPEN_PEEK, on_admitted);
}

const struct http_job_kind upgrade_v1_job = {.begin = begin_v1, .is_handshake = true};

/* ---- v2 ---- */

/* Whatever is the matter, a v2 client is told behind the handshake, where there are words
 * for it: opening the document will fail there again, or not any more. */
static void on_located(struct http_job *job, const struct open_result *result)
{
    (void)result;
    finish(job, session_upgrade(job->shard, job->request, PAD_V2, job->id, (struct slice){0}, false));
}

static void begin_v2(struct http_job *job)
{
    http_job_open(job, OPEN_PEEK, on_located);
}

const struct http_job_kind upgrade_v2_job = {
    .begin = begin_v2, .is_handshake = true, .password_follows = true};

/* ---- v2, by a link, from another server ---- */

static void on_link_located(struct http_job *job, const struct open_result *result)
{
    (void)result;
    finish(job, session_upgrade(job->shard, job->request, PAD_V2, job->id, (struct slice){0}, true));
}

static void begin_by_link(struct http_job *job)
{
    http_job_open(job, OPEN_PEEK, on_link_located);
}

const struct http_job_kind upgrade_link_job = {
    .begin = begin_by_link, .is_handshake = true, .password_follows = true};
