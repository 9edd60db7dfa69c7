/* history_changes.h - changing a document's past over HTTP, or its text to an earlier one.
 *
 * Handlers of the routes' table, on the HTTP server's thread. `password` is as
 * http_job_post takes it. */
#ifndef KOLABPAD_API_HISTORY_CHANGES_H
#define KOLABPAD_API_HISTORY_CHANGES_H

#include "api/api.h"

/* Deletes it for good. */
void history_delete(struct api *api, struct http_request *request, struct slice id, struct slice password);
/* {"keep":false} switches it off for this document, and deletes it; {"keep":true} switches it on. */
void history_put(struct api *api, struct http_request *request, struct slice id, struct slice password);
/* {"revision":812}: the text of that revision becomes the text, by the shortest edit from the present one,
 * in the name of whoever asks (author.h). An empty id: of the document that the request's Bearer, a link,
 * opens. */
void history_restore(struct api *api, struct http_request *request, struct slice id, struct slice password);

#endif
