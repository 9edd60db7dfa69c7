/* comment_change.h - what somebody wants to be done with comments. comments.h does it. */
#ifndef KOLABPAD_DOC_COMMENT_CHANGE_H
#define KOLABPAD_DOC_COMMENT_CHANGE_H

#include "doc/access.h"
#include "pad/comments.h"

enum comment_verb {
    COMMENT_MAKE,  /* a thread about `from` … `to` of the text at `revision`: ERR_UNKNOWN_REVISION,
                    * ERR_BAD_PLACE,  ERR_TEXT_GONE */
    COMMENT_REPLY, /* one more in a thread */
    COMMENT_RESOLVE,
    COMMENT_EDIT,   /* another text; ERR_NOT_AUTHOR */
    COMMENT_DELETE, /* a comment, and with the last one its thread; ERR_OWNER_ONLY */
    COMMENT_DELETE_THREAD,
    COMMENT_VERB_COUNT
};

/* Of an id that is made of a key, so much is made of the key alone, and the rest of what is asked for. */
enum { COMMENT_KEY_CHARS = COMMENT_ID_CHARS / 2 };

/* The storage is the caller's, and stays put, with the strings, until `done` or comment_change_cancel. What a
 * verb does not name is not used. */
struct comment_change {
    /* in */
    enum comment_verb verb;
    enum access access;            /* of whoever asks, as open.h has judged it, */
    enum comments_access at_least; /* … and this */
    struct comment_author author;  /* MAKE, REPLY, RESOLVE; of the others the key */
    bool has_id;       /* MAKE, REPLY: comment_id is made of a key, and the change carried out once */
    uint64_t revision; /* MAKE */
    uint32_t from, to; /* MAKE */
    struct slice text; /* MAKE, REPLY, EDIT: comment_text_is_valid */
    bool resolved;     /* RESOLVE */
    char thread_id[COMMENT_ID_CHARS];  /* in; out: MAKE */
    char comment_id[COMMENT_ID_CHARS]; /* in: EDIT, DELETE, with has_id; out: MAKE, REPLY */
    /* OK; ERR_VIEW_ONLY; ERR_NOT_FOUND: no such thread or comment; ERR_TOO_MANY_COMMENTS; ERR_KEY_REUSED;
     * what the verb says; ERR_STORAGE, ERR_NO_MEMORY, ERR_SHUTTING_DOWN, or why the document is not here any
     * more. Called once, in this call or a later turn. */
    void (*done)(struct comment_change *change, enum error err);

    /* this module's own */
    struct link queue; /* document->comment_changes, until it is answered */
    bool has_begun;    /* it is the first there, and with the database */
};

#endif
