/* store.h - everything that outlives the process, on threads of its own.
 *
 * Callers fill in a request, post it, and get the same request back through
 * their mailbox when it is done. The requests of a document are carried out in
 * the order in which they were posted. Writes are grouped: while one transaction
 * commits, the next requests gather, and then share one commit.
 *
 *   shard 0 ──post──►┐                                ┌──► mailbox of shard 0
 *   shard 1 ──post──►┤ queue ─► store thread ─ COMMIT ┤──► mailbox of shard 1
 *   routes  ──post──►┘             │                  └──► …
 *                               database
 *
 * The database is behind an engine (engine.h), which the URI names. SQLite
 * (sqlite/engine.h): one file, one thread, and a second server on the same file
 * waits in store_open until the first has gone. PostgreSQL (postgres/engine.h):
 * two threads with a connection each, for one server or several.
 *
 * A write is answered when its transaction has committed and not before. With
 * STORE_JOURNAL that survives the process; with STORE_FSYNC the machine too. On
 * PostgreSQL both are what its synchronous_commit says, and STORE_LAZY is refused.
 *
 * Failure. When a transaction fails its requests are tried one by one, and the
 * rows of an APPEND that fails alone as well, so that one bad document holds up no
 * other. What fails then while other things can be written is tried once more and
 * answered ERR_STORAGE: the caller may ask again, later.
 *
 * Outage. When nothing at all can be written, writes wait in order and are tried
 * again (50 ms, doubling to 5 s) until they succeed or the store is closed; those
 * marked `fail_fast` are answered ERR_STORAGE at once instead. store_is_failing
 * says so meanwhile. Reads go on, and fail by themselves with ERR_STORAGE; so does
 * the read of a document that has a write waiting, as its row is not the truth. A
 * read error is never an empty document.
 *
 * A document that was never written has no row. The first APPEND or SNAPSHOT
 * makes it (APPEND with an empty text at revision 0, the journal has the rest).
 *
 * Tables: documents, journal, epochs, rights, links, deleted, comments, commented, images, clock,
 * schema_migrations, and those of history.h; on PostgreSQL kp_documents … (docs/architecture.md). Times are
 * milliseconds since the Unix epoch in requests, seconds in tables.
 *
 * Servers that share a database. An engine for several servers keeps book of who
 * has which document in memory: its *owner*, one server at a time. A LOAD makes
 * this server the owner, or is answered ERR_ELSEWHERE with the owner's address;
 * RELEASE gives documents back. What this server is to the others is a *life*: it
 * has a number (incarnation), and ends when the others have declared it dead. From
 * that moment nothing of it is written any more: STORE_EVENT_DEAD is told, and
 * every request is answered ERR_MOVED until store_rejoin. SQLite has one server,
 * which owns everything and lives for ever.
 *
 * Two kinds of time. `now_ms` is the wall clock's, for what people see. Whether a
 * document has expired is decided by the calendar, which counts the time that the
 * store has seen pass and nothing else (calendar.h): accessed_at and `cutoff_ms`
 * are its. So no jump of the clock makes anything expire. */
#ifndef KOLABPAD_STORE_STORE_H
#define KOLABPAD_STORE_STORE_H

#include "base/id128.h"
#include "base/list.h"
#include "store/history.h"
#include "store/image.h"
#include "store/rights.h"

struct store;

enum store_durability {
    STORE_LAZY,    /* no journal: edits are lost that no SNAPSHOT has written */
    STORE_JOURNAL, /* a committed edit survives kill -9 */
    STORE_FSYNC,   /* a committed edit survives power loss */
};

/* ---- requests ---------------------------------------------------------- */

