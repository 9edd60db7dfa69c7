/* receive.h - what a client says, applied to its document.
 *
 * A message that cannot be meant ends the session with the error's close code.
 * An edit that is understood and not taken (too large, the database fails, too
 * fast) is refused: a v2 client is told and goes on, a v1 client has no way to
 * be told and is closed. */
#ifndef KOLABPAD_SESSION_RECEIVE_H
#define KOLABPAD_SESSION_RECEIVE_H

#include "session/session.h"

/* Takes one message: JSON text, valid UTF-8. */
void session_receive(struct session *s, struct slice text);

#endif
