/* replica.h - a client's copy of one document: the sync machine, the twin of the
 * page's (frontend/src/sync/sync.ts), by the same laws.
 *
 *     server text --inflight--> --rest--> --buffer--> text
 *     shown text --unshown--> text
 *
 *     synchronised           inflight none   buffer none
 *     awaiting               inflight        buffer none
 *     awaiting with buffer   inflight        buffer
 *
 * "Shown" is the text that the owner has been given: a file, a screen, an editor.
 * What others did since then is unshown, until replica_take_change gives it. An edit of
 * the owner is made on the shown text, so it need not be up to date to edit.
 *
 * Safety. (S1) Both rows of the picture make the same text, after every call. (S2) An
 * edit leaves flight only when the server is known to hold it, when it is known not to
 * (then it goes back into the buffer), or when its author takes it back. So nothing
 * is dropped, and nothing is sent a second time that was applied the first. (S3)
 * Nothing is sent between Hello and the History or Snapshot that answers it: until
 * then nobody knows which.
 *
 * Liveness. replica_take_edit gives an edit whenever the link is up, none is in flight
 * and none is refused; the echo, or the Welcome after a lost connection, ends its flight.
 *
 * Units: code points, unless a name says otherwise. No I/O, no clock, no thread but the
 * owner's. A zeroed struct is a copy that has seen nothing.
 *
 * Errors: ERR_NO_MEMORY, after which the copy is broken: it takes nothing in, gives no
 * edit to send, and every function returns ERR_NO_MEMORY. What was recorded before holds,
 * since what may have been sent since then is nothing. Everything else that a server may
 * get wrong sets out_of_step: the owner drops the epoch, connects anew, and gets the whole
 * text. */
#ifndef KOLABPAD_CLIENT_REPLICA_H
#define KOLABPAD_CLIENT_REPLICA_H

#include "client/incoming.h"
#include "client/unsent.h"

enum replica_link { REPLICA_DOWN, REPLICA_JOINING, REPLICA_UP };

/* The code of the refusal of somebody who may only read; it ends when that may edit. */
#define REFUSED_VIEW_ONLY "view_only"

enum { REFUSAL_CODE_BYTES_MAX = 63, REFUSAL_MESSAGE_BYTES_MAX = 255 };

/* The reason for which the server did not apply the edit in flight. */
struct refusal {
    char code[REFUSAL_CODE_BYTES_MAX + 1]; /* "document_too_large"; cut */
    char message[REFUSAL_MESSAGE_BYTES_MAX + 1];
    uint64_t limit; /* 0: none */
};

struct replica {
    struct rope server; /* the text at `revision` */
    struct rope text;   /* with what is unsent */
    struct unsent unsent;
    struct op unshown; /* means something while has_unshown */
    bool has_unshown;

    enum replica_link link; /* JOINING from a Welcome to the Snapshot or History after it */
    bool is_loaded;         /* a server text has been seen: "empty" is not "not loaded" */
    bool is_out_of_step;    /* server and copy contradict each other */
    bool is_broken;         /* memory ran out */
    bool may_only_read;     /* the server has said that it takes no edit of this connection */

    bool has_epoch; /* else there is no text, or one to be asked for anew */
    struct id128 epoch;
    struct id128 epoch_of_snapshot; /* that of the Welcome, until the Snapshot is here */
    uint64_t revision;
    uint64_t saved;     /* our last revision that the server held */
    bool is_forgotten;  /* the last Welcome knew less of ours: the server was set back */
    bool has_committed; /* a Welcome said that the edit in flight was applied … */
    uint64_t committed; /* … as this revision */

    struct author me;     /* on the present connection */
    struct author sender; /* as whom the edit in flight was sent: stays when `me` changes */
    struct unsent_limits limits;

    bool is_refused; /* the edit in flight is, and it is not sent: its author decides */
    bool is_retried; /* it is on its way again; for its author `refusal` holds until that ends better */
    struct refusal refusal;
    uint64_t refused_bytes; /* of `text` at the refusal */
};

void replica_deinit(struct replica *r);

/* ---- look ---- */

/* The place in `text` of a caret of the server's text. */
uint32_t replica_caret(const struct replica *r, uint32_t at_points);
/* The length of the shown text. */
uint32_t replica_shown_points(const struct replica *r);
/* True when a place in `text` means something to the server: all before it was sent. */
bool replica_may_send_places(const struct replica *r);
/* NULL: none. */
const struct refusal *replica_refusal(const struct replica *r);
/* True when a Snapshot would take back what was here. Revisions only grow, and what was
 * saved stays: otherwise it is a restored backup, or a document begun anew. */
bool replica_is_set_back(const struct replica *r, uint64_t revision, struct slice text);

/* ---- the owner ---- */

/* Changes the shown text. ERR_BAD_OPERATION when it does not fit that: nothing is changed then. */
enum error replica_edit(struct replica *r, struct op_view op);
/* The operation that brings the shown text up to date: shown from here on. *has_change false,
 * and `out` unchanged, when it is. */
enum error replica_take_change(struct replica *r, struct op *out, bool *has_change);
/* Takes the refused edit back; what was typed after it stays. */
enum error replica_undo_refused(struct replica *r);
/* Lets it be sent again as it is, with what came after it. */
enum error replica_retry(struct replica *r);

/* ---- the server ---- */

enum error replica_welcome(struct replica *r, const struct incoming_welcome *w);
enum error replica_snapshot(struct replica *r, uint64_t revision, struct slice text);
/* One operation, made against `revision`. One that is known already is passed over;
 * *is_new says so. */
enum error replica_entry(struct replica *r, uint64_t revision, const struct incoming_entry *entry,
                         bool *is_mine, bool *is_new);
/* All entries of a History, which begins at `start`, were given: from here on edits are sent. */
void replica_history_ends(struct replica *r, uint64_t start);
void replica_rejected(struct replica *r, struct slice code, struct slice message, uint64_t limit);
/* The connection has ended, or is given up. */
void replica_disconnected(struct replica *r);
/* The next Hello asks for a Snapshot. */
void replica_drop_epoch(struct replica *r);

/* ---- what follows ---- */

/* The edit to send now, made against c->revision, which is in flight from here on: valid
 * until the next call with this copy. False: there is none. */
bool replica_take_edit(struct replica *r, struct op_view *op);
/* True when there is one to send, unless it turns out to be one that is refused here. */
bool replica_has_edit(const struct replica *r);

#endif
