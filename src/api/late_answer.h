/* late_answer.h - HTTP written by hand, to a request whose socket was taken away from the HTTP server
 * (http_detach) because its answer takes long. */
#ifndef KOLABPAD_API_LATE_ANSWER_H
#define KOLABPAD_API_LATE_ANSWER_H

#include "net/http.h"

/* The lines of the head that are the same whatever the answer is, "Connection: close" among them, each with
 * its end. Before the request is detached. ERR_NO_MEMORY. */
enum error late_answer_headers(struct http_request *http, struct buf *out);

/* A whole answer that says why there is no other; of those that may be asked again, with Retry-After.
 * ERR_NO_MEMORY. */
enum error late_answer_failure(struct slice headers, enum error why, struct buf *out);

#endif
