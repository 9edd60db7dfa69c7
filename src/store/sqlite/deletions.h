/* deletions.h - the end of documents: which have expired, deleting one, and which epochs were deleted.
 *
 * Inside a transaction. Errors are those of a query; what is an answer is in the request. */
#ifndef KOLABPAD_STORE_SQLITE_DELETIONS_H
#define KOLABPAD_STORE_SQLITE_DELETIONS_H

#include "store/sqlite/database.h"

/* EXPIRED: lists at most max_ids. */
enum error deletions_expired(struct database *db, struct store_request *req);
/* DELETE: all rows of a document; in `result` ERR_FORBIDDEN, and nothing deleted, when it is fresh. */
enum error deletions_delete(struct database *db, struct store_request *req);
/* FIND_DELETED. */
enum error deletions_find(struct database *db, struct store_request *req);

#endif
