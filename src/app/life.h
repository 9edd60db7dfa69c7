/* life.h - this server's life among others that share the database, as the shards
 * live through its end.
 *
 *   the others declare it dead, or it resigns: STORE_EVENT_DEAD ─► life_end
 *   every shard, in its turns (life_check): closes its people with 1001, drops its documents
 *   the last shard that has none left: store_rejoin, and a new life begins
 *
 * The next life must not begin before all documents of the old one have left memory:
 * what was written of them then would be written in its name.
 *
 * Only where server_is_shared; else the end never comes. */
#ifndef KOLABPAD_APP_LIFE_H
#define KOLABPAD_APP_LIFE_H

#include "shard/shard.h"

/* Any thread; not before the end of the life before. */
void life_end(struct server *server);

/* At the beginning of each tick of a shard. */
void life_check(struct shard *shard);

#endif
