/* read_jobs.h - reading a document over HTTP. What is told is committed: a crash
 * does not take it back. */
#ifndef KOLABPAD_API_READ_JOBS_H
#define KOLABPAD_API_READ_JOBS_H

#include "api/http_job.h"

extern const struct http_job_kind text_job; /* the text, with an ETag; empty where nobody ever wrote */
extern const struct http_job_kind info_job; /* what is known of it, as JSON; little without the password */

/* The same by a link, whose token is the Bearer: the text, and what its holder may know of the document. */
extern const struct http_job_kind link_text_job;
extern const struct http_job_kind link_job;

#endif
