/* deletions.h - the end of documents: which have expired, deleting one, and which epochs were deleted.
 *
 * Whatever is not this server's is claimed before it is deleted, as it is before it is loaded: no other
 * server has it in memory then. Each request stands alone in its statements, and its results are read in
 * the order in which they were sent. */
#ifndef KOLABPAD_STORE_POSTGRES_DELETIONS_H
#define KOLABPAD_STORE_POSTGRES_DELETIONS_H

#include "store/postgres/lane.h"

/* DELETE. In `result`: ERR_FORBIDDEN for a document that is fresh, or that another server has in memory. */
void deletions_send(struct pg_lane *lane, const struct store_request *req);
enum reply deletions_read(struct pg_lane *lane, struct store_request *req);

/* EXPIRED. REPLY_NO_MEMORY. */
void deletions_send_expired(struct pg_lane *lane, const struct store_request *req);
enum reply deletions_read_expired(struct pg_lane *lane, struct store_request *req);

/* FIND_DELETED. */
void deletions_send_find(struct pg_lane *lane, const struct store_request *req);
enum reply deletions_read_found(struct pg_lane *lane, struct store_request *req);

#endif
