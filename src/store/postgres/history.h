/* history.h - the tables of store/history.h in PostgreSQL.
 *
 * Like the rest of the lane (documents.c), what changes them is sent with the other
 * statements of its request, and its results are taken in the same order. */
#ifndef KOLABPAD_STORE_POSTGRES_HISTORY_H
#define KOLABPAD_STORE_POSTGRES_HISTORY_H

#include "store/postgres/lane.h"

/* Around the new row of a SNAPSHOT: what must be known of the old one is kept before it
 * is overwritten; afterwards rows leave the journal, for the history or for good. */
void pg_history_send_before(struct pg_lane *lane, const struct store_request *req);
void pg_history_read_before(struct pg_lane *lane, const struct store_request *req);
void pg_history_send_after(struct pg_lane *lane, const struct store_request *req);
void pg_history_read_after(struct pg_lane *lane, struct store_request *req);

/* HISTORY_PUT. */
void pg_history_send_put(struct pg_lane *lane, const struct store_request *req);
enum reply pg_history_read_put(struct pg_lane *lane, struct store_request *req);

/* HISTORY_AGE. */
void pg_history_send_age(struct pg_lane *lane, const struct store_request *req);
enum reply pg_history_read_age(struct pg_lane *lane, struct store_request *req);

/* Deletes all of all documents'; when nothing else is under way. */
enum reply pg_history_delete_all(struct pg_connection *c);

/* Answers a HISTORY, in a transaction of its own that sees one moment. */
enum reply pg_history_read(struct pg_connection *c, struct store_request *req);

#endif
