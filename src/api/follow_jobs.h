/* follow_jobs.h - waiting for a text to change, and following it, over HTTP. Neither costs a thread, nor
 * a connection of the HTTP server: the socket goes to the document's shard.
 *
 *   GET /api/text/{id}?wait=30&revision=812   the text as soon as it is beyond 812, or 304 after 30 s
 *   GET /api/events/{id}                      everything as it happens: session/stream.h
 *
 * Without an id it is what the Bearer, a link's token, opens: /api/link/text, /api/link/events.
 *
 * Handlers of the routes' table, on the HTTP server's thread. */
#ifndef KOLABPAD_API_FOLLOW_JOBS_H
#define KOLABPAD_API_FOLLOW_JOBS_H

#include "api/api.h"

enum { FOLLOW_WAIT_MAX_S = 60 };

/* For a request with ?wait= or ?revision=; with the latter alone it answers at once. */
void follow_wait(struct api *api, struct http_request *request, struct slice id, struct slice password);
void follow_events(struct api *api, struct http_request *request, struct slice id, struct slice password);

#endif