enum store_kind {
    STORE_LOAD,     /* all that is known of a document; with an epoch, opens it in the same transaction */
    STORE_PEEK,     /* its row and its rights, without the text */
    STORE_APPEND,   /* a tick's operations, of any number of documents */
    STORE_SNAPSHOT, /* the documents row as a whole */
    STORE_OPEN,     /* a document was opened: accessed_at, and its new epoch if it was loaded */
    STORE_DELETE,   /* a document with all that is stored of it, if not accessed since `cutoff_ms`, or for the
                       days that it is kept itself */
    STORE_EXPIRED, /* lists ids not accessed for `unused_ms`, or for the days that they are kept themselves */
    STORE_RIGHTS,  /* a document's owner and links as a whole, and its language; makes its row, if it has none
                    */
    STORE_FIND_LINK,    /* which document does `link_hash` open? */
    STORE_LINK_USED,    /* a link was used at `now_ms` */
    STORE_FIND_DELETED, /* was the document whose epoch `epoch` was deleted for good? */
    STORE_RELEASE,      /* a document has left memory, so others may have it; only where store_is_shared */
    STORE_HISTORY,      /* reads of a document's past what `history` wants (history.h) */
    STORE_HISTORY_PUT,  /* replaces a part of it */
    /* deletes of all documents what was kept for longer than `unused_ms`, and of those that nobody used for
     * so long everything but the text */
    STORE_HISTORY_AGE,
    STORE_COMMENT,   /* a thread of comments, or that it is gone, and the places of all */
    STORE_IMAGE,     /* reads an image (image.h) */
    STORE_IMAGE_PUT, /* adds one to a document */
};

/* A server that has a document in memory. */
struct store_owner {
    uint64_t incarnation; /* 0: nobody, or this server */
    struct slice address; /* host:port for other servers; empty: they cannot reach it */
};

struct store_epoch {
    struct id128 id;
    uint64_t first_revision;
};

/* One document's operations of one tick. The bytes are opaque to the store.
 * The first write of a document that had no row when it was opened brings the
 * epoch along that OPEN could not record.
 *
 * `touch`: the times in the document's row are due. Whoever edits sets it once a
 * minute, and always with the first row of a document that may have no row yet,
 * which makes it.
 *
 * ERR_CONFLICT: the row does not follow what is stored and was not written; what
 * this server has in memory is not the document any more. */
struct store_append_row {
    struct slice id;
    uint64_t first_revision;
    uint64_t end_revision; /* one past the last */
    struct slice batch;
    bool has_epoch;
    bool touch;
    struct store_epoch epoch;
    /* Names that authors of these operations have not had before; in the request's memory. */
    struct store_author *authors;
    uint32_t author_count;
    /* out, when the request's result is OK. ERR_STORAGE, ERR_NO_MEMORY: this row was not written,
     * though others could be. It is for the caller to send its operations again, before later ones
     * of the same document. ERR_CONFLICT: above. */
    enum error outcome;
};

struct store_batch {
    uint64_t first_revision;
    int64_t time_ms;
    struct slice batch; /* owned by the request's arena */
};

/* A thread of comments. Both are opaque. */
struct store_comment {
    struct slice id;
    struct slice bytes; /* COMMENT: NULL ptr: it is gone */
};

/* The places of a document's threads, all of them, in the text at `revision`. The bytes are opaque; NULL ptr:
 * there are none, and the document has no threads. They are stored with each COMMENT, and with each SNAPSHOT
 * of a document that has threads, in its transaction: so they are never older than the text in the document's
 * row, and what the journal has after their revision leads from them to now. Kept only where there is a row.
 */
struct store_places {
    uint64_t revision;
    struct slice bytes;
};

/* So long is remembered what was deleted for good. */
enum { DELETED_KEPT_DAYS = 400 };

/* Where finished requests go. The store appends under its own lock and calls
 * `wake` (on a thread of the store or in store_close; must only signal); the
 * owner takes them out with store_take, on its own thread, and calls each one's
 * `done`. One mailbox per receiving thread, alive until store_close. */
struct store_mailbox {
    struct link done;                        /* struct store_request; guarded by the store's lock */
    struct link to_wake;                     /* the same: linked while the owner is about to be woken */
    void (*wake)(struct store_mailbox *box); /* may be NULL: the owner looks by itself */
    void *owner;
};
void store_mailbox_init(struct store_mailbox *box, void (*wake)(struct store_mailbox *), void *owner);

