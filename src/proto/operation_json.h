/* operation_json.h - reads an operation from its JSON form; internal to proto/.
 * (encode_operation in server_message.h writes it.) */
#ifndef KOLABPAD_PROTO_OPERATION_JSON_H
#define KOLABPAD_PROTO_OPERATION_JSON_H

#include "ot/op.h"
#include "proto/json_read.h"

/* Builds `out` (cleared first) from [5,"text",-3]. Input that is not in normal
 * form is accepted where the builder can repair it: neighbours of a kind are
 * merged, a delete before an insert at the same place changes places with it.
 * Leniently, components that say nothing (0, "") are passed over, and inserts
 * may hold carriage returns: such an operation is for pad_edit only.
 * On failure `out` is of no use and *detail says why:
 *   ERR_BAD_OPERATION  not an array; a component that is neither integer nor
 *                      string, that says nothing, or is larger than
 *                      OP_POINTS_MAX; so are the sums
 *   ERR_BAD_TEXT       an insert with a carriage return
 *   ERR_NO_MEMORY */
enum error operation_from_json(const json_t *array, enum reading how, struct op *out, const char **detail);

#endif
