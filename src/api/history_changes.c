#include "api/history_changes.h"

#include "api/asking.h"
#include "api/author.h"
#include "api/origin.h"
#include "api/refuse.h"
#include "api/revision_tag.h"
#include "base/json.h"
#include "doc/edit.h"
#include "doc/member.h"
#include "doc/purge.h"
#include "doc/write.h"
#include "observe/metrics.h"
#include "proto/history_request.h"

#include <stdlib.h>

/* ---- deleting it, and switching it off and on ---- */

struct purging {
    struct purge purge;
    struct http_job *job;
};

static void purging_free(void *own)
{
    struct purging *p = own;
    purge_cancel(&p->purge);
    free(p);
}

static void on_purged(struct purge *purge, enum error err)
{
    struct purging *p = LIST_ITEM(purge, struct purging, purge);
    if (err)
        http_job_fail(p->job, err);
    else
        http_job_respond(p->job, &(struct http_response){.status = 204});
}

static enum error decode_change(struct http_job *job, struct document *doc, struct purge *purge)
{
    bool deletes = slice_equal(job->request->method, SLICE("DELETE"));
    struct history_change body;
    enum error err = history_change_decode(&job->shard->decoder, job->request->body, &body);
    if (!err && !deletes && !body.has_keep)
        err = ERR_BAD_REQUEST;
    if (!err && body.has_user)
        err = member_check(doc, &(struct member_claim){body.user_id, body.client, job->request->client});
    if (err)
        return err;
    purge->change = deletes ? STORE_HISTORY_PURGE : body.keep ? STORE_HISTORY_ON : STORE_HISTORY_OFF;
    purge->has_user = body.has_user;
    purge->user_id = body.user_id;
    return OK;
}

/* The owner, or where there is none whoever may edit. */
static void on_opened_to_purge(struct http_job *job, const struct open_result *result)
{
    struct purging *p = job->own;
    p->job = job;
    enum error err = result->err;
    if (!err)
        err = document_may_delete(result->doc, result->access);
    if (!err)
        err = decode_change(job, result->doc, &p->purge);
    p->purge.done = on_purged;
    if (!err)
        err = http_job_take_change(job);
    if (!err)
        err = document_purge(result->doc, &p->purge);
    job->is_writing = !err;
    if (err)
        http_job_fail(job, err);
}

static void begin_purge(struct http_job *job)
{
    http_job_open(job, OPEN_READ, on_opened_to_purge);
}

static const struct http_job_kind purge_job = {.begin = begin_purge, .end = purging_free};

static void post_purge(struct api *api, struct http_request *request, struct slice id, struct slice password)
{
    struct purging *p = calloc(1, sizeof *p);
    if (p)
        http_job_post_own(api->server, request, &purge_job, id, password, p);
    else
        refuse(request, ERR_NO_MEMORY);
}

void history_delete(struct api *api, struct http_request *request, struct slice id, struct slice password)
{
    post_purge(api, request, id, password);
}

void history_put(struct api *api, struct http_request *request, struct slice id, struct slice password)
{
    post_purge(api, request, id, password);
}

/* ---- bringing an earlier text back ---- */

struct restoring {
    struct asking *asking; /* for the text */
    struct author author;
    struct writer *writer; /* as whom it is written; NULL: not yet */
    uint64_t revision;     /* that it led to */
    bool has_written;      /* it was not the text already */
};

static void restoring_free(void *own)
{
    struct restoring *r = own;
    if (r->writer)
        writer_go(r->writer);
    asking_let_go(r->asking);
    author_deinit(&r->author);
    free(r);
}

static void send_revision(struct http_job *job)
{
    const struct restoring *r = job->own;
    struct buf body = {0};
    struct json j = json_to(&body);
    char tag[REVISION_TAG_MAX];
    json_raw(&j, "{\"revision\":");
    json_uint(&j, r->revision);
    json_raw(&j, "}\n");
    http_job_respond(job, &(struct http_response){.status = 200,
                                                  .content_type = "application/json",
                                                  .body = buf_slice(&body),
                                                  .headers = {{"ETag", revision_tag(r->revision, NULL, tag)}},
                                                  .header_count = 1});
    buf_deinit(&body);
}

static void on_committed(struct commit_wait *wait, enum error err)
{
    struct http_job *job = LIST_ITEM(wait, struct http_job, wait);
    const struct restoring *r = job->own;
    if (err) {
        http_job_fail(job, err);
        return;
    }
    if (r->has_written) /* without memory for it nobody is told; it is done all the same */
        (void)document_tell_restored(r->writer->doc, &r->writer->peer, r->asking->question.to,
                                     r->asking->question.time_ms);
    send_revision(job);
}

