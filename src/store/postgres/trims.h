/* trims.h - journals that are still to be cut behind a snapshot.
 *
 * The rows of a journal lie scattered among those of all others, so dropping thousands of
 * them takes seconds, and with the snapshots of hundreds of documents in one transaction it
 * took longer than an answer may. So a snapshot drops TRIM_ROWS at most in its own
 * transaction, and what is left goes in steps as small as that when nobody waits.
 *
 * A step drops only what the text in the database has for sure, whatever has become of the
 * document since. What is forgotten here, at the end of the process or because there
 * is no memory, the document's next snapshot begins anew.
 *
 * The documents' lane only. */
#ifndef KOLABPAD_STORE_POSTGRES_TRIMS_H
#define KOLABPAD_STORE_POSTGRES_TRIMS_H

#include "store/postgres/lane.h"

/* Of a snapshot, in its round trip: drops rows that end at or before `keep_from`; where they `become_history`
 * they move there in the same statement. */
void trims_send(struct pg_lane *lane, struct slice id, uint64_t keep_from, bool become_history);
/* Takes the result, and remembers the document if there may be more. */
void trims_read(struct pg_lane *lane, struct slice id, uint64_t keep_from, bool become_history);

/* One step. False: nothing is left. */
bool trims_step(struct pg_lane *lane);
void trims_forget(struct pg_lane *lane);

#endif
