/* engine.h - PostgreSQL behind the store: two lanes, shared by several servers.
 *
 *     lane 0  APPENDs: what everybody who types waits for
 *     lane 1  everything else
 *
 * Each lane has a connection of its own, and a group is one round trip. A commit may
 * end unknown: then the connection is closed, and the same group is sent once more
 * over a new one before the worker hears of a failure. What was written already is
 * recognised (appends.h); all other requests may be carried out twice.
 *
 * A request is answered ERR_MOVED when its life is over (members.h). */
#ifndef KOLABPAD_STORE_POSTGRES_ENGINE_H
#define KOLABPAD_STORE_POSTGRES_ENGINE_H

#include "store/engine.h"

extern const struct engine_ops POSTGRES_ENGINE;

#endif
