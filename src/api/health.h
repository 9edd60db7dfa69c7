/* health.h - /api/health and /api/health/live: what load balancers and probes ask.
 *
 * 503 says that others would serve better. So one of several servers that has lost the
 * database says so only when another one has it (app/peer_watch.h): with none behind the
 * balancer nobody would be served at all, and what is in memory could not be read.
 *
 * Handlers of the routes' table, on the HTTP server's thread. */
#ifndef KOLABPAD_API_HEALTH_H
#define KOLABPAD_API_HEALTH_H

#include "api/api.h"

/* Live, ready, database, lag; 503 unless it is ready: for load balancers and
 * readiness probes. */
void health_ready(struct api *api, struct http_request *request, struct slice id);
/* 200 as long as there is somebody to answer: for liveness probes, which had
 * better not restart a server because its disk is full. */
void health_live(struct api *api, struct http_request *request, struct slice id);

/* The word in "status": ok, failing, rejoining, draining, stopping. */
const char *health_word(struct server *server);

#endif
