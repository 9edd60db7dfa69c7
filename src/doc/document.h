/* document.h - one document in memory: its pad, who waits for it, and what of
 * it the database does not have yet.
 *
 *   open ─► [peek at the password] ─► LOADING ─► READY ─► … ─► dropped
 *
 * A document is loaded when somebody with the right to see it asks (open.h),
 * and stays until nobody has been in it for memory_retention_ms. While there
 * are peers in it (attach.h), the persister looks at it every 10 s
 * (persister.h).
 *
 * A read error is an error to whoever asked and leaves nothing behind: there
 * is never an empty document in the place of one that could not be read.
 *
 * Anybody on the shard's thread may read the fields; only this folder writes
 * them, but for `frames`, which is the listeners' own.
 *
 * Owner: struct documents. */
#ifndef KOLABPAD_DOC_DOCUMENT_H
#define KOLABPAD_DOC_DOCUMENT_H

#include "doc/documents.h"
#include "store/rights.h"

struct archiving;
struct comment_write;
struct maker;
struct purge;
struct password_change;

enum document_state { DOCUMENT_LOADING, DOCUMENT_READY };

struct document {
    struct documents *documents;
    struct slice id; /* owned */
    enum document_state state;
    struct pad pad; /* when READY */
    void *frames;   /* what those who listen to the events keep of it; see on_stale and on_drop */

    struct link opens;                       /* struct open, while LOADING: answered when it is READY */
    struct link commit_waits;                /* struct commit_wait */
    struct link writers;                     /* struct writer */
    struct password_change *password_change; /* the one that is being written; NULL: none */
    struct link rights_changes;              /* struct rights_change: the others wait for the first */
    struct rights_write *rights_write;       /* the first, on its way to the database; NULL: none is */
    struct slice language_write;             /* … with this language, which is the pad's when it is there; a
                                              * snapshot meanwhile has it, too, and not the one before. NULL ptr:
                                              * none is under way */
    struct link comment_changes;             /* struct comment_change: the others wait for the first */
    struct comment_write *comment_write;     /* one on its way to the database; NULL: none is */
    struct maker
        *maker; /* the tab that made it, until it knows the owner's token; owned; NULL: none (maker.h) */

    struct store_rights rights; /* its owner and links (rights.h); owned */
    int64_t link_ends_ms;       /* when the next of its links ends, by the wall clock; 0: none does */

    struct archiving *archiving; /* archiver.c: what it does for this document; NULL: nothing */
    struct purge *purge;         /* purge.c: who waits for the one that is being written; NULL: nobody */
    bool is_purging;
    enum store_history_change purge_change; /* … and in whose name */
    bool purge_has_user;
    uint64_t purge_user_id;
    struct buf signatures; /* signatures.c: names that the journal has not stored yet */

    struct link all_link;     /* documents->all */
    struct link live_link;    /* documents->live, while it has peers */
    struct link journal_link; /* documents->to_journal or documents->refused */
    struct link dirty_link;   /* documents->dirty */
    struct link hot_link;     /* documents->hot */
    struct link lost_link;    /* documents->lost */

    uint32_t peer_count;        /* attached and not detached; a peer that was replaced counts until then */
    uint32_t appends_in_flight; /* rows handed to the journal and not answered */
    uint32_t snapshots_in_flight;

    /* Two flags for what the database has or is about to have. `stored`: a row
     * exists or is on its way; a document that nobody ever wrote to has none.
     * `epoch_stored`: the present epoch is recorded or on its way; until then
     * every write brings it along. */
    bool stored;
    bool epoch_stored;
    enum error lost_why; /* OK: it is not lost (loss.h) */
    bool is_owned; /* where servers share the database: it is ours, and is given back when it is dropped */
    bool is_being_deleted; /* the database is asked to: nothing else of it is written until that has answered
                            */
    bool meta_changed;     /* language or password changed since the last snapshot asked for */
    /* Two revisions, since a snapshot takes time and can fail: `saved` is the
     * newest that is written, `asked` the newest that is written or under way.
     * A failure takes `asked` back to `saved`, so that it is tried again. */
    uint64_t saved_revision;
    uint64_t asked_revision;

    /* While the database writes other documents and not this one: how long it is left alone after a
     * failure (0: it is written), and until when. What is meant is what acknowledges edits: the
     * journal, or the snapshots where there is none. */
    int64_t write_pause_ms;
    int64_t write_again_ms;
    int64_t snapshot_failed_ms; /* when the latest snapshot failed; 0: it did not */

    int64_t created_ms, updated_ms; /* by the wall clock; all others by documents_now_ms */
    int64_t changed_ms;             /* last edit or change of language */
    int64_t saved_ms;               /* last snapshot asked for */
    int64_t touched_ms; /* when the database was last told that the document is in use; 0: never */
    int64_t used_ms;    /* the last use that the database knows of, or is about to; edits are in changed_ms */
    int64_t check_ms;   /* when the persister looks next */
    int64_t live_ms;    /* since when it has peers, and a persister */
    int64_t left_ms;    /* since when it has none */
    int64_t expected_ms; /* until when somebody is expected who was let in at the door; 0: nobody is */

    /* When the oldest edit arrived that … (clock_ns; 0: there is none) */
    uint64_t arrived_ns;   /* … no journal request carries yet */
    uint64_t announced_ns; /* … is committed and not broadcast yet */
};

/* ---- make ---- */

/* A new one in memory, LOADING; NULL: no memory. */
struct document *document_new(struct documents *docs, struct slice id);
/* LOADING becomes READY, empty. */
void document_begin(struct document *doc);
/* LOADING becomes READY, as the answer to a STORE_LOAD has it. On failure it
 * stays LOADING: ERR_STORAGE (the stored bytes contradict each other),
 * ERR_NO_MEMORY. */
enum error document_restore(struct document *doc, const struct store_request *req);

/* ---- look ---- */

/* Finds it in memory; NULL: it is not there, which says nothing of the database. */
struct document *document_find(struct documents *docs, struct slice id);

/* Does memory hold something that no snapshot, written or asked for, has? What is lost counts for nothing. */
bool document_is_changed(const struct document *doc);
/* Nobody ever wrote to it, and nobody is in it: it is here for those who may come. */
bool document_is_nothing(const struct document *doc);
/* True once nothing refers to the document any more and the database has all of it. */
bool document_may_drop(const struct document *doc);
/* Is that its password? Constant time; true when it has none. */
bool document_admits(const struct document *doc, struct slice password);
/* When the document expires if it is left alone from now on, by the wall clock as it is now; 0: never.
 * That is reckoned from the last use, and reading is none. */
int64_t document_expires_ms(const struct document *doc);
/* What of its rights everybody in it is told. */
struct pad_rights document_shown_rights(const struct document *doc);

/* ---- change ---- */

/* Peers may lack something: they are told in the next documents_broadcast. */
void document_has_news(struct document *doc);
/* Language or password changed: a snapshot is due. */
void document_meta_changed(struct document *doc);

/* Internal to src/doc: what it has that no journal request carries yet goes with the next one, but for
 * one that is_being_deleted. */
void document_must_journal(struct document *doc);
/* Internal to src/doc: these are its rights from now on, with memory of their own; `rights` is empty
 * afterwards. */
void document_set_rights(struct document *doc, struct store_rights *rights);

/* ---- let go ---- */

/* Removes it from memory, and gives it back where it is_owned. Nobody may be in it or wait for it. */
void document_drop(struct document *doc);

#endif
