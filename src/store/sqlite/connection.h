/* connection.h - the SQLite handle, its prepared statements, and what SQLite
 * said last.
 *
 * The lowest file of this folder: queries, migrations and transactions are all
 * built on it. One connection, used by one thread at a time (store_open's,
 * then the store's). */
#ifndef KOLABPAD_STORE_SQLITE_CONNECTION_H
#define KOLABPAD_STORE_SQLITE_CONNECTION_H

#include "base/error.h"
#include "store/sqlite/location.h"
#include "store/sqlite/statements.h"

#include <sqlite3.h>

enum {
    WHY_BYTES = 256,
    LOCK_TIMEOUT_MS = 5000, /* a new connection's; see connection_set_lock_timeout_ms */
};

struct connection {
    sqlite3 *handle;                           /* NULL: not open */
    sqlite3_stmt *statements[STATEMENT_COUNT]; /* NULL until connection_prepare */
    char why[WHY_BYTES]; /* one sentence about the latest failure; "" before the first */
};

/* Opens the file with settings that cannot change it, and reads its first page
 * to see whether it is a database at all. Gives SQLite's code. Whatever the
 * answer, connection_close follows in the end. */
int connection_open(struct connection *c, const struct location *location);
/* Could all of statements.h be prepared, with the tables as they are now? ERR_STORAGE: something is missing
 * among them. */
enum error connection_check_statements(struct connection *c);
/* Prepares all of statements.h; the tables exist by then. */
enum error connection_prepare(struct connection *c);
void connection_close(struct connection *c);

/* Puts what went wrong into `why`; gives ERR_NO_MEMORY or ERR_STORAGE. */
enum error connection_error(struct connection *c, int sqlite_code);

/* Runs statements without parameters or answers. */
enum error connection_execute(struct connection *c, const char *sql);

/* Runs a statement that is needed once, with at most one parameter (NULL: none).
 * Gives the first column of its first row, and `otherwise` when there is none
 * or it cannot be read. */
int64_t connection_ask(struct connection *c, const char *sql, const char *parameter, int64_t otherwise);

/* Limits how long a transaction waits for a lock that another program holds. */
void connection_set_lock_timeout_ms(struct connection *c, int timeout_ms);

/* SQLite ends a transaction by itself after some failures. */
bool connection_in_transaction(const struct connection *c);

#endif
