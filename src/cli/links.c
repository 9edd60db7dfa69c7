/* links.c - kolabpad links: lists, makes and withdraws the links of a pad. */
#include "cli/api.h"
#include "cli/commands.h"
#include "cli/print.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY_S = 86400, DAYS_MAX = 3650 };

/* One request; the answer's body is the caller's. */
static enum exit_code ask(struct call *call, const char *method, const char *tail, struct slice body,
                          struct http_answer *answer)
{
    struct buf path = {0};
    if (api_path(&call->address, "document", tail, &path))
        return say_no_memory();
    struct http_request request = {.method = method, .path = path.ptr, .body = body};
    if (body.ptr)
        request.headers[0].name = "content-type", request.headers[0].value = "application/json";
    enum exit_code code = api_ask(call, &request, answer);
    buf_deinit(&path);
    return code;
}

static int64_t seconds_of(const json_t *link, const char *name)
{
    return (int64_t)json_number_value(json_object_get(link, name));
}

static const char *string_of(const json_t *link, const char *name)
{
    const char *text = json_string_value(json_object_get(link, name));
    return text ? text : "";
}

/* ---- list ---- */

/* "a1b2c3d4e5f6  view  2026-11-30 15:05  -  -  Class 7b" */
static enum error add_link(struct buf *out, const json_t *link)
{
    static const char *const times[] = {"created_at", "expires_at", "last_used_at"};
    enum error err = print_harmless(slice_from_cstr(string_of(link, "id")), out);
    err = err ? err : buf_append(out, SLICE("\t"));
    err = err ? err : print_harmless(slice_from_cstr(string_of(link, "role")), out);
    for (size_t i = 0; !err && i < sizeof(times) / sizeof(times[0]); i++) {
        err = buf_append(out, SLICE("\t"));
        err = err ? err : print_when(seconds_of(link, times[i]), out);
    }
    err = err ? err : buf_append(out, SLICE("\t"));
    err = err ? err : print_harmless(slice_from_cstr(string_of(link, "name")), out);
    return err ? err : buf_append(out, SLICE("\n"));
}

static enum exit_code print_links(const json_t *links)
{
    struct buf out = {0};
    size_t i;
    json_t *link;
    enum error err = buf_append(&out, SLICE("ID\tROLE\tMADE\tUNTIL\tLAST USED\tNAME\n"));
    json_array_foreach(links, i, link) err = err ? err : add_link(&out, link);
    enum exit_code code = err ? say_no_memory() : print_bytes(buf_slice(&out));
    buf_deinit(&out);
    return code;
}

static enum exit_code list(struct call *call)
{
    struct http_answer answer = {0};
    enum exit_code code = ask(call, "GET", "/links", (struct slice){0}, &answer);
    json_t *links =
        code ? NULL : json_loadb(answer.body.ptr ? answer.body.ptr : "", answer.body.len, 0, NULL);
    if (!code && !json_is_array(links))
        code = say(EXIT_REFUSED, "the server did not answer with a list of links");
    else if (!code && call->options.json)
        code = print_value(links);
    else if (!code)
        code = print_links(links);
    json_decref(links);
    buf_deinit(&answer.body);
    return code;
}

/* ---- make ---- */

static enum error print_address(const struct call *call, const char *token, struct buf *out)
{
    enum error err = address_print_server(&call->address, out);
    err = err ? err : buf_append(out, slice_from_cstr(call->address.base));
    err = err ? err : buf_append(out, SLICE("#/link/"));
    return err ? err : print_harmless(slice_from_cstr(token), out);
}

static enum exit_code print_made(const struct call *call, struct slice body)
{
    json_t *made = json_loadb(body.ptr ? body.ptr : "", body.len, 0, NULL);
    const char *token = string_of(made, "token");
    struct buf out = {0};
    enum exit_code code = EXIT_DONE;
    if (!token[0])
        code = say(EXIT_REFUSED, "the server did not tell the link");
    else if (print_address(call, token, &out))
        code = say_no_memory();
    if (!code && call->options.json) {
        json_object_set_new(made, "url", json_stringn(out.ptr, out.len));
        code = print_value(made);
    } else if (!code)
        code = buf_append(&out, SLICE("\n")) ? say_no_memory() : print_bytes(buf_slice(&out));
    json_decref(made);
    buf_deinit(&out);
    return code;
}

static enum exit_code read_days(const struct call *call, int64_t *out)
{
    char *end;
    *out = 0;
    if (!call->options.days)
        return EXIT_DONE;
    *out = strtol(call->options.days, &end, 10);
    if (end == call->options.days || *end != '\0' || *out < 1 || *out > DAYS_MAX)
        return say(EXIT_USAGE, "--days wants a number from 1 to 3650, not \"%s\"", call->options.days);
    return EXIT_DONE;
}

static enum exit_code make(struct call *call, const char *role, const char *name)
{
    struct buf body = {0};
    struct http_answer answer = {0};
    int64_t days;
    enum exit_code code = read_days(call, &days);
    if (code)
        return code;
    struct json j = json_to(&body);
    json_raw(&j, "{\"name\":");
    json_quoted(&j, slice_from_cstr(name));
    json_raw(&j, ",\"role\":");
    json_quoted(&j, slice_from_cstr(role));
    json_raw(&j, ",\"expires_at\":");
    if (days > 0)
        json_int(&j, (int64_t)time(NULL) + days * DAY_S);
    else
        json_raw(&j, "null");
    json_raw(&j, "}");
    code = json_error(&j) ? say_no_memory() : ask(call, "POST", "/links", buf_slice(&body), &answer);
    if (!code)
        code = print_made(call, buf_slice(&answer.body));
    buf_deinit(&body);
    buf_deinit(&answer.body);
    return code;
}

/* ---- withdraw ---- */

static enum exit_code withdraw(struct call *call, const char *id)
{
    struct buf tail = {0};
    struct http_answer answer = {0};
    enum error err = buf_append(&tail, SLICE("/links/"));
    err = err ? err : address_escape(slice_from_cstr(id), &tail);
    err = err ? err : buf_append(&tail, slice_of("", 1));
    enum exit_code code = err ? say_no_memory() : ask(call, "DELETE", tail.ptr, (struct slice){0}, &answer);
    buf_deinit(&tail);
    buf_deinit(&answer.body);
    return code;
}

/* ---- the command ---- */

enum exit_code links_run(struct call *call)
{
    const struct options *o = &call->options;
    int wishes = (o->view != NULL) + (o->edit != NULL) + (o->revoke != NULL);
    if (call->address.kind == ADDRESS_LINK)
        return say(EXIT_REFUSED,
                   "a link does not tell which others there are: it takes the address of the pad");
    if (wishes > 1)
        return say(EXIT_USAGE, "one of --view, --edit and --revoke at a time");
    if (o->days && !o->view && !o->edit)
        return say(EXIT_USAGE, "--days goes with --view or --edit");
    if (o->revoke)
        return withdraw(call, o->revoke);
    if (o->view || o->edit)
        return make(call, o->view ? "view" : "edit", o->view ? o->view : o->edit);
    return list(call);
}
