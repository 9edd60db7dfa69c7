/* comments.h - threads of comments, and their places (store_places in store/store.h). */
#ifndef KOLABPAD_STORE_SQLITE_COMMENTS_H
#define KOLABPAD_STORE_SQLITE_COMMENTS_H

#include "store/sqlite/database.h"

/* The threads of a LOAD whose row has places. */
enum error sqlite_comments_load(struct database *db, struct store_request *req);
/* COMMENT. */
enum error sqlite_comments_put(struct database *db, const struct store_request *req);
/* The places of a SNAPSHOT, if it brings any. */
enum error sqlite_comments_put_places(struct database *db, const struct store_request *req);
/* All of a document that is deleted. */
enum error sqlite_comments_delete(struct database *db, struct slice id);

#endif
