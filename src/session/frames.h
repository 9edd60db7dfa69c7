/* frames.h - frames that several sessions of a document get, each made once.
 *
 * Readers that lack the same are given the same bytes: the first one's frame
 * is kept with the document and found again by what it holds, until the next
 * broadcast has ended or what was committed has changed. */
#ifndef KOLABPAD_SESSION_FRAMES_H
#define KOLABPAD_SESSION_FRAMES_H

#include "doc/document.h"
#include "net/conn.h"
#include "net/frame_builder.h"

enum frame_kind {
    FRAME_HISTORY,         /* operations [from, to) */
    FRAME_CHANGES,         /* presence changed after `from`, up to `to` (sequence numbers); may be empty */
    FRAME_SNAPSHOT,        /* the text at revision `to` */
    FRAME_USERS,           /* everybody, and whether the database fails, at sequence `to` */
    FRAME_COMMENTS,        /* all threads, at sequence `to` of the comments */
    FRAME_COMMENT_CHANGES, /* those changed after `from`, up to `to`; may be empty */
    FRAME_TEXT,            /* the text at revision `to`, as it is: FORM_PLAIN */
};

/* Only large messages are compressed, so most frames are the same for all readers on WebSockets:
 * FORM_SAME, for what is kept and not for whom it is. */
enum frame_form { FORM_SAME, FORM_PLAIN, FORM_COMPRESSED, FORM_EVENTS };

/* The form for a connection. */
enum frame_form frame_form_for(const struct conn *conn);

/* The frame of that kind and range as the peer's protocol version has it (FRAME_TEXT has no
 * version, and no peer). The reference is the document's: conn_send takes its own. NULL: no
 * memory. */
struct frame *frames_get(struct frame_builder *builder, struct document *doc, enum frame_kind kind,
                         const struct pad_peer *peer, enum frame_form form, uint64_t from, uint64_t to);

/* Lets go of the kept frames; frames_free also of what holds them. */
void frames_forget(struct document *doc);
void frames_free(struct document *doc);

#endif
