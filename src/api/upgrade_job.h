/* upgrade_job.h - the WebSocket handshake, where the shard has a say before it is answered.
 *
 * A v1 client sends its password with the request, and is refused there and then when it
 * is wrong. A v2 client says it in its Hello; its handshake is a job where servers share the
 * database, since the document may be another's. */
#ifndef KOLABPAD_API_UPGRADE_JOB_H
#define KOLABPAD_API_UPGRADE_JOB_H

#include "api/http_job.h"

extern const struct http_job_kind upgrade_v1_job;
extern const struct http_job_kind upgrade_v2_job;
extern const struct http_job_kind upgrade_link_job; /* another server found the document by a link */

#endif
