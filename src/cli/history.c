/* history.c - kolabpad history: lists what was typed when and by whom, prints an earlier text, brings one
 * back. */
#include "cli/api.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/writer.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LISTED_AT_ONCE = 1000, TAIL_BYTES = 80, KEY_BYTES = 33, REVISION_CHARS_MAX = 18 };

/* What a request has besides its path. */
struct asked {
    const char *method;
    struct slice body; /* JSON; NULL ptr: none */
    const char *name;  /* of whoever asks, percent-encoded */
    const char *key;   /* so that it is done once, however often it is sent */
};

/* `tail` is what follows "…/history". The answer's body is the caller's. */
static enum exit_code ask(struct call *call, const char *tail, const struct asked *asked,
                          struct http_answer *answer)
{
    struct buf path = {0};
    if (api_path(&call->address, "document", tail, &path))
        return say_no_memory();
    struct http_request request = {.method = asked->method, .path = path.ptr, .body = asked->body};
    if (asked->key) {
        request.headers[0].name = "content-type", request.headers[0].value = "application/json";
        request.headers[1].name = "x-author-name", request.headers[1].value = asked->name;
        request.headers[2].name = "idempotency-key", request.headers[2].value = asked->key;
    }
    enum exit_code code = api_ask(call, &request, answer);
    buf_deinit(&path);
    return code;
}

static struct slice body_of(const struct http_answer *answer)
{
    return answer->body.ptr ? buf_slice(&answer->body) : SLICE("");
}

/* ---- the list ---- */

static int64_t number_of(const json_t *sitting, const char *name)
{
    return (int64_t)json_number_value(json_object_get(sitting, name));
}

static enum error add_number(struct buf *out, int64_t number)
{
    char text[TAIL_BYTES];
    int len = snprintf(text, sizeof(text), "%" PRId64 "\t", number);
    return buf_append(out, slice_of(text, (size_t)len));
}

static enum error add_names(struct buf *out, const json_t *authors)
{
    size_t i;
    json_t *author;
    enum error err = OK;
    json_array_foreach(authors, i, author)
    {
        const char *name = json_string_value(json_object_get(author, "name"));
        err = err ? err : buf_append(out, i ? SLICE(", ") : SLICE(""));
        err = err ? err : print_harmless(name ? slice_from_cstr(name) : SLICE("?"), out);
    }
    return err;
}

/* "812  830  2026-11-30 15:05  2026-11-30 15:09  120  3  Alice, Bob" */
static enum error add_sitting(struct buf *out, const json_t *sitting)
{
    enum error err = add_number(out, number_of(sitting, "first"));
    err = err ? err : add_number(out, number_of(sitting, "end"));
    err = err ? err : print_when(number_of(sitting, "began_at"), out);
    err = err ? err : buf_append(out, SLICE("\t"));
    err = err ? err : print_when(number_of(sitting, "ended_at"), out);
    err = err ? err : buf_append(out, SLICE("\t"));
    err = err ? err : add_number(out, number_of(sitting, "inserted"));
    err = err ? err : add_number(out, number_of(sitting, "deleted"));
    err = err ? err : add_names(out, json_object_get(sitting, "authors"));
    return err ? err : buf_append(out, SLICE("\n"));
}

static enum exit_code print_sittings(const struct call *call, const json_t *sittings)
{
    struct buf out = {0};
    size_t i;
    json_t *sitting;
    enum error err = OK;
    enum exit_code code = EXIT_DONE;
    json_array_foreach(sittings, i, sitting)
    {
        if (call->options.json)
            code = code ? code : print_value(sitting);
        else
            err = err ? err : add_sitting(&out, sitting);
    }
    if (!code)
        code = err ? say_no_memory() : print_bytes(buf_slice(&out));
    buf_deinit(&out);
    return code;
}

