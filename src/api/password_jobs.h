/* password_jobs.h - switching a document's password on and off over HTTP. */
#ifndef KOLABPAD_API_PASSWORD_JOBS_H
#define KOLABPAD_API_PASSWORD_JOBS_H

#include "api/http_job.h"

extern const struct http_job_kind protect_job;   /* answers with the new password */
extern const struct http_job_kind unprotect_job; /* answers 204 */

#endif
