/* api.h - what the HTTP handlers share.
 *
 * Handlers run on the HTTP server's thread and answer at once, or hand the
 * request to a shard as a job (http_job.h). Made by app/lifecycle.h before the
 * HTTP server starts; nothing in it changes while that runs. */
#ifndef KOLABPAD_API_API_H
#define KOLABPAD_API_API_H

#include "net/http.h"
#include "shard/server.h"

struct api {
    struct server *server;
    struct static_files *files; /* the page (net/static_files.h) */
    struct debug *debug;        /* the profile that may be under way (debug.h) */
};

#endif
