/* join.h - from the Hello to the Welcome.
 *
 *   [take Hello] ─► open the document ─► attach ─► … committed … ─► welcome
 *
 * Nothing is told before what the document held at the moment of joining is
 * committed: a crash must not take back what somebody was shown. */
#ifndef KOLABPAD_SESSION_JOIN_H
#define KOLABPAD_SESSION_JOIN_H

#include "session/session.h"

/* v2: remembers what the Hello says. The session is then OPENING. ERR_NO_MEMORY. */
enum error join_take_hello(struct session *s, const struct client_message *m);

/* Opens the document and joins it, now or in a later turn: v1 at once, v2 when
 * its Hello was taken. Closes the session where that fails. */
void join_document(struct session *s);

/* The first messages: what it needs to begin. Requires committed >= peer.gate.
 * The history of a v1 client may be long: it goes as far as the socket takes
 * it, and `joining` stays until all of it has gone. */
void join_welcome(struct session *s);

#endif
