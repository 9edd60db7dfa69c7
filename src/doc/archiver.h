/* archiver.h - puts what a document's journal let go into segments, and thins the
 * history that has become too much.
 *
 *   snapshot written ─► enough is loose? ─► read ─► digest ─► put ─┐
 *                                            ▲                     │ too much is kept?
 *                                            └───── thin ◄─────────┘
 *
 * Reading and digesting are the store's reader's (store/reader.h, archive/pack.h); the
 * shard only passes on what comes of it. Of one document there is one at a time, and
 * nothing else changes its history in between: a purge makes it stop. Whatever fails
 * is left as it is; the next snapshot begins again.
 *
 * Shard's thread only. */
#ifndef KOLABPAD_DOC_ARCHIVER_H
#define KOLABPAD_DOC_ARCHIVER_H

#include "doc/document.h"

/* A snapshot was written, and its answer says that so much waits (store_request.fresh_rows,
 * fresh_bytes). Begins where that is enough, or anything much and nobody is in the document. */
void archiver_look(struct document *doc, uint32_t fresh_rows, uint32_t fresh_bytes);

/* The document's history was deleted: what is under way comes to nothing. */
void archiver_stop(struct document *doc);

#endif
