/* comment_json.h - comments as JSON, in messages and in answers of the HTTP API alike, and the bodies of
 * requests about them (docs/protocol.md, Comments).
 *
 * What is written is never pending. Errors are sticky, as in server_message.h. */
#ifndef KOLABPAD_PROTO_COMMENT_JSON_H
#define KOLABPAD_PROTO_COMMENT_JSON_H

#include "base/json.h"
#include "pad/comments.h"
#include "proto/client_message.h"

/* {"id":…,"from":…,"to":…,…,"comments":[…]} */
void encode_thread(struct json *j, const struct kept_thread *thread);
/* "revision":830,"threads":[…], of all threads; `c` may be NULL: none, at `revision`. */
void encode_threads(struct json *j, const struct comments *c, uint64_t revision);

/* {"Comments":{"revision":830,"threads":[…]}} */
void encode_comments(struct json *j, const struct comments *c, uint64_t revision);
/* {"Comment":{"revision":831,"thread":{…}}}, {"CommentGone":{"thread":"…"}} */
void encode_comment(struct json *j, const struct comments *c, const struct kept_thread *thread);
void encode_comment_gone(struct json *j, const struct kept_thread *thread);

/* ---- bodies ----
 *
 * As rights_request.h has them: strings are valid until the decoder is used again. ERR_BAD_REQUEST (no
 * object, a member of another type), ERR_BAD_COMMENT (a text that is none), ERR_NO_MEMORY. */

/* {"revision":812,"from":5,"to":17,"text":"…"} */
struct comment_request {
    uint64_t revision;
    uint32_t from, to;
    struct slice text;
};
enum error comment_decode(struct client_decoder *d, struct slice json, struct comment_request *out);
/* {"text":"…"} */
enum error comment_text_decode(struct client_decoder *d, struct slice json, struct slice *text);
/* {"resolved":true} */
enum error comment_state_decode(struct client_decoder *d, struct slice json, bool *resolved);

#endif
