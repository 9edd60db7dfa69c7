#include "api/read_jobs.h"

#include "api/revision_tag.h"
#include "api/rights_json.h"
#include "base/json.h"

/* ---- the text ---- */

static void send_text(struct http_job *job)
{
    char text[REVISION_TAG_MAX];
    struct slice tag = revision_tag(job->wait.revision, &job->epoch, text);
    http_job_respond_tagged(job, tag, "text/plain; charset=utf-8", buf_slice(&job->body));
}

static void on_text_committed(struct commit_wait *wait, enum error err)
{
    struct http_job *job = LIST_ITEM(wait, struct http_job, wait);
    if (err)
        http_job_fail(job, err);
    else
        send_text(job);
}

static void read_text(struct http_job *job, struct document *doc)
{
    const struct rope *text = &doc->pad.text;
    if (rope_read(text, 0, rope_size(text).points, &job->body)) {
        http_job_fail(job, ERR_NO_MEMORY);
        return;
    }
    job->epoch = pad_epoch(&doc->pad);
    job->wait.done = on_text_committed;
    document_when_committed(doc, &job->wait);
}

static void on_text_opened(struct http_job *job, const struct open_result *result)
{
    if (result->err == ERR_NOT_FOUND)
        send_text(job); /* nobody wrote anything there yet, which is an empty text */
    else if (result->err)
        http_job_fail(job, result->err);
    else
        read_text(job, result->doc);
}

static void begin_text(struct http_job *job)
{
    http_job_open(job, OPEN_READ, on_text_opened);
}

const struct http_job_kind text_job = {.begin = begin_text};

static void begin_link_text(struct http_job *job)
{
    http_job_by_link(job, begin_text);
}

const struct http_job_kind link_text_job = {.begin = begin_link_text, .is_by_link = true};

/* ---- what is known of it ---- */

static void describe(struct json *j, const struct document *doc, enum access access)
{
    const struct pad *pad = &doc->pad;
    json_raw(j, ",\"access\":");
    json_quoted(j, slice_from_cstr(access_name(access)));
    json_raw(j, doc->rights.has_owner ? ",\"owner\":true," : ",\"owner\":false,");
    encode_settings(j, &doc->rights);
    json_raw(j, pad->keeps_history ? ",\"history\":true" : ",\"history\":false");
    json_raw(j, ",\"language\":");
    json_quoted_or_null(j, pad->language);
    json_raw(j, ",\"users\":");
    json_uint(j, pad->peer_count);
    json_raw(j, ",\"revision\":");
    json_uint(j, pad->revision);
    json_raw(j, ",\"bytes\":");
    json_uint(j, rope_size(&pad->text).bytes);
    encode_seconds(j, ",\"created_at\":", doc->created_ms);
    encode_seconds(j, ",\"updated_at\":", doc->updated_ms);
    encode_seconds(j, ",\"expires_at\":", document_expires_ms(doc));
}

static enum error write_info(struct http_job *job, const struct open_result *result)
{
    struct json j = json_to(&job->body);
    json_raw(&j, result->exists ? "{\"exists\":true" : "{\"exists\":false");
    json_raw(&j, result->is_protected ? ",\"protected\":true" : ",\"protected\":false");
    if (result->doc)
        describe(&j, result->doc, result->access);
    json_raw(&j, "}\n");
    return json_error(&j);
}

static void send_info(struct http_job *job)
{
    http_job_respond(job, &(struct http_response){.status = 200,
                                                  .content_type = "application/json",
                                                  .body = buf_slice(&job->body)});
}

static void on_info_committed(struct commit_wait *wait, enum error err)
{
    struct http_job *job = LIST_ITEM(wait, struct http_job, wait);
    if (err)
        http_job_fail(job, err);
    else
        send_info(job);
}

static void on_info_opened(struct http_job *job, const struct open_result *result)
{
    /* A wrong password still answers that there is one; a document that does not
     * exist still answers that. */
    bool is_answer = !result->err || result->err == ERR_NOT_FOUND || result->err == ERR_PASSWORD;
    enum error err = is_answer ? write_info(job, result) : result->err;
    if (err) {
        http_job_fail(job, err);
    } else if (result->doc) {
        job->wait.done = on_info_committed;
        document_when_committed(result->doc, &job->wait);
    } else {
        send_info(job);
    }
}

static void begin_info(struct http_job *job)
{
    http_job_open(job, OPEN_READ, on_info_opened);
}

const struct http_job_kind info_job = {.begin = begin_info};

/* ---- what a link's holder may know of it ---- */

/* Whoever may only read is not told the id: it is the address that gives editing. */
static enum error write_link_info(struct http_job *job, const struct open_result *result)
{
    const struct store_link *link = document_link(result->doc, result->link_id);
    const struct pad *pad = &result->doc->pad;
    struct json j = json_to(&job->body);
    if (!link)
        return ERR_INTERNAL;
    json_raw(&j, "{\"role\":");
    json_quoted(&j, slice_from_cstr(access_name(result->access)));
    json_raw(&j, ",\"name\":");
    json_quoted(&j, link->name);
    if (link->may_edit) {
        json_raw(&j, ",\"id\":");
        json_quoted(&j, job->id);
    }
    json_raw(&j, ",\"language\":");
    json_quoted_or_null(&j, pad->language);
    json_raw(&j, ",\"revision\":");
    json_uint(&j, pad->revision);
    json_raw(&j, ",\"bytes\":");
    json_uint(&j, rope_size(&pad->text).bytes);
    encode_seconds(&j, ",\"expires_at\":", link->expires_ms);
    json_raw(&j, link->history ? ",\"history\":true" : ",\"history\":false");
    json_raw(&j, link->comments ? ",\"comments\":true}\n" : ",\"comments\":false}\n");
    return json_error(&j);
}

static void on_link_opened(struct http_job *job, const struct open_result *result)
{
    enum error err = result->err ? result->err : write_link_info(job, result);
    if (err) {
        http_job_fail(job, err);
        return;
    }
    job->wait.done = on_info_committed;
    document_when_committed(result->doc, &job->wait);
}

static void open_for_link(struct http_job *job)
{
    http_job_open(job, OPEN_READ, on_link_opened);
}

static void begin_link(struct http_job *job)
{
    http_job_by_link(job, open_for_link);
}

const struct http_job_kind link_job = {.begin = begin_link, .is_by_link = true};