/* A request: made by store_request_new, filled in, posted, received back,
 * freed with store_request_free. Between post and take it is the store's. Who
 * posts says who answers: `done` runs on the thread of the mailbox's owner and
 * owns the request from then on. Without a mailbox there is no answer, and the
 * store frees the request. Inputs are copied into the request's own memory by
 * the setters, so callers' buffers need not stay put. */
struct store_request {
    struct link link;
    enum store_kind kind;
    struct store_mailbox *reply_to; /* NULL: nobody waits; the store frees it */
    void *context;                  /* the caller's */
    /* who answers: called by the mailbox's owner with the finished request, which is then its own; NULL:
     * freed unread */
    void (*done)(struct store_request *req);
    /* HISTORY, IMAGE: works on the answer before it is given, on the thread that has read it, so it may take
     * its time; it sees nothing but the request and `context`. NULL: nothing to do. */
    void (*digest)(struct store_request *req);
    bool fail_fast;

    /* in */
    struct slice id;
    int64_t now_ms;    /* APPEND, SNAPSHOT, RIGHTS, LINK_USED, IMAGE_PUT: the wall clock */
    int64_t unused_ms; /* EXPIRED, HISTORY_AGE, INT64_MAX: for ever; the answers of LOAD and DELETE have it:
                          how long nobody accessed it */
    int64_t cutoff_ms; /* DELETE, INT64_MAX: whenever; the answer of EXPIRED has it: by the calendar */
    uint32_t max_ids;  /* EXPIRED */
    struct store_append_row *rows; /* APPEND */
    uint32_t row_count;
    /* SNAPSHOT; also the answer of LOAD and PEEK */
    struct slice text;
    struct slice language, password; /* NULL ptr: none; the language of RIGHTS: it stays as it is */
    struct slice clients;            /* opaque */
    uint64_t revision;
    /* SNAPSHOT: journal rows that end at or before this revision are dropped, but
     * for the document's newest: what is appended next can be checked against it. */
    uint64_t keep_from;
    enum store_history_change history_change; /* SNAPSHOT */
    struct store_history *history;            /* HISTORY, HISTORY_PUT: store_request_history */
    struct store_image *image;                /* IMAGE, IMAGE_PUT: store_request_put_image */
    /* OPEN; SNAPSHOT, RIGHTS and IMAGE_PUT of a document that may have had no row when it was opened;
     * LOAD. Recording an epoch twice is harmless; the last 8 of a document are kept.
     *
     * A LOAD with an epoch also does what OPEN does, if there is a row, and fills in
     * the epoch's first_revision: where the stored history ends. It is a write
     * then, but is answered at once when it fails, like every LOAD; without the
     * epoch a LOAD works even while nothing can be written. The answer is what was
     * stored before: neither its `epochs` nor accessed_ms show this opening. */
    bool has_epoch;
    struct store_epoch epoch;
    struct store_places places; /* COMMENT, SNAPSHOT (NULL ptr: stay as they are); also the answer of LOAD */
    struct store_comment *comments; /* COMMENT: one; also the answer of LOAD, in any order */
    uint32_t comment_count;
    struct store_rights rights; /* RIGHTS; also the answer of LOAD and PEEK */
    struct slice link_hash;     /* FIND_LINK, LINK_USED */
    bool for_good;              /* DELETE: its epochs, and `epoch`, are remembered for FIND_DELETED */
    bool may_begin; /* LOAD: this server is to own the document even if it has no row; it RELEASEs it later */

