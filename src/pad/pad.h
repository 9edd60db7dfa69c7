/* pad.h - one live document, as a state machine.
 *
 * A pad is the text at a revision, the recent history that leads to it, and
 * the people in it. It is fed edits and presence by its peers and tells, for
 * each peer, what that peer does not know yet. It does no I/O, has no clock
 * (time is a parameter), logs nothing and encodes nothing: the layers above
 * turn its answers into frames and move the bytes.
 *
 *      edit ──► check ─► rebase over what the author had not seen ─► apply
 *                                                                     │
 *   history:   base ········ committed ········ revision ◄────────────┘
 *              │  may be told to peers │ applied, not yet in the journal │
 *
 * Revisions. Revision r is the text after r operations. `revision` is the
 * newest; `committed` is how far the journal holds them. Only operations below
 * `committed` are ever told to anyone, their author included, so a crash takes
 * back nothing that anybody saw.
 *
 * Presence is state, not messages. Every piece of it (a user's name, a user's
 * cursors, that a user left, the language, the password, whether the database
 * can be written) is an item with the sequence number of its last change. A
 * peer that has seen sequence s lacks exactly the items changed after s, each
 * in its newest value, however slow the peer is. The last change is never lost
 * and no queue of stale ones is ever kept.
 *
 * Carets are positions in a text, so they travel with the operations: they are
 * shown to others only once the text they were set in is committed, and they
 * are told at revision `committed`. A peer that is told its history up to
 * there first, then the carets, sees them exactly where they are.
 *
 * Inserts of two people at one place are ordered by what both of them can
 * (enum pad_order in history.h). A peer says so on joining, and it is part of
 * every operation: a pad may have people of both kinds, and an operation stays
 * what it was made as after its author has gone or come back as another kind.
 *
 * Viewers are peers that may only read. They are told the same text, people and carets; their own
 * carets are nobody's concern. A peer may become a viewer, or stop being one, while it is in. Guests
 * are viewers who know nothing of the document but a link: they are not told the password, and nothing that
 * was before they came. One that resumes must have been shown that text, or may see the past.
 *
 * v1 clients expect a history that starts at 0 and are given the one since the
 * first of them joined: `v1` below holds the text from there as if one system
 * user had inserted it. Their revision numbers count from that insert.
 *
 * Units: positions in code points, sizes in bytes, times in milliseconds since
 * some beginning (`now_ms`; the pad only compares).
 * Owner: one shard; no other thread touches a pad or its peers.
 * Memory: an empty pad is well under 1 KiB; one at rest is not much more than
 * its text. Bounds: the constants below and pad_limits. */
#ifndef KOLABPAD_PAD_PAD_H
#define KOLABPAD_PAD_PAD_H

#include "base/id128.h"
#include "base/list.h"
#include "ot/op.h"
#include "pad/history.h"

#define PAD_SYSTEM_USER UINT64_MAX /* the author of what no user made */

static inline struct pad_author pad_system_author(void)
{
    return (struct pad_author){PAD_SYSTEM_USER, PAD_BY_TEXT};
}

enum {
    PAD_NAME_POINTS_MAX = 64,
    PAD_HUES = 360,                    /* 0 … 359 */
    PAD_LANGUAGE_BYTES_MAX = 64,       /* v2 */
    PAD_LANGUAGE_KEPT_BYTES_MAX = 256, /* v1, and what ancestors stored */
    PAD_CURSORS_MAX = 64,
    PAD_CURSOR_INTERVAL_MS = 20, /* 50 cursor messages a second, latest wins */
    PAD_EPOCHS_KEPT = 8,
    PAD_REST_HISTORY_BYTES = 1024,  /* of history while nobody is there (or an eighth of the text) */
    PAD_CLIENTS_KEPT = 4096,        /* tabs remembered after they left */
    PAD_KEYS_KEPT = 4096,           /* keys (pad_key_token) beside them, */
    PAD_KEY_KEPT_MS = 3600 * 1000,  /* each for so long */
    PAD_REBASE_WORK_MAX = 50000000, /* for one edit, in about nanoseconds: 50 ms, then it is refused */
};

