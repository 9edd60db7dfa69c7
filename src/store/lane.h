/* lane.h - one lane's thread: it takes requests from the queue, has the worker carry them out, and delivers
 * the answers; and keeps house when nothing waits.
 *
 * It ends when the store is closing and everything of its own is written, or the time for that is over; then
 * what it could not write stays in its hands, for worker_give_up. */
#ifndef KOLABPAD_STORE_LANE_H
#define KOLABPAD_STORE_LANE_H

#include "store/state.h"

/* The fields of a lane that is at rest; starts nothing. */
void lane_init(struct lane *lane, struct store *s, uint32_t number);
void lane_deinit(struct lane *lane);

/* False: there is no thread. It is joined by whoever started it. */
bool lane_start(struct lane *lane);

/* Gives out what is in worker.done: to mailboxes, or to nobody. On the lane's thread, or when that has
 * ended. Takes the store's lock. */
void lane_deliver(struct lane *lane);

/* Wakes the lanes that are asleep. Holds the store's lock. */
void lanes_wake(struct store *s);

#endif