    /* out: OK, ERR_STORAGE, ERR_NO_MEMORY; ERR_MOVED: this life is over; LOAD: ERR_ELSEWHERE; DELETE of
     * one that is fresh, or that another server has in memory: ERR_FORBIDDEN; IMAGE_PUT: ERR_IMAGES_FULL */
    enum error result;
    struct store_owner owner; /* PEEK, LOAD: another living server that has it */
    bool found; /* LOAD, PEEK, OPEN, DELETE: is there a row? FIND_LINK, FIND_DELETED, IMAGE: is there one? */
    int64_t created_ms, updated_ms; /* by the wall clock */
    int64_t accessed_ms;            /* by the calendar */
    uint64_t text_bytes;            /* LOAD, PEEK: of the text in the row, before the journal */
    struct store_epoch *epochs;     /* LOAD: oldest first, without the one in `epoch` */
    uint32_t epoch_count;
    struct store_batch *batches; /* LOAD: by first_revision */
    uint32_t batch_count;
    struct slice *ids; /* EXPIRED; FIND_LINK: the document's */
    uint32_t id_count;
    uint64_t last_author; /* LOAD: the highest user id among its authors; 0: none */
    bool history_is_off;  /* LOAD: of this document none is kept */
    /* SNAPSHOT: what of the history waits to be put into segments; up to a few thousand are counted. */
    uint32_t fresh_rows, fresh_bytes;
    uint64_t duration_us; /* of its transaction or query */

    /* the store's own */
    int64_t posted_us;
    uint64_t number;           /* in the order of posting */
    uint32_t life;             /* how often the store had rejoined when it was posted */
    struct link lane_link;     /* guarded by the store's lock */
    uint32_t rows_tried;       /* APPEND, once it goes row by row: those that have their outcome */
    struct store_arena *arena; /* owns what the slices point at */
};

/* NULL when there is no memory. `id` is copied; empty for APPEND, EXPIRED, FIND_LINK, FIND_DELETED and IMAGE.
 */
struct store_request *store_request_new(enum store_kind kind, struct slice id);
void store_request_free(struct store_request *req);

/* Copies bytes into the request's memory; *out points at the copy. */
enum error store_request_copy(struct store_request *req, struct slice bytes, struct slice *out);
/* Adopts a buffer's memory without copying; the buffer is empty afterwards. */
enum error store_request_adopt(struct store_request *req, struct buf *bytes, struct slice *out);
/* Adds a row to an APPEND request, copying id and batch. Where an epoch is due,
 * set it in req->rows[req->row_count - 1] afterwards. */
enum error store_request_add_row(struct store_request *req, struct slice id, uint64_t first_revision,
                                 uint64_t end_revision, struct slice batch);
/* Copies rights into the request's memory, for RIGHTS. */
enum error store_request_put_rights(struct store_request *req, const struct store_rights *rights);
/* For whoever answers: adds a link to req->rights, with a copy of its name. ERR_NO_MEMORY. */
enum error store_request_add_link(struct store_request *req, const struct store_link *link);

/* Adds a thread to a COMMENT, or to the answer of a LOAD; copies both. ERR_NO_MEMORY. */
enum error store_request_add_comment(struct store_request *req, const struct store_comment *comment);

/* Gives the request its `history`, zeroed. ERR_NO_MEMORY. */
enum error store_request_history(struct store_request *req);
/* Gives the request a copy of the image, its bytes included. ERR_NO_MEMORY. */
enum error store_request_put_image(struct store_request *req, const struct store_image *image);
/* Adds an author to the latest row of an APPEND; copies the name. */
enum error store_request_add_author(struct store_request *req, const struct store_author *author);
/* Adds to a HISTORY_PUT; the slices are borrowed, so they must be of the request's memory. */
enum error store_request_add_segment(struct store_request *req, const struct store_segment *segment);
enum error store_request_add_checkpoint(struct store_request *req, const struct store_checkpoint *checkpoint);

/* ---- the store --------------------------------------------------------- */

