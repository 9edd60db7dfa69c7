/* commit_wait.h - waiting until a crash can no longer take back what was read.
 *
 * Whoever tells somebody outside the document what is in it must wait until
 * that is in the journal: the pad does so for its peers, this does it for
 * everybody else. */
#ifndef KOLABPAD_DOC_COMMIT_WAIT_H
#define KOLABPAD_DOC_COMMIT_WAIT_H

#include "doc/document.h"

/* The storage is the caller's, and stays put until `done` or commit_wait_cancel.
 * `done` and the caller's own fields are set before; the rest is this module's. */
struct commit_wait {
    struct link link;
    uint64_t revision; /* what was read: it must be committed */
    bool is_patient;   /* it waits until it can be written, however long that takes */
    /* OK; ERR_STORAGE: it cannot be written, and who knows for how long. Called once,
     * perhaps inside document_when_committed; may free the wait. */
    void (*done)(struct commit_wait *wait, enum error err);
};

/* Waits for what the document holds now. */
void document_when_committed(struct document *doc, struct commit_wait *wait);
/* For inside `done`, of what the document holds now: waits, and calls nothing at once. Not for what is
 * committed already. */
void document_wait_again(struct document *doc, struct commit_wait *wait);
/* `done` will not be called. Harmless when it is not waiting (but zeroed or done). */
void commit_wait_cancel(struct commit_wait *wait);

/* Waits until an operation behind `revision` is committed, whatever the document holds now. */
void document_when_beyond(struct document *doc, uint64_t revision, struct commit_wait *wait);

/* Internal to src/doc: nothing is written any more; ends the waits with ERR_SHUTTING_DOWN. */
void document_give_up_commit_waits(struct document *doc);
/* Internal to src/doc: calls the waits that are over, because the journal has
 * caught up or because writes fail. */
void document_release_commit_waits(struct document *doc);

#endif
