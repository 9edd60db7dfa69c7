/* copy.h - all that one database holds, into another one that is empty: the move from
 * SQLite to PostgreSQL, and back (kolabpad-server --copy).
 *
 *     FROM ─ rows of each table ─► TO ─ read back ─► the same? ─ COMMIT
 *
 * Documents, journal, epochs and the calendar go over; since the epochs do, tabs that
 * were open resume as after a restart. What is about servers, not about documents, does
 * not: lives, placements, the secret.
 *
 * One transaction on either side, and both databases are closed to servers meanwhile.
 * FROM is left as it is. TO is committed when what it then holds, read back, is what was
 * read from FROM, value for value; else it stays empty. */
#ifndef KOLABPAD_STORE_COPY_H
#define KOLABPAD_STORE_COPY_H

#include "base/slice.h"
#include "store/message.h"

/* Copies; the URIs are those of store_config.uri. After the commit `say` gets a line for
 * each table. Blocks for as long as it takes; one thread.
 *
 *   ERR_STORAGE    nothing was copied, and `message` says why, without anything of the
 *                  URIs but paths, hosts and users: FROM is missing, TO is not empty, a server runs
 *                  on one of them …; or the answer to the commit was lost, which it says
 *   ERR_NO_MEMORY  nothing was copied; with `message` */
enum error store_copy(struct slice from, struct slice to, void (*say)(const char *line),
                      char message[MESSAGE_BYTES]);

#endif