struct pad_limits {
    uint32_t document_bytes;    /* MAX_DOCUMENT_SIZE_KB * 1024 */
    uint32_t history_bytes;     /* least budget of the history: 1 MiB (4 x the text when that is more) */
    int64_t history_ms;         /* operations younger than this are kept, within the budget: 10 min */
    uint32_t v1_history_bytes;  /* beyond it v1 peers are asked to leave: 16 x document_bytes, 16 to 64 MiB */
    int64_t v1_pin_ms;          /* how long the v1 history outlives the last v1 peer; 0: as long as it fits */
    uint32_t uncommitted_bytes; /* operations that may wait for the journal: 8 MiB, then edits are refused */
};

/* Defaults as above, with the document limit given. */
struct pad_limits pad_limits_default(uint32_t document_bytes);

enum pad_version { PAD_V1 = 1, PAD_V2 = 2 };

struct pad;
struct pad_past;
struct comments;

/* ---- people ------------------------------------------------------------ */

/* A piece of presence. The last change decides where it stands in pad->items:
 * the newest is at the tail; what never changed is not in the list. */
enum pad_item_kind {
    PAD_ITEM_INFO,    /* a user's name and hue */
    PAD_ITEM_CURSORS, /* a user's carets and selections */
    PAD_ITEM_LEFT,    /* a user is gone; told to peers that knew them */
    PAD_ITEM_LANGUAGE,
    PAD_ITEM_PASSWORD,
    PAD_ITEM_STORAGE,  /* can the database be written? */
    PAD_ITEM_RIGHTS,   /* who manages the document, and who writes in it */
    PAD_ITEM_RESTORED, /* past.h: an earlier text was brought back */
    PAD_ITEM_HISTORY,  /* past.h: the history was deleted, or is kept from now on, or not any more */
};

struct pad_item {
    struct link link;
    uint64_t changed; /* sequence number of the last change; 0: never */
    enum pad_item_kind kind;
};

struct pad_range {
    uint32_t anchor, head;
};

/* Carets and selections, at `revision`. They may stand behind the text: see
 * pad_set_cursors. */
struct pad_cursors {
    uint64_t revision;
    uint8_t caret_count, selection_count;
    uint32_t *carets; /* owned by the pad; NULL when none */
    struct pad_range *selections;
};

/* One connection's place in the pad. The storage is the caller's (part of the
 * connection), zeroed before pad_join; it must stay put until pad_leave. The
 * fields are the pad's to write. */
struct pad_peer {
    struct link link; /* in pad->peers */
    struct pad *pad;  /* NULL when not joined */
    enum pad_version version;
    uint64_t user_id;
    enum pad_order order;      /* its operations' */
    bool is_viewer;            /* may only read: pad_set_viewer */
    bool is_guest;             /* as in its Hello */
    struct pad_client *client; /* v2: the tab behind the connection */
    struct id128 key;          /* v2: its next edit is carried out under this pad_key_token; zero: none */
    /* Four revisions, each a promise of its own. `gate` is fixed on joining; the
     * others only grow. */
    uint64_t gate;         /* told nothing before `committed` reaches this */
    uint64_t sent;         /* told all operations before this revision */
    uint64_t floor;        /* may still edit against revisions from here on: the history is kept for it */
    uint64_t ponged;       /* `sent` when its last Ping was answered: the next Ping shows that it has those */
    uint64_t seen;         /* told all items up to this sequence number */
    bool follows_comments; /* as in its Hello */
    uint64_t comments_seen; /* told all comments up to this sequence number, which is one of their own */
    bool has_info;
    bool is_signed;    /* see pad_sign */
    struct slice name; /* owned by the pad */
    uint16_t hue;
    struct pad_cursors cursors;
    struct link corrections;      /* v1: struct pad_correction, what it is told about its own line ends */
    uint64_t edit_work;           /* what its last edit cost, taken or not: PAD_REBASE_WORK_MAX */
    struct link cursors_waiting;  /* in pad->cursors_waiting: changed, not published yet */
    int64_t cursors_published_ms; /* when they last were; limits them to one in PAD_CURSOR_INTERVAL_MS */
    struct pad_item info_item, cursors_item;
    struct pad_left *tombstone; /* made on joining, so that leaving cannot fail */
    void *owner;                /* the caller's; the pad only carries it */
};

