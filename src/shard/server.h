/* server.h - what the shards share: settings, the store, the limits for each
 * address, and which shard has which document.
 *
 * Made and started by app/lifecycle.h on the main thread; read by all. Of its own
 * fields only atomics change while threads run (how far its end has come, how often
 * the other servers have changed, its lives among them) and what a commit promises,
 * which has a lock; the shards and the limits look after themselves. */
#ifndef KOLABPAD_SHARD_SERVER_H
#define KOLABPAD_SHARD_SERVER_H

#include "config/config.h"
#include "guard/limits.h"
#include "store/store.h"

#include <stdatomic.h>

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
/* No shard may run any more, and the store, which is the caller's, is closed. */
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

/* Is it about to stop? It serves as ever, but tells balancers not to send anybody. */
bool server_is_draining(const struct server *server);
void server_begin_draining(struct server *server);
/* Has the end begun? No new documents, connections or edits then. */
bool server_is_stopping(const struct server *server);
void server_begin_stopping(struct server *server);
/* The end of a server that shares its database: each shard says once that all it has is
 * written, and closes its connections when it may, since its people will ask the others
 * for their documents at once. */
void server_note_written(struct server *server);
bool server_is_written(const struct server *server);
bool server_may_close(const struct server *server);
void server_let_close(struct server *server);

/* This server's lives among the others (app/life.h). */
struct server_life {
    _Atomic uint32_t ended;       /* how many have ended */
    _Atomic uint32_t begun;       /* after how many of those the next one has begun */
    _Atomic uint32_t shards_left; /* shards with documents of the one that ended last */
};
struct server_life *server_life(struct server *server);

/* Has another server the database that this one has lost (app/peer_watch.h)? */
bool server_others_have_database(const struct server *server);
/* `sends_away`: and the people here had better go there. */
void server_note_others(struct server *server, bool have_database, bool sends_away);
/* Grows whenever people are to be sent away. */
uint32_t server_sent_away(const struct server *server);

/* What a commit survives, as the database says it, for people who ask; "" where it has
 * said nothing. Cut where it does not fit. */
enum { SERVER_PROMISE_BYTES = 128 };
void server_note_promise(struct server *server, const char *promise);
void server_promise(struct server *server, char out[SERVER_PROMISE_BYTES]);

/* The other servers have changed: every shard looks at them. */
void server_note_peers(struct server *server);

/* Wakes every shard, for something that all must look at. */
void server_wake_shards(struct server *server);

#endif
