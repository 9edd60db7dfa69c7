/* purge.h - a document's history is deleted for good, switched off or on.
 *
 * The text that is there is written in the same transaction, and is where the history
 * begins if it goes on. What is being put into segments meanwhile comes to nothing, and
 * names go into the history anew. When it is written everybody in the document is told.
 *
 * Shard's thread only. */
#ifndef KOLABPAD_DOC_PURGE_H
#define KOLABPAD_DOC_PURGE_H

#include "doc/document.h"

/* The storage is the caller's, and stays put until `done` or purge_cancel. */
struct purge {
    enum store_history_change change; /* not STORE_HISTORY_GOES_ON */
    bool has_user;                    /* whoever does so is in the document, as that user */
    uint64_t user_id;
    /* OK, ERR_STORAGE, ERR_NO_MEMORY, ERR_SHUTTING_DOWN, or why the document is not this server's any
     * more. Called once, in a later turn; the purge is not used afterwards. */
    void (*done)(struct purge *purge, enum error err);
    struct document *doc; /* this module's own: NULL unless it waits */
};

/* Of a document that is READY. ERR_OVERLOADED: another one, or a new password, is being written, or the
 * document is being deleted, and would be written anew; on failure `done` is not called. */
enum error document_purge(struct document *doc, struct purge *purge);
/* `done` will not be called, and it is carried out all the same. Harmless when it does not wait. */
void purge_cancel(struct purge *purge);

#endif