/* A tab (v2), known by its secret token beyond its connection. A tab that has
 * edited is remembered as long as PAD_CLIENTS_KEPT allows, one that has not
 * for as long as it might resume. */
struct pad_client {
    struct link link; /* in pad->clients, by `committed_revision`; those that never edited come first */
    struct id128 token;
    uint64_t user_id;
    uint64_t committed_revision; /* after its last operation; 0: none */
    uint64_t shown_from;         /* the oldest text that it was shown since; UINT64_MAX: none */
    int64_t seen_ms;             /* when it last joined or left */
    struct pad_peer *peer;       /* NULL when not connected */
    bool has_left;               /* some connection of it did, so its user may have a tombstone */
    bool has_used_keys;          /* operations under keys are its user's, who is to stay the same */
};

/* A request that must be carried out once, however often it is sent, is remembered as a tab of its own,
 * with the user id of whoever sent it: its token is made of (hashes of) the key that it carries and all
 * that it asks for. Such a token has a mark in front, by which it is known again after it was stored: it is
 * kept for an hour. */
struct id128 pad_key_token(struct id128 key, struct id128 request);

struct pad_left { /* a tombstone, until every peer has seen it */
    struct pad_item item;
    uint64_t user_id;
};

/* What everybody here is told about the rights of the document; the pad only carries it. */
struct pad_rights {
    bool has_owner;
    bool owner_manages; /* only the owner sets passwords and makes links */
    bool owner_writes;  /* only the owner edits: all others are viewers */
};

struct pad_epoch {
    struct id128 id;
    uint64_t first_revision;
};

/* ---- the pad ----------------------------------------------------------- */

struct pad {
    const struct pad_limits *limits; /* borrowed for life */
    struct rope text;
    struct history history; /* history.base … revision */
    uint64_t revision;
    uint64_t committed;
    uint64_t journaled; /* handed to the journal, which may not have answered yet */

    struct pad_epoch epochs[PAD_EPOCHS_KEPT]; /* oldest first; the last is the present one */
    uint8_t epoch_count;

    struct link peers; /* struct pad_peer */
    uint32_t peer_count, v1_peer_count;
    struct link clients;              /* struct pad_client */
    uint32_t client_count, key_count; /* keys are clients too */
    uint64_t next_user_id;

    uint64_t sequence; /* of the newest item change */
    struct link items; /* struct pad_item, by `changed` */
    struct pad_item language_item, password_item, storage_item, rights_item;
    struct slice language;         /* owned; NULL ptr: not set */
    uint64_t language_by;          /* user id of who set it, PAD_SYSTEM_USER when loaded */
    struct slice language_by_name; /* owned */
    struct slice password;         /* owned; NULL ptr: not protected */
    uint64_t password_by;
    struct slice password_by_name; /* owned */
    bool storage_failing;
    bool keeps_history; /* set by whoever keeps it; the pad only carries it */
    /* Who comes back with less is given the text: what led to it was deleted with the history. It is still
     * held, for those who are here and edit against it. */
    uint64_t resumes_from;
    struct pad_rights rights;
    uint64_t rights_by;          /* user id of who changed them, PAD_SYSTEM_USER when it was nobody here */
    struct slice rights_by_name; /* owned */
    struct pad_past *past;       /* news of its past; NULL: there never was any */

