/* sittings.h - what happened, summed up: one person's edits with pauses under two
 * minutes are a sitting.
 *
 * People who type at the same time share one: whoever comes back for the second time
 * within ten seconds, with others in between, makes one sitting of it all. So a
 * conversation of two is one line in a list, and not one for each word.
 *
 *     revisions   0        12       40        41 42 43 44 45
 *                 │ Alice  │ Bob    │ pause … │ A  B  A  B  A   →  one of Alice and Bob
 *
 * A crowd is one, too: more than SITTING_CROWD sittings in ten seconds, whoever they are of,
 * and what follows within ten seconds where so many have typed that not all are named.
 *
 * A list of them is kept with each segment, so that a list of the whole history needs no
 * operations but those of the journal.
 *
 * One owner. A zeroed list is an empty one. ERR_NO_MEMORY leaves a list as it was. */
#ifndef KOLABPAD_ARCHIVE_SITTINGS_H
#define KOLABPAD_ARCHIVE_SITTINGS_H

#include "archive/entry.h"

enum {
    SITTING_AUTHORS_MAX = 8, /* further ones are in it, and not named */
    SITTING_CROWD = 2 * SITTING_AUTHORS_MAX,
    SITTING_PAUSE_MS = 2 * 60 * 1000,
    SITTING_TOGETHER_MS = 10 * 1000,
};

struct sitting {
    uint64_t first, end;        /* revisions */
    int64_t began_ms, ended_ms; /* by the wall clock */
    uint64_t inserted, deleted; /* code points */
    uint32_t author_count;
    uint64_t authors[SITTING_AUTHORS_MAX]; /* user ids */
};

struct sittings {
    struct buf items; /* struct sitting, in order of revisions */
    uint32_t count;
};

void sittings_deinit(struct sittings *s);
void sittings_clear(struct sittings *s);
const struct sitting *sittings_at(const struct sittings *s, uint32_t i);

enum error sittings_add_entry(struct sittings *s, const struct archive_entry *entry);
/* As bytes, and such bytes behind what is there. They may be anything: ERR_STORAGE. The
 * first one begins at `first`. */
enum error sittings_encode(const struct sittings *s, struct buf *out);
enum error sittings_add_encoded(struct sittings *s, struct slice bytes, uint64_t first);

#endif
