/* start.h - from a socket to a session, and the session's end. */
#ifndef KOLABPAD_SESSION_START_H
#define KOLABPAD_SESSION_START_H

#include "session/session.h"

/* A session that is on its way: made before the upgrade, posted to the shard
 * together with the socket. */
struct session_request {
    struct loop_task task; /* first: task.run is session_start */
    struct shard *shard;
    enum pad_version version;
    struct address client; /* counted already: session_count */
    bool is_relayed;       /* another server passed the handshake on */
    bool is_by_link;       /* v2: it came without the document's id, and its Hello must have a link */
    enum error refusal;    /* it is started only to be told why not; OK: it is welcome */
    struct slice id;       /* owned by this struct's allocation, like what follows */
    struct slice password; /* v1; NULL ptr: none */
    bool compresses;       /* agreed in the handshake */
    int fd;
    struct buf already_read; /* what came behind the handshake */
    struct stream *stream;   /* an event stream instead of a WebSocket (stream.h), owned; NULL: it is none */
};

/* Counts a connection, and counts it no more: against its address, and among all; one that is relayed
 * among all only. ERR_RATE_LIMITED, ERR_OVERLOADED. */
enum error session_count(struct limits *limits, struct address client, bool is_relayed);
void session_uncount(struct limits *limits, struct address client, bool is_relayed);

/* malloc'ed, copies the strings; NULL: no memory. For one that is counted. */
struct session_request *session_request_new(struct shard *shard, enum pad_version version,
                                            struct address client, struct slice id, struct slice password);
/* Of one that was not started: gives the connection back to the limits. */
void session_request_free(struct session_request *request);

/* Starts a session on the shard's thread, and frees the request. */
void session_start(struct loop_task *task);

/* Closes those that never said Hello. On the shard's timer. */
void sessions_check_hello(struct shard *shard);

/* Closes all of the shard. */
void sessions_close_all(struct shard *shard, enum error why);
/* True once none is left. */
bool sessions_are_closed(const struct shard *shard);

#endif