    struct comments *comments;   /* owned; NULL: it never had any (comments.h) */
    struct pad_v1 *v1;           /* the v1 view, while pinned; NULL otherwise */
    struct link cursors_waiting; /* struct pad_peer whose carets are not published yet, for either reason */
    bool cursors_pending;        /* some of them are committed and wait for the interval: call pad_tick */
    int64_t now_ms;              /* the latest time the pad was told */
    uint64_t packed_revision; /* at which pad_rest packed the text last: nothing to pack until it changes */
    size_t compact_at_bytes;  /* history_compact_if_grown acts beyond this; 0: it never looked yet */
    uint32_t oversize_bytes;  /* the limit of a text that was larger than limits->document_bytes when it
                               * was loaded, with room to edit it; else 0 */
};

/* The history as v1 clients see it: revision 0 is the empty text, then (when
 * the text at `base` was not empty) one insert by the system user, then the
 * operations from `base` on.
 *
 * When what led to a text is deleted, the view begins anew with that text, and keeps its numbers: whoever
 * was there goes on, in that connection or the next one. So the insert counts as all the operations that it
 * stands for, the others of which are nothing. Whoever comes then is told no more than that, and edits
 * against none of them: it would be a copy from before, which has another text there. */
struct pad_v1 {
    uint64_t base;        /* first operation they get one by one */
    struct op text;       /* "" -> the text at base */
    struct op nothing;    /* from that text to itself */
    uint64_t offset;      /* how many operations stand for it; see pad_v1_before */
    int64_t last_left_ms; /* when the last v1 peer left */
};

/* ---- make and let go ---- */

/* An empty document at revision 0 whose present epoch is `epoch`. */
void pad_init(struct pad *pad, const struct pad_limits *limits, struct id128 epoch);

/* A document as storage holds it. All borrowed. */
struct pad_stored_batch {
    uint64_t first_revision;
    struct slice batch; /* as pad_encode_batch wrote it */
};
struct pad_stored {
    struct slice text; /* at `revision` */
    uint64_t revision;
    struct slice language, password; /* NULL ptr: none */
    struct slice clients;            /* as pad_encode_clients wrote it; may be empty */
    const struct pad_epoch *epochs;  /* oldest first */
    size_t epoch_count;
    const struct pad_stored_batch *batches; /* by first_revision */
    size_t batch_count;
    uint64_t last_author;      /* no user id up to this one is given to anybody new; 0: none is known */
    struct comments *comments; /* the pad's from then on, also on failure; NULL: none */
};

/* Builds the pad that storage describes: the text, the batches after it
 * applied, the batches before it (if they reach up to it without a gap) kept
 * as history for those who resume, as if it were typed now; then begins `epoch`. Everything counts as
 * committed. A batch may reach from before `revision` to behind it. Carriage
 * returns, which only texts of the ancestors hold, become line ends; languages
 * are cleaned by pad_clean_language. A text larger than the limit may be edited:
 * pad_document_bytes_max. On failure the pad is as pad_init leaves it:
 *   ERR_STORAGE     the stored bytes contradict each other
 *   ERR_NO_MEMORY */
enum error pad_restore(struct pad *pad, const struct pad_limits *limits, const struct pad_stored *stored,
                       struct id128 epoch, int64_t now_ms);

/* No peers may be left. */
void pad_deinit(struct pad *pad);

/* ---- epochs ---- */

/* The present one. */
struct id128 pad_epoch(const struct pad *pad);
/* Was that revision a text of that epoch, or may it have been? False for an epoch that the pad does not
 * know: of another text, or of one long ago. */
bool pad_has_been_at(const struct pad *pad, struct id128 epoch, uint64_t revision);

/* ---- coming and going ---- */

