/* broadcast.h - what happens in a document, told to all its sessions. */
#ifndef KOLABPAD_SESSION_BROADCAST_H
#define KOLABPAD_SESSION_BROADCAST_H

#include "doc/documents.h"

/* The events of documents whose peers are sessions: the owner of every peer must
 * be its struct session. */
extern const struct document_events session_events;

#endif