static enum error check_may_write(struct http_job *job, const struct open_result *result)
{
    if (result->err)
        return result->err;
    return result->access < ACCESS_EDIT ? ERR_VIEW_ONLY : http_job_take_write(job, result->doc);
}

/* What it leads to, or led to before, is answered once the journal has it. */
static void wait_for_commit(struct http_job *job, struct document *doc)
{
    job->is_writing = true;
    job->wait.done = on_committed;
    document_when_committed(doc, &job->wait);
}

/* What came meanwhile is in the present text, and an edit like any other is made of both. */
static enum error write_text(struct http_job *job, struct document *doc)
{
    struct restoring *r = job->own;
    struct write write = {.kind = WRITE_TEXT,
                          .text = buf_slice(&r->asking->question.body),
                          .key = r->author.key,
                          .is_recorded = r->author.has_key};
    uint64_t work = 0, before = doc->pad.revision;
    if (!revision_tag_permits(job->request, &doc->pad))
        return ERR_PRECONDITION;
    enum error err = writer_come(doc, r->author.token, buf_slice(&r->author.name), &r->writer);
    if (!err)
        err = document_write(doc, r->writer, &write, &work);
    limits_charge_write(job->shard->limits, job->request->client, work);
    if (err)
        return err;
    metric_inc(METRIC_HISTORY_RESTORED);
    r->revision = doc->pad.revision;
    r->has_written = r->revision != before;
    return OK;
}

/* The text is known. */
static void on_opened_to_write(struct http_job *job, const struct open_result *result)
{
    struct restoring *r = job->own;
    enum error err = check_may_write(job, result);
    if (!err)
        err = author_earlier(&r->author, &result->doc->pad, &r->revision);
    if (!err && r->revision > 0)
        metric_inc(METRIC_HTTP_REPEATS);
    else if (!err)
        err = write_text(job, result->doc);
    if (result->doc)
        document_has_news(result->doc);
    if (err)
        http_job_fail_write(job, err, result->doc);
    else
        wait_for_commit(job, result->doc);
}

static void on_text(struct http_job *job, struct asking *asking)
{
    (void)asking;
    http_job_open(job, OPEN_READ, on_opened_to_write);
}

/* One that is repeated is not asked anew: the history may have lost the text since. */
static void on_opened_to_ask(struct http_job *job, const struct open_result *result)
{
    struct restoring *r = job->own;
    enum error err = asking_check(result);
    if (!err && result->access < ACCESS_EDIT)
        err = ERR_VIEW_ONLY;
    if (!err)
        err = history_restore_decode(&job->shard->decoder, job->request->body, &r->asking->question.to);
    if (!err)
        err = author_earlier(&r->author, &result->doc->pad, &r->revision);
    if (err) {
        http_job_fail(job, err);
    } else if (r->revision > 0) {
        metric_inc(METRIC_HTTP_REPEATS);
        wait_for_commit(job, result->doc);
    } else {
        asking_begin(r->asking, job);
    }
}

static void begin_restore(struct http_job *job)
{
    http_job_open(job, OPEN_READ, on_opened_to_ask);
}

static const struct http_job_kind restore_job = {.begin = begin_restore, .end = restoring_free};

static void begin_restore_by_link(struct http_job *job)
{
    http_job_by_link(job, begin_restore);
}

static const struct http_job_kind link_restore_job = {
    .begin = begin_restore_by_link, .end = restoring_free, .is_by_link = true};

static enum error prepare(const struct http_request *request, struct slice id, struct restoring *r)
{
    if (origin_may_be_forged(request))
        return ERR_MEDIA_TYPE;
    r->asking = asking_new(&(struct history_question){.answerer = &history_text});
    if (!r->asking)
        return ERR_NO_MEMORY;
    r->asking->answered = on_text;
    return author_of(request, id, &r->author);
}

void history_restore(struct api *api, struct http_request *request, struct slice id, struct slice password)
{
    struct restoring *r = calloc(1, sizeof *r);
    enum error err = r ? prepare(request, id, r) : ERR_NO_MEMORY;
    if (err) {
        if (r)
            restoring_free(r);
        refuse(request, err);
    } else if (id.len > 0) {
        http_job_post_own(api->server, request, &restore_job, id, password, r);
    } else {
        http_job_post_link(api->server, request, &link_restore_job, r);
    }
}
