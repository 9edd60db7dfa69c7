#include "api/rights_jobs.h"

#include "api/origin.h"
#include "api/rights_json.h"
#include "base/json.h"
#include "doc/member.h"
#include "proto/rights_request.h"

#include <string.h>

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

/* ---- answers ---- */

static void send_nothing(struct http_job *job)
{
    http_job_respond(job, &(struct http_response){.status = 204});
}

/* ---- changes ---- */

/* Posts the job's change; it is answered by what `done` makes of it. */
static void change(struct http_job *job, const struct open_result *asker,
                   void (*done)(struct rights_change *change, enum error err))
{
    enum error err = http_job_take_change(job);
    if (err) {
        http_job_fail(job, err);
        return;
    }
    job->is_writing = true;
    job->rights.access = asker->access;
    job->rights.by_link = asker->by_link;
    memcpy(job->rights.by_link_id, asker->link_id, sizeof(job->rights.by_link_id));
    job->rights.done = done;
    document_change_rights(asker->doc, &job->rights);
}

static struct http_job *job_of(struct rights_change *change)
{
    return LIST_ITEM(change, struct http_job, rights);
}

static void on_changed(struct rights_change *change, enum error err)
{
    if (err)
        http_job_fail(job_of(change), err);
    else
        send_nothing(job_of(change));
}

static enum error check_json(const struct http_job *job)
{
    return origin_may_be_forged(job->request) ? ERR_MEDIA_TYPE : OK;
}

/* ---- links ---- */

static void send_links(struct http_job *job, const struct store_rights *rights)
{
    struct json j = json_to(&job->body);
    const char *between = "";
    json_raw(&j, "[");
    for (uint32_t i = 0; i < rights->link_count; i++) {
        if (store_link_is_withdrawn(&rights->links[i]))
            continue;
        json_raw(&j, between);
        between = ",\n";
        encode_link(&j, &rights->links[i], (struct slice){0});
    }
    json_raw(&j, "]\n");
    http_job_respond_json(job, 200, &j);
}

static void on_links_opened(struct http_job *job, const struct open_result *result)
{
    static const struct store_rights none;
    if (result->err && result->err != ERR_NOT_FOUND)
        http_job_fail(job, result->err);
    else if (!result->err && result->access < ACCESS_EDIT)
        http_job_fail(job, ERR_VIEW_ONLY);
    else
        send_links(job, result->err ? &none : &result->doc->rights);
}

static void begin_links(struct http_job *job)
{
    http_job_open(job, OPEN_READ, on_links_opened);
}

const struct http_job_kind links_job = {.begin = begin_links};

static void on_link_added(struct rights_change *change, enum error err)
{
    struct http_job *job = job_of(change);
    struct document *doc = document_find(&job->shard->documents, job->id);
    const struct store_link *link = err ? NULL : document_link(doc, change->link_id);
    if (!link) {
        http_job_fail(job, err ? err : ERR_INTERNAL);
        return;
    }
    struct json j = json_to(&job->body);
    encode_link(&j, link, slice_of(change->token, TOKEN_CHARS));
    json_raw(&j, "\n");
    http_job_respond_json(job, 201, &j);
}

static enum error read_link(struct http_job *job)
{
    struct link_request body;
    enum error err = check_json(job);
    if (!err)
        err = link_decode(&job->shard->decoder, job->request->body, LINK_NAME_POINTS_MAX, &body);
    if (err)
        return err;
    if (body.expires_ms != 0 && body.expires_ms <= shard_wall_ms(job->shard))
        return ERR_BAD_LINK;
    job->rights.verb = RIGHTS_ADD_LINK;
    job->rights.new_link.may_edit = body.may_edit;
    job->rights.new_link.history = body.history;
    job->rights.new_link.comments = body.comments;
    job->rights.new_link.expires_ms = body.expires_ms;
    job->rights.new_link.name = body.name;
    return OK;
}

static void on_opened_for_link(struct http_job *job, const struct open_result *result)
{
    enum error err = result->err ? result->err : read_link(job);
    if (err)
        http_job_fail(job, err);
    else
        change(job, result, on_link_added);
}

static void begin_add_link(struct http_job *job)
{
    http_job_open(job, OPEN_EDIT, on_opened_for_link);
}

const struct http_job_kind add_link_job = {.begin = begin_add_link};

static void on_opened_to_remove(struct http_job *job, const struct open_result *result)
{
    enum error err = result->err;
    if (!err && job->part.len != LINK_ID_CHARS)
        err = result->access < ACCESS_EDIT ? ERR_VIEW_ONLY : ERR_NOT_FOUND;
    if (err) {
        http_job_fail(job, err);
        return;
    }
    job->rights.verb = RIGHTS_REMOVE_LINK;
    memcpy(job->rights.link_id, job->part.ptr, LINK_ID_CHARS);
    change(job, result, on_changed);
}

