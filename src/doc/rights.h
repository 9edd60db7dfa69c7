/* rights.h - who may do what with a document: its owner, its links, who manages it.
 *
 *   view < edit < own
 *
 * The address of a document, with the password where there is one, means edit. A link is a
 * capability of its own: its token opens the document with the link's role, whatever the password
 * is, until it is withdrawn or its time has come. The owner is whoever shows the owner's token.
 * Ownership is a right to repair and not a gate: whoever may edit may set a password and make
 * links, until the owner says "only I manage this document".
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

#include "base/id128.h"
#include "base/list.h"

struct document;
struct documents;
struct pad_peer;

enum access { ACCESS_NONE, ACCESS_VIEW, ACCESS_EDIT, ACCESS_OWN };

enum {
    TOKEN_CHARS = ID128_CHARS, /* 128 random bits: of a link, of the owner */
    LINK_ID_CHARS = 12,        /* names a link, and opens nothing */
    LINKS_MAX = 64,            /* of one document */
    LINK_NAME_POINTS_MAX = 64,
    KEEP_DAYS_MAX = 36500, /* where EXPIRY_DAYS is 0 */
};

/* "none", "view", "edit" or "own". */
const char *access_name(enum access access);

/* ---- look ---- */

bool document_has_owner(const struct document *doc);
/* May only the owner set passwords, make and withdraw links? */
bool document_is_managed(const struct document *doc);
/* OK if somebody with that access may do so; else ERR_VIEW_ONLY or ERR_OWNER_ONLY. */
enum error document_may_manage(const struct document *doc, enum access access);
/* The same of deleting it: the owner; where there is none, whoever may edit. */
enum error document_may_delete(const struct document *doc, enum access access);
/* What the link with that id gives now; ACCESS_NONE: it was withdrawn, or its time has come. */
enum access document_link_access(const struct document *doc, const char link_id[LINK_ID_CHARS]);

/* ---- change ---- */

enum rights_verb {
    RIGHTS_TAKE_CHARGE, /* makes an owner's token; ERR_HAS_OWNER when there is one */
    RIGHTS_ADD_LINK,    /* ERR_TOO_MANY_LINKS */
    RIGHTS_REMOVE_LINK, /* ERR_NOT_FOUND: there is no link with that id */
    RIGHTS_SET,         /* who manages, how long it is kept */
};

/* The storage is the caller's, and stays put until `done` or rights_change_cancel. What a verb does
 * not name is not used. */
struct rights_change {
    /* in */
    enum rights_verb verb;
    enum access access; /* of whoever asks, as open.h has judged it; checked for the verb */
    struct {
        enum access role; /* ACCESS_VIEW or ACCESS_EDIT */
        struct slice name;
        int64_t expires_ms;      /* by the wall clock; 0: never */
        bool history;            /* whoever comes by it may see the history */
    } link;                      /* ADD_LINK; the name is copied by document_change_rights */
    char link_id[LINK_ID_CHARS]; /* REMOVE_LINK; out of ADD_LINK */
    bool sets_manager, owner_manages;
    bool sets_keep_days;
    uint32_t keep_days; /* 0: as long as any other */
    /* TAKE_CHARGE: whoever of those who are in it; it is told in whose name. */
    bool has_user;
    uint64_t user_id;
    /* `err` is OK, what the verb says, ERR_STORAGE, ERR_NO_MEMORY, or why the document is not this
     * server's any more. Called once, in this call or a later turn; the change is not used afterwards. */
    void (*done)(struct rights_change *change, enum error err);
    /* out */
    char token[TOKEN_CHARS]; /* TAKE_CHARGE, ADD_LINK: the only time it is told */
    int64_t created_ms;      /* ADD_LINK */

    /* this module's own */
    struct link queue;
    struct document *doc; /* NULL unless it waits */
    char name[4 * LINK_NAME_POINTS_MAX];
};

/* Changes of a document are carried out one after the other. The document is READY; one that nobody
 * has written to gets its row by it. */
void document_change_rights(struct document *doc, struct rights_change *change);
/* `done` will not be called, and the change may be carried out all the same. Harmless when it does
 * not wait (but zeroed or done). */
void rights_change_cancel(struct rights_change *change);

#endif
