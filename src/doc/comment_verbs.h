/* comment_verbs.h - what each change of comments makes of a thread. Internal to src/doc: comments.h carries
 * it out. */
#ifndef KOLABPAD_DOC_COMMENT_VERBS_H
#define KOLABPAD_DOC_COMMENT_VERBS_H

#include "doc/comment_change.h"
#include "doc/document.h"

/* What is to be written of a thread. */
struct comment_outcome {
    struct kept_thread
        *thread;      /* in the pad; pending, where it is a new one. NULL: nothing is to be written */
    struct buf bytes; /* it has these from now on; of a new one empty, as it has them already */
    bool is_new, is_gone;
};

/* Checks the change, and says what comes of it; a new thread is in the pad from then on. Errors are those of
 * comment_change; then nothing has changed. */
enum error comment_verb_apply(struct document *doc, struct comment_change *change,
                              struct comment_outcome *out);

#endif
