/* session.h - the gateway between one WebSocket and one pad.
 *
 *   v1   ───────────────────────────► ACCESSING ─► JOINED ─► CLOSED
 *   v2   AWAITING_HELLO ─── Hello ──► ACCESSING ─► JOINED ─► CLOSED
 *
 * It decodes what the client says and applies it to the pad; it tells the
 * client what the pad says the client lacks, whenever there is something and
 * the socket takes it. It keeps no queue of its own: a session that is behind
 * is a peer with an old `sent` and `seen`.
 *
 * session.c opens, dispatches and closes; session_join.c does what lies
 * between the handshake and the welcome.
 *
 * Owner: the shard, through the connection; freed when that is closed. Shard's
 * thread only. */
#ifndef KOLABPAD_APP_SESSION_H
#define KOLABPAD_APP_SESSION_H

#include "app/access.h"

enum { HISTORY_FRAME_BYTES = 256 * 1024 }; /* of operations in one message to a session that is behind */

enum session_state { SESSION_AWAITING_HELLO, SESSION_ACCESSING, SESSION_JOINED, SESSION_CLOSED };

struct session {
    struct link link; /* shard->awaiting_hello, then shard->sessions */
    struct shard *shard;
    struct conn *conn;
    struct document *doc; /* NULL unless JOINED */
    struct pad_peer peer;
    struct joining *joining; /* what only joining needs; NULL once welcomed */
    struct address client;
    struct edit_bucket edits;
    int64_t opened_ms;
    uint32_t refusals; /* edits refused, less those taken since */
    enum session_state state;
    enum pad_version version;
};

/* From the handshake to the welcome. */
struct joining {
    struct slice id; /* owned by this struct's allocation */
    struct buf otp;  /* what the client gave */
    bool has_otp;
    struct access *access; /* the question under way */
    struct pad_hello hello;
    struct buf name; /* holds hello.name */
    struct pad_welcome welcome;
    struct frame *snapshot; /* v2, not resumed: the text it joined at, held until that is committed */
    bool is_greeted;        /* v1: has its Identity, and the history as far as the socket took it */
};

/* How a socket becomes a session: made by the route before the upgrade, posted
 * to the shard with the socket. malloc'ed, with the strings behind it. */
struct session_request {
    struct loop_task task; /* first: task.run is session_open */
    struct shard *shard;
    enum pad_version version;
    struct address client;
    struct slice id;
    struct slice otp; /* v1; NULL ptr: none */
    int fd;
    struct buf already_read;
};

/* Opens the connection and frees the request. */
void session_open(struct loop_task *task);

/* ---- session_join.c ---- */

/* v1 at once, v2 when its Hello has come: asks for the document. */
void session_ask(struct session *s);
/* Takes what the Hello says. */
enum error session_take_hello(struct session *s, const struct client_message *m);
/* The first messages: what it needs to begin. Requires committed >= gate. The
 * history of a v1 client may be long: it goes as far as the socket takes it,
 * and `joining` stays until all of it has gone. */
void session_welcome(struct session *s);
void joining_free(struct session *s);

/* ---- session.c ---- */

/* Applies one message of the client. */
void session_message(struct session *s, struct slice text);

/* Tells the client what it lacks, as far as the socket takes it. */
void session_catch_up(struct session *s);

/* The next of the operations it lacks, in one frame. ERR_CANNOT_RESUME when the
 * history no longer reaches back to them, ERR_NO_MEMORY. */
enum error session_tell_history(struct session *s);

/* Sends one message of its own. */
void session_send(struct session *s, struct slice json);

/* Leaves the pad and closes with the error's close code; `reason` NULL: its text. */
void session_close(struct session *s, enum error why, const char *reason);

/* Closes those that never said Hello. */
void sessions_check_hello(struct shard *shard, int64_t now_ms);

#endif
