/* queue.h - what was posted and no lane has taken yet, and the order between lanes.
 *
 * A lane takes what is its own in the order of posting, but for requests that must follow one which another
 * lane still has, or which is ahead in the queue: those wait (request_must_follow). Only what was posted
 * earlier counts, so lanes never wait for each other in a circle, and a request that others may overtake is
 * not overtaken for ever.
 *
 * Everything here holds the store's lock. */
#ifndef KOLABPAD_STORE_QUEUE_H
#define KOLABPAD_STORE_QUEUE_H

#include "store/state.h"

/* Which lane carries a request out. */
struct lane *queue_lane_of(struct store *s, const struct store_request *req);

/* Moves what this lane may carry out now from the queue to the end of `fresh`. With a single lane that is
 * everything. Of several, one leaves the snapshots that would be too many at once (lane->snapshots_max) in
 * the queue: whoever opens a document is not to wait for all. What can never be carried out in time goes to
 * the worker's `done` instead, refused. */
void queue_take(struct lane *lane, struct link *fresh);

/* Is anything of this lane's left? */
bool queue_has_for(const struct lane *lane);

/* When the oldest request that has no answer was posted, taken or not; INT64_MAX: all have one. */
int64_t queue_oldest_posted_us(const struct store *s);

#endif
