/* upgrade_job.h - the WebSocket handshake of a v1 client: its password comes
 * with the request and is checked before the upgrade. */
#ifndef KOLABPAD_API_UPGRADE_JOB_H
#define KOLABPAD_API_UPGRADE_JOB_H

#include "api/http_job.h"

extern const struct http_job_kind upgrade_job;

#endif
