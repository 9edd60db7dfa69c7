/* writer.h - somebody who changes a document without following it: a request over HTTP.
 *
 * A writer is a peer without a connection. It comes for a write, is seen by the others under
 * its name while it is here, and stays for WRITER_LINGER_MS after a write, so that one who
 * writes line after line comes and goes once. Requests of the same author that are under
 * way at the same time are one writer.
 *
 * A document that only writers were in is not written as a whole the moment that they leave:
 * the journal has what they wrote, and a line that is added costs a line.
 *
 * Owner: the document, until it is dropped. Shard's thread only. */
#ifndef KOLABPAD_DOC_WRITER_H
#define KOLABPAD_DOC_WRITER_H

#include "doc/document.h"

enum { WRITER_LINGER_MS = 2000 };

struct writer {
    struct link link;         /* document->writers */
    struct link leaving_link; /* documents->leaving, while no request uses it */
    struct document *doc;
    struct pad_peer peer; /* owner NULL: that is how those who listen to the events know a writer */
    uint32_t users;       /* requests that use it */
    bool has_written;
    int64_t leave_ms; /* while it is leaving */
};

/* Comes, or is here already. `token` is the author's: no secret of a tab, but nothing that others
 * can guess. Without a name (len 0) nobody is told of the writer. ERR_NO_MEMORY. */
enum error writer_come(struct document *doc, struct id128 token, struct slice name, struct writer **out);
/* The request is over. The writer may be gone afterwards. */
void writer_go(struct writer *writer);

/* Internal to src/doc: those whose time has come leave; all of a document that is dropped or lost
 * and that no request uses. */
void writers_check(struct documents *docs, int64_t now_ms);
void writers_end(struct document *doc);

#endif