struct pad_hello {
    enum pad_version version;
    struct id128 token; /* v2 */
    bool has_epoch;
    struct id128 epoch; /* v2 with has_epoch: the last state this tab has */
    uint64_t revision;
    bool is_epoch_unknown; /* v2 with has_epoch: it knows the revision alone, and is believed; `epoch` says
                              nothing */
    struct slice name;     /* v2; cleaned by pad_clean_name */
    uint16_t hue;
    enum pad_order order; /* v2; for v1 it is PAD_BY_TEXT, which is 0 */
    bool is_viewer;
    bool is_guest;         /* a viewer that came by a link for reading: it is not told the password, and */
    bool sees_past;        /* … what was before it came only with this */
    bool is_unseen;        /* v2: it has no name, and nobody is told of it */
    bool follows_comments; /* v2: it wants to be told the comments, and may be */
};

struct pad_welcome {
    uint64_t user_id;
    uint64_t revision;         /* of the snapshot, or up to which the missed history goes at least */
    uint64_t committed;        /* after the last operation of this tab that the pad holds; 0: none */
    bool resumed;              /* v2: history from hello.revision on follows; else a snapshot */
    struct pad_peer *replaced; /* an older connection of the same tab, already out of the pad: close it */
};

/* Joins. Nothing is told to the peer before `committed` reaches the pad's
 * present revision (peer->gate), so nobody is shown what a crash could take
 * back. A v2 peer that resumes has sent = hello.revision, a fresh one
 * sent = revision (and needs a snapshot of the text as it is *now*); a v1 peer
 * has sent = v1->base and needs what pad_v1_before gives first. On failure the pad is as it was:
 * ERR_NO_MEMORY; ERR_TOO_MANY_KEYS for a token that looks like a key's, when PAD_KEYS_KEPT others came within
 * an hour. */
enum error pad_join(struct pad *pad, struct pad_peer *peer, const struct pad_hello *hello, int64_t now_ms,
                    struct pad_welcome *welcome);

/* A v1 peer is about to be told the first: what was before it is as the v1 view has it now, which may have
 * begun anew since it joined. Then its gate has moved, too. */
void pad_v1_begin(struct pad_peer *peer);

/* Leaves; harmless when not joined. */
void pad_leave(struct pad_peer *peer, int64_t now_ms);

/* The record of the key in a pad_key_token, whatever its request was; NULL: there is none. */
const struct pad_client *pad_find_key(const struct pad *pad, struct id128 token);

/* The joined peer of that user, or NULL. */
struct pad_peer *pad_find_user(struct pad *pad, uint64_t user_id);

/* ---- edits ---- */

/* Applies an edit its author made against `revision` (in the author's own
 * counting, v1 or v2). It gets the next revision. On error the pad is
 * unchanged:
 *   ERR_REPLACED            the peer is not in the pad (any more)
 *   ERR_VIEW_ONLY           it is a viewer
 *   ERR_BAD_REVISION        not between the held history and now, or so long ago that
 *                           to rebase it would hold up the shard: its components
 *                           times the operations since, where they meet
 *   ERR_BAD_OPERATION       base length is not that revision's length
 *   ERR_DOCUMENT_TOO_LARGE  the text would grow beyond the limit
 *   ERR_STORAGE             too much waits for the journal already
 *   ERR_RATE_LIMITED        v1: too many corrections of line ends wait to be told
 *   ERR_TOO_MANY_KEYS       peer->key is one, and PAD_KEYS_KEPT others came within an hour
 *   ERR_NO_MEMORY
 * A v1 client may insert \r\n and \r. They become \n, in two operations: the edit,
 * and one by the system that is nothing to anybody but the author, who is told the
 * edit as it typed it, and then how to correct its copy (pad_entry_for). */
enum error pad_edit(struct pad_peer *peer, uint64_t revision, struct op_view op, int64_t now_ms);

/* The bytes that the text may have: limits->document_bytes. A text that was larger
 * when it was loaded may grow by a quarter of the limit from there. */
uint32_t pad_document_bytes_max(const struct pad *pad);

