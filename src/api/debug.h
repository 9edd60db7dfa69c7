/* debug.h - /debug/pprof/: what go tool pprof and the founding document's
 * procedures ask for.
 *
 *   goroutine   live tasks: a summary, with ?debug=2 one block for each (task_dump.h)
 *   heap        sampled allocations by stack (observe/heap_profile.h)
 *   profile     ?seconds=30 of processor time by stack (observe/cpu_profile.h)
 *   symbol      POST: names for addresses in libraries (observe/symbol.h)
 *   cmdline     the command line
 *
 * They tell who is in which document and they cost time, so they are for this
 * machine (a loopback address, and no sign that a proxy stands between) or for
 * those who know DEBUG_TOKEN, as `Authorization: Bearer` or `?token=`. Others get
 * 403. Handlers of the routes' table, on the HTTP server's thread. */
#ifndef KOLABPAD_API_DEBUG_H
#define KOLABPAD_API_DEBUG_H

#include "api/api.h"

struct debug;

enum error debug_new(struct debug **out);
/* Answers a profile that is under way with what it has, and refuses more.
 * Before the HTTP server is closed; debug_free after. */
void debug_stop(struct debug *debug);
void debug_free(struct debug *debug);

/* Is this for whoever asks? Answers those for whom it is not. */
bool debug_admits(const struct api *api, struct http_request *request);

void debug_index(struct api *api, struct http_request *request, struct slice id);
void debug_goroutine(struct api *api, struct http_request *request, struct slice id);
void debug_heap(struct api *api, struct http_request *request, struct slice id);
void debug_profile(struct api *api, struct http_request *request, struct slice id);
void debug_symbol(struct api *api, struct http_request *request, struct slice id);
void debug_cmdline(struct api *api, struct http_request *request, struct slice id);

#endif
