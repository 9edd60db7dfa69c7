/* documents.h - what each kind of request does to the tables. */
#ifndef KOLABPAD_STORE_SQLITE_DOCUMENTS_H
#define KOLABPAD_STORE_SQLITE_DOCUMENTS_H

#include "store/sqlite/database.h"

/* Runs inside a transaction and puts the answer into the request. A failed
 * write leaves the transaction to be rolled back; db->why says why. What
 * is an answer and not a failure (no such document, not expired) is in
 * req->result and req->found. */
enum error documents_carry_out(struct database *db, struct store_request *req);

#endif
