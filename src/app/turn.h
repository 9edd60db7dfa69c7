/* turn.h - what a shard does, and in which order.
 *
 *   wake    answers of the store ─► documents
 *   poll    sockets ─► sessions ─► documents             (callbacks, session/)
 *   timer   documents, sessions and cleanup, as the time asks for
 *   tick    life ─► journal ─► broadcast ─► flush ─► reap
 *
 * A turn of the loop begins with the events and ends with the tick, whose steps
 * are one function in turn.c. With DURABILITY=lazy operations count as
 * committed in the journal step, and so do those that the store could commit on
 * the spot; otherwise it is in the wake of a later turn.
 *
 * A shard that is stopping goes through its phases at the end of each turn:
 * running ─► draining (no new edits; what is in memory is being written, and then others
 * are given it) ─► closing (connections are being closed) ─► the thread ends. */
#ifndef KOLABPAD_APP_TURN_H
#define KOLABPAD_APP_TURN_H

#include "shard/shard.h"

/* The handlers of every shard; server_new takes them. */
extern const struct shard_handlers turn_handlers;

/* Starts the shard's thread. All shards are made before the first is started,
 * since they post to one another. ERR_NO_MEMORY. */
enum error turn_start(struct shard *shard);

/* Has the shard write what is in memory, close every connection with
 * ERR_SHUTTING_DOWN, free what is its own and end its thread; turn_join waits
 * for that. Any thread. */
void turn_stop(struct shard *shard);
void turn_join(struct shard *shard);

#endif
