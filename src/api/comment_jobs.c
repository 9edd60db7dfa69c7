#include "api/comment_jobs.h"

#include "api/bearer.h"
#include "api/comment_author.h"
#include "api/http_job.h"
#include "api/origin.h"
#include "api/refuse.h"
#include "base/json.h"
#include "doc/comments.h"
#include "proto/comment_json.h"

#include <stdlib.h>
#include <string.h>

/* What one of these jobs has besides a document. */
struct commenting {
    struct http_job *job;
    struct buf thread, comment; /* of the path */
    bool has_thread, has_comment;
    struct buf name, text;
    struct comment_change change; /* its strings are those two */
};

static void commenting_free(void *own)
{
    struct commenting *c = own;
    comment_change_cancel(&c->change);
    buf_deinit(&c->thread);
    buf_deinit(&c->comment);
    buf_deinit(&c->name);
    buf_deinit(&c->text);
    free(c);
}

/* ---- answers ---- */

static bool makes_comment(const struct comment_change *change)
{
    return change->verb == COMMENT_MAKE || change->verb == COMMENT_REPLY;
}

static void send_thread(struct http_job *job, const struct comment_change *change)
{
    const struct document *doc = document_find(&job->shard->documents, job->id);
    const struct comments *all = doc ? doc->pad.comments : NULL;
    const struct kept_thread *thread = all ? comments_find(all, change->thread_id) : NULL;
    struct json j = json_to(&job->body);
    if (!thread) {
        http_job_fail(job, ERR_NOT_FOUND);
        return;
    }
    json_raw(&j, "{\"revision\":");
    json_uint(&j, all->revision);
    if (makes_comment(change)) {
        json_raw(&j, ",\"comment\":");
        json_quoted(&j, slice_of(change->comment_id, sizeof(change->comment_id)));
    }
    json_raw(&j, ",\"thread\":");
    encode_thread(&j, thread);
    json_raw(&j, "}\n");
    http_job_respond_json(job, makes_comment(change) ? 201 : 200, &j);
}

static void on_changed(struct comment_change *change, enum error err)
{
    struct http_job *job = LIST_ITEM(change, struct commenting, change)->job;
    const bool deletes = change->verb == COMMENT_DELETE || change->verb == COMMENT_DELETE_THREAD;
    if (err)
        http_job_fail(job, err);
    else if (deletes)
        http_job_respond(job, &(struct http_response){.status = 204});
    else
        send_thread(job, change);
}

/* ---- what is asked for ---- */

static enum error keep_text(struct commenting *c, struct slice text)
{
    enum error err = buf_append(&c->text, text);
    c->change.text = buf_slice(&c->text);
    return err;
}

static enum error read_text(struct commenting *c)
{
    struct slice text = {0};
    enum error err = comment_text_decode(&c->job->shard->decoder, c->job->request->body, &text);
    return err ? err : keep_text(c, text);
}

static enum error read_new(struct commenting *c)
{
    struct comment_request request;
    enum error err = comment_decode(&c->job->shard->decoder, c->job->request->body, &request);
    if (err)
        return err;
    c->change.revision = request.revision;
    c->change.from = request.from;
    c->change.to = request.to;
    return keep_text(c, request.text);
}

static enum error read_state(struct commenting *c)
{
    return comment_state_decode(&c->job->shard->decoder, c->job->request->body, &c->change.resolved);
}

/* What the method means where the path has so much of it. */
static enum error read_verb(struct commenting *c)
{
    const struct slice method = c->job->request->method;
    struct comment_change *change = &c->change;
    if (slice_equal(method, SLICE("POST"))) {
        change->verb = c->has_thread ? COMMENT_REPLY : COMMENT_MAKE;
        return c->has_thread ? read_text(c) : read_new(c);
    }
    if (slice_equal(method, SLICE("PATCH"))) {
        change->verb = c->has_comment ? COMMENT_EDIT : COMMENT_RESOLVE;
        return c->has_comment ? read_text(c) : read_state(c);
    }
    change->verb = c->has_comment ? COMMENT_DELETE : COMMENT_DELETE_THREAD;
    return OK;
}

/* An id that is none is that of nothing. */
static enum error take_ids(struct commenting *c)
{
    const struct slice thread = buf_slice(&c->thread), comment = buf_slice(&c->comment);
    if ((c->has_thread && !comment_id_is_valid(thread)) || (c->has_comment && !comment_id_is_valid(comment)))
        return ERR_NOT_FOUND;
    if (c->has_thread)
        memcpy(c->change.thread_id, thread.ptr, COMMENT_ID_CHARS);
    if (c->has_comment)
        memcpy(c->change.comment_id, comment.ptr, COMMENT_ID_CHARS);
    return OK;
}

