/* history_jobs.h - a document's past over HTTP: who may see it, and the answers.
 *
 * Handlers of the routes' table, on the HTTP server's thread. A question goes to the
 * document's shard, which looks whether whoever asks may know, and from there to the
 * store's reader, where the answer is made (history_answers.h). `password` is as
 * http_job_post takes it. An empty id: the document that the request's Bearer, a link,
 * opens. */
#ifndef KOLABPAD_API_HISTORY_JOBS_H
#define KOLABPAD_API_HISTORY_JOBS_H

#include "api/api.h"

void history_get_sittings(struct api *api, struct http_request *request, struct slice id,
                          struct slice password);
/* `revision` is a part of the path. */
void history_get_text(struct api *api, struct http_request *request, struct slice id, struct slice revision,
                      struct slice password);
void history_get_operations(struct api *api, struct http_request *request, struct slice id,
                            struct slice password);
void history_get_diff(struct api *api, struct http_request *request, struct slice id, struct slice password);
void history_get_authorship(struct api *api, struct http_request *request, struct slice id,
                            struct slice password);

#endif
