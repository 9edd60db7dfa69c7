/* rights_jobs.h - links, owners and settings of a document over HTTP. */
#ifndef KOLABPAD_API_RIGHTS_JOBS_H
#define KOLABPAD_API_RIGHTS_JOBS_H

#include "api/http_job.h"

extern const struct http_job_kind links_job;       /* GET …/links */
extern const struct http_job_kind add_link_job;    /* POST …/links */
extern const struct http_job_kind remove_link_job; /* DELETE …/links/{part} */
extern const struct http_job_kind charge_job;      /* POST …/owner */
extern const struct http_job_kind settings_job;    /* PATCH … */
extern const struct http_job_kind delete_job;      /* DELETE … */

#endif
