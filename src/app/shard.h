/* shard.h - one thread, its event loop, and the documents that live on it.
 *
 * A document lives on one shard for as long as it is in memory, with all its
 * connections, so the code of documents has no locks. Other threads reach a
 * shard only by loop_post.
 *
 * One turn of the loop, in shard_tick:
 *
 *   poll ─► feed ─► decode ─► apply     (callbacks: session.c)
 *        ─► journal                     the turn's operations, one request
 *        ─► broadcast                   to whoever lacks what is committed
 *        ─► flush ─► reap               sockets, then the closed
 *
 * With DURABILITY=lazy operations count as committed in the journal step. */
#ifndef KOLABPAD_APP_SHARD_H
#define KOLABPAD_APP_SHARD_H

#include "app/server.h"
#include "net/conn.h"
#include "proto/client_message.h"

enum shard_phase {
    SHARD_RUNNING,
    SHARD_DRAINING, /* no new edits; what is in memory is being written */
    SHARD_CLOSING,  /* written; connections are being closed */
};

struct shard {
    struct loop loop;
    uv_thread_t thread;
    struct server *server;
    const struct config *config;
    uint32_t index;
    enum shard_phase phase;
    int64_t now_ms;       /* the wall clock, read once a turn; 0: not yet */
    int64_t timer_due_ms; /* when on_timer comes next, monotonic; 0: not asked for */
    struct loop_task stop_task;

    struct store_mailbox mailbox;
    void *by_id;                /* tsearch(3) tree of documents */
    struct link documents;      /* all of them */
    struct link live;           /* those with sessions */
    struct link to_journal;     /* those with operations to journal */
    struct link dirty;          /* those whose peers may lack something */
    struct link hot;            /* those that want a pad_tick within milliseconds */
    struct link awaiting_hello; /* struct session, oldest first */
    struct link sessions;       /* struct session, the others */
    struct link questions;      /* struct access, all */
    struct link calls;          /* struct call, all: unanswered HTTP requests */

    bool append_in_flight; /* at most one: the next gathers meanwhile */
    bool storage_failing;
    uint32_t flushes_in_flight; /* snapshots of the shutdown */
    int64_t phase_ms;           /* since when it has been in this phase */
    int64_t slow_check_ms;      /* when all live documents are looked at next */
    int64_t resting_check_ms;   /* when those without sessions are */
    int64_t expiry_check_ms;    /* shard 0: when the database is searched for expired ones */

    struct client_decoder decoder;
    struct buf payload, framed; /* scratch for building frames */
};

/* Makes the loop; then starts the thread. All shards are made before the first
 * is started, since they post to one another. */
enum error shard_init(struct shard *shard, struct server *server, uint32_t index);
enum error shard_start(struct shard *shard);
/* For one that was never started. */
void shard_deinit(struct shard *shard);

/* Asks the thread to write what is in memory, close every connection with
 * ERR_SHUTTING_DOWN and return; shard_join waits for that. Any thread. */
void shard_stop(struct shard *shard);
void shard_join(struct shard *shard);

/* The wall clock, read once a turn. For the shard's thread. */
int64_t shard_now_ms(struct shard *shard);

/* Asks for on_timer to come no later than `in_ms` from now. */
void shard_want_timer(struct shard *shard, int64_t in_ms);

#endif
