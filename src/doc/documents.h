/* documents.h - the documents that one thread has in memory, and what they need
 * of the thread around them.
 *
 *   above (sessions, HTTP)   ─ open, attach, edit, change password ───────►  documents
 *   above                    ◄─ events: news, stale, close, drop ─────────────  documents
 *   host (the shard)         ◄─ post, want_timer, clocks ─────────────────────  documents
 *
 * This folder knows neither sockets nor HTTP nor SQLite: it is given the time,
 * a way to post requests to the store and someone to tell what happened. A
 * test gives it a clock and a store of its own.
 *
 * The owner calls, in this order, once each turn of its loop:
 *
 *   journal_post          what the turn applied goes to the store   (journal.h)
 *   documents_broadcast   on_news for each document with news       (maintenance.h)
 *
 * and documents_on_timer when the time that it asked for has come.
 *
 * Owner: one shard; its thread only. */
#ifndef KOLABPAD_DOC_DOCUMENTS_H
#define KOLABPAD_DOC_DOCUMENTS_H

#include "guard/limits.h"
#include "pad/pad.h"
#include "store/store.h"

struct document;

/* Settings and bounds, the same for all documents of the process. */
struct document_policy {
    struct pad_limits pad_limits;
    enum store_durability durability;
    int64_t expiry_ms;                     /* rows that nobody opened for so long are deleted; 0: never */
    int64_t memory_retention_ms;           /* how long a document stays in memory after the last one left */
    int64_t persist_check_ms;              /* how often a document that somebody is in is looked at */
    int64_t idle_persist_ms;               /* it is written so long after the last change */
    int64_t safety_net_ms;                 /* and, while changes go on, so long after the last snapshot */
    bool keeps_history;                    /* of what leaves the journal: archiver.h */
    uint32_t history_bytes;                /* of one document, compressed; beyond it is thinned */
    int64_t history_untouched_ms;          /* what is younger than that is not thinned */
    uint32_t password_attempts_per_minute; /* for the log: `limits` enforces it */
    bool is_shared;                        /* other servers may have documents of the same database */
};

/* The services that the thread around the documents gives them. */
struct documents_host {
    /* Two clocks, each the same all through a turn. By now_ms, in milliseconds from some beginning
     * before the process, everything is timed: it only goes forward. wall_ms, since the Unix epoch,
     * is what people see and the database keeps: it may say anything, and nothing is decided by it. */
    int64_t (*now_ms)(void *owner);
    int64_t (*wall_ms)(void *owner);
    /* Asks for documents_on_timer to be called no later than `in_ms` from now. */
    void (*want_timer)(void *owner, int64_t in_ms);
    /* Hands a request to the store. Where it has `done`, that is called on this
     * thread later, when this has returned; else nobody waits for it. */
    void (*post)(void *owner, struct store_request *req);
    /* May another server have these documents by now, unknown to this one? Then nothing is read
     * from memory. NULL: never. */
    bool (*lease_is_over)(void *owner);
};

/* The layer above is told through these what happens in a document. None may
 * drop a document; on_news, on_close and on_rights may detach peers. */
struct document_events {
    /* Peers may lack something that may be told now. In documents_broadcast. */
    void (*on_news)(struct document *doc);
    /* The committed text has changed: whatever was encoded before describes an older one. */
    void (*on_stale)(struct document *doc);
    /* The peer cannot stay; `reason` is for its user. Of a writer, whose owner is NULL, nothing is to be
     * done.
     */
    void (*on_close)(struct pad_peer *peer, enum error why, const char *reason);
    /* What people may do has changed: links were withdrawn or have ended (document_link_access in
     * rights.h tells), or somebody here has become the owner (NULL: not). NULL: nobody listens. */
    void (*on_rights)(struct document *doc, struct pad_peer *new_owner);
    /* The document leaves memory: free what hangs on document->frames. */
    void (*on_drop)(struct document *doc);
};

struct documents {
    const struct document_policy *policy; /* borrowed for life, like what follows */
    const struct documents_host *host;
    const struct document_events *events;
    void *owner; /* the host's */
    struct limits *limits;

    void *by_id;            /* tsearch(3) tree of documents */
    struct link all;        /* struct document, by all_link */
    struct link live;       /* those with peers */
    struct link to_journal; /* those with operations that no journal request carries yet */
    struct link refused;    /* the same, of those whose last row could not be written */
    struct link dirty;      /* those whose peers may lack something */
    struct link hot;        /* those that want a pad_tick within milliseconds */
    struct link lost;       /* those that are not ours any more (loss.h) */
    struct link opens;      /* struct open, all that are not answered */
    struct link leaving;    /* struct writer, those that no request uses, who leaves first in front */

    /* No new documents and no edits any more. Set once, by documents_stop. */
    bool is_stopping;
    /* No documents at all, where servers share the database: they have declared this one dead,
     * and it has not begun anew. Set and taken back by loss.c alone. */
    bool life_is_over;
    /* Nothing can be written at the moment, of no document: what waits for a commit is told so
     * instead. Of one that fails by itself only that document knows (document->write_pause_ms). */
    bool storage_failing;

    bool append_in_flight; /* journal.c: at most one request; what is applied meanwhile gathers */
    struct buf batch;      /* journal.c: scratch for encoding one document's operations */
    uint32_t
        flushes_in_flight; /* persister.c: snapshots that the shutdown asked for and that are not answered */
    uint64_t flushed;      /* persister.c: snapshots that the shutdown has written */
    uint32_t unwritten;    /* maintenance.c: documents that were dropped at the end though no snapshot of
                            * them was written, or waits in the store */
    int64_t live_check_ms; /* maintenance.c: when documents with peers are looked at next */
    int64_t resting_check_ms; /* maintenance.c: when those without are */
};

void documents_init(struct documents *docs, const struct document_policy *policy,
                    const struct documents_host *host, const struct document_events *events, void *owner,
                    struct limits *limits);

static inline int64_t documents_now_ms(struct documents *docs)
{
    return docs->host->now_ms(docs->owner);
}

static inline int64_t documents_wall_ms(struct documents *docs)
{
    return docs->host->wall_ms(docs->owner);
}

static inline void documents_want_timer(struct documents *docs, int64_t in_ms)
{
    docs->host->want_timer(docs->owner, in_ms);
}

/* Stamps the request with the wall clock. */
static inline void documents_post(struct documents *docs, struct store_request *req)
{
    req->now_ms = documents_wall_ms(docs);
    docs->host->post(docs->owner, req);
}

#endif
