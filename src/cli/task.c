#include "cli/task.h"

#include "cli/api.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FAILURE_BYTES = 2048 };

static void note_closed(uv_handle_t *handle)
{
    struct task *t = handle->data;
    json_decref(t->id);
    json_decref(t->arguments);
    buf_deinit(&t->answer.body);
    buf_deinit(&t->path);
    buf_deinit(&t->body);
    t->is_used = false;
    t->host->flush(t->host);
}

static json_t *result_of(struct slice text, bool is_error)
{
    json_t *content = json_pack("[{s:s, s:o}]", "type", "text", "text", json_stringn(text.ptr, text.len));
    json_t *result = json_pack("{s:o}", "content", content);
    if (result && is_error)
        json_object_set_new(result, "isError", json_true());
    return result;
}

static void answer(struct task *t, struct slice text, bool is_error)
{
    if (t->is_answered)
        return;
    t->is_answered = true;
    if (!t->is_cancelled && rpc_answer(&t->host->out, t->id, result_of(text, is_error)))
        say_no_memory();
    uv_timer_stop(&t->timer);
    uv_close((uv_handle_t *)&t->timer, note_closed);
    t->host->flush(t->host);
}

void task_answer(struct task *t, struct slice text)
{
    answer(t, text, false);
}

void task_fail(struct task *t, const char *format, ...)
{
    char text[FAILURE_BYTES];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    answer(t, slice_of(text, len < FAILURE_BYTES ? (size_t)len : FAILURE_BYTES - 1), true);
}

static void time_is_up(uv_timer_t *timer)
{
    struct task *t = timer->data;
    t->is_late = true;
    if (t->tool->look)
        t->tool->look(t);
}

void task_wait(struct task *t, int64_t most_ms)
{
    t->is_late = false;
    uv_timer_start(&t->timer, time_is_up, (uint64_t)most_ms, 0);
}

bool task_string(struct task *t, const char *name, bool is_needed, struct slice *out)
{
    const json_t *value = json_object_get(t->arguments, name);
    *out = (struct slice){0};
    if (json_is_string(value))
        *out = slice_of(json_string_value(value), json_string_length(value));
    else if (value && !json_is_null(value))
        task_fail(t, "\"%s\" must be a string.", name);
    else if (is_needed)
        task_fail(t, "\"%s\" is missing.", name);
    return !t->is_answered;
}

bool task_number(struct task *t, const char *name, int64_t least, int64_t most, int64_t usual, int64_t *out)
{
    const json_t *value = json_object_get(t->arguments, name);
    *out = usual;
    if (!value || json_is_null(value))
        return true;
    *out = json_is_integer(value) ? json_integer_value(value) : least - 1;
    if (*out < least || *out > most)
        task_fail(t, "\"%s\" must be a whole number from %lld to %lld.", name, (long long)least,
                  (long long)most);
    return !t->is_answered;
}

void task_ask(struct task *t, void (*done)(struct http *http))
{
    const struct agent *a = t->agent;
    t->request.path = t->path.ptr;
    t->request.bearer = api_bearer(&a->address, &a->password);
    if (t->body.len > 0)
        t->request.body = buf_slice(&t->body);
    http_start(&t->http, a->participant.net, &t->request, &t->answer, done);
}
