/* far_waiter.h - a request that waits for a text to change which another server has.
 *
 *   request ─► its socket is taken away from the HTTP server ─► the same is asked there (waiter.h)
 *                     │ the client goes                                 │
 *                     ▼                                                 ▼
 *              it is asked no more                         the answer, byte for byte, closed
 *
 * It counts as a connection of its address, as one does that waits here, and not among those of the HTTP
 * server. Without an answer, or where that server does not have the document any more, the client is told
 * 503, and asks again; it is closed without an answer when this server stops.
 *
 * Owner: itself, until its connection has ended. Shard's thread. */
#ifndef KOLABPAD_API_FAR_WAITER_H
#define KOLABPAD_API_FAR_WAITER_H

#include "net/http.h"
#include "shard/shard.h"

/* Takes the request's socket; on error the request is not answered: ERR_RATE_LIMITED, ERR_OVERLOADED (too
 * many connections), ERR_NO_MEMORY. */
enum error far_waiter_begin(struct shard *shard, struct http_request *http, const struct store_owner *to);

#endif
