#include "cli/rpc.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

static void fail(struct rpc *out, enum rpc_code code, const char *problem)
{
    out->kind = RPC_BAD;
    out->code = code;
    out->problem = problem;
}

static bool is_blank(struct slice line)
{
    for (size_t i = 0; i < line.len; i++)
        if (!strchr(" \t\r\n", line.ptr[i]) || line.ptr[i] == '\0')
            return false;
    return true;
}

static bool is_version_2(const json_t *root)
{
    const char *version = json_string_value(json_object_get(root, "jsonrpc"));
    return version && strcmp(version, "2.0") == 0;
}

static void read_request(json_t *root, struct rpc *out)
{
    json_t *id = json_object_get(root, "id"), *params = json_object_get(root, "params");
    const char *method = json_string_value(json_object_get(root, "method"));
    bool is_answer = !method && (json_object_get(root, "result") || json_object_get(root, "error"));
    if (json_is_string(id) || json_is_integer(id))
        out->id = json_incref(id);
    if (!is_version_2(root))
        fail(out, RPC_INVALID_REQUEST, "\"jsonrpc\" must be \"2.0\"");
    else if (is_answer)
        out->kind = RPC_IGNORED;
    else if (!method)
        fail(out, RPC_INVALID_REQUEST, "\"method\" must be a string");
    else if (id && !out->id)
        fail(out, RPC_INVALID_REQUEST, "\"id\" must be a string or an integer");
    else if (params && !json_is_object(params))
        fail(out, RPC_INVALID_PARAMS, "\"params\" must be an object");
    else {
        out->kind = id ? RPC_REQUEST : RPC_NOTIFICATION;
        strncpy(out->method, method, sizeof(out->method) - 1);
        out->params = params ? json_incref(params) : NULL;
    }
}

void rpc_read(struct slice line, struct rpc *out)
{
    json_error_t error;
    *out = (struct rpc){.kind = RPC_IGNORED};
    if (is_blank(line))
        return;
    json_t *root = json_loadb(line.ptr, line.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (!root)
        fail(out, RPC_PARSE_ERROR, "this is no JSON");
    else if (!json_is_object(root))
        fail(out, RPC_INVALID_REQUEST, "a message is one object");
    else
        read_request(root, out);
    json_decref(root);
}

void rpc_deinit(struct rpc *message)
{
    json_decref(message->id);
    json_decref(message->params);
    *message = (struct rpc){.kind = RPC_IGNORED};
}

static enum error append_value(struct buf *out, const json_t *value)
{
    char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    if (value && !text)
        return ERR_NO_MEMORY;
    enum error err = buf_append(out, text ? slice_from_cstr(text) : SLICE("null"));
    free(text);
    return err;
}

static enum error begin(struct buf *out, const json_t *id)
{
    enum error err = buf_append(out, SLICE("{\"jsonrpc\":\"2.0\",\"id\":"));
    return err ? err : append_value(out, id);
}

static enum error finish(struct buf *out, size_t before, enum error err)
{
    if (err)
        out->len = before;
    return err;
}

enum error rpc_answer(struct buf *out, const json_t *id, json_t *result)
{
    size_t before = out->len;
    enum error err = result ? begin(out, id) : ERR_NO_MEMORY;
    err = err ? err : buf_append(out, SLICE(",\"result\":"));
    err = err ? err : append_value(out, result);
    err = err ? err : buf_append(out, SLICE("}\n"));
    json_decref(result);
    return finish(out, before, err);
}

enum error rpc_refuse(struct buf *out, const json_t *id, enum rpc_code code, const char *problem)
{
    size_t before = out->len;
    struct json j = json_to(out);
    if (begin(out, id))
        return finish(out, before, ERR_NO_MEMORY);
    json_raw(&j, ",\"error\":{\"code\":");
    json_int(&j, code);
    json_raw(&j, ",\"message\":");
    json_quoted(&j, slice_from_cstr(problem));
    json_raw(&j, "}}\n");
    return finish(out, before, json_error(&j));
}
