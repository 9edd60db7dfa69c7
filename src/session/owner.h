/* owner.h - the owner's token, on its way to the tab that made the document (doc/maker.h).
 *
 * It is told with the echo of the edit that made the document, or in the Welcome when the connection was
 * lost meanwhile. The tab has it when it says something that it can only say after having read on: an edit
 * of a later text, or a Ping after the Pong that came behind it.
 *
 * Shard's thread only. */
#ifndef KOLABPAD_SESSION_OWNER_H
#define KOLABPAD_SESSION_OWNER_H

#include "session/session.h"

/* It has joined: did the document exist then? */
void owner_note_join(struct session *s);
/* Would its edit make the document? And that edit was taken. */
bool owner_is_made_by_edit(const struct session *s);
void owner_made(struct session *s);

/* The token for its Welcome, from which on it is the owner; NULL ptr: none. */
struct slice owner_for_welcome(struct session *s);
/* Tells it, if it is to be told and may be. */
void owner_tell(struct session *s);

/* It edits the text at that revision; it is about to be answered a Ping. */
void owner_heard_edit(struct session *s, uint64_t revision);
void owner_heard_ping(struct session *s);

#endif
