/* shard.h - one thread, its event loop, and what lives on it.
 *
 * A document lives on one shard for as long as it is in memory, with all its
 * connections, so nothing of a document is locked. Other threads reach a shard
 * only by loop_post (net/loop.h) and by the store's answers.
 *
 * What a shard does in a turn is written in app/turn.h: this header is what
 * sessions and HTTP jobs see of the thread they run on. */
#ifndef KOLABPAD_SHARD_SHARD_H
#define KOLABPAD_SHARD_SHARD_H

#include "config/config.h"
#include "doc/documents.h"
#include "net/frame_builder.h"
#include "net/loop.h"
#include "net/tunnel.h"
#include "net/upstream.h"
#include "proto/client_message.h"
#include "shard/owners.h"

struct server;

enum shard_phase {
    SHARD_RUNNING,
    SHARD_DRAINING, /* no new edits; what is in memory is being written */
    SHARD_CLOSING,  /* written; connections are being closed */
};

struct shard {
    struct loop loop;
    struct documents documents;
    uint32_t index;

    /* Shared with the other shards, and the same from before the thread runs until it has ended. */
    struct server *server; /* which shard has which document (server.h) */
    const struct config *config;
    struct limits *limits;
    struct store *store;
    const char *version; /* "1.0.0 (abc1234)" */

    struct link awaiting_hello; /* struct session: v2, before its Hello, oldest first */
    struct link sessions;       /* struct session, the others */
    struct link arrivals;       /* struct arrival: those that came by a link, on their way to its document */
    struct link http_jobs;      /* struct http_job: unanswered requests that concern a document of ours */

    /* Where servers share the database; else unused. */
    struct owners owners;       /* which of them has which document */
    struct upstreams upstreams; /* requests that were sent on, of http_jobs */
    struct tunnels tunnels;     /* clients of documents that others have */
    uint32_t peers_version;     /* of server_peers_version, when the others were looked at last */

    struct client_decoder decoder; /* for one message at a time */
    struct frame_builder frames;   /* for one frame at a time */

    struct store_mailbox mailbox;
    struct link done_at_once; /* struct store_request: carried out on this thread (store_try) */
    bool has_wall;            /* the wall clock was read in this turn */
    int64_t wall_ms;          /* and said this */
    int64_t timer_due_ms;     /* when the loop's timer goes off, monotonic; 0: it is not set */

    /* Written by app/turn.c alone: the thread, and how far its end has come. */
    uv_thread_t thread;
    struct loop_task stop_task;
    enum shard_phase phase;
    int64_t phase_ms; /* since when it has been in this phase, monotonic */

    bool is_written; /* it has told so (server_note_written) */

    /* Written by app/life.c alone: how many lives of this server had ended when it looked
     * last, and whether it still has documents of the last one. */
    uint32_t lives_ended;
    bool has_old_life;

    /* Written by app/peer_watch.c alone: how often people had been sent away when it looked
     * last; on shard 0, when the others are asked next, monotonic, whether one of those
     * asked last has said that it has the database, or that it lacks it, for how many rounds
     * of questions now one has had it, and whether there was a round since this server lacks
     * it in which all who answered did. */
    uint32_t sent_away;
    int64_t watch_due_ms;
    bool has_heard, has_heard_lack;
    uint32_t heard_rounds;
    bool was_outage;

    /* Written by app/cleanup.c alone, on shard 0: when the next search for expired
     * documents is due, monotonic; 0: none was planned yet. */
    int64_t cleanup_due_ms;
};

/* The layers above hook into the thread through these: at the loop's moments
 * (net/loop.h; the argument is the struct shard), and when something happens in
 * a document. */
struct shard_handlers {
    void (*on_tick)(void *shard);
    void (*on_wake)(void *shard);
    void (*on_timer)(void *shard);
    const struct document_events *document_events;
};

/* Makes the loop and the empty lists of one whose shared fields and index are
 * set, all else zero. ERR_NO_MEMORY. */
enum error shard_init(struct shard *shard, const struct document_policy *policy,
                      const struct shard_handlers *handlers);
/* Ends what connections are left, drops the documents, frees the rest. */
void shard_deinit(struct shard *shard);
/* Frees what the store has answered after that, unread: that somebody opened a document is written
 * without anybody who waits for it. When the store is closed. */
void shard_free_answers(struct shard *shard);

/* The time by which everything is timed, monotonic, in milliseconds, and the wall clock in
 * milliseconds since the Unix epoch, for what people see; each read once a turn. */
int64_t shard_now_ms(const struct shard *shard);
int64_t shard_wall_ms(struct shard *shard);
/* At the end of a turn: the next one reads the clock anew. */
void shard_end_turn(struct shard *shard);

/* Asks for on_timer to come no later than `in_ms` from now. */
void shard_want_timer(struct shard *shard, int64_t in_ms);
/* Must be the first call of on_timer: the timer went off and is not set any more. */
void shard_timer_came(struct shard *shard);

/* Takes the store's answers and calls each request's `done`; then has the
 * documents told whether the database can be written. For on_wake. */
void shard_take_answers(struct shard *shard);
/* The same for what was carried out on this thread when it was posted; false: there was nothing.
 * For on_tick. */
bool shard_take_done_at_once(struct shard *shard);

#endif
