/* journal.h - from applied to committed: hands each turn's operations to the
 * store in one request and marks them committed when it answers.
 *
 * One request is in flight at a time; what is applied meanwhile gathers and
 * goes with the next, so under load a row holds many operations and a commit
 * many rows. */
#ifndef KOLABPAD_DOC_JOURNAL_H
#define KOLABPAD_DOC_JOURNAL_H

#include "doc/documents.h"

/* Posts what the documents on documents->to_journal have, unless a request is
 * in flight. With STORE_LAZY they count as committed on the spot. */
void journal_post(struct documents *docs);

#endif
