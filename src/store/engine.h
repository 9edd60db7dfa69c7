/* engine.h - what a database must do for the store.
 *
 *     callers ─► lanes.c ─► lane.c ──► worker.c ─► engine_ops ─► store/sqlite ─► a file
 *                queue,     threads    groups,
 *                mailboxes             retries
 *
 * The store does what is the same for every database: it queues requests,
 * keeps those of one document in order, gathers groups, tries again what
 * failed, and delivers answers. An engine carries a group out in one
 * transaction, and knows nothing of queues or other threads' requests.
 *
 * Lanes. A lane is one thread with whatever the engine needs for a transaction
 * of its own, a connection for example. Lanes run side by side, but no two of
 * them work on the same document, so an engine need not order anything. One exception:
 * an APPEND may come beside an earlier SNAPSHOT or OPEN (request_must_follow), and
 * must not wait there for what that has locked.
 *
 * Threads. `open` and `close` run while there are no lanes. What takes a lane's
 * number runs on that lane's thread. `try_at_once` runs on others, one at a time and
 * never beside the lane's. `stats` runs on any thread at any time.
 *
 * Ownership. The engine is the store's from `open` to `close`; it embeds
 * `struct engine` and finds itself by LIST_ITEM. The configuration outlives it,
 * but for the bytes of the URI, which are valid during `open` only. Requests
 * are borrowed: the engine reads their inputs, fills in their answers with
 * memory of their arenas, and leaves the list as it is. */
#ifndef KOLABPAD_STORE_ENGINE_H
#define KOLABPAD_STORE_ENGINE_H

#include "store/message.h"
#include "store/store.h"

enum { ENGINE_LANES_MAX = 4 };

struct engine {
    const struct engine_ops *ops;
    int64_t idle_ms; /* after_answers is also called when a lane had nothing to do for so long; 0: not */
    /* The longest pause between two tries while nothing can be written; 0: WORKER_BACKOFF_MAX_MS. */
    int64_t retry_ms;
};

struct engine_ops {
    /* Opens, checks and migrates, and may wait for another server to go, asking
     * config->should_stop meanwhile. Errors are those of store_open, with their
     * sentence; on failure nothing is open and nothing has changed. */
    enum error (*open)(const struct store_config *config, struct engine **out, char message[MESSAGE_BYTES]);
    /* Releases everything. No request is under way. */
    void (*close)(struct engine *e);

    /* How many lanes, 1 to ENGINE_LANES_MAX, and which one carries a request
     * out: always the same for the same request. Not asked of a single lane. */
    uint32_t lanes;
    uint32_t (*lane_of)(const struct store_request *req);
    bool is_shared; /* store_is_shared: the functions at the end are there, too */

    /* Carries out a group of one or more requests in its order, in one
     * transaction: a read sees the writes before it and none after it. The
     * requests come without answers (request_clear_answer).
     *
     *   OK               all writes are committed, as durably as was configured,
     *                    and every request has its answer in `result`. What is an
     *                    answer and not a failure is in there too: the row of an
     *                    APPEND in its `outcome`, a failed read as ERR_STORAGE or
     *                    ERR_NO_MEMORY. A read spares the writes around it. A
     *                    request of an earlier life (its `life` is not the one
     *                    of the latest rejoin), or of one that is over, is
     *                    answered ERR_MOVED, and nothing was done for it.
     *   ERR_STORAGE,     nothing was done, or nobody knows: the database did not
     *   ERR_NO_MEMORY    say whether it committed. The answers do not count. The
     *                    worker tries the same requests again, in other groups
     *                    perhaps but in the same order for each document, so an
     *                    engine whose commits can end unknown must recognise what
     *                    it wrote before, and answer OK for it.
     *
     * Tells on_event of each read (STORE_EVENT_READ, STORE_EVENT_READ_FAILED)
     * and sets its duration_us. All other events of requests are the worker's. */
    enum error (*try_group)(struct engine *e, uint32_t lane, struct link *group);

    /* try_group for a caller who cannot wait: of a single request, on the caller's
     * thread, while the lane's own is at rest. Waits for nobody's lock and for no
     * disk. NULL: such a commit is not possible here. Asked with STORE_JOURNAL and
     * a single lane only. */
    enum error (*try_at_once)(struct engine *e, struct link *group);

    /* STORE_HISTORY and STORE_IMAGE. Where reads_aside says so, read_aside answers one beside the lanes, on
     * the reader's thread alone (reader.h), waiting for none of them and holding none up,
     * and tells on_event of the read. Errors are those of a read. Elsewhere, or
     * where reads_aside is NULL, it is for try_group, which calls request_digest then. */
    bool (*reads_aside)(const struct engine *e);
    enum error (*read_aside)(struct engine *e, struct store_request *req);

    /* The lane's writes have begun to fail (true), or work again. In between,
     * reads wait behind each new attempt, so the engine should give up sooner
     * where it waits for others, for a lock for example. */
    void (*set_failing)(struct engine *e, uint32_t lane, bool is_failing);

    /* Could a write succeed at the moment? Asked after a failure, to tell a bad
     * request from a bad database. False, too, while nobody knows whether the latest
     * group was committed: then the same requests are tried again as they are, and
     * not answered. Leaves `why` as it is. */
    bool (*probe)(struct engine *e, uint32_t lane);

    /* The lane has delivered its answers and nobody waits for it, or it was idle
     * for idle_ms: time for housekeeping, in small steps. True: there is more to do, soon. */
    bool (*after_answers)(struct engine *e, uint32_t lane);

    /* One sentence about the lane's latest failure, for the log: never document
     * text. Valid until the lane's next call. */
    const char *(*why)(const struct engine *e, uint32_t lane);

    /* Fills in all but what the store itself counts (queued_requests, oldest_wait_ms). */
    void (*stats)(const struct engine *e, struct store_stats *stats);

    /* ---- of an engine that several servers share; any thread ---- */

    uint32_t (*peers)(const struct engine *e, struct store_peer out[STORE_PEERS_MAX]);
    struct store_identity (*identity)(const struct engine *e); /* of any engine; NULL: it has no secret */
    int64_t (*lease_left_ms)(const struct engine *e);
    void (*set_draining)(struct engine *e);
    void (*resign)(struct engine *e);
    /* Begins a new life after STORE_EVENT_DEAD, to which requests with this number belong. */
    void (*rejoin)(struct engine *e, uint32_t life);
};

/* Does the URI name a PostgreSQL? Every other one is SQLite's. */
bool uri_is_postgres(struct slice uri);

/* store_open with a given engine instead of the one that the URI names. */
enum error store_open_with(const struct engine_ops *ops, const struct store_config *config,
                           struct store **out, char message[MESSAGE_BYTES]);

#endif
