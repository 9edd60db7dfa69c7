/* server.h - what the shards share: settings, the store, the limits for each
 * address, and which shard has which document.
 *
 * Made and started by app/lifecycle.h on the main thread; read by all. Of
 * its own fields only two atomics change while threads run (that it is stopping, and
 * how often the other servers have changed), so nothing here is locked; the shards and the limits look after
 * themselves. */
#ifndef KOLABPAD_SHARD_SERVER_H
#define KOLABPAD_SHARD_SERVER_H

#include "config/config.h"
#include "guard/limits.h"
#include "store/store.h"

struct server;
struct shard;
struct shard_handlers;

/* ---- make; the main thread ---- */

/* Makes a server with config->workers shards, none of which runs yet. All
 * arguments are borrowed for life; `version` is "1.0.0 (abc1234)". ERR_NO_MEMORY. */
enum error server_new(const struct config *config, const char *version, const struct shard_handlers *handlers,
                      struct server **out);
/* The store that the shards use: before the first of them runs. */
void server_set_store(struct server *server, struct store *store);
/* No shard may run any more. The store is the caller's. */
void server_free(struct server *server);

/* ---- look; any thread ---- */

const struct config *server_config(const struct server *server);
const char *server_version(const struct server *server);
struct store *server_store(const struct server *server);
struct limits *server_limits(const struct server *server);

/* Do other servers share the database? Never changes once the store is set. */
bool server_is_shared(const struct server *server);
/* Grows whenever they have come or gone. */
uint32_t server_peers_version(const struct server *server);

uint32_t server_shard_count(const struct server *server);
struct shard *server_shard(struct server *server, uint32_t index);
/* The shard that has the document, whether it is in memory or not. */
struct shard *server_shard_of(struct server *server, struct slice id);

/* Has the end begun? No new documents, connections or edits then. */
bool server_is_stopping(const struct server *server);
void server_begin_stopping(struct server *server);

/* The other servers have changed: every shard looks at them. */
void server_note_peers(struct server *server);

/* Wakes every shard, for something that all must look at. */
void server_wake_shards(struct server *server);

#endif
