/* saves.h - when a file that others save into has been saved.
 *
 * An editor cuts a file off and writes it anew, writes it piece by piece, or takes it away and puts
 * another in its place. So a file that changes is read when it was left alone for a while; for a
 * longer one, when it only lacks its end or is empty, since then it may just have been cut off. That is
 * so of the first look as well: somebody may be saving in that moment. A file that is never left alone
 * is read in the end. One that is missing is no text at all. */
#ifndef KOLABPAD_CLI_SAVES_H
#define KOLABPAD_CLI_SAVES_H

#include "cli/diskfile.h"

struct saves {
    const struct diskfile *file;
    struct diskfile_state known; /* the state whose text is known, at first none; whoever writes it sets it */
    struct diskfile_state seen;  /* the one that is waited for to stay, … */
    int64_t changed_ms;          /* … since then */
    int64_t restless_ms;         /* since when it differs from the known one; 0: it does not */
    int64_t gone_ms;             /* since when it is missing; 0: it is not */
};

enum saves_look {
    SAVES_SAME,       /* it is as it is known */
    SAVES_CHANGING,   /* look again soon */
    SAVES_NEW,        /* it has that text now, which is known from here on */
    SAVES_GONE,       /* it is missing; perhaps for a moment */
    SAVES_UNREADABLE, /* errno says why */
};

/* `known` is the text that it is known to have. A new text is put into `text`. */
enum saves_look saves_look(struct saves *s, struct slice known, int64_t now_ms, struct buf *text);

/* It is not as it was known. */
void saves_forget(struct saves *s);

/* True when it is worth looking again soon. */
bool saves_is_restless(const struct saves *s);

#endif
