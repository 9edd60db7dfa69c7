/* patch.h - the body of PATCH /api/text/{id}, decoded and checked.
 *
 *     {"revision":812,"operation":[5,"x",-2]}
 *     {"replace":"old","with":"new","count":1}
 *
 * Members that are not known are ignored, as in messages; those of both kinds in one body
 * are not meant by anybody, and refused. */
#ifndef KOLABPAD_PROTO_PATCH_H
#define KOLABPAD_PROTO_PATCH_H

#include "proto/client_message.h"

struct patch {
    bool is_operation;
    uint64_t revision; /* of an operation */
    struct op_view op;
    struct slice old, with; /* else; `old` is not empty, neither has carriage returns */
    uint64_t count;         /* 1 when it is left out; at least 1 */
};

/* What comes out lives in the decoder, until its next message. ERR_BAD_PATCH (not JSON, not one of
 * the two, a member of the wrong type), ERR_BAD_OPERATION, ERR_BAD_TEXT (a carriage return),
 * ERR_NO_MEMORY. */
enum error patch_decode(struct client_decoder *d, struct slice json, struct patch *out);

#endif
