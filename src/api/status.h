/* status.h - what the server says about itself: /api/stats, /metrics,
 * /api/config.
 *
 * Handlers of the routes' table, on the HTTP server's thread. Nothing here walks
 * over documents or connections: the cost does not depend on how many there
 * are. */
#ifndef KOLABPAD_API_STATUS_H
#define KOLABPAD_API_STATUS_H

#include "api/api.h"

/* JSON, or the Prometheus text for whom `Accept` likes that best. */
void status_stats(struct api *api, struct http_request *request, struct slice id);
void status_prometheus(struct api *api, struct http_request *request, struct slice id);

/* The settings that the page needs before it connects. */
void status_config(struct api *api, struct http_request *request, struct slice id);

#endif
