/* loads.h - LOAD and PEEK: what the tables have of documents, put into the requests.
 *
 * A LOAD first claims its documents for this life. What it answers is read behind the claim and before a
 * commit that is waited for (docs/decisions/091), so nobody else has written since. One that another living
 * server has is answered ERR_ELSEWHERE with its owner; a PEEK only names the owner.
 *
 * The answer is in `result` of each request: ERR_STORAGE where the database has something else than text. */
#ifndef KOLABPAD_STORE_POSTGRES_LOADS_H
#define KOLABPAD_STORE_POSTGRES_LOADS_H

#include "store/postgres/run.h"

void loads_send(struct pg_lane *lane, const struct run *run);
/* Adds to lane->claims. REPLY_AGAIN: an owner has died meanwhile, so the group is to be tried again;
 * REPLY_NO_MEMORY. */
enum reply loads_read(struct pg_lane *lane, const struct run *run);

void loads_send_peek(struct pg_lane *lane, const struct run *run);
/* REPLY_NO_MEMORY. */
enum reply loads_read_peek(struct pg_lane *lane, const struct run *run);

#endif
