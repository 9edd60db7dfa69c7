/* lifecycle.h - the program's parts, their start and their stop.
 *
 *   start   shards (made) ─► store ─► shards (run) ─► HTTP server
 *   stop    no new requests ─► shards (written, closed) ─► HTTP server ─► store
 *
 *   HTTP server's thread ──task──► the shard of the document ──► answer
 *   shard ──request──► store thread ──mailbox──► shard
 *
 * The main thread's. */
#ifndef KOLABPAD_APP_LIFECYCLE_H
#define KOLABPAD_APP_LIFECYCLE_H

#include "api/api.h"
#include "config/config.h"

struct program {
    const struct config *config;
    char version[64]; /* "1.0.0 (abc1234)" */
    struct api api;   /* with the shards in api.server */
    struct store *store;
    struct http_server *http;
    uint32_t running; /* shards with a thread: the first so many */
};

/* Starts everything; `program` and `config` stay put until program_stop.
 * `should_stop` is asked while waiting for another server's lock. On failure
 * `message` says what is wrong and nothing is left running:
 *   ERR_SHUTTING_DOWN  should_stop said so; anything else: exit status 2 */
enum error program_start(struct program *program, const struct config *config, bool (*should_stop)(void *arg),
                         char message[512]);

/* Tells balancers and other servers that it is about to stop; it serves as before. */
void program_drain(struct program *program);

/* Stops everything in the order of docs/architecture.md, "Stopping". Returns
 * the number of documents that were written, or -1 when some could not be. */
int64_t program_stop(struct program *program);

#endif
