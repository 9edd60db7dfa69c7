/* asset_job.h - a file of the page that this server does not have, from one that does.
 *
 * While servers are replaced one after the other, the page comes from one version and
 * its scripts, whose names change with their content, are asked of another: without
 * this the browser would be left with a white page. Living servers are asked one after the
 * other, three at most: first those with another version, of which some may just be stopping. */
#ifndef KOLABPAD_API_ASSET_JOB_H
#define KOLABPAD_API_ASSET_JOB_H

#include "api/http_job.h"

/* Answers with the file, or 404. The id of the job is the path. */
extern const struct http_job_kind asset_job;

/* Is it worth asking for? A read of a path below /assets/, which no other server passed on. */
bool asset_may_be_elsewhere(const struct http_request *request);

#endif
