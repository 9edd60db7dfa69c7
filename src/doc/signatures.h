/* signatures.h - the names that go into the history with people's first edits.
 *
 * An edit carries the user id of its author and no name. The first one that somebody
 * makes under a name brings that along, in the transaction of its row of the journal: so
 * there is never one without the other, and all later edits cost nothing more. What is
 * not answered yet stays listed, and goes again with a row that is sent again, which
 * does no harm.
 *
 * Nothing is listed where no history is kept. Shard's thread only. */
#ifndef KOLABPAD_DOC_SIGNATURES_H
#define KOLABPAD_DOC_SIGNATURES_H

#include "doc/document.h"

/* The peer has made the operation from `revision` on. Without memory its next edit signs. */
void signatures_add(struct document *doc, struct pad_peer *peer, uint64_t revision);
/* Puts all that are listed into the latest row of an APPEND. ERR_NO_MEMORY. */
enum error signatures_put(const struct document *doc, struct store_request *append);
/* What was made before `revision` is written. */
void signatures_written(struct document *doc, uint64_t revision);

#endif
