/* server_message.h - messages of the server, as JSON text.
 *
 * Each function appends one message, without WebSocket framing, to a JSON
 * writer (sticky errors: ask json_error at the end). The key and member order
 * is that of docs/protocol.md, which v1 clients see byte for byte. */
#ifndef KOLABPAD_PROTO_SERVER_MESSAGE_H
#define KOLABPAD_PROTO_SERVER_MESSAGE_H

#include "base/json.h"
#include "pad/pad.h"

/* An operation: [5,"text",-3]. */
void encode_operation(struct json *j, struct op_view op);

/* v1 */
void encode_identity(struct json *j, uint64_t user_id);

/* {"History":{"start":…,"operations":[…]}} with the operations [from, to) of the
 * pad under the peer's numbering, as pad_entry_for gives them, and to a peer that
 * goes by author also which of their authors do not. For a v1 peer, `with_v1_text` puts
 * what stands for the text before in front (pad_v1_before), and start is 0. */
void encode_history(struct json *j, const struct pad_peer *peer, uint64_t from, uint64_t to,
                    bool with_v1_text);

/* v2 */
struct welcome_message {
    const struct pad *pad;
    const struct pad_welcome *welcome;
    int64_t created_ms, expires_ms; /* expires 0: never */
    size_t message_bytes_max;
    const char *access;        /* "view", "edit" or "own" */
    const char *comments;      /* "read" or "write"; NULL: left out, it does not follow them */
    struct slice owner;        /* the owner's token, for whoever has not got it yet; NULL ptr: not told */
    const struct pad_peer *to; /* a guest is not told the password */
    const char *server;        /* "1.0.0 (abc1234)" */
};
void encode_welcome(struct json *j, const struct welcome_message *m);
void encode_snapshot(struct json *j, const struct pad *pad); /* the text at pad->revision */
void encode_users(struct json *j, struct pad *pad);          /* everybody, the receiver included */
void encode_rejected(struct json *j, uint64_t revision, enum error why,
                     uint64_t limit); /* limit 0: left out */
void encode_pong(struct json *j, int64_t n);
/* {"Owner":{"token":"…"}}, {"Access":{"role":"view"}} */
void encode_owner(struct json *j, struct slice token);
void encode_access(struct json *j, const char *access, const char *comments); /* NULL: left out */

/* both: a changed item as a message */
void encode_user_info(struct json *j, const struct pad_peer *peer, enum pad_version version);
void encode_user_left(struct json *j, uint64_t user_id);
/* v2: cut to the committed text. */
void encode_user_cursor(struct json *j, struct pad_peer *peer, enum pad_version version);
void encode_language(struct json *j, const struct pad *pad);
/* The language at connect time: by user 18446744073709551615, "System". */
void encode_language_initial(struct json *j, const struct pad *pad);
void encode_password(struct json *j, const struct pad *pad);
void encode_password_initial(struct json *j, const struct pad *pad);
/* v2: {"Storage":{"writable":false}} */
void encode_storage(struct json *j, const struct pad *pad);
/* v2: {"Rights":{"owner":true,"manage":"editors","write":"editors","user_id":1,"user_name":"Alice"}} */
void encode_rights(struct json *j, const struct pad *pad);
/* v2: {"Restored":{"revision":812,"at":1700000000,"user_id":1,"user_name":"Alice"}} */
void encode_restored(struct json *j, const struct pad_past *past);
/* v2: {"HistoryChanged":{"change":"off","kept":false,"user_id":1,"user_name":"Alice"}} */
void encode_history_changed(struct json *j, const struct pad *pad);

/* The message for a change, as above; false when `version` has none for it. */
bool encode_change(struct json *j, struct pad *pad, const struct pad_change *change,
                   enum pad_version version);

#endif