enum store_event {
    STORE_EVENT_WROTE,       /* a write transaction committed: duration_us, requests in it */
    STORE_EVENT_READ,        /* a query ran: duration_us */
    STORE_EVENT_FAILED,      /* a write failed, for `id`; the first, and again every 10 s; text says why */
    STORE_EVENT_RECOVERED,   /* what failed and was not answered so is written; nothing waits any more */
    STORE_EVENT_OUTAGE,      /* nothing can be written, as of now; text says why */
    STORE_EVENT_OUTAGE_OVER, /* something was written again; what waited follows */
    STORE_EVENT_READ_FAILED,
    STORE_EVENT_AWAY,     /* the database cannot be reached, at the start; it is tried again; text says why */
    STORE_EVENT_REACHED,  /* now it can; also after STORE_EVENT_ANOTHER_DATABASE */
    STORE_EVENT_WAITING,  /* another server holds the lock (once) */
    STORE_EVENT_LOCKED,   /* got it after waiting */
    STORE_EVENT_LEGACY,   /* an ancestor's database is taken over, and text says what its owner should know */
    STORE_EVENT_MIGRATED, /* schema at version `count`; text names what was done */
    STORE_EVENT_CLOCK_JUMPED, /* the wall clock; text says from where to where, and what it means */
    STORE_EVENT_CLOCK_APART,  /* this server's clock and the database's; text says how far, and is told anew
                                 when  that changes */
    STORE_EVENT_CLOCK_APART_OVER,
    STORE_EVENT_DEAD,      /* this life is over, and text says why: drop all documents, then store_rejoin */
    STORE_EVENT_PEERS,     /* servers came or went; `count` others live now */
    STORE_EVENT_PROMISE,   /* what a committed edit survives; told at the start and when it changes */
    STORE_EVENT_CLAIMED,   /* this server owns `count` documents that it loads */
    STORE_EVENT_ELSEWHERE, /* `count` loads were refused, since other servers own those documents */
    STORE_EVENT_REPEATED,  /* an APPEND is sent again, because nobody knows whether it was committed */
    STORE_EVENT_REAPED,    /* this server has declared another one dead; text names it */
    STORE_EVENT_FORMER_PRIMARY,   /* a host of the URL takes writes that it should not; it is not used; text
                                     names it */
    STORE_EVENT_ANOTHER_DATABASE, /* the same, but it is another database than the one that was opened */
    STORE_EVENT_BEAT,             /* a sign of life is committed: duration_us */
};
enum { STORE_EVENT_COUNT = STORE_EVENT_BEAT + 1 };

struct store_config {
    struct slice uri; /* path, sqlite://…, file:…; empty: in memory only; postgres://…, postgresql://… */
    enum store_durability durability;
    int64_t expiry_ms;  /* how long the caller keeps documents, for calendar_limits_for; 0: for ever */
    bool keeps_history; /* history.h; false: there is none, and what there is is deleted */
    /* For servers that share a database. */
    struct slice address; /* host:port where the others reach this one; empty: it must be alone */
    int64_t lease_ms;     /* a server that was silent for so long is declared dead; 0: 5 s */
    struct slice version; /* of this program, for the others to see */
    /* The wall clock; called like on_event. NULL: the system's. */
    int64_t (*wall_ms)(void *arg);
    /* Called on a thread of the store (or in store_open and store_try); must be quick and must
     * not post requests. `id` is the document of a failure, the first of several;
     * else empty. `text` is for the log: never document text. */
    void (*on_event)(void *arg, enum store_event event, uint64_t duration_us, uint32_t count, struct slice id,
                     const char *text);
    void *arg;
    /* Asked every 20 ms while waiting for the lock: true gives up. NULL: wait for ever. */
    bool (*should_stop)(void *arg);
};

/* Opens the database, checks and migrates it, and starts the threads. SQLite:
 * makes the folder (0700) and the file (0600) if missing, and waits for the
 * file's lock. PostgreSQL: waits until it can be reached, and creates the tables. On failure `message` (512
 * bytes) holds one sentence with the path and what to do: ERR_STORAGE        cannot open, not a database,
 * corrupt, newer schema, a wrong password ERR_SHUTTING_DOWN  should_stop said so ERR_NO_MEMORY Nothing that
 * was there is changed on failure. */
