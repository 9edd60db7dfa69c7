/* rights.h - who may do what with a document: its owner, its links, who manages it.
 *
 *   view < edit < own
 *
 * The address of a document, with the password where there is one, means edit. A link is a
 * capability of its own: its token opens the document with the link's role, whatever the password
 * is, until it is withdrawn or its time has come. The owner is whoever shows the owner's token.
 * Ownership is a right to repair and not a gate: whoever may edit may set a password and make
 * links, until the owner says "only I manage this document", and everybody edits, until the owner
 * says "only I write".
 *
 * Of tokens only SHA-256 hashes are kept, in memory as in the database.
 *
 * What people are let in with is judged in open.h, and nowhere else; here rights are changed. A
 * change is written before anybody is told. What peers may do then is told by the event on_rights
 * (documents.h): sessions compare with what they were let in with.
 *
 * Shard's thread only. */
#ifndef KOLABPAD_DOC_RIGHTS_H
#define KOLABPAD_DOC_RIGHTS_H

#include "base/list.h"
#include "doc/access.h"
#include "guard/token.h"
#include "pad/pad.h"

struct admission;
struct document;
struct pad_peer;

enum {
    LINKS_MAX = 64, /* of one document, with those that were withdrawn and are still known */
    LINK_NAME_POINTS_MAX = 64,
    KEEP_DAYS_MAX = 36500, /* where EXPIRY_DAYS is 0 */
};

/* ---- look ---- */

/* OK if somebody with that access may set passwords, make and withdraw links, say how long the
 * document is kept: ERR_VIEW_ONLY; ERR_OWNER_ONLY, while only the owner manages it. */
enum error document_may_manage(const struct document *doc, enum access access);
/* The same of deleting it for good: the owner, and where there is none, whoever may edit. */
enum error document_may_delete(const struct document *doc, enum access access);

/* What people may do who came by its address, and by the link with that id: ACCESS_VIEW while only
 * the owner writes; ACCESS_NONE: the link was withdrawn, or its time has come. */
enum access document_address_access(const struct document *doc);
enum access document_link_access(const struct document *doc, const char link_id[LINK_ID_CHARS]);
/* Is that the owner's token? */
bool document_is_owner(const struct document *doc, struct slice token);

/* The link with that id; NULL: there is none. Valid until the rights change. */
const struct store_link *document_link(const struct document *doc, const char link_id[LINK_ID_CHARS]);

/* ---- change ---- */

enum rights_verb {
    RIGHTS_TAKE_CHARGE, /* makes an owner's token; ERR_HAS_OWNER when there is one */
    RIGHTS_ADD_LINK,    /* ERR_TOO_MANY_LINKS */
    RIGHTS_REMOVE_LINK, /* withdraws it; ERR_NOT_FOUND: there is no link with that id */
    RIGHTS_SET,         /* who manages, who writes (the owner's affair), how long it is kept, its language */
    RIGHTS_DELETE,      /* the document for good; whoever is in it is closed with ERR_GONE */
    RIGHTS_VERB_COUNT
};

/* The storage is the caller's, and stays put until `done` or rights_change_cancel. What a verb does
 * not name is not used. */
struct rights_change {
    /* in */
    enum rights_verb verb;
    enum access access; /* of whoever asks, as open.h has judged it: is it enough for the verb? It is looked
                         * at once more when the change's turn has come */
    bool by_link;       /* … who came by this link: */
    char by_link_id[LINK_ID_CHARS];
    struct {
        bool may_edit;
        bool history;                 /* whoever comes by it may see the history */
        bool comments;                /* … and see and write comments */
        int64_t expires_ms;           /* by the wall clock; 0: never */
        struct slice name;            /* copied */
    } new_link;                       /* ADD_LINK */
    bool sets_manager, owner_manages; /* SET: each if it is to be changed */
    bool sets_writer, owner_writes;
    bool sets_keep_days;
    uint32_t keep_days;    /* 0: as long as any other */
    bool sets_language;    /* SET, TAKE_CHARGE. It is no right, but is written with them, so that an answer
                            * stands behind all that was asked for */
    struct slice language; /* … a valid one; copied */
    bool has_user;         /* TAKE_CHARGE, SET: whoever does so is in it, as that user */
    uint64_t user_id;
    /* OK, what the verb says, ERR_VIEW_ONLY, ERR_OWNER_ONLY, ERR_WITHDRAWN, ERR_STORAGE, ERR_NO_MEMORY,
     * ERR_SHUTTING_DOWN, or why the document is not here any more. */
    void (*done)(struct rights_change *change, enum error err);

    char link_id[LINK_ID_CHARS]; /* in: REMOVE_LINK; out: ADD_LINK */
    bool has_token;              /* in: TAKE_CHARGE with this `token`, 128 bits that nobody can guess */
    char token[TOKEN_CHARS];     /* out: TAKE_CHARGE, ADD_LINK; the only time that it is told */

    /* this module's own */
    struct link queue; /* document->rights_changes, until it is answered */
    bool has_begun;    /* it is the first there, and with the database */
    char name[4 * LINK_NAME_POINTS_MAX], language_copy[PAD_LANGUAGE_BYTES_MAX];
};

/* The changes of a document are carried out one after the other, and `done` is called once, in this
 * call or a later turn. The document is READY; one that nobody has written to gets its row. */
void document_change_rights(struct document *doc, struct rights_change *change);
/* `done` will not be called, though what is under way is carried out. Harmless when it does not wait
 * (but zeroed or done). */
void rights_change_cancel(struct rights_change *change);

/* ---- internal to src/doc ---- */

/* They have changed, by one of those in it or not (NULL), who is the owner now or not: everybody is told,
 * and on_rights raised. */
void document_tell_rights(struct document *doc, struct pad_peer *by, bool is_owner);
/* Somebody was let in: notes that a link was used, once a minute. */
void document_note_opening(struct document *doc, const struct admission *admission);
/* Raises on_rights when a link has come to its end. */
void document_check_links(struct document *doc);
/* Answers the changes that wait; with `also_begun` the one under way, too, whatever becomes of it. */
void document_refuse_rights(struct document *doc, enum error why, bool also_begun);

#endif
