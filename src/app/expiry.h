/* expiry.h - deletes for good what nobody has opened for EXPIRY_DAYS.
 *
 * Shard 0 asks the store every CLEANUP_INTERVAL_HOURS for ids that were not
 * accessed since the cutoff and sends each to its own shard: there a document
 * with connections is touched instead, one without leaves memory and its rows
 * are deleted, provided they are still as old by then. */
#ifndef KOLABPAD_APP_EXPIRY_H
#define KOLABPAD_APP_EXPIRY_H

#include "app/document.h"

/* Shard 0: asks, if it is time. */
void expiry_check(struct shard *shard, int64_t now_ms);

#endif
