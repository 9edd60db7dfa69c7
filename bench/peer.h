/* peer.h - a tab in a pad, as far as a bench needs one.
 *
 * Against Kolabpad it speaks v2 (docs/protocol.md): Hello, then edits of one
 * character at the start of the text, each made against the newest revision,
 * one in flight at a time. It follows the length of the text through every
 * History, and checks that no revision is missing.
 *
 * Against the relay, which sends back what it is sent, it sends what Kolabpad
 * would have answered: a History of the same size with one operation.
 *
 * The text is ASCII, so bytes, code points and characters are the same. */
#ifndef KOLABPAD_BENCH_PEER_H
#define KOLABPAD_BENCH_PEER_H

#include "client.h"

enum dialect { DIALECT_V2, DIALECT_RELAY };

struct peer {
    struct client client; /* first: a callback's client is its peer */
    enum dialect dialect;
    bool joined;  /* has the text and may edit */
    bool waiting; /* for the echo of its edit */
    uint64_t user_id;
    uint64_t revision;
    uint32_t length;      /* of the text at `revision` */
    uint32_t keep_length; /* beyond it an edit deletes as much as it adds */
};

/* The outcome of a message. */
struct news {
    uint32_t operations;
    bool acknowledged; /* one of them was the peer's own */
    bool joined;       /* the peer has just joined */
};

/* Connects to the pad and joins it. `user_id` names the peer on the relay;
 * Kolabpad gives out its own. */
void peer_open(struct fleet *fleet, struct peer *peer, enum dialect dialect, const char *pad,
               uint64_t user_id, uint32_t keep_length);
/* To be called from the fleet's callbacks. */
void peer_on_open(struct peer *peer);
struct news peer_on_text(struct peer *peer, struct slice text);

/* Sends an edit that inserts `count` characters; the peer has joined and is
 * not waiting. */
void peer_edit(struct peer *peer, uint32_t count);

#endif
