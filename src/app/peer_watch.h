/* peer_watch.h - does another server have the database that this one has lost?
 *
 * While this server cannot write, or its lease is over, the others are asked once a
 * second for their /api/health. If one of them has the database three times in a row, or
 * for two leases after a time in which all said that they lacked it, it is this server that
 * is cut off: its own /api/health says 503, and when the lease is over, so that the others
 * may have its documents, its people are sent away (1013). What nobody else can serve
 * either stays here. The answers are a hint and decide nothing that could lose an edit. */
#ifndef KOLABPAD_APP_PEER_WATCH_H
#define KOLABPAD_APP_PEER_WATCH_H

#include "shard/shard.h"

/* On the timer of each shard; it asks for the next by itself. */
void peer_watch_check(struct shard *shard);
/* On the wake of each shard: closes its people, if they are to be sent away. */
void peer_watch_send_away(struct shard *shard);

#endif
