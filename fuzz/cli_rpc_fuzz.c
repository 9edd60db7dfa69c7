/* link: kp_cli kp_core kp_alloc */
/* What an assistant's program may write to kolabpad mcp: any bytes, line by line. What is
 * read is within its bounds, and every answer to it is one line of JSON. */
#include "cli/rpc.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_answer(const struct buf *out, const json_t *id)
{
    json_t *root = json_loadb(out->ptr, out->len, JSON_ALLOW_NUL, NULL);
    const char *end = memchr(out->ptr, '\n', out->len);
    const json_t *told = json_object_get(root, "id");
    if (!root || end != out->ptr + out->len - 1 || (id ? !json_equal(told, id) : !json_is_null(told)))
        __builtin_trap();
    json_decref(root);
}

static void check(const struct rpc *message)
{
    struct buf out = {0};
    bool is_bad = message->kind == RPC_BAD;
    if (is_bad != (message->problem != NULL) || memchr(message->method, '\0', RPC_METHOD_BYTES) == NULL)
        __builtin_trap();
    if (message->kind == RPC_REQUEST && !message->id)
        __builtin_trap();
    if (message->params && !json_is_object(message->params))
        __builtin_trap();
    enum error err = is_bad ? rpc_refuse(&out, message->id, message->code, message->problem)
                            : rpc_answer(&out, message->id, json_object());
    if (err)
        __builtin_trap();
    check_answer(&out, message->id);
    buf_deinit(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = slice_of(data, size);
    while (rest.len > 0) {
        const char *end = memchr(rest.ptr, '\n', rest.len);
        size_t len = end ? (size_t)(end - rest.ptr) + 1 : rest.len;
        struct rpc message;
        rpc_read((struct slice){rest.ptr, len}, &message);
        check(&message);
        rpc_deinit(&message);
        rest = slice_from(rest, len);
    }
    return 0;
}
