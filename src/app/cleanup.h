/* cleanup.h - deletes for good what nobody has opened for EXPIRY_DAYS.
 *
 * Shard 0 asks the store every CLEANUP_INTERVAL_HOURS for ids that were not
 * accessed since the cutoff, and sends each to the shard that has the document:
 * there it is decided what becomes of it (doc/expiry.h). */
#ifndef KOLABPAD_APP_CLEANUP_H
#define KOLABPAD_APP_CLEANUP_H

#include "shard/shard.h"

/* Before the shard runs: the first search comes a second later. */
void cleanup_begin(struct shard *shard);

/* On the shard's timer: searches, if it is time, and asks for the timer again. */
void cleanup_check(struct shard *shard);

#endif
