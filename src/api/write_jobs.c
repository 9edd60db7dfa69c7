#include "api/write_jobs.h"

#include "api/author.h"
#include "api/http_job.h"
#include "api/origin.h"
#include "api/revision_tag.h"
#include "base/json.h"
#include "doc/edit.h"
#include "doc/write.h"
#include "net/header_list.h"
#include "observe/metrics.h"
#include "proto/patch.h"

#include <stdlib.h>

/* What one of these jobs has besides a document. */
struct writing {
    struct write write; /* its texts are the request's body */
    struct author author;
    struct buf language; /* of a new document; empty: none */
    bool is_new;
    bool is_patch;            /* the body is JSON, and decoded on the shard */
    struct writer *writer;    /* as whom it is written; NULL: not yet */
    struct slice owner;       /* of a new document: the token, in the job; ptr NULL: it has no owner */
    uint64_t revision;        /* that the write led to */
    struct slice public_base; /* of a new document: "/pad" of the address that is told */
};

static void writing_free(void *own)
{
    struct writing *w = own;
    if (w->writer)
        writer_go(w->writer);
    author_deinit(&w->author);
    buf_deinit(&w->language);
    free(w);
}

/* ---- the answer ---- */

static void send_revision(struct http_job *job)
{
    const struct writing *w = job->own;
    struct buf body = {0};
    struct json j = json_to(&body);
    char tag[REVISION_TAG_MAX];
    json_raw(&j, "{\"revision\":");
    json_uint(&j, w->revision);
    json_raw(&j, "}\n");
    http_job_respond(job, &(struct http_response){.status = 200,
                                                  .content_type = "application/json",
                                                  .body = buf_slice(&body),
                                                  .headers = {{"ETag", revision_tag(w->revision, NULL, tag)}},
                                                  .header_count = 1});
    buf_deinit(&body);
}

/* "https://pad.example/base/#id", as whoever asks has reached this server; "/base/#id" of HTTP/1.0 that
 * does not say how (RFC 9110 has a Location without a host, too). */
static enum error write_url(struct buf *out, const struct http_job *job, const struct writing *w)
{
    struct http_request *request = job->request;
    struct slice scheme = request->is_tls ? SLICE("https://") : SLICE("http://");
    bool is_named = request->host.len > 0;
    enum error err = is_named ? buf_append(out, scheme) : OK;
    if (!err && is_named)
        err = buf_append(out, request->host);
    if (!err)
        err = buf_append(out, w->public_base);
    if (!err)
        err = buf_append(out, SLICE("/#"));
    return err ? err : buf_append(out, job->id);
}

static bool wants_plain(const struct http_request *request)
{
    struct slice accept = http_header(request, "Accept");
    struct header_item item;
    while (header_list_next(&accept, &item))
        if (ascii_equal_nocase(item.name, SLICE("text/plain")))
            return true;
    return false;
}

static enum error write_made(struct buf *out, const struct http_job *job, struct slice url, bool is_plain)
{
    const struct writing *w = job->own;
    struct json j = json_to(out);
    if (is_plain) {
        json_bytes(&j, url);
        json_raw(&j, "\n");
        return json_error(&j);
    }
    json_raw(&j, "{\"id\":");
    json_quoted(&j, job->id);
    json_raw(&j, ",\"url\":");
    json_quoted(&j, url);
    if (w->owner.ptr) {
        json_raw(&j, ",\"owner\":");
        json_quoted(&j, w->owner);
    }
    json_raw(&j, ",\"revision\":");
    json_uint(&j, w->revision);
    json_raw(&j, "}\n");
    return json_error(&j);
}

static void send_made(struct http_job *job)
{
    const struct writing *w = job->own;
    const bool is_plain = wants_plain(job->request);
    struct buf url = {0}, body = {0};
    char tag[REVISION_TAG_MAX];
    enum error err = write_url(&url, job, w);
    if (!err)
        err = write_made(&body, job, buf_slice(&url), is_plain);
    if (err)
        http_job_fail(job, err);
    else
        http_job_respond(job, &(struct http_response){
                                  .status = 201,
                                  .content_type = is_plain ? "text/plain; charset=utf-8" : "application/json",
                                  .body = buf_slice(&body),
                                  .headers = {{"Location", buf_slice(&url)},
                                              {"ETag", revision_tag(w->revision, NULL, tag)},
                                              {"Vary", SLICE("Accept")}},
                                  .header_count = 3});
    buf_deinit(&url);
    buf_deinit(&body);
}