static void begin_remove_link(struct http_job *job)
{
    http_job_open(job, OPEN_READ, on_opened_to_remove);
}

const struct http_job_kind remove_link_job = {.begin = begin_remove_link};

/* ---- the owner ---- */

static void on_charge_taken(struct rights_change *change, enum error err)
{
    struct http_job *job = job_of(change);
    struct json j = json_to(&job->body);
    if (err) {
        http_job_fail(job, err);
        return;
    }
    json_raw(&j, "{\"token\":");
    json_quoted(&j, slice_of(change->token, TOKEN_CHARS));
    json_raw(&j, "}\n");
    http_job_respond_json(job, 201, &j);
}

static enum error read_charge(struct http_job *job, struct document *doc)
{
    struct charge_request body;
    enum error err = check_json(job);
    if (!err)
        err = charge_decode(&job->shard->decoder, job->request->body, &body);
    if (!err && body.has_user)
        err = member_check(doc, &(struct member_claim){body.user_id, body.client, job->request->client});
    if (err)
        return err;
    job->rights.verb = RIGHTS_TAKE_CHARGE;
    job->rights.has_user = body.has_user;
    job->rights.user_id = body.user_id;
    return OK;
}

static void on_opened_for_charge(struct http_job *job, const struct open_result *result)
{
    enum error err = result->err ? result->err : read_charge(job, result->doc);
    if (err)
        http_job_fail(job, err);
    else
        change(job, result, on_charge_taken);
}

static void begin_charge(struct http_job *job)
{
    http_job_open(job, OPEN_EDIT, on_opened_for_charge);
}

const struct http_job_kind charge_job = {.begin = begin_charge};

/* ---- settings ---- */

static void send_settings(struct http_job *job, const struct document *doc)
{
    struct json j = json_to(&job->body);
    json_raw(&j, "{");
    encode_settings(&j, &doc->rights);
    json_raw(&j, ",\"language\":");
    json_quoted_or_null(&j, doc->pad.language);
    json_raw(&j, "}\n");
    http_job_respond_json(job, 200, &j);
}

static enum error read_settings(struct http_job *job, struct settings_request *out)
{
    int64_t days = job->shard->documents.policy->expiry_ms / DAY_MS;
    uint32_t keep_days_max = days > 0 ? (uint32_t)days : KEEP_DAYS_MAX;
    return settings_decode(&job->shard->decoder, job->request->body, keep_days_max, out);
}

static void on_settings_written(struct rights_change *change, enum error err)
{
    struct http_job *job = job_of(change);
    if (err)
        http_job_fail(job, err);
    else
        send_settings(job, document_find(&job->shard->documents, job->id));
}

static enum error check_settings(struct http_job *job, const struct open_result *result,
                                 struct settings_request *body)
{
    enum error err = check_json(job);
    if (!err)
        err = read_settings(job, body);
    if (!err && body->has_user)
        err = member_check(result->doc,
                           &(struct member_claim){body->user_id, body->client, job->request->client});
    return err;
}

static void on_opened_for_settings(struct http_job *job, const struct open_result *result)
{
    struct settings_request body;
    enum error err = result->err ? result->err : check_settings(job, result, &body);
    if (err) {
        http_job_fail(job, err);
        return;
    }
    job->rights.verb = RIGHTS_SET;
    job->rights.sets_manager = body.sets_manager;
    job->rights.owner_manages = body.owner_manages;
    job->rights.sets_writer = body.sets_writer;
    job->rights.owner_writes = body.owner_writes;
    job->rights.sets_keep_days = body.sets_keep_days;
    job->rights.keep_days = body.keep_days;
    job->rights.sets_language = body.sets_language;
    job->rights.language = body.language;
    job->rights.has_user = body.has_user;
    job->rights.user_id = body.user_id;
    change(job, result, on_settings_written);
}

static void begin_settings(struct http_job *job)
{
    http_job_open(job, OPEN_READ, on_opened_for_settings);
}

const struct http_job_kind settings_job = {.begin = begin_settings};

/* ---- deletion ---- */

static void on_opened_to_delete(struct http_job *job, const struct open_result *result)
{
    if (result->err) {
        http_job_fail(job, result->err);
        return;
    }
    job->rights.verb = RIGHTS_DELETE;
    change(job, result, on_changed);
}

static void begin_delete(struct http_job *job)
{
    http_job_open(job, OPEN_READ, on_opened_to_delete);
}

const struct http_job_kind delete_job = {.begin = begin_delete};
