/* catch_up.h - bringing a session up to date. */
#ifndef KOLABPAD_SESSION_CATCH_UP_H
#define KOLABPAD_SESSION_CATCH_UP_H

#include "session/session.h"

/* Tells the client what it lacks, as far as the socket takes it: the welcome
 * first, then operations, then presence. What is left waits for the socket to
 * drain. Harmless for one that has not joined or is closing. */
void session_catch_up(struct session *s);

#endif
