/* etag.h - entity tags (RFC 9110, 8.8.3), and what a request demands of them.
 *
 *     If-None-Match: "a-1", W/"a-2"      the client has these: 304 when one is current
 *     If-Match: *                        only if there is anything: 412 otherwise
 */
#ifndef KOLABPAD_NET_ETAG_H
#define KOLABPAD_NET_ETAG_H

#include "net/http.h"

enum etag_comparison {
    ETAG_WEAK,   /* W/"x" is "x" */
    ETAG_STRONG, /* W/"x" is nothing, not even itself */
};

/* True when the list holds `tag` (with its quotes, and not weak) or is "*". What is
 * malformed equals nothing. */
bool etag_list_has(struct slice list, struct slice tag, enum etag_comparison how);

/* The status that a GET or HEAD of something with this tag deserves: 200, 304, or 412. */
int etag_status(const struct http_request *req, struct slice tag);

#endif
