/* rights.h - the tables kp_rights and kp_links: statements to send, and rows to read. */
#ifndef KOLABPAD_STORE_POSTGRES_RIGHTS_H
#define KOLABPAD_STORE_POSTGRES_RIGHTS_H

#include "store/postgres/lane.h"

#include <libpq-fe.h>

/* Adds a row of STATEMENT_RIGHTS to the answer: the rights once more, and a link if there is one.
 * ERR_NO_MEMORY; ERR_STORAGE: the row is damaged. */
enum error rights_read_row(const PGresult *r, int row, struct store_request *req);

/* Sends what puts the request's rights in the place of what is there, in so many statements. */
void rights_send_put(struct pg_lane *lane, const struct store_request *req);
int rights_statements(const struct store_request *req);

#endif
