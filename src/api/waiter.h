/* waiter.h - a request that waits for a text to change, with its socket on the document's shard.
 *
 *   waiting ─► the text is beyond the revision ─► what it is now is committed ─► 200, closed
 *      ├────► the time is over ─► 304, closed
 *      └────► it may not be told any more ─► 403: the link by which it came was withdrawn; 404: the
 *             document was deleted
 *
 * All that wait for the same text share its bytes. It is closed without an answer when the server
 * stops or the document is another server's: the client asks again. */
#ifndef KOLABPAD_API_WAITER_H
#define KOLABPAD_API_WAITER_H

#include "doc/open.h"
#include "net/http.h"
#include "shard/shard.h"

/* On the shard's thread. Takes the request's socket; on error the request is not answered:
 * ERR_RATE_LIMITED, ERR_OVERLOADED (too many connections), ERR_NO_MEMORY. */
enum error waiter_begin(struct shard *shard, struct http_request *http, const struct open_result *opened,
                        uint64_t revision, uint32_t seconds);

#endif
