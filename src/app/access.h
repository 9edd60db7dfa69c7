/* access.h - asking for a document, with or without the right to see it.
 *
 *   ask ─► in memory? ─yes─► password ─► answer
 *              │no
 *              └► peek at the row ─► password ─► load ─► password ─► answer
 *
 * The password is checked before a document is loaded, so that guessing costs
 * the server a row and not a text; and again after, because it may have
 * changed meanwhile. Wrong passwords count against the client's address.
 * Shard's thread only. */
#ifndef KOLABPAD_APP_ACCESS_H
#define KOLABPAD_APP_ACCESS_H

#include "app/document.h"
#include "net/address.h"

enum access_goal {
    ACCESS_PEEK, /* may this password in? The document is not loaded for it. */
    ACCESS_READ, /* load it; ERR_NOT_FOUND when there is none */
    ACCESS_EDIT, /* load it, or begin it */
};

/* What a peek learned. */
struct access_facts {
    bool exists, is_protected;
};

/* One question about one document. The strings are copied. `done` is called
 * exactly once, from a later turn or from inside document_access, unless the
 * question is cancelled; the handle is gone after either.
 *   OK                 document (NULL for ACCESS_PEEK) is READY
 *   ERR_PASSWORD       wrong or missing
 *   ERR_RATE_LIMITED   too many wrong passwords or new documents from there
 *   ERR_NOT_FOUND      ACCESS_READ: no such document
 *   ERR_STORAGE, ERR_NO_MEMORY, ERR_SHUTTING_DOWN */
struct access_question {
    struct slice id;
    struct slice otp; /* NULL ptr: none given */
    struct address client;
    enum access_goal goal;
    void (*done)(void *owner, enum error err, struct document *document, const struct access_facts *facts);
    void *owner;
};
struct access;

/* `*handle` is NULL when `done` was called already. */
void document_access(struct shard *shard, const struct access_question *question, struct access **handle);
/* The asker has gone: `done` will not be called. */
void access_cancel(struct access *access);

/* Answers every open question with ERR_SHUTTING_DOWN. */
void access_refuse_all(struct shard *shard);

#endif
