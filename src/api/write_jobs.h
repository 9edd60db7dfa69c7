/* write_jobs.h - changing a document's text over HTTP. The answer comes when the change is in
 * the journal: a crash does not take it back.
 *
 * Handlers of the routes' table, on the HTTP server's thread: what is wrong with a request
 * whatever the document holds is said here. The rest is done on the document's shard, through
 * doc/write.h. */
#ifndef KOLABPAD_API_WRITE_JOBS_H
#define KOLABPAD_API_WRITE_JOBS_H

#include "api/api.h"

/* `password` as http_job_post takes it. */
void write_put(struct api *api, struct http_request *request, struct slice id, struct slice password);
void write_post(struct api *api, struct http_request *request, struct slice id, struct slice password);
void write_patch(struct api *api, struct http_request *request, struct slice id, struct slice password);
/* Makes a document with an id of its own. */
void write_new(struct api *api, struct http_request *request);

#endif