enum error store_open(const struct store_config *config, struct store **out, char message[512]);

/* Hands the request over. Any thread. */
void store_post(struct store *s, struct store_request *req);

/* Carries a small APPEND of one row out at once, on the calling thread, where
 * nobody need be woken for it: when no other request is under way, and its commit
 * is not synced. True: it is committed, and has its answer; `done` was not called.
 * False: nothing was done, and it is the caller's to post. Any thread. */
bool store_try(struct store *s, struct store_request *req);

/* Moves finished requests into `out` (an initialised list). The mailbox's
 * owner's thread. After store_close, with NULL for the store. */
void store_take(struct store *s, struct store_mailbox *box, struct link *out);

/* Is there an outage: can nothing be written at the moment? Any thread. */
bool store_is_failing(const struct store *s);

/* ---- servers that share the database ------------------------------------- */

/* May other servers have documents of this database in memory? If not, nobody
 * needs RELEASE or `may_begin`, and there are no owners. Never changes. */
bool store_is_shared(const struct store *s);

/* Another living server. */
struct store_peer {
    uint64_t incarnation;
    char address[256];
    char version[64];
    uint32_t protocol; /* of what servers say to each other */
    int64_t silent_ms; /* since its last sign of life */
    bool is_draining;  /* it is about to stop and takes no new documents */
};
enum { STORE_PEERS_MAX = 64 };

/* The others, as of the last look, which is about a second old. Any thread; not
 * for every request, since it takes a lock. */
uint32_t store_peers(const struct store *s, struct store_peer out[STORE_PEERS_MAX]);

enum { STORE_SECRET_BYTES = 32 };

/* How this server is known to the others, and what proves to one server that
 * another one speaks: the same for all that share the database. A database that is not
 * shared has a secret too, from which names are made that nobody can guess. */
struct store_identity {
    uint64_t incarnation; /* 0: not shared */
    uint8_t secret[STORE_SECRET_BYTES];
};
struct store_identity store_identity(const struct store *s);

/* For how long from now no other server can have taken this one's documents; 0:
 * some may have. By this machine's clock, and never longer than the truth.
 * INT64_MAX: for ever. Any thread. */
int64_t store_lease_left_ms(const struct store *s);

/* Tells the others that this server is about to stop. Any thread. */
void store_set_draining(struct store *s);

/* Ends this life: all documents are free for others, at once. Nothing that is posted is
 * written any more, so what must be has been answered. Waits until it is done, for a few
 * seconds where the database does not answer. There is no STORE_EVENT_DEAD. */
void store_resign(struct store *s);

/* After STORE_EVENT_DEAD, when no document of the old life is in memory any more:
 * begins a new one. What was posted before this call is answered ERR_MOVED, even
 * if it is still queued. Any thread. */
void store_rejoin(struct store *s);

/* ---- numbers, and the end ------------------------------------------------- */

/* Numbers for the metrics; any thread, no locks held long. */
struct store_stats {
    uint64_t documents;      /* rows in `documents` */
    uint64_t database_bytes; /* the file and its WAL; 0 when in memory */
    int64_t clock_offset_ms; /* how far the wall clock is ahead of the calendar */
    uint64_t queued_requests;
    uint64_t oldest_wait_ms;              /* how long the oldest unanswered request has been waiting */
    uint64_t disk_bytes, disk_free_bytes; /* of the file system; 0 when in memory */
    bool disk_read_only;
};
struct store_stats store_stats(const struct store *s);

/* Writes out what is queued, but for what is `fail_fast` (for at most `timeout_ms` when writes fail), ends
 * the threads, closes the database. Nobody posts any more by then. Returns the
 * number of write requests that could not be written; they are answered
 * ERR_STORAGE. Finished requests stay in their mailboxes. */
uint32_t store_close(struct store *s, int64_t timeout_ms);

#endif
