/* maker.h - whoever makes a document becomes its owner.
 *
 *   first edit ─► owner's token made ─► written ─► told, to that tab ─► that tab has shown that it has it
 *                                                       ▲        │
 *                                                       └────────┘ the connection was lost meanwhile
 *
 * A document is made by the first edit in it. The tab that made it is told the owner's token once
 * that is in the database, and its edit too. The token is known to nobody else, and stored as a hash
 * only; so it stays in memory until the tab has shown that it heard it, and is told again when the tab
 * comes back without. Nobody else is ever told: a tab is known by its own secret (pad_client).
 *
 * Without memory, or when the database refuses, the document has no owner, and one of its editors
 * may take charge of it (rights.h). The same when it leaves memory before the tab came back, but that
 * the owner is somebody then whom nobody knows (docs/operations.md).
 *
 * Shard's thread only. */
#ifndef KOLABPAD_DOC_MAKER_H
#define KOLABPAD_DOC_MAKER_H

#include "doc/document.h"

/* Would an edit make the document now? */
bool document_is_unmade(const struct document *doc);
/* That peer's edit has just made it. */
void document_was_made(struct document *doc, const struct pad_peer *peer);

/* The owner's token, if that peer is to be told it now: it has made the document, and has not shown
 * yet that it knows. Else NULL ptr. Valid until the next change of the document. There is something to
 * look for only while doc->maker is there. */
struct slice document_owner_token(const struct document *doc, const struct pad_peer *peer);
/* The tab of that peer, which was told it, has it. */
void document_maker_knows(struct document *doc, const struct pad_peer *peer);

#endif
