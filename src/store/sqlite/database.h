/* database.h - the SQLite connection: settings, transactions, checkpoints.
 *
 * One connection, used by one thread at a time (store_open's, then the store's).
 * After a failure `why` says what SQLite said. Checkpoints are not left to
 * SQLite, which would run them inside a COMMIT: the thread asks for one after
 * it has answered (database_checkpoint_if_due). */
#ifndef KOLABPAD_STORE_SQLITE_DATABASE_H
#define KOLABPAD_STORE_SQLITE_DATABASE_H

#include "store/sqlite/location.h"
#include "store/sqlite/statements.h"
#include "store/store.h"

#include <sqlite3.h>

struct database {
    sqlite3 *handle;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    uint64_t documents;      /* rows, as of the last commit */
    int64_t documents_added; /* by the transaction under way; less those deleted */
    int wal_pages;           /* as of the last commit */
    int checkpoint_at_pages;
    char why[256];
};

/* Opens and checks that this is a database of ours, of an ancestor, or a new
 * one, without changing anything in it; then migrates and prepares for use.
 * Tells on_event of a migration. On failure nothing is open, nothing has changed. */
enum error database_open(struct database *db, const struct location *location,
                         const struct store_config *config, char message[MESSAGE_BYTES]);
/* Writes the log back into the file and closes. */
void database_close(struct database *db);

/* Notes what went wrong; gives ERR_NO_MEMORY or ERR_STORAGE. */
enum error database_error(struct database *db, int sqlite_code);

/* Runs statements without parameters or answers. */
enum error database_execute(struct database *db, const char *sql);

/* How long a write waits for another program's lock. */
void database_set_patience_ms(struct database *db, int patience_ms);

/* Transactions. After a failed commit the caller rolls back. A rollback cannot
 * fail, and does nothing when SQLite has rolled back by itself. */
enum error database_begin(struct database *db, bool for_writing);
enum error database_commit(struct database *db);
void database_rollback(struct database *db);
bool database_in_transaction(const struct database *db);

/* Can anything be written at all? Writes the first page anew. */
bool database_probe(struct database *db);

/* Moves the log into the file when it has grown by 4 MiB. */
void database_checkpoint_if_due(struct database *db);

#endif
