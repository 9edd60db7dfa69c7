/* image_jobs.h - images over HTTP: added to a document, and sent.
 *
 *   POST /api/document/{id}/images   on the HTTP server's thread: looked at and copied; on the shard:
 *                                    may it be?; in the store
 *   POST /api/link/images            the same, of whatever the link opens
 *   GET /image/{image}               any shard asks the store's reader; the id is all that is needed
 *
 * Handlers of the routes' table, on the HTTP server's thread. `password` is as http_job_post takes it. */
#ifndef KOLABPAD_API_IMAGE_JOBS_H
#define KOLABPAD_API_IMAGE_JOBS_H

#include "api/api.h"

/* `id` empty: the Bearer is a link, of whose document it is. */
void image_post(struct api *api, struct http_request *request, struct slice id, struct slice password);
void image_get(struct api *api, struct http_request *request, struct slice image);

#endif
