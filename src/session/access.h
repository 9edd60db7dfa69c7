/* access.h - what somebody in a document may do, and how that changes while they are in it.
 *
 * Who may do what is judged when the document is opened (doc/open.h), and again here whenever its
 * rights change: links are withdrawn or end, somebody becomes the owner, the owner takes the pen.
 * What follows from it is the pad's affair, which refuses the edits of viewers (pad.h).
 *
 * Shard's thread only. */
#ifndef KOLABPAD_SESSION_ACCESS_H
#define KOLABPAD_SESSION_ACCESS_H

#include "doc/open.h"
#include "session/session.h"

/* Remembers what the document was opened with. Before joining. */
void access_grant(struct session *s, const struct open_result *opened);

/* The rights of its document have changed: tells the client its new role, or closes the session. */
void access_check(struct session *s);

/* What it may do with comments, as the wire has it; NULL: it does not follow them. */
const char *access_of_comments(const struct session *s);

/* It is the owner from now on; the client is told. */
void access_become_owner(struct session *s);

#endif
