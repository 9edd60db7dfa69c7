/* stream.h - following a document over HTTP: an event stream (text/event-stream).
 *
 * It is a session whose client says nothing: its request was its Hello, and what it is told are
 * the messages of v2, each as an event whose id is the revision that the client has then. It
 * shares its frames with all other streams of the document.
 *
 *     id: 813
 *     data: {"History":{"start":812,"operations":[…]}}
 *
 *     id: 813-q3RkNbXyTgaJ0PZtVvLhOQ
 *
 * The id alone, with the epoch, is no event: it is what a browser says when it comes back, so that it does
 * not go on in another text with the same numbers.
 *
 * First comes what was missed since the revision that the client named, or the Snapshot where
 * that is not known or none was named; then the language, if one is set, and the people. */
#ifndef KOLABPAD_SESSION_STREAM_H
#define KOLABPAD_SESSION_STREAM_H

#include "session/session.h"

struct stream {
    struct buf head;   /* of the HTTP answer */
    struct buf name;   /* cleaned; empty: nobody is told of the reader */
    struct buf bearer; /* what the request showed to be let in, besides a password in its address: */
    bool has_bearer;   /* a password, a link's token or the owner's */
    bool has_revision;
    uint64_t revision;
    bool has_epoch; /* with has_revision: of this epoch; else it is believed */
    struct id128 epoch;
};

void stream_free(struct stream *stream); /* NULL is fine */

/* For start.c: says Hello for a session whose connection is open, and sends the head. ERR_NO_MEMORY. */
enum error stream_begin(struct session *s, const struct stream *stream);

#endif
