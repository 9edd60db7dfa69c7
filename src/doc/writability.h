/* writability.h - whether a document can be saved at the moment, and that the
 * people in it know.
 *
 * There are two reasons why not: an outage, in which nothing can be written and
 * everybody is told (documents->storage_failing), and a failure of this document
 * alone (document->write_pause_ms), a damaged page for example, which is nobody
 * else's affair. In either case edits go on and are not acknowledged, and whoever
 * waits for a commit is answered ERR_STORAGE.
 *
 * Internal to src/doc. */
#ifndef KOLABPAD_DOC_WRITABILITY_H
#define KOLABPAD_DOC_WRITABILITY_H

#include "doc/document.h"

/* A write of it was refused although others could be written, or its writes work
 * again. It may be tried again at document->write_again_ms: 100 ms after the first
 * failure, then twice as long, at most 5 s; the timer is asked for. Both are logged. */
void document_write_failed(struct document *doc);
void document_write_worked(struct document *doc);

/* Tells the people in it, if one of the two reasons came or went. */
void document_tell_storage(struct document *doc);

#endif
