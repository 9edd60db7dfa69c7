/* cat.c - kolabpad cat: prints the text, by one HTTP request. */
#include "cli/api.h"
#include "cli/commands.h"
#include "cli/print.h"

static enum exit_code print(const struct call *call, const struct http_answer *answer)
{
    if (!call->options.json)
        return print_bytes(buf_slice(&answer->body));
    struct buf line = {0};
    struct json j = json_to(&line);
    json_raw(&j, "{\"text\":");
    json_quoted(&j, answer->body.ptr ? buf_slice(&answer->body) : SLICE(""));
    json_raw(&j, ",\"etag\":");
    json_quoted(&j, slice_from_cstr(answer->etag));
    json_raw(&j, "}");
    enum exit_code code = print_json(&j, &line);
    buf_deinit(&line);
    return code;
}

enum exit_code cat_run(struct call *call)
{
    struct buf path = {0};
    struct http_answer answer = {0};
    if (api_path(&call->address, "text", call->address.kind == ADDRESS_LINK ? "/text" : "", &path))
        return say_no_memory();
    struct http_request request = {.method = "GET", .path = path.ptr};
    enum exit_code code = api_ask(call, &request, &answer);
    if (!code)
        code = print(call, &answer);
    buf_deinit(&answer.body);
    buf_deinit(&path);
    return code;
}
