/* pulse.h - does every shard still turn?
 *
 * The main thread asks all shards at once by posting a task to each; a shard
 * answers when its loop comes round. Once all have answered, the next question
 * may be asked. A shard that hangs keeps its answer, and the pulse stops:
 * then a watchdog is right to end the process.
 *
 *   main ──task──► shard 0 … n-1 ──answered++──► pulse_ask: "all answered"
 */
#ifndef KOLABPAD_APP_PULSE_H
#define KOLABPAD_APP_PULSE_H

#include "app/server.h"

struct pulse;

/* Owned by the main thread. The server outlives the pulse. */
enum error pulse_new(struct server *server, struct pulse **out);
/* After the shards were stopped: no task may be under way. */
void pulse_free(struct pulse *pulse);

/* Have all shards answered the last question? Then the next one is asked.
 * The first call asks and says yes. */
bool pulse_ask(struct pulse *pulse);

#endif
