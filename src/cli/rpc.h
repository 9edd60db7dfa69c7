/* rpc.h - messages of JSON-RPC 2.0, one a line, as the Model Context Protocol has them.
 *
 * Reading is strict: what is no message is answered with an error and is otherwise of
 * no consequence. Batches are none since the revision of 2025-06-18. Nothing here waits or
 * writes; lines come from and go to the caller. */
#ifndef KOLABPAD_CLI_RPC_H
#define KOLABPAD_CLI_RPC_H

#include "base/buf.h"

#include <jansson.h>

/* The codes of JSON-RPC. */
enum rpc_code {
    RPC_PARSE_ERROR = -32700,
    RPC_INVALID_REQUEST = -32600,
    RPC_METHOD_NOT_FOUND = -32601,
    RPC_INVALID_PARAMS = -32602,
    RPC_INTERNAL = -32603,
};

enum rpc_kind {
    RPC_REQUEST,      /* wants an answer with its id */
    RPC_NOTIFICATION, /* wants none */
    RPC_IGNORED,      /* an answer to what we never asked, or an empty line */
    RPC_BAD,          /* to be answered with `code` and `problem` */
};

enum { RPC_METHOD_BYTES = 64 };

struct rpc {
    enum rpc_kind kind;
    char method[RPC_METHOD_BYTES]; /* cut: no method is that long */
    json_t *id;                    /* owned; a string or an integer; NULL: none */
    json_t *params;                /* owned; an object; NULL: none */
    enum rpc_code code;
    const char *problem;
};

/* Reads a line. rpc_deinit() lets go what is in `out`. */
void rpc_read(struct slice line, struct rpc *out);
void rpc_deinit(struct rpc *message);

/* Append a line: an answer with `result`, which is taken over, or an error. `id` is
 * borrowed; NULL is null. ERR_NO_MEMORY, with nothing appended. */
enum error rpc_answer(struct buf *out, const json_t *id, json_t *result);
enum error rpc_refuse(struct buf *out, const json_t *id, enum rpc_code code, const char *problem);

#endif