/* Where somebody else has become its owner meanwhile, it is a document all the same. */
static void on_charged(struct rights_change *change, enum error err)
{
    struct http_job *job = LIST_ITEM(change, struct http_job, rights);
    struct writing *w = job->own;
    const struct document *doc = document_find(&job->shard->documents, job->id);
    struct slice token = slice_of(change->token, TOKEN_CHARS);
    bool was_here = err == ERR_HAS_OWNER && doc && document_is_owner(doc, token); /* the same key, again */
    if (!err || was_here)
        w->owner = token;
    if (err && err != ERR_HAS_OWNER)
        http_job_fail(job, err);
    else
        send_made(job);
}

/* Whoever makes a document owns it; its language is written with that. */
static void take_charge(struct http_job *job)
{
    const struct writing *w = job->own;
    struct store_identity self = store_identity(job->shard->store);
    struct document *doc = document_find(&job->shard->documents, job->id);
    struct rights_change *change = &job->rights;
    *change = (struct rights_change){.verb = RIGHTS_TAKE_CHARGE, .access = ACCESS_EDIT, .done = on_charged};
    change->sets_language = w->language.len > 0;
    change->language = buf_slice(&w->language);
    change->has_token =
        author_owner_token(job->request, slice_of(self.secret, sizeof(self.secret)), change->token);
    document_change_rights(doc, change);
}

static void on_committed(struct commit_wait *wait, enum error err)
{
    struct http_job *job = LIST_ITEM(wait, struct http_job, wait);
    const struct writing *w = job->own;
    if (err)
        http_job_fail(job, err);
    else if (w->is_new)
        take_charge(job);
    else
        send_revision(job);
}

/* ---- on the shard ---- */

static enum error decode_patch(struct http_job *job, struct write *write)
{
    struct patch patch;
    enum error err = patch_decode(&job->shard->decoder, job->request->body, &patch);
    if (err)
        return err;
    write->kind = patch.is_operation ? WRITE_OPERATION : WRITE_SUBSTITUTE;
    write->revision = patch.revision;
    write->op = patch.op;
    write->old = patch.old;
    write->text = patch.with;
    write->count = patch.count < WRITE_COUNT_MAX ? (uint32_t)patch.count : WRITE_COUNT_MAX;
    return patch.count > WRITE_COUNT_MAX ? ERR_OTHER_COUNT : OK;
}

static enum metric metric_of(const struct writing *w)
{
    if (w->is_new)
        return METRIC_WRITES_MADE;
    if (w->is_patch)
        return METRIC_WRITES_PATCHED;
    return w->write.kind == WRITE_INSERT ? METRIC_WRITES_ADDED : METRIC_WRITES_WHOLE;
}

static enum error write_it(struct http_job *job, struct document *doc)
{
    struct writing *w = job->own;
    uint64_t work = 0;
    enum error err = w->is_patch ? decode_patch(job, &w->write) : OK;
    if (!err)
        err = writer_come(doc, w->author.token, buf_slice(&w->author.name), &w->writer);
    if (!err)
        err = document_write(doc, w->writer, &w->write, &work);
    limits_charge_write(job->shard->limits, job->request->client, work);
    if (!err)
        metric_inc(metric_of(w));
    w->revision = doc->pad.revision;
    return err;
}

static enum error check(struct http_job *job, const struct open_result *result)
{
    return result->access < ACCESS_EDIT ? ERR_VIEW_ONLY : http_job_take_write(job, result->doc);
}

static enum error carry_out(struct http_job *job, struct document *doc)
{
    struct writing *w = job->own;
    enum error err = author_earlier(&w->author, &doc->pad, &w->revision);
    if (err)
        return err;
    if (w->revision > 0) {
        metric_inc(METRIC_HTTP_REPEATS);
        return OK;
    }
    if (w->is_new && doc->pad.revision > 0) /* the key led to it once, and is over: it is not made anew */
        return ERR_KEY_REUSED;
    if (!revision_tag_permits(job->request, &doc->pad))
        return ERR_PRECONDITION;
    return write_it(job, doc);
}

static void on_opened(struct http_job *job, const struct open_result *result)
{
    enum error err = result->err;
    if (!err)
        err = check(job, result);
    if (!err)
        err = carry_out(job, result->doc);
    if (result->doc)
        document_has_news(result->doc); /* one that was begun for this alone goes at the end of the turn */
    if (err) {
        http_job_fail_write(job, err, result->doc);
        return;
    }
    job->is_writing = true;
    job->wait.done = on_committed;
    document_when_committed(result->doc, &job->wait);
}

static void begin(struct http_job *job)
{
    http_job_open(job, OPEN_EDIT, on_opened);
}

static const struct http_job_kind write_job = {.begin = begin, .end = writing_free};

/* ---- on the HTTP server's thread ---- */

