/* connection_private.h - what opening a connection (connect.c) and its round trips
 * (connection.c) have in common: waiting for the socket, and failing. */
#ifndef KOLABPAD_STORE_POSTGRES_CONNECTION_PRIVATE_H
#define KOLABPAD_STORE_POSTGRES_CONNECTION_PRIVATE_H

#include "store/postgres/connection.h"

/* How the prepared statement with that index is called. */
enum { STATEMENT_NAME_BYTES = 16 };
void pg_statement_name(uint32_t statement, char out[STATEMENT_NAME_BYTES]);

/* Puts one sentence into `why`; sqlstate may be NULL. */
void pg_say_why(struct pg_connection *c, const char *sentence, const char *sqlstate);
/* The connection is of no use any more: REPLY_LOST, whatever was said before. */
void pg_lose(struct pg_connection *c, const char *sentence);
/* PostgreSQL has answered with an error: `why`, `sqlstate`, and the reply that it means. */
void pg_note_error(struct pg_connection *c, const PGresult *result);
/* For PQsetNoticeReceiver; `arg` is the connection. */
void pg_on_notice(void *arg, const PGresult *notice);

/* Waits for the socket until the date; false: it was not ready by then. */
bool pg_wait_until(const struct pg_connection *c, short events, int64_t until_us);
/* Sends all that is waiting, and reads meanwhile. False: the connection is lost. */
bool pg_flush(struct pg_connection *c);
/* The next result, or NULL: the end of a statement's results, or a failure. */
PGresult *pg_get(struct pg_connection *c);

#endif
