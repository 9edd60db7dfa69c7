/* attach.h - being in a document.
 *
 * A peer is somebody to whom the document is told and who may change it: a
 * WebSocket session, or a writer (writer.h). While there is one, the document stays in memory,
 * its persister runs, and the database is told that it is in use. */
#ifndef KOLABPAD_DOC_ATTACH_H
#define KOLABPAD_DOC_ATTACH_H

#include "doc/document.h"

/* Joins the pad: arguments and errors of pad_join. Where welcome->replaced
 * names an older peer of the same tab, that one is out of the pad already and
 * must be detached by whoever owns it. */
enum error document_attach(struct document *doc, struct pad_peer *peer, const struct pad_hello *hello,
                           struct pad_welcome *welcome);

/* Leaves the pad. The document outlives the call, whoever was in it: what the
 * last peer leaves without ever having written goes at the end of the turn. */
void document_detach(struct document *doc, struct pad_peer *peer);
/* The same of a writer: the document is not written as a whole for it, where there is a journal. */
void document_detach_writer(struct document *doc, struct pad_peer *peer);

/* Internal to src/doc: drops the document if nobody is in it and nothing was ever
 * written there. */
void document_reap(struct document *doc);

#endif
