/* call.h - an HTTP request on its way to a document and back.
 *
 *   front door ─task─► shard ─► access ─► answer (http_respond, any thread)
 *
 * A call answers its request exactly once and is then gone. Made on the front
 * door's thread, owned by the shard from call_post on. */
#ifndef KOLABPAD_APP_CALL_H
#define KOLABPAD_APP_CALL_H

#include "app/access.h"

enum call_kind {
    CALL_SOCKET,    /* the WebSocket handshake of a v1 client: the password comes before the upgrade */
    CALL_PROTECT,   /* POST   /api/document/{id}/protect */
    CALL_UNPROTECT, /* DELETE /api/document/{id}/protect */
    CALL_TEXT,      /* GET    /api/document/{id}/text, /api/text/{id} */
    CALL_INFO,      /* GET    /api/document/{id} */
};

struct call {
    struct loop_task task;
    struct link link;       /* shard->calls */
    struct link gated_link; /* document->gated */
    struct shard *shard;
    struct http_request *request;
    enum call_kind kind;
    struct slice id, otp;  /* in the same allocation; otp.ptr NULL: none */
    struct access *access; /* the question under way */
    uint64_t gate;         /* CALL_TEXT, CALL_INFO: the revision that must be committed before it is told */
    struct buf body;       /* the text, or what is known of it, at `gate` */
    uint64_t user_id;      /* who changes the password */
    char new_otp[16];      /* CALL_PROTECT */
};

/* Copies id and otp and hands the request to the document's shard; answers it
 * with an error when there is no memory. */
void call_post(struct server *server, struct http_request *request, enum call_kind kind, struct slice id,
               struct slice otp);

/* The journal has caught up, or will not for a while: answers the calls that wait for it. */
void calls_release(struct document *doc);

/* The password change doc->protecting was written, or not. */
void call_otp_written(struct document *doc, enum error result);

/* Answers every open call with ERR_SHUTTING_DOWN. */
void calls_refuse_all(struct shard *shard);

#endif