/* Those before the revision, and that of the oldest of them; 0: there are no more. */
static enum exit_code list_some(struct call *call, int64_t *before)
{
    struct http_answer answer = {0};
    char tail[TAIL_BYTES];
    snprintf(tail, sizeof(tail), "/history?before=%" PRId64 "&limit=%d", *before, LISTED_AT_ONCE);
    enum exit_code code = ask(call, tail, &(struct asked){.method = "GET"}, &answer);
    struct slice body = body_of(&answer);
    json_t *sittings = code ? NULL : json_loadb(body.ptr, body.len, 0, NULL);
    size_t count = json_array_size(sittings);
    if (!code && !json_is_array(sittings))
        code = say(EXIT_REFUSED, "the server did not answer with a history");
    else if (!code)
        code = print_sittings(call, sittings);
    *before = count < LISTED_AT_ONCE ? 0 : number_of(json_array_get(sittings, count - 1), "first");
    json_decref(sittings);
    buf_deinit(&answer.body);
    return code;
}

static enum exit_code list(struct call *call)
{
    int64_t before = INT64_C(1) << 53;
    enum exit_code code = EXIT_DONE;
    if (!call->options.json)
        code = print_bytes(SLICE("FROM\tTO\tBEGAN\tENDED\tINSERTED\tDELETED\tBY\n"));
    while (!code && before > 0)
        code = list_some(call, &before);
    return code;
}

/* ---- an earlier text ---- */

static enum exit_code print_text(const struct call *call, const char *revision, struct slice text)
{
    if (!call->options.json)
        return print_bytes(text);
    struct buf line = {0};
    struct json j = json_to(&line);
    json_raw(&j, "{\"revision\":");
    json_uint(&j, strtoull(revision, NULL, 10));
    json_raw(&j, ",\"text\":");
    json_quoted(&j, text);
    json_raw(&j, "}");
    enum exit_code code = print_json(&j, &line);
    buf_deinit(&line);
    return code;
}

static enum exit_code show(struct call *call, const char *revision)
{
    struct http_answer answer = {0};
    char tail[TAIL_BYTES];
    snprintf(tail, sizeof(tail), "/history/%s", revision);
    enum exit_code code = ask(call, tail, &(struct asked){.method = "GET"}, &answer);
    if (!code)
        code = print_text(call, revision, body_of(&answer));
    buf_deinit(&answer.body);
    return code;
}

/* ---- bringing one back ---- */

static enum exit_code restore(struct call *call, const char *revision)
{
    struct http_answer answer = {0};
    struct buf name = {0};
    char body[TAIL_BYTES], key[KEY_BYTES];
    snprintf(body, sizeof(body), "{\"revision\":%s}", revision);
    snprintf(key, sizeof(key), "%016" PRIx64 "%016" PRIx64, net_random(), net_random());
    if (address_escape(writer_name(call), &name) || buf_append(&name, slice_of("", 1)))
        return say_no_memory();
    const struct asked asked = {
        .method = "POST", .body = slice_from_cstr(body), .name = name.ptr, .key = key};
    enum exit_code code = ask(call, "/history/restore", &asked, &answer);
    if (!code && call->options.json)
        code = print_bytes(body_of(&answer));
    buf_deinit(&name);
    buf_deinit(&answer.body);
    return code;
}

/* ---- the command ---- */

static bool is_revision(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && digits <= REVISION_CHARS_MAX && text[digits] == '\0';
}

enum exit_code history_run(struct call *call)
{
    const char *verb = call->arguments[0], *revision = verb ? call->arguments[1] : NULL;
    if (!verb)
        return list(call);
    bool shows = strcmp(verb, "show") == 0;
    if (!shows && strcmp(verb, "restore") != 0)
        return say(EXIT_USAGE, "\"%s\" is neither \"show\" nor \"restore\"; see: kolabpad history --help",
                   verb);
    if (!revision || !is_revision(revision))
        return say(EXIT_USAGE, "%s wants a revision, a number of the list that kolabpad history prints",
                   verb);
    return shows ? show(call, revision) : restore(call, revision);
}
