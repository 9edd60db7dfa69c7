/* open.h - asking for a document, with or without the right to see it.
 *
 *   request ─► in memory? ─yes─► password ─► result
 *                  │no
 *                  └► peek at the row ─► password ─► load ─► password ─► result
 *
 * The password is checked before a document is loaded, so that guessing costs
 * the server a row and not a text; and again after, because it may have
 * changed meanwhile. Wrong passwords count against the client's address.
 *
 * Where servers share the database, the row says too whether another one has the
 * document; loading makes it this one's, unless another was faster. Either way
 * the answer is then ERR_ELSEWHERE: only the owner lets anybody in, or counts
 * wrong passwords. */
#ifndef KOLABPAD_DOC_OPEN_H
#define KOLABPAD_DOC_OPEN_H

#include "doc/access.h"
#include "doc/document.h"

enum open_goal {
    OPEN_WHERE, /* does another server have it? No password is asked for, and nothing is loaded. */
    OPEN_PEEK,  /* may this password in? The document is not loaded for it, unless servers share the
                 * database: then it is loaded or begun, so that whoever is let in finds it here. */
    OPEN_READ,  /* load it; ERR_NOT_FOUND when there is none */
    OPEN_EDIT,  /* load it, or begin a new one */
};

/*   OK                 the document is READY, or may be opened (OPEN_PEEK)
 *   ERR_PASSWORD       wrong or missing
 *   ERR_RATE_LIMITED   too many wrong passwords or new documents from that address
 *   ERR_WITHDRAWN      there is no such link, or its time has come
 *   ERR_GONE           what whoever asks has a copy of was deleted for good
 *   ERR_NOT_FOUND      OPEN_READ: there is no such document
 *   ERR_ELSEWHERE      another living server has it, the `owner`
 *   ERR_STORAGE, ERR_NO_MEMORY, ERR_SHUTTING_DOWN */
struct open_result {
    enum error err;
    struct document *doc;      /* NULL on failure, for OPEN_WHERE and OPEN_PEEK */
    bool exists, is_protected; /* as far as was learned, also on failure */
    /* What was shown gives, when err is OK and goal is not OPEN_WHERE. */
    enum access access;
    bool by_link;                  /* by this link: */
    char link_id[LINK_ID_CHARS];   /* for document_link_access */
    bool history;                  /* may the history be seen? True unless by_link */
    enum comments_access comments; /* … and the comments, at least: comments_access_of */
    struct store_owner owner;      /* with ERR_ELSEWHERE; borrowed for the call */
};

struct open_request {
    struct slice id; /* copied */
    /* What is shown, each NULL if it is not given; copied. The owner's token opens whatever the
     * password is, and so does a link's, with its role. Where the link fits nothing and there is no
     * password beside it, it was the way here, and is refused. The Bearer of an HTTP request may be
     * any of the three, and is passed as all three. */
    struct slice password, link, owner_token;
    /* Whoever asks has a copy of it from then: one that was deleted for good must not come back with it.
     * Looked for only where the document does not know that epoch. OPEN_READ, OPEN_EDIT. */
    bool has_epoch;
    struct id128 epoch;
    struct address client;
    enum open_goal goal;
    /* OPEN_PEEK of a v2 client, whose Hello brings the password: it is not asked for yet, and a document
     * that has one is not loaded. */
    bool password_follows;
    void (*done)(void *owner, const struct open_result *result);
    void *owner;
};

/* `done` is called exactly once, from inside this call or in a later turn,
 * unless the request is cancelled. NULL: it was called already; else a handle
 * for cancelling, valid until `done` is called. */
struct open *document_open(struct documents *docs, const struct open_request *request);
/* Whoever asked has gone: `done` will not be called. NULL is fine. */
void open_cancel(struct open *open);

/* Internal to src/doc: answers every open request with ERR_SHUTTING_DOWN. */
void open_refuse_all(struct documents *docs);
/* The same, of those who wait for that document's load, with that error. */
void open_refuse(struct document *doc, enum error why);

#endif
