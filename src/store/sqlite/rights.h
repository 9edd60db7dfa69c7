/* rights.h - the tables rights and links. What holds for the document as a whole, its deletion
 * for example, is in documents.h. */
#ifndef KOLABPAD_STORE_SQLITE_RIGHTS_H
#define KOLABPAD_STORE_SQLITE_RIGHTS_H

#include "store/sqlite/database.h"

/* The answer of LOAD and PEEK. One look for a document that has nothing there. */
enum error rights_load(struct database *db, struct store_request *req);
/* Puts the request's rights in the place of what is there. */
enum error rights_put(struct database *db, const struct store_request *req);
/* FIND_LINK and LINK_USED. */
enum error rights_find_link(struct database *db, struct store_request *req);
enum error rights_note_use(struct database *db, const struct store_request *req);

#endif