/* Who keeps what people did wants their names with it, and not with every edit. Is this the
 * peer's first edit under its present name and hue? From then on it is not. */
bool pad_sign(struct pad_peer *peer);
/* Everybody's next edit is the first one. */
void pad_forget_signatures(struct pad *pad);

/* ---- presence; all strings are copied ---- */

/* Trims, drops control characters, cuts to PAD_NAME_POINTS_MAX. Letters that
 * look empty (fillers, a blank of Braille) are trimmed as spaces are, so that
 * a name of nothing else is empty. `out` is cleared first. An empty result is
 * the caller's to refuse. frontend/src/session/identity.ts does the same. */
enum error pad_clean_name(struct slice raw, struct buf *out);
/* Is it one that v2 clients may set? */
bool pad_language_is_valid(struct slice language);
/* v1 clients may set any name: drops control characters, and cuts to
 * PAD_LANGUAGE_KEPT_BYTES_MAX. `out` is cleared first. ERR_BAD_TEXT, ERR_NO_MEMORY. */
enum error pad_clean_language(struct slice raw, struct buf *out);
/* The setters below leave everything as it was on ERR_NO_MEMORY. pad_set_info
 * cleans the name itself (an empty one becomes "Anonymous"); cleaning twice
 * does no harm. */

enum error pad_set_info(struct pad_peer *peer, struct slice name, uint16_t hue);
/* Positions are kept as they are, even behind the text, since v1 clients are told
 * them so: who shows them cuts them to pad_carets_end. Beyond PAD_CURSORS_MAX the
 * rest is cut. Carets of a v1 peer whose line ends are to be corrected yet are
 * brought over that.
 * Within PAD_CURSOR_INTERVAL_MS of the last published change it is kept, and
 * published by a later pad_tick. Those of a viewer are passed over. */
enum error pad_set_cursors(struct pad_peer *peer, const uint32_t *carets, size_t caret_count,
                           const struct pad_range *selections, size_t selection_count, int64_t now_ms);
/* ERR_VIEW_ONLY, and ERR_REPLACED as all of them. */
enum error pad_set_language(struct pad_peer *by, struct slice language);
/* The same, by nobody in the pad. */
enum error pad_put_language(struct pad *pad, struct slice language);
/* A NULL slice switches protection off. `by` may be NULL (the system). */
enum error pad_set_password(struct pad *pad, struct pad_peer *by, struct slice password);
void pad_set_storage_failing(struct pad *pad, bool failing);
/* `by` may be NULL (nobody here). */
enum error pad_set_rights(struct pad *pad, const struct pad_peer *by, struct pad_rights rights);
/* Makes a viewer of the peer, whose carets are gone then, or of a viewer an editor. Everybody is told. */
void pad_set_viewer(struct pad_peer *peer, bool is_viewer);
/* A Ping: all that was sent before the previous one has been processed. */
void pad_pinged(struct pad_peer *peer);

/* ---- what to journal ---- */

/* True while some operation was not handed to the journal. */
static inline bool pad_has_unjournaled(const struct pad *pad)
{
    return pad->journaled < pad->revision;
}

/* Appends operations journaled … revision, with their authors and the authors'
 * tokens, to `out` and moves `journaled` up. ERR_NO_MEMORY: nothing moved. */
enum error pad_encode_batch(struct pad *pad, struct buf *out);
/* Takes back the latest pad_encode_batch, before which `journaled` was `first`:
 * its bytes could not be handed over, and the next call encodes them again. */
void pad_take_back_batch(struct pad *pad, uint64_t first);

/* The journal holds everything before `revision` now, or nobody asks it to:
 * without a journal this is called for the present revision at once. */
void pad_committed(struct pad *pad, uint64_t revision);

/* The tabs that ever edited, for the documents row: a resuming tab must learn
 * whether its last edit arrived, however long ago. */
enum error pad_encode_clients(const struct pad *pad, struct buf *out);

