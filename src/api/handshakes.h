/* handshakes.h - requests for a WebSocket: to a document, or by a link that says which.
 *
 * Handlers of the routes' table, on the HTTP server's thread. */
#ifndef KOLABPAD_API_HANDSHAKES_H
#define KOLABPAD_API_HANDSHAKES_H

#include "api/api.h"

/* GET /api/socket/{id}. A v2 client gives its password in its Hello, a v1 client in the address. */
void handshake_document(struct api *api, struct http_request *request, struct slice id);

/* GET /api/socket: of a client, which says in its Hello by which link it comes (arrival.h); or of another
 * server, which has found the document. `none` stands where others have the id. */
void handshake_link(struct api *api, struct http_request *request, struct slice none);

#endif
