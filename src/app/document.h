/* document.h - one document in memory: its pad, who waits for it, and what of
 * it the database does not have yet.
 *
 *   access ─► [peek password] ─► LOADING ─► READY ─► … ─► dropped
 *
 * A document is loaded when somebody with the right to see it asks, and stays
 * until nobody has been connected for MEMORY_RETENTION_HOURS. While it has
 * connections a persister looks at it every 10 s (persister.h).
 *
 * A read error is an error to whoever asked and leaves nothing behind: there
 * is never an empty document in the place of one that could not be read.
 *
 * Owner: one shard; its thread only. */
#ifndef KOLABPAD_APP_DOCUMENT_H
#define KOLABPAD_APP_DOCUMENT_H

#include "app/shard.h"
#include "net/frame.h"
#include "pad/pad.h"

enum document_state { DOCUMENT_LOADING, DOCUMENT_READY };

/* Frames of this tick, for everyone who lacks the same. */
enum { DOCUMENT_CACHED_FRAMES = 6 };
struct cached_frame {
    enum cached_kind { CACHED_NONE, CACHED_HISTORY, CACHED_CHANGES, CACHED_SNAPSHOT, CACHED_USERS } kind;
    enum pad_version version;
    uint64_t from, to;
    struct frame *frame;
};

struct document {
    struct shard *shard;
    struct slice id; /* owned */
    enum document_state state;
    struct pad pad;      /* when READY */
    struct link waiting; /* struct access: until it is READY */
    struct link gated;   /* struct call: answers that wait for the journal */

    struct link all_link;     /* shard->documents */
    struct link live_link;    /* shard->live, while it has sessions */
    struct link journal_link; /* shard->to_journal: has operations to journal */
    struct link dirty_link;   /* shard->dirty: its peers may lack something */
    struct link hot_link;     /* shard->hot: wants a pad_tick soon */

    uint32_t session_count;
    uint32_t appends_in_flight; /* rows handed to the journal */
    uint32_t snapshots_in_flight;
    struct call *protecting; /* a password change that is being written */
    bool stored;             /* has a row in the database */
    bool epoch_stored;
    bool meta_changed;       /* language or password changed since the last snapshot */
    uint64_t saved_revision; /* of the newest snapshot written */
    uint64_t asked_revision; /* of the newest snapshot asked for */
    int64_t created_ms, updated_ms;
    int64_t changed_ms;    /* last edit or change of language */
    int64_t saved_ms;      /* last snapshot asked for */
    int64_t touched_ms;    /* last told the database that it is in use */
    int64_t check_ms;      /* the persister's next look */
    int64_t live_ms;       /* since when it has sessions, and a persister */
    int64_t left_ms;       /* since when it has no sessions */
    uint64_t arrived_ns;   /* the oldest edit that no journal request carries yet; 0: none */
    uint64_t announced_ns; /* the oldest edit that is committed and not yet broadcast; 0: none */
    struct cached_frame cache[DOCUMENT_CACHED_FRAMES];
    uint8_t cache_next;
};

/* ---- sessions ---- */

void document_session_joined(struct document *doc);
/* The document outlives the call, whoever was in it: what the last session
 * leaves empty goes at the end of the turn. */
void document_session_left(struct document *doc);
/* Drops it if nobody is in it and nothing was ever written there. */
void document_reap(struct document *doc);

/* ---- what changed ---- */

/* An edit was applied that arrived then (uv_hrtime) / something of the presence
 * changed. */
void document_edited(struct document *doc, int64_t now_ms, uint64_t arrived_ns);
void document_changed(struct document *doc);
void document_meta_changed(struct document *doc, int64_t now_ms);

/* Does memory hold something that no snapshot, written or asked for, has? */
bool document_is_changed(const struct document *doc);
/* Does nothing refer to it any more, and does the database have all of it? */
bool document_may_drop(const struct document *doc);

/* Finds it in memory; NULL otherwise. */
struct document *document_find(struct shard *shard, struct slice id);

/* A new one in memory, LOADING; NULL: no memory. */
struct document *document_new(struct shard *shard, struct slice id);
/* LOADING becomes READY: empty, or as storage has it (document_restore, whose
 * failure leaves it LOADING). */
enum error document_begin(struct document *doc);
enum error document_restore(struct document *doc, const struct store_request *req);

/* Removes a document without sessions and waiters from memory. */
void document_drop(struct document *doc);

/* Is that the document's password? Constant time; true when it has none. */
bool document_admits(const struct document *doc, struct slice otp);

/* When the document expires if it is left alone now; 0: never. */
int64_t document_expires_ms(const struct document *doc, int64_t now_ms);

#endif
