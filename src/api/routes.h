/* routes.h - which address is answered how: the table of docs/protocol.md, "HTTP".
 *
 * Runs on the HTTP server's thread. What concerns a document is posted to its
 * shard as a job (http_job.h); the rest is answered here. */
#ifndef KOLABPAD_API_ROUTES_H
#define KOLABPAD_API_ROUTES_H

#include "api/api.h"

/* The HTTP server's handler; `arg` is the struct api. */
void routes_handle(void *arg, struct http_request *request);

/* The HTTP server's is_server; `arg` is the struct api. */
bool routes_is_server(void *arg, struct slice credential);

/* How large the body of this request may be: that of a write is as large as a document. For the HTTP
 * server's config. */
size_t routes_body_max(void *arg, const struct http_request *request);

#endif
