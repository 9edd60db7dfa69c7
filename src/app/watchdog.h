/* watchdog.h - does every shard still turn?
 *
 *   main ──task──► shard 0 … n-1 ──answered──► watchdog_probe: true
 *
 * The main thread probes all shards at once by posting a task to each; a shard
 * answers when its loop comes round. Once all have answered, the next probe may
 * be sent. A shard that hangs keeps its answer, and watchdog_probe says false
 * from then on: the service manager's watchdog is right to end the process. */
#ifndef KOLABPAD_APP_WATCHDOG_H
#define KOLABPAD_APP_WATCHDOG_H

#include "shard/server.h"

struct watchdog;

/* The main thread's; the server outlives it. ERR_NO_MEMORY. */
enum error watchdog_new(struct server *server, struct watchdog **out);
/* After the shards were stopped: no probe may be under way. */
void watchdog_free(struct watchdog *watchdog);

/* True when all shards have answered the last probe; then sends the next. The
 * first call sends one and says true. */
bool watchdog_probe(struct watchdog *watchdog);

#endif
