/* documents.h - what each kind of request does to the tables. */
#ifndef KOLABPAD_STORE_SQLITE_DOCUMENTS_H
#define KOLABPAD_STORE_SQLITE_DOCUMENTS_H

#include "store/sqlite/database.h"

/* Both run inside a transaction. What is an answer and not a failure (no such
 * document, not expired) is in req->result and req->found; after a failure the
 * connection's `why` has the reason. */

/* LOAD, PEEK, EXPIRED, FIND_LINK: puts the answer into the request. */
enum error documents_read(struct database *db, struct store_request *req);

/* All others, and the second half of a LOAD with an epoch, after
 * documents_read. A failed write leaves the transaction to be rolled back. */
enum error documents_write(struct database *db, struct store_request *req);

#endif
