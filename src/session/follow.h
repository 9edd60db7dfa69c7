/* follow.h - from an HTTP request to an event stream, as upgrade.h is to a WebSocket. */
#ifndef KOLABPAD_SESSION_FOLLOW_H
#define KOLABPAD_SESSION_FOLLOW_H

#include "net/http.h"
#include "session/stream.h"
#include "shard/shard.h"

/* Takes the request's socket for a session on the document's shard, whose thread this is. `stream` is
 * taken over, also on failure, when the request is not answered:
 *   ERR_RATE_LIMITED, ERR_OVERLOADED   too many connections, of that address or in all
 *   ERR_NO_MEMORY */
enum error session_follow(struct shard *shard, struct http_request *http, struct slice id,
                          struct slice password, struct stream *stream);

#endif
