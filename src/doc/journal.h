/* journal.h - from applied to committed: hands each turn's operations to the
 * store in one request and marks them committed when it answers.
 *
 * One request is in flight at a time; what is applied meanwhile gathers and
 * goes with the next, so under load a row holds many operations and a commit
 * many rows.
 *
 * A row that the store refuses, although it could write others, concerns its own
 * document only: the people in it are told, and it is tried again after 100 ms,
 * doubling to 5 s. */
#ifndef KOLABPAD_DOC_JOURNAL_H
#define KOLABPAD_DOC_JOURNAL_H

#include "doc/documents.h"

/* Posts what the documents on documents->to_journal have, and those on
 * documents->refused whose pause is over, unless a request is in flight. With
 * STORE_LAZY they count as committed on the spot. */
void journal_post(struct documents *docs);

#endif
