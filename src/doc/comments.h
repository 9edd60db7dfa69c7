/* comments.h - comments of a document are written: made, answered, resolved, changed, deleted.
 *
 *   change ─► queue ─► check, what becomes of the thread ─► database ─► pad ─► everybody who follows
 *
 * One is carried out at a time, and is checked when its turn comes. What it would make of the thread goes to
 * the database; memory changes when that has answered, so nobody is told of what is not stored. What failed
 * may be in the database all the same: then what memory has is written once more, which waits for as long as
 * that takes.
 *
 * The threads themselves, and how their places move, are the pad's (pad/comments.h). With each snapshot the
 * persister writes the places anew.
 *
 * Shard's thread only. */
#ifndef KOLABPAD_DOC_COMMENTS_H
#define KOLABPAD_DOC_COMMENTS_H

#include "doc/comment_change.h"
#include "doc/document.h"

/* The document is READY. */
void document_change_comments(struct document *doc, struct comment_change *change);
/* `done` will not be called, though what is under way is carried out. Harmless when it does not wait (but
 * zeroed or done). */
void comment_change_cancel(struct comment_change *change);

/* ---- internal to src/doc ---- */

/* Answers the changes that wait; with `also_begun` the one under way, too, whatever becomes of it. */
void document_refuse_comments(struct document *doc, enum error why, bool also_begun);

#endif
