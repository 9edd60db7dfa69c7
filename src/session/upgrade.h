/* upgrade.h - from an HTTP request to a socket that belongs to a shard. */
#ifndef KOLABPAD_SESSION_UPGRADE_H
#define KOLABPAD_SESSION_UPGRADE_H

#include "net/http.h"
#include "shard/shard.h"

/* The subprotocol by which a v2 client is known. */
extern const struct slice session_protocol_v2;

/* Answers 101 and hands the socket to the document's shard, which starts the
 * session. `is_by_link`: the client did not say the id. Any thread. On error the request is not answered:
 *   ERR_RATE_LIMITED, ERR_OVERLOADED   too many connections, of that address or in all
 *   ERR_NO_MEMORY */
enum error session_upgrade(struct shard *shard, struct http_request *http, enum pad_version version,
                           struct slice id, struct slice password, bool is_by_link);

#endif
