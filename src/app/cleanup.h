/* cleanup.h - deletes for good what nobody has opened for EXPIRY_DAYS, and history that was
 * kept for HISTORY_DAYS.
 *
 * Shard 0 asks the store every CLEANUP_INTERVAL_HOURS for ids that were not
 * accessed for so long, and sends each to the shard that has the document: there it
 * is decided what becomes of it (doc/expiry.h). What time has passed is the
 * store's to say, not the wall clock's (store/calendar.h). */
#ifndef KOLABPAD_APP_CLEANUP_H
#define KOLABPAD_APP_CLEANUP_H

#include "shard/shard.h"

/* On the shard's timer: searches, if it is time, and asks for the timer again. The
 * first search comes a second after the start. */
void cleanup_check(struct shard *shard);

#endif
