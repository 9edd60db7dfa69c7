/* loads.h - LOAD and PEEK: what the tables have of a document, put into the request.
 *
 * Inside a transaction, so what is answered is of one moment. That there is no such document is an answer:
 * `found` is false. Errors are those of a query: a text that is no UTF-8 is ERR_STORAGE. */
#ifndef KOLABPAD_STORE_SQLITE_LOADS_H
#define KOLABPAD_STORE_SQLITE_LOADS_H

#include "store/sqlite/database.h"

/* All of it. */
enum error loads_load(struct database *db, struct store_request *req);
/* The row and the rights, without the text, of which only the size is read. */
enum error loads_peek(struct database *db, struct store_request *req);

#endif
