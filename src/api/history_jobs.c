#include "api/history_jobs.h"

#include "api/asking.h"
#include "api/refuse.h"

#include <inttypes.h>
#include <stdio.h>

enum { LIMIT_USUAL = 100, TAG_BYTES = 64 };

static void on_job_gone(void *own)
{
    asking_let_go(own);
}

static void send_answer(struct http_job *job, struct asking *asking)
{
    const struct history_question *q = &asking->question;
    char text[TAG_BYTES];
    int len = snprintf(text, sizeof text, "\"%016" PRIx64 "\"", q->hash);
    struct slice tag = slice_of(text, (size_t)len);
    http_job_respond_tagged(job, tag, q->answerer->content_type, buf_slice(&q->body));
}

/* ---- on the shard ---- */

static void on_opened(struct http_job *job, const struct open_result *result)
{
    enum error err = asking_check(result);
    if (err)
        http_job_fail(job, err);
    else
        asking_begin(job->own, job);
}

static void begin(struct http_job *job)
{
    http_job_open(job, OPEN_READ, on_opened);
}

static const struct http_job_kind question_job = {.begin = begin, .end = on_job_gone};

static void begin_by_link(struct http_job *job)
{
    http_job_by_link(job, begin);
}

static const struct http_job_kind link_question_job = {
    .begin = begin_by_link, .end = on_job_gone, .is_by_link = true};

/* ---- on the HTTP server's thread ---- */

static bool read_number(struct slice digits, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9' || value > INT64_MAX / 10 - 1)
            return false;
        value = value * 10 + (uint64_t)(digits.ptr[i] - '0');
    }
    *out = value;
    return digits.len > 0;
}

/* A number of the query; *out stays as it is where there is none. */
static bool query_number(const struct http_request *request, const char *name, uint64_t *out)
{
    struct slice text = http_query(request, name);
    return !text.ptr || read_number(text, out);
}

static void ask(struct api *api, struct http_request *request, struct slice id, struct slice password,
                const struct history_question *question, bool is_valid)
{
    struct asking *a = is_valid ? asking_new(question) : NULL;
    if (!a) {
        refuse(request, is_valid ? ERR_NO_MEMORY : ERR_BAD_RANGE);
        return;
    }
    a->answered = send_answer;
    if (id.len > 0)
        http_job_post_own(api->server, request, &question_job, id, password, a);
    else
        http_job_post_link(api->server, request, &link_question_job, a);
}

void history_get_sittings(struct api *api, struct http_request *request, struct slice id,
                          struct slice password)
{
    uint64_t before = UINT64_MAX, limit = LIMIT_USUAL;
    bool is_valid = query_number(request, "before", &before) && query_number(request, "limit", &limit) &&
                    limit > 0 && limit <= HISTORY_LIMIT_MAX;
    struct history_question q = {.answerer = &history_sittings, .to = before, .limit = (uint32_t)limit};
    ask(api, request, id, password, &q, is_valid);
}

void history_get_text(struct api *api, struct http_request *request, struct slice id, struct slice revision,
                      struct slice password)
{
    struct history_question q = {.answerer = &history_text};
    bool is_valid = read_number(revision, &q.to);
    ask(api, request, id, password, &q, is_valid);
}

/* `to` is optional where the present is meant without it. */
static void ask_range(struct api *api, struct http_request *request, struct slice id, struct slice password,
                      const struct history_answerer *answerer, bool may_be_open)
{
    struct history_question q = {.answerer = answerer, .to = UINT64_MAX};
    bool is_valid = http_query(request, "from").ptr && query_number(request, "from", &q.from) &&
                    (may_be_open || http_query(request, "to").ptr) && query_number(request, "to", &q.to);
    ask(api, request, id, password, &q, is_valid);
}

void history_get_operations(struct api *api, struct http_request *request, struct slice id,
                            struct slice password)
{
    ask_range(api, request, id, password, &history_operations, true);
}

void history_get_diff(struct api *api, struct http_request *request, struct slice id, struct slice password)
{
    ask_range(api, request, id, password, &history_diff, false);
}

void history_get_authorship(struct api *api, struct http_request *request, struct slice id,
                            struct slice password)
{
    ask(api, request, id, password, &(struct history_question){.answerer = &history_authorship}, true);
}
