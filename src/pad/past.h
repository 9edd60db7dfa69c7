/* past.h - news of the document's past: an earlier text was brought back, the history
 * was deleted, switched off or on.
 *
 * Like all presence they are items (pad.h): a peer that was slow hears the newest of
 * either kind, and who comes later hears none. Whether history is kept is state, and
 * in the Welcome: pad->keeps_history.
 *
 * The storage is made with the first of such news, so a pad where nobody looks at the
 * past pays for a pointer. Owner: the pad. */
#ifndef KOLABPAD_PAD_PAST_H
#define KOLABPAD_PAD_PAST_H

#include "pad/pad.h"

enum pad_past_change {
    PAD_PAST_DELETED, /* and begins anew, where any is kept */
    PAD_PAST_OFF,
    PAD_PAST_ON,
};

struct pad_past_author {
    uint64_t user_id;  /* PAD_SYSTEM_USER: nobody whom the others know */
    struct slice name; /* owned; as it was then */
};

struct pad_past {
    struct pad_item restored_item, changed_item;
    uint64_t restored_revision; /* whose text was brought back */
    int64_t restored_at_ms;     /* when that was the text, by the wall clock; 0: nobody knows */
    struct pad_past_author restored_by;
    enum pad_past_change change;
    struct pad_past_author changed_by;
};

/* Tells everybody. `by` may be NULL. ERR_NO_MEMORY: nobody is told, and nothing changed. */
enum error pad_past_restored(struct pad *pad, const struct pad_peer *by, uint64_t revision, int64_t at_ms);
/* The same, and from now on keeps_history is as given; unless the change is PAD_PAST_ON, nobody resumes
 * from before it. That is so without memory, too. */
enum error pad_past_changed(struct pad *pad, const struct pad_peer *by, enum pad_past_change change,
                            bool keeps_history);

#endif
