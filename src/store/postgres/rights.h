/* rights.h - the tables kp_rights and kp_links: statements to send, and rows to read.
 *
 * What is sent belongs to the round trip of the lane's group; its results are read in the same order. */
#ifndef KOLABPAD_STORE_POSTGRES_RIGHTS_H
#define KOLABPAD_STORE_POSTGRES_RIGHTS_H

#include "store/postgres/lane.h"

#include <libpq-fe.h>

/* Adds a row of STATEMENT_RIGHTS to the answer: the rights once more, and a link if there is one.
 * ERR_NO_MEMORY; ERR_STORAGE: the row is damaged. */
enum error rights_read_row(const PGresult *r, int row, struct store_request *req);

/* RIGHTS: puts the request's rights in the place of what is there. */
void rights_send_put(struct pg_lane *lane, const struct store_request *req);
enum reply rights_read_put(struct pg_lane *lane, struct store_request *req);

/* FIND_LINK. REPLY_NO_MEMORY. */
void rights_send_find_link(struct pg_lane *lane, const struct store_request *req);
enum reply rights_read_found_link(struct pg_lane *lane, struct store_request *req);

/* LINK_USED. */
void rights_send_link_used(struct pg_lane *lane, const struct store_request *req);
enum reply rights_read_link_used(struct pg_lane *lane, struct store_request *req);

#endif
