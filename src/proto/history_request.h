/* history_request.h - the bodies of requests that change a document's history.
 *
 * ERR_BAD_REQUEST (no JSON object, a member of the wrong type or missing), ERR_NO_MEMORY;
 * `out` is unchanged then. */
#ifndef KOLABPAD_PROTO_HISTORY_REQUEST_H
#define KOLABPAD_PROTO_HISTORY_REQUEST_H

#include "proto/client_message.h"

/* PUT …/history {"keep":false,"user_id":1,"client":"…"}, DELETE …/history the same without `keep`.
 * All may be left out; an empty body reads as {}. */
struct history_change {
    bool has_keep, keep;
    bool has_user; /* the tab in whose name it is told */
    uint64_t user_id;
    struct id128 client; /* zero: absent */
};
enum error history_change_decode(struct client_decoder *d, struct slice json, struct history_change *out);
/* POST …/history/restore {"revision":812} */
enum error history_restore_decode(struct client_decoder *d, struct slice json, uint64_t *revision);

#endif
