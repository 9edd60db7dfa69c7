/* comment_jobs.h - reading and writing comments over HTTP (docs/protocol.md, Writing comments).
 *
 * On the HTTP server's thread; a job takes the request to its document, by its id or by the link that is its
 * Bearer. */
#ifndef KOLABPAD_API_COMMENT_JOBS_H
#define KOLABPAD_API_COMMENT_JOBS_H

#include "api/api.h"

/* What stands in the path, decoded and borrowed for the call. NULL ptr: it is not there. */
struct comment_path {
    struct slice id; /* of the document; not there: the Bearer says which */
    struct slice thread, comment;
};

void comments_get(struct api *api, struct http_request *request, const struct comment_path *path);
/* What the method says: a new thread, or an answer in that one (POST); resolves the thread or opens it again,
 * or gives the comment another text (PATCH); DELETE. */
void comments_write(struct api *api, struct http_request *request, const struct comment_path *path);

#endif
