/* link_find.h - which document does a link open?
 *
 * A link does not tell the id of its document; the database knows it by the hash of the token. Whoever
 * finds it opens the document with the link (open.h), which judges: it may have been withdrawn by
 * then. A link that is not there counts like a wrong password. Any shard may ask, whichever has the
 * document. */
#ifndef KOLABPAD_DOC_LINK_FIND_H
#define KOLABPAD_DOC_LINK_FIND_H

#include "doc/documents.h"

/* The storage is the caller's, and stays put until `done` or link_find_cancel. */
struct link_find {
    struct address client;
    /* OK: the document's id, borrowed for the call. ERR_WITHDRAWN: there is no such link;
     * ERR_RATE_LIMITED: too many wrong ones from that address; ERR_STORAGE, ERR_NO_MEMORY. Called once,
     * in the call or a later turn. */
    void (*done)(struct link_find *find, enum error err, struct slice id);
    /* this module's own */
    struct documents *documents;
    struct store_request *request; /* with the store; NULL: none is */
};

void link_find_begin(struct documents *docs, struct slice token, struct link_find *find);
/* `done` will not be called. Harmless when nothing is under way (but zeroed or done). */
void link_find_cancel(struct link_find *find);

#endif
