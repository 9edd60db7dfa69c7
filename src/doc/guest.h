/* guest.h - somebody who changes a document without following it: a request over HTTP.
 *
 * A guest is a peer without a connection. It comes for a write, is seen by the others under
 * its name while it is here, and stays for GUEST_LINGER_MS after a write, so that one who
 * writes line after line comes and goes once. Requests of the same author that are under
 * way at the same time are one guest.
 *
 * A document that only guests were in is not written as a whole the moment that they leave:
 * the journal has what they wrote, and a line that is added costs a line.
 *
 * Owner: the document, until it is dropped. Shard's thread only. */
#ifndef KOLABPAD_DOC_GUEST_H
#define KOLABPAD_DOC_GUEST_H

#include "doc/document.h"

enum { GUEST_LINGER_MS = 2000 };

struct guest {
    struct link link;         /* document->guests */
    struct link leaving_link; /* documents->leaving, while no request uses it */
    struct document *doc;
    struct pad_peer peer; /* owner NULL: that is how those who listen to the events know a guest */
    uint32_t users;       /* requests that use it */
    int64_t leave_ms;     /* while it is leaving */
};

/* Comes, or is here already. `token` is the author's: no secret of a tab, but nothing that others
 * can guess. Without a name (len 0) nobody is told of the guest. ERR_NO_MEMORY, and of a
 * pad_key_token ERR_TOO_MANY_KEYS. */
enum error guest_come(struct document *doc, struct id128 token, struct slice name, struct guest **out);
/* The request is over. The guest may be gone afterwards. */
void guest_go(struct guest *guest);

/* Internal to src/doc: those whose time has come leave; all of a document that is dropped or lost
 * and that no request uses. */
void guests_check(struct documents *docs, int64_t now_ms);
void guests_end(struct document *doc);

#endif
