/* history_request.h - the bodies of requests that change a document's history.
 *
 * ERR_BAD_REQUEST (no JSON object, a member of the wrong type or missing), ERR_NO_MEMORY;
 * `out` is unchanged then. */
#ifndef KOLABPAD_PROTO_HISTORY_REQUEST_H
#define KOLABPAD_PROTO_HISTORY_REQUEST_H

#include "proto/client_message.h"

/* PUT …/history {"keep":false} */
enum error history_keep_decode(struct client_decoder *d, struct slice json, bool *keep);
/* POST …/history/restore {"revision":812} */
enum error history_restore_decode(struct client_decoder *d, struct slice json, uint64_t *revision);

#endif
