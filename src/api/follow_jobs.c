#include "api/follow_jobs.h"

#include "api/author.h"
#include "api/bearer.h"
#include "api/far_waiter.h"
#include "api/http_job.h"
#include "api/refuse.h"
#include "api/waiter.h"
#include "proto/known_revision.h"
#include "session/follow.h"

#include <stdlib.h>

/* ---- waiting ---- */

struct wait_own {
    struct known_revision known;
    uint64_t seconds;
};

/* One who has another text than this one's waits for any. */
static uint64_t revision_to_pass(const struct wait_own *own, const struct pad *pad)
{
    bool is_other = own->known.has_epoch && !pad_has_been_at(pad, own->known.epoch, own->known.revision);
    return is_other ? 0 : own->known.revision;
}

static void on_wait_opened(struct http_job *job, const struct open_result *result)
{
    const struct wait_own *own = job->own;
    if (result->err) {
        http_job_fail(job, result->err);
        return;
    }
    document_has_news(result->doc); /* one that was begun for this alone goes, when nobody waits for it */
    enum error err = waiter_begin(job->shard, job->request, result, revision_to_pass(own, &result->doc->pad),
                                  (uint32_t)own->seconds);
    if (err)
        http_job_fail(job, err);
    else
        http_job_end(job);
}

static void begin_wait(struct http_job *job)
{
    http_job_open(job, OPEN_EDIT, on_wait_opened);
}

static void begin_link_wait(struct http_job *job)
{
    http_job_by_link(job, begin_wait);
}

static const struct http_job_kind wait_job = {.begin = begin_wait, .end = free, .send_on = far_waiter_begin};
static const struct http_job_kind link_wait_job = {
    .begin = begin_link_wait, .end = free, .send_on = far_waiter_begin, .is_by_link = true};

static enum error read_wait(const struct http_request *request, struct wait_own *own)
{
    struct slice seconds = http_query(request, "wait");
    enum error err = seconds.ptr ? known_number_read(seconds, &own->seconds) : OK;
    if (!err && own->seconds > FOLLOW_WAIT_MAX_S)
        err = ERR_BAD_WAIT;
    return err ? err : known_revision_read(http_query(request, "revision"), &own->known);
}

void follow_wait(struct api *api, struct http_request *request, struct slice id, struct slice password)
{
    struct wait_own *own = calloc(1, sizeof(*own));
    enum error err = own ? read_wait(request, own) : ERR_NO_MEMORY;
    if (err) {
        free(own);
        refuse(request, err);
    } else if (id.len > 0) {
        http_job_post_own(api->server, request, &wait_job, id, password, own);
    } else {
        http_job_post_link(api->server, request, &link_wait_job, own);
    }
}

/* ---- following ---- */

static void free_stream(void *stream)
{
    stream_free(stream);
}

static enum error write_head(struct http_job *job, struct stream *stream)
{
    struct http_response response = {.status = 200, .content_type = "text/event-stream"};
    enum error err = http_write_head(job->request, &response, -1, &stream->head);
    return err ? err : buf_append(&stream->head, SLICE("retry: 2000\n\n")); /* as a tab reconnects */
}

/* The Bearer of one who comes by a link is in the stream. */
static struct slice password_of(const struct http_job *job)
{
    return job->kind->is_by_link ? (struct slice){0} : job->password;
}

static void answer_head_request(struct http_job *job)
{
    http_job_respond(job, &(struct http_response){.status = 200, .content_type = "text/event-stream"});
}

static void on_events_opened(struct http_job *job, const struct open_result *result)
{
    struct stream *stream = job->own;
    if (result->err) {
        http_job_fail(job, result->err);
        return;
    }
    document_has_news(result->doc);
    if (slice_equal(job->request->method, SLICE("HEAD"))) {
        answer_head_request(job);
        return;
    }
    enum error err = write_head(job, stream);
    if (!err) {
        job->own = NULL;
        err = session_follow(job->shard, job->request, job->id, password_of(job), stream);
    }
    if (err)
        http_job_fail(job, err);
    else
        http_job_end(job);
}

static void begin_events(struct http_job *job)
{
    http_job_open(job, OPEN_EDIT, on_events_opened);
}

static void begin_link_events(struct http_job *job)
{
    http_job_by_link(job, begin_events);
}

static const struct http_job_kind events_job = {.begin = begin_events, .end = free_stream, .is_stream = true};
static const struct http_job_kind link_events_job = {
    .begin = begin_link_events, .end = free_stream, .is_stream = true, .is_by_link = true};

/* A browser that reconnects says what it has in a header; that is newer than the address. */
static enum error take_revision(const struct http_request *request, struct stream *stream)
{
    struct slice last = http_header(request, "Last-Event-ID");
    struct slice revision = last.ptr && last.len > 0 ? last : http_query(request, "revision");
    struct known_revision known = {0};
    enum error err = revision.ptr ? known_revision_read(revision, &known) : OK;
    if (err)
        return err;
    stream->has_revision = revision.ptr != NULL;
    stream->revision = known.revision;
    stream->has_epoch = known.has_epoch;
    stream->epoch = known.epoch;
    return OK;
}

static enum error take_bearer(const struct http_request *request, struct stream *stream)
{
    struct slice bearer = bearer_secret(request);
    stream->has_bearer = bearer.ptr != NULL;
    return buf_append(&stream->bearer, bearer);
}

void follow_events(struct api *api, struct http_request *request, struct slice id, struct slice password)
{
    struct stream *stream = calloc(1, sizeof(*stream));
    enum error err = stream ? author_name(request, &stream->name) : ERR_NO_MEMORY;
    if (!err)
        err = take_revision(request, stream);
    if (!err)
        err = take_bearer(request, stream);
    if (err) {
        stream_free(stream);
        refuse(request, err);
    } else if (id.len > 0) {
        http_job_post_own(api->server, request, &events_job, id, password, stream);
    } else {
        http_job_post_link(api->server, request, &link_events_job, stream);
    }
}
