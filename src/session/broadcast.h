/* broadcast.h - what happens in a document, told to all its sessions. */
#ifndef KOLABPAD_SESSION_BROADCAST_H
#define KOLABPAD_SESSION_BROADCAST_H

#include "doc/documents.h"

/* What documents whose peers are sessions call: every peer's owner is a struct session. */
extern const struct document_events session_events;

#endif
