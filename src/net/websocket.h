/* websocket.h - bytes from a peer in, whole text messages out. No sockets.
 *
 *   bytes ─► wslay: frames, masks, UTF-8, control frames ─► on_text
 *                    └─► replies: pongs, the echo of a Close
 *
 * A receiver (wslay's context, some 5 KiB, and a buffer for a message in
 * pieces) is needed only while a frame or a message is incomplete. So a pool
 * lends them: ws_feed borrows one when bytes arrive and gives it back when
 * they end at a message boundary, which for nearly every read they do. An idle
 * connection holds none.
 *
 * Where the boundary is, is found by counting: wslay tells where frames start
 * and end, and a frame's header has exactly one valid length.
 *
 * Where compression was agreed on (deflate.h), a compressed message is unpacked when
 * it is whole.
 *
 * Memory for one peer: one receiver and at most message_max bytes (growing by
 * half as they come, not as the frame header announces them), however the peer fragments.
 *
 * Owner of the pool: one loop, its thread only. */
#ifndef KOLABPAD_NET_WEBSOCKET_H
#define KOLABPAD_NET_WEBSOCKET_H

#include "base/buf.h"

struct ws_pool;
struct ws_receiver;

/* NULL: no memory. */
struct ws_pool *ws_pool_new(void);
/* Every receiver must have been given back. */
void ws_pool_free(struct ws_pool *pool);
/* The number of receivers that exist, lent and spare: for tests and dumps. */
size_t ws_pool_size(const struct ws_pool *pool);

struct ws_sink {
    /* A whole text message, valid UTF-8, borrowed for the call. False: the
     * rest of the bytes is not wanted any more. */
    bool (*on_text)(void *arg, struct slice text);
    void *arg;
    bool takes_binary;         /* binary messages count as text, if they are UTF-8 too; else they fail */
    bool takes_compressed;     /* as agreed in the handshake; else a compressed message is a fault */
    const size_t *message_max; /* bytes, as sent and unpacked; read again for every frame, so that on_text may
                                  change it */
};

enum ws_state {
    WS_OPEN,    /* feed more when it comes */
    WS_STOPPED, /* on_text wanted no more */
    WS_CLOSED,  /* the peer sent Close; `code` is its code, 1005 when it gave none */
    WS_FAILED,  /* the peer broke the protocol: `why`, and `code` to close with */
};

struct ws_result {
    enum ws_state state;
    enum error why;
    uint16_t code;
    /* Framed pongs, and after WS_CLOSED the Close that answers; empty after
     * WS_FAILED. Borrowed until the pool is used again. */
    struct slice replies;
};

/* Feeds bytes. `*held` is the connection's receiver, NULL at first; after any
 * state but WS_OPEN it is NULL again and nothing more may be fed. ERR_NO_MEMORY
 * is a WS_FAILED like any other. */
struct ws_result ws_feed(struct ws_pool *pool, struct ws_receiver **held, struct slice bytes,
                         const struct ws_sink *sink);

/* Gives back what an ended connection holds; NULL is fine. */
void ws_drop(struct ws_receiver *held);

#endif
