/* expiry.h - one document that the search for expired ones has found, at home.
 *
 * The search runs over the whole database and knows nothing of memory; here is
 * decided what becomes of its finds: one that somebody is in is touched, one
 * that is coming or being written is left to the next search, any other leaves
 * memory and the database, provided its row is still as old by then. */
#ifndef KOLABPAD_DOC_EXPIRY_H
#define KOLABPAD_DOC_EXPIRY_H

#include "doc/documents.h"

void document_expire(struct documents *docs, struct slice id, int64_t cutoff_ms);

#endif
