/* database.h - a connection made into a database of ours: opened, checked,
 * migrated; transactions and checkpoints.
 *
 * Checkpoints are not left to SQLite, which would run them inside a COMMIT: the
 * thread asks for one after it has answered (database_checkpoint_if_due). */
#ifndef KOLABPAD_STORE_SQLITE_DATABASE_H
#define KOLABPAD_STORE_SQLITE_DATABASE_H

#include "store/sqlite/calendar_keeper.h"
#include "store/sqlite/connection.h"
#include "store/store.h"

struct database {
    struct connection connection;
    struct calendar_keeper keeper;
    uint8_t secret[STORE_SECRET_BYTES];
    /* The number of rows in `documents`. It is counted once, at opening; from
     * then on documents.c and deletions.c note what the transaction under way adds and deletes,
     * and a commit adds that to the total. */
    uint64_t documents;
    int64_t documents_added;
    bool keeps_history; /* store/history.h */
    /* The log's length as of the last commit, from SQLite's hook, and the length
     * at which the next checkpoint is due: later than usual after one that
     * could not move everything, or it would be repeated with every commit. */
    int wal_pages;
    int checkpoint_at_pages;
};

/* Opens and checks that this is a database of ours, of an ancestor, or a new
 * one, without changing anything in it; then migrates and prepares for use.
 * Tells on_event of a migration. On failure nothing is open, nothing has changed. */
enum error database_open(struct database *db, const struct location *location,
                         const struct store_config *config, char message[MESSAGE_BYTES]);
/* Stores the calendar, writes the log back into the file and closes. */
void database_close(struct database *db);

/* Transactions. After a failed commit the caller rolls back. A rollback cannot
 * fail, and does nothing when SQLite has rolled back by itself; `why` goes on
 * saying what failed before. */
enum error database_begin(struct database *db, bool for_writing);
enum error database_commit(struct database *db);
void database_rollback(struct database *db);

/* Now, by the calendar. */
int64_t database_now_s(const struct database *db);

/* Can anything be written at all? Writes the first page anew. Leaves `why`. */
bool database_probe(struct database *db);

/* Moves the log into the file when it has grown by 4 MiB. */
void database_checkpoint_if_due(struct database *db);

#endif