/* ---- what to tell a peer ---- */

/* True when there is anything to tell the peer, and it may be told. */
bool pad_peer_lacks(const struct pad_peer *peer);

/* The operations the peer lacks: [from, to), at most about `max_bytes` of them
 * (at least one). False when there are none. When the history no longer reaches
 * back to what the peer has, *gone is set as well: close it with
 * ERR_CANNOT_RESUME. Read them with history_at. */
bool pad_history_for(const struct pad_peer *peer, size_t max_bytes, uint64_t *from, uint64_t *to, bool *gone);
/* The operation from `revision` on, as this peer is to be told it. */
struct history_entry pad_entry_for(const struct pad_peer *peer, uint64_t revision);
/* True when some operation in [from, to) is told to this peer in another form
 * than to the others of its version. */
bool pad_has_history_of_its_own(const struct pad_peer *peer, uint64_t from, uint64_t to);
/* The operation with that number, less than v1->offset, of those that stand for the text before the v1 view's
 * base: first the text, then nothing, by the system. */
struct history_entry pad_v1_before(const struct pad *pad, uint64_t number);
/* The number under which the peer's protocol knows revision `revision`. */
uint64_t pad_revision_for(const struct pad_peer *peer, uint64_t revision);

/* Visits the items changed after sequence `after`, oldest change first. Carets
 * are brought to `committed` first; those that wait for the journal are passed
 * over, since they change once more when it answers.
 *
 *     struct pad_change c;
 *     for (struct link *at = NULL; pad_next_change(pad, after, &at, &c);) …  */
struct pad_change {
    enum pad_item_kind kind;
    uint64_t user_id;            /* INFO, CURSORS, LEFT */
    const struct pad_peer *peer; /* INFO, CURSORS */
};
bool pad_next_change(struct pad *pad, uint64_t after, struct link **at, struct pad_change *out);

/* Records what a peer has been told. */
void pad_told_history(struct pad_peer *peer, uint64_t to);
void pad_told_items(struct pad_peer *peer, uint64_t sequence);
/* All comments up to the newest. They are told when the peer has all operations up to `committed`, at which
 * their places are. */
void pad_told_comments(struct pad_peer *peer);
/* Does it follow the comments, and lack any? */
bool pad_peer_lacks_comments(const struct pad_peer *peer);
/* The comments, made if the pad has none yet. NULL: no memory. */
struct comments *pad_take_comments(struct pad *pad);

/* A peer's cursors, moved over everything that happened since they were set
 * and that may be told: their revision is `committed` afterwards, or newer
 * while they wait for the journal themselves. */
const struct pad_cursors *pad_cursors_now(struct pad_peer *peer);
/* The end of the committed text, in which carets are told. */
uint32_t pad_carets_end(const struct pad *pad);
/* True when the peer's cursors may be told: they were published once, and the
 * text in which they were set last is committed. */
bool pad_cursors_are_visible(const struct pad_peer *peer);

/* ---- time ---- */

/* Publishes waiting cursors, compacts the history, frees the v1 view when its
 * time is over, collects tombstones, forgets tabs. Call it every 10 s or so while
 * there are peers, so that no single one takes long, and within
 * PAD_CURSOR_INTERVAL_MS when cursors_pending. */
void pad_tick(struct pad *pad, int64_t now_ms);

/* Gives back all memory that a pad without peers does not need: packs the
 * text, shrinks the history to what may be resumed. Done again, it costs a tick. */
void pad_rest(struct pad *pad, int64_t now_ms);

/* True when the history that v1 peers pin exceeds its limit. Then close them;
 * the view goes with the last one. */
bool pad_v1_exceeds_limit(const struct pad *pad);

/* Bytes of memory the pad holds, headers of the allocator not counted. */
size_t pad_memory_bytes(const struct pad *pad);

/* debug: the first violation of an invariant, or NULL. */
const char *pad_check(const struct pad *pad);

#endif