static enum error take_author(struct commenting *c)
{
    const struct http_request *request = c->job->request;
    struct comment_change *change = &c->change;
    const struct slice thread = c->has_thread ? buf_slice(&c->thread) : (struct slice){0};
    enum error err = comment_author_of(request, c->job->id, &c->name, &change->author);
    if (err || !makes_comment(change))
        return err;
    return comment_id_of(request, c->job->id, thread, change->comment_id, &change->has_id);
}

static enum error read_change(struct commenting *c)
{
    enum error err = origin_may_be_forged(c->job->request) ? ERR_MEDIA_TYPE : OK;
    const bool has_body = !slice_equal(c->job->request->method, SLICE("DELETE"));
    if (err && has_body)
        return err;
    err = take_ids(c);
    if (!err)
        err = read_verb(c);
    return err ? err : take_author(c);
}

/* ---- writing, on the shard ---- */

static enum error check(struct http_job *job, const struct open_result *result)
{
    if (comments_access_of(result->access, result->comments) != COMMENTS_WRITE)
        return ERR_VIEW_ONLY;
    return http_job_take_write(job, result->doc);
}

static void on_opened_to_write(struct http_job *job, const struct open_result *result)
{
    struct commenting *c = job->own;
    c->job = job;
    enum error err = result->err;
    if (!err)
        err = check(job, result);
    if (!err)
        err = read_change(c);
    if (err) {
        http_job_fail(job, err);
        return;
    }
    c->change.access = result->access;
    c->change.at_least = result->comments;
    c->change.done = on_changed;
    job->is_writing = true;
    document_change_comments(result->doc, &c->change);
}

static void open_to_write(struct http_job *job)
{
    http_job_open(job, OPEN_READ, on_opened_to_write);
}

static void begin_write_by_link(struct http_job *job)
{
    http_job_by_link(job, open_to_write);
}

static const struct http_job_kind write_job = {.begin = open_to_write, .end = commenting_free};
static const struct http_job_kind link_write_job = {
    .begin = begin_write_by_link, .end = commenting_free, .is_by_link = true};

/* ---- reading, on the shard ---- */

static enum error write_all(struct http_job *job, const struct open_result *result, struct json *j)
{
    const struct pad *pad = &result->doc->pad;
    const enum comments_access access = comments_access_of(result->access, result->comments);
    struct comment_author asker;
    struct buf name = {0};
    enum error err = comment_author_of(job->request, job->id, &name, &asker);
    json_raw(j, "{\"comments\":");
    json_quoted(j, slice_from_cstr(comments_access_name(access)));
    json_raw(j, ",\"you\":");
    json_quoted_or_null(j, asker.has_key ? slice_of(asker.key, sizeof(asker.key)) : (struct slice){0});
    json_raw(j, ",");
    encode_threads(j, pad->comments, pad->committed);
    json_raw(j, "}\n");
    buf_deinit(&name);
    return err;
}

static void on_opened_to_read(struct http_job *job, const struct open_result *result)
{
    struct json j = json_to(&job->body);
    enum error err = result->err;
    if (!err && comments_access_of(result->access, result->comments) == COMMENTS_NONE)
        err = ERR_VIEW_ONLY;
    if (!err)
        err = write_all(job, result, &j);
    if (err)
        http_job_fail(job, err);
    else
        http_job_respond_json(job, 200, &j);
}

static void open_to_read(struct http_job *job)
{
    http_job_open(job, OPEN_READ, on_opened_to_read);
}

static void begin_read_by_link(struct http_job *job)
{
    http_job_by_link(job, open_to_read);
}

static const struct http_job_kind read_job = {.begin = open_to_read};
static const struct http_job_kind link_read_job = {.begin = begin_read_by_link, .is_by_link = true};

/* ---- on the HTTP server's thread ---- */

void comments_get(struct api *api, struct http_request *request, const struct comment_path *path)
{
    if (path->id.ptr)
        http_job_post(api->server, request, &read_job, path->id, bearer_or_otp(request));
    else
        http_job_post_link(api->server, request, &link_read_job, NULL);
}

static struct commenting *commenting_new(const struct comment_path *path)
{
    struct commenting *c = calloc(1, sizeof(*c));
    if (!c)
        return NULL;
    c->has_thread = path->thread.ptr != NULL;
    c->has_comment = path->comment.ptr != NULL;
    if (!buf_append(&c->thread, path->thread) && !buf_append(&c->comment, path->comment))
        return c;
    commenting_free(c);
    return NULL;
}

void comments_write(struct api *api, struct http_request *request, const struct comment_path *path)
{
    struct commenting *c = commenting_new(path);
    if (!c) {
        refuse(request, ERR_NO_MEMORY);
    } else if (path->id.ptr) {
        http_job_post_own(api->server, request, &write_job, path->id, bearer_or_otp(request), c);
    } else {
        http_job_post_link(api->server, request, &link_write_job, c);
    }
}
