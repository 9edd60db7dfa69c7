/* server.h - the program's parts and how they hold together.
 *
 *   main ──► server_start: store → shards → front door
 *   front door thread ──task──► the shard of the document ──► answer
 *   shard ──request──► store thread ──mailbox──► shard
 *
 * `struct server` is written by server_start and server_stop on the main
 * thread and only read by the others while they run. */
#ifndef KOLABPAD_APP_SERVER_H
#define KOLABPAD_APP_SERVER_H

#include "config/config.h"
#include "guard/limits.h"
#include "net/http.h"
#include "net/static_files.h"
#include "pad/pad.h"
#include "store/store.h"

enum { MESSAGE_OVERHEAD_BYTES = 64 * 1024 }; /* a message may be that much larger than a document */

struct server {
    const struct config *config;
    struct pad_limits pad_limits;
    struct store *store;
    struct limits *limits;
    struct http_server *http;
    struct static_files *files;
    struct debug *debug;
    struct shard *shards;
    uint32_t shard_count;     /* made; does not change once the first runs */
    uint32_t running;         /* of them, those with a thread: the main thread's business */
    uint64_t shard_seed;      /* which document goes to which shard is nobody's to choose */
    _Atomic bool stopping;    /* no new documents, connections or edits */
    _Atomic uint64_t flushed; /* documents written by the shutdown */
    char version[64];         /* "1.0.0 (abc1234)" */
};

/* Starts everything. `should_stop` is asked while waiting for another server's
 * lock. On failure `message` says what is wrong and nothing is left running. */
enum error server_start(struct server *server, const struct config *config, bool (*should_stop)(void *arg),
                        char message[512]);

/* Stops everything in the order of docs/architecture.md, "Stopping". Returns
 * the number of documents that were written, or -1 when some could not be. */
int64_t server_stop(struct server *server);

/* The shard that owns the document. Any thread. */
struct shard *server_shard_of(struct server *server, struct slice id);

#endif
