/* loss.h - documents that are not this server's any more.
 *
 * Where servers share a database, what is in memory can stop being the document:
 * this server was declared dead (ERR_MOVED, all of them), or a row could not be
 * appended, since the database has another history than memory (ERR_CONFLICT, one). And one that
 * was deleted for good (ERR_GONE, rights.h) is nobody's.
 * Then what is not committed is nobody's: no one was told that it is saved, so the
 * tabs have it and send it to wherever they are served next.
 *
 * A lost document takes no edits, is not written any more, and is given to nobody. Its
 * peers are closed; it leaves memory when they have gone and the store has answered
 * what was under way. Until then whoever asks for it is told to come back. */
#ifndef KOLABPAD_DOC_LOSS_H
#define KOLABPAD_DOC_LOSS_H

#include "doc/document.h"

/* Does nothing to one that is lost already. */
void document_lose(struct document *doc, enum error why);

/* This server's life is over: all are lost, and none may come until documents_begin_life. */
void documents_end_life(struct documents *docs);
/* Drops lost ones that may leave memory. In each turn. */
void documents_reap_lost(struct documents *docs);
/* After documents_end_life: has everything of the old life left memory? */
bool documents_are_gone(const struct documents *docs);
void documents_begin_life(struct documents *docs);

#endif
