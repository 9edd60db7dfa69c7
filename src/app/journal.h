/* journal.h - from applied to committed: hands each turn's operations to the
 * store in one request and marks them committed when it answers.
 *
 * One request is in flight for a shard at a time; what is applied meanwhile
 * gathers and goes with the next, so under load a row holds many operations
 * and a commit many rows. */
#ifndef KOLABPAD_APP_JOURNAL_H
#define KOLABPAD_APP_JOURNAL_H

#include "app/document.h"

/* Posts what the documents on shard->to_journal have, unless a request is in
 * flight. With DURABILITY=lazy it commits on the spot. */
void journal_post(struct shard *shard);

#endif