static void refuse(struct http_request *request, struct writing *w, enum error err)
{
    if (w)
        writing_free(w);
    metric_rejected(err);
    http_respond_error(request, err);
}

static enum error prepare(const struct http_request *request, struct slice id, struct writing **out)
{
    struct writing *w = calloc(1, sizeof(*w));
    if (!w)
        return ERR_NO_MEMORY;
    *out = w;
    w->write.text = request->body;
    enum error err = origin_is_hidden(request) ? ERR_ORIGIN : OK;
    if (!err)
        err = author_of(request, id, &w->author);
    w->write.key = w->author.key;
    w->write.is_recorded = w->author.has_key;
    return err;
}

static void refuse_at(struct http_request *request, struct writing *w, size_t offset_bytes)
{
    writing_free(w);
    metric_rejected(ERR_BAD_TEXT);
    http_respond_fault(request, ERR_BAD_TEXT, offset_bytes);
}

static void post(struct api *api, struct http_request *request, struct slice id, struct slice password,
                 struct writing *w)
{
    const size_t valid_bytes = utf8_text_bytes(request->body);
    if (valid_bytes < request->body.len)
        refuse_at(request, w, valid_bytes);
    else
        http_job_post_own(api->server, request, &write_job, id, password, w);
}

void write_put(struct api *api, struct http_request *request, struct slice id, struct slice password)
{
    struct writing *w = NULL;
    enum error err = prepare(request, id, &w);
    if (err) {
        refuse(request, w, err);
        return;
    }
    w->write.kind = WRITE_TEXT;
    post(api, request, id, password, w);
}

static bool read_point(struct slice digits, uint32_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < digits.len && value < UINT32_MAX; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(digits.ptr[i] - '0');
    }
    *out = value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
    return digits.len > 0;
}

static enum error read_place(const struct http_request *request, struct write *write)
{
    struct slice at = http_query(request, "at"), raw = http_query(request, "raw");
    write->kind = WRITE_INSERT;
    write->is_raw = raw.ptr && !slice_equal(raw, SLICE("0"));
    write->place = WRITE_AT_END;
    if (!at.ptr || slice_equal(at, SLICE("end")))
        return OK;
    write->place = slice_equal(at, SLICE("start")) ? WRITE_AT_START : WRITE_AT_POINT;
    return write->place == WRITE_AT_START || read_point(at, &write->at_points) ? OK : ERR_BAD_PLACE;
}

void write_post(struct api *api, struct http_request *request, struct slice id, struct slice password)
{
    struct writing *w = NULL;
    enum error err = prepare(request, id, &w);
    if (!err)
        err = read_place(request, &w->write);
    if (err)
        refuse(request, w, err);
    else
        post(api, request, id, password, w);
}

/* How many bytes from the start on are UTF-8; between the values of JSON a carriage return is a blank. */
static size_t utf8_bytes(struct slice json)
{
    size_t at = utf8_text_bytes(json);
    while (at < json.len && json.ptr[at] == '\r')
        at += 1 + utf8_text_bytes(slice_from(json, at + 1));
    return at;
}

void write_patch(struct api *api, struct http_request *request, struct slice id, struct slice password)
{
    struct writing *w = NULL;
    enum error err = prepare(request, id, &w);
    if (err) {
        refuse(request, w, err);
        return;
    }
    w->is_patch = true;
    const size_t valid_bytes = utf8_bytes(request->body);
    if (valid_bytes < request->body.len)
        refuse_at(request, w, valid_bytes);
    else
        http_job_post_own(api->server, request, &write_job, id, password, w);
}

/* A new document has its first operation even if that is empty: so it is there. */
static enum error prepare_new(const struct api *api, const struct http_request *request, struct writing *w)
{
    struct slice language = http_query(request, "language");
    w->is_new = true;
    w->write.kind = WRITE_TEXT;
    w->write.is_recorded = true;
    w->public_base = slice_from_cstr(server_config(api->server)->base_path);
    if (language.ptr && !pad_language_is_valid(language))
        return ERR_BAD_LANGUAGE;
    return buf_append(&w->language, language);
}

void write_new(struct api *api, struct http_request *request)
{
    struct store_identity self = store_identity(server_store(api->server));
    struct writing *w = NULL;
    char id[ID128_CHARS];
    enum error err = author_new_id(request, slice_of(self.secret, sizeof(self.secret)), id);
    if (!err)
        err = prepare(request, slice_of(id, sizeof(id)), &w);
    if (!err)
        err = prepare_new(api, request, w);
    if (err)
        refuse(request, w, err);
    else
        post(api, request, slice_of(id, sizeof(id)), (struct slice){0}, w);
}
