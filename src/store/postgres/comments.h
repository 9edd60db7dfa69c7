/* comments.h - threads of comments, and their places (store_places in store/store.h). */
#ifndef KOLABPAD_STORE_POSTGRES_COMMENTS_H
#define KOLABPAD_STORE_POSTGRES_COMMENTS_H

#include "store/postgres/lane.h"

/* The three columns of LOAD from `column` on (COMMENT_COLUMNS). ERR_STORAGE, ERR_NO_MEMORY. */
enum error pg_comments_read_columns(const PGresult *r, int row, int column, struct store_request *req);

/* COMMENT. */
void pg_comments_send_put(struct pg_lane *lane, const struct store_request *req);
enum reply pg_comments_read_put(struct pg_lane *lane, struct store_request *req);

/* The places of a SNAPSHOT, which is one statement, or none where it brings none. */
void pg_comments_send_places(struct pg_lane *lane, const struct store_request *req);

#endif
