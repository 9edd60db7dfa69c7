/* appends.h - a group of APPENDs: the rows of all documents of all shards in one
 * statement.
 *
 * A row follows its document's last row, or is not written: then another look tells
 * whether an earlier try, whose answer was lost, has written it (that is success),
 * this life is over (`is_fenced`), or the database has something else than this
 * server's memory (the row's outcome is ERR_CONFLICT). The look counts because it
 * comes behind a commit of this lane (docs/decisions/091). */
#ifndef KOLABPAD_STORE_POSTGRES_APPENDS_H
#define KOLABPAD_STORE_POSTGRES_APPENDS_H

#include "store/postgres/lane.h"

/* REPLY_OK: committed, and each row has its outcome; unless lane->is_fenced. Else the
 * same group may be tried again, whether it was committed or not. */
enum reply appends_carry_out(struct pg_lane *lane, struct link *group);

#endif
