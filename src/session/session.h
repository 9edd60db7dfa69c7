/* session.h - what stands between one WebSocket and one document.
 *
 *   v1   ─────────────────────────────► OPENING ─► JOINED ─► CLOSED
 *   v2   AWAITING_HELLO ─── Hello ────► OPENING ─► JOINED ─► CLOSED
 *
 * It decodes what the client says and applies it to the document; it tells the
 * client what the pad says the client lacks, whenever there is something and
 * the socket takes it. It keeps no queue of its own: a session that is behind
 * is a peer with an old `sent` and `seen`.
 *
 *   upgrade.h    from an HTTP request to a socket that belongs to a shard
 *   start.h      from that socket to a session
 *   receive.h    what the client says
 *   join.h       from the Hello to the Welcome
 *   tell.h       operations and presence that it lacks, in frames
 *   catch_up.h   all of that, as far as the socket takes it
 *   frames.h     frames that many sessions share
 *   broadcast.h  the document's events, for all its sessions
 *   owner.h      the owner's token, for whoever made the document
 *   access.h     what it may do, and how that changes
 *   follow.h     from an HTTP request to one that only listens
 *   stream.h     what that one is told first
 *
 * Owner: the shard, through the connection; freed when that is closed. Shard's
 * thread only. */
#ifndef KOLABPAD_SESSION_SESSION_H
#define KOLABPAD_SESSION_SESSION_H

#include "doc/document.h"
#include "doc/rights.h"
#include "net/conn.h"
#include "shard/shard.h"

enum session_state {
    SESSION_AWAITING_HELLO,
    SESSION_OPENING, /* its document is being opened */
    SESSION_JOINED,  /* in the document, though perhaps not welcomed yet: then `joining` is still there */
    SESSION_CLOSED,  /* out of the document; the connection is closing */
};

/* The owner's token, of a document that this tab has made (owner.h). */
enum owner_told {
    OWNER_NOT_TOLD,
    OWNER_TOLD,
    OWNER_PONGED, /* and a Ping was answered since: the next one shows that it was read */
    OWNER_KNOWN,
};

struct session {
    struct link link; /* shard->awaiting_hello, then shard->sessions */
    struct shard *shard;
    struct conn *conn;
    struct document *doc; /* NULL unless JOINED */
    struct pad_peer peer;
    struct joining *joining; /* what only joining needs; NULL once welcomed or closed */
    struct address client;
    struct edit_bucket edits;
    int64_t opened_ms;
    uint32_t refusals; /* edits refused, less those taken since */
    enum session_state state;
    enum pad_version version;
    enum access access; /* what it may do; once JOINED */
    bool by_link;       /* by this link: */
    char link_id[LINK_ID_CHARS];
    enum comments_access comments_at_least; /* comments_access_of; means something to one that follows them */
    bool may_make;                          /* v2: the document did not exist when it joined */
    enum owner_told owner_told;
    uint64_t owner_told_at; /* what it was told of the text when it was told the token */
    bool is_relayed;        /* its client is connected to another server, which counts its address */
};

/* From the handshake to the welcome. */
struct joining {
    struct slice id; /* owned by this struct's allocation */
    bool is_by_link; /* it came without the id, so that nothing but its link opens the document */
    struct buf password, link, owner;
    bool has_password, has_link, has_owner;
    struct open *open; /* the open request under way; NULL: none */
    struct pad_hello hello;
    struct buf name; /* holds hello.name */
    struct pad_welcome welcome;
    struct frame *snapshot; /* v2, not resumed: the text it joined at, held until that is committed */
    bool is_greeted;        /* v1: has its Identity, and the history as far as the socket took it */
};

/* Cancels what is under way for it. NULL-safe on `joining`. */
void session_end_joining(struct session *s);

/* Queues one frame and lets go of it; NULL (no memory for it) ends the
 * connection, since the client would miss something. */
void session_send(struct session *s, struct frame *frame);

/* Leaves the document and closes with the error's close code; `reason` NULL: its
 * text. The connection ends later: then whoever started it frees the session. */
void session_close(struct session *s, enum error why, const char *reason);

/* Leaves the document; harmless when not in one. */
void session_leave(struct session *s);

#endif
