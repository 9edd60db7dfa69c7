/* routes.h - which address is answered how: the table of docs/protocol.md, "HTTP".
 *
 * Runs on the front door's thread. What concerns a document is posted to its
 * shard as a call; the rest is answered here. */
#ifndef KOLABPAD_APP_ROUTES_H
#define KOLABPAD_APP_ROUTES_H

#include "app/shard.h"

/* The handler of the front door; `arg` is the struct server. */
void routes_handle(void *arg, struct http_request *request);

/* Answers 101 and hands the socket to the document's shard. Any thread. */
void route_upgrade(struct shard *shard, struct http_request *http, enum pad_version version, struct slice id,
                   struct slice otp);

#endif
