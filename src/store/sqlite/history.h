/* history.h - the tables of store/history.h in SQLite.
 *
 * What changes them runs in the transaction of the request, on the store's thread.
 * sqlite_history_read needs nothing but a connection with the statements prepared, so the
 * reader's thread calls it with one of its own. Errors are those of a query. */
#ifndef KOLABPAD_STORE_SQLITE_HISTORY_H
#define KOLABPAD_STORE_SQLITE_HISTORY_H

#include "store/sqlite/database.h"

/* Around the new row of a SNAPSHOT: what must be known of the old one is kept before
 * it is overwritten; afterwards rows leave the journal, for the history or for good. */
enum error sqlite_history_before_snapshot(struct database *db, const struct store_request *req);
enum error sqlite_history_after_snapshot(struct database *db, struct store_request *req);

/* The names that came with a row of an APPEND. */
enum error sqlite_history_add_authors(struct database *db, const struct store_append_row *row);
/* LOAD: last_author, history_is_off. */
enum error sqlite_history_load(struct database *db, struct store_request *req);
/* HISTORY_PUT, HISTORY_AGE. */
enum error sqlite_history_put(struct database *db, const struct store_request *req);
enum error sqlite_history_age(struct database *db, const struct store_request *req);
/* All of a document's. */
enum error sqlite_history_delete(struct connection *c, struct slice id);
/* All of all documents', if there is any. */
enum error sqlite_history_delete_all(struct connection *c);

/* Answers a HISTORY. In a transaction, or what it gives is of several moments.
 * `now_s` is the calendar's. */
enum error sqlite_history_read(struct connection *c, struct store_request *req, int64_t now_s);

#endif
