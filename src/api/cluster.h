/* cluster.h - GET /api/cluster: the servers that share the database, as this one sees
 * them, and with ?id= which of them has that document in memory.
 *
 * It names addresses, so it is for whom debug.h lets in. 404 where the database is not
 * shared. On the HTTP server's thread; with an id, answered by the document's shard. */
#ifndef KOLABPAD_API_CLUSTER_H
#define KOLABPAD_API_CLUSTER_H

#include "api/api.h"

void cluster_describe(struct api *api, struct http_request *request, struct slice id);

#endif
