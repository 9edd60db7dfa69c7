/* history.h - what the store keeps of the past of documents, and how it is asked for.
 *
 *   journal ──SNAPSHOT──► history_fresh ──HISTORY_PUT──► history (segments)
 *                          rows as the journal            checkpoints
 *                          had them
 *
 * The transaction that takes rows out of the journal puts them into `history_fresh`,
 * so an operation is in one of the two at any moment, and never in both. Later, and
 * in a transaction of its own, HISTORY_PUT replaces a range of revisions by segments
 * (archive/README.md says what they hold; to the store they are bytes) and by
 * checkpoints, the text at a revision. So nothing is compressed while anybody waits.
 *
 * A document's history begins at its oldest checkpoint; where it has none, at the
 * revision of its row in `documents`, whose text is the first one. What rows hold
 * before that is no history. The SNAPSHOT that overwrites that row makes a checkpoint
 * of it. The same is done where no row of the journal reaches the text that is
 * overwritten, because a server died between a snapshot and its edits.
 *
 * Authors are user ids (pad.h), which are never given twice in a document that has a
 * history: a LOAD says which is the highest one that `authors` knows. Their names come
 * with the APPEND of the first operation under that name.
 *
 * STORE_HISTORY never holds up a request of another kind, and waits for none: it has
 * a thread and a connection of its own, and sees what was committed when it began.
 * Only a database in memory is read by the lane's thread instead.
 *
 * Nothing of this is kept with STORE_LAZY, which has no journal, or where
 * store_config.keeps_history is false; then a start deletes what there is. */
#ifndef KOLABPAD_STORE_HISTORY_H
#define KOLABPAD_STORE_HISTORY_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

/* What a SNAPSHOT does with the document's history besides. PURGE and OFF also take
 * everything out of the journal but its newest row: the text that the snapshot brings
 * is the first one of the history that follows. */
enum store_history_change {
    STORE_HISTORY_GOES_ON,
    STORE_HISTORY_PURGE, /* deletes it for good */
    STORE_HISTORY_OFF,   /* the same, and from now on nothing is kept */
    STORE_HISTORY_ON,    /* it begins anew */
};

/* A name that an author goes by from `first_revision` on. */
struct store_author {
    uint64_t author; /* user id */
    uint64_t first_revision;
    struct slice name;
    uint16_t hue;
    int64_t seen_ms; /* by the wall clock */
};

/* Operations of consecutive revisions. The two blobs are opaque. */
struct store_segment {
    uint64_t first_revision, end_revision;
    int64_t began_ms, ended_ms; /* of its first and last operation, by the wall clock */
    int64_t kept_s;  /* by the calendar: at least as late as its last operation; ages are of this */
    uint32_t detail; /* how much it was thinned: 0, not at all */
    uint32_t bytes;  /* of the operations before compression */
    struct slice sittings;
    struct slice operations; /* NULL ptr: only the head was asked for */
};

struct store_checkpoint {
    uint64_t revision;
    int64_t kept_s;
    int64_t time_ms; /* HISTORY: of what led to it, by the wall clock; 0: nobody knows */
    bool is_packed;  /* else `text` is as `documents` had it, and `runs` is empty */
    uint32_t bytes;  /* of the text before compression */
    struct slice runs, text;
};

/* A row of history_fresh or of the journal. */
struct store_history_row {
    uint64_t first_revision, end_revision;
    int64_t time_ms;
    int64_t kept_s; /* 0: it is in the journal */
    struct slice batch;
};

/* What a STORE_HISTORY is to bring. */
enum store_history_wants {
    STORE_HISTORY_HEADS = 1,      /* all segments, without their operations */
    STORE_HISTORY_CHECKPOINT = 2, /* the last one at or before `from`, with its text */
    STORE_HISTORY_SEGMENTS = 4,   /* those from the checkpoint, or else `from`, to `to`, with operations */
    STORE_HISTORY_ROWS = 8,       /* the same of history_fresh and the journal */
    STORE_HISTORY_AUTHORS = 16,
    /* Sets `from` and `to` to what is to be put into segments: all of history_fresh, and the segment
     * before it if that has less than full_bytes. Both are 0 where there is nothing. */
    STORE_HISTORY_LOOSE = 32,
};

/* In and out of STORE_HISTORY and STORE_HISTORY_PUT; part of the request's memory. */
struct store_history {
    /* HISTORY, in. PUT, in: the revisions whose rows, segments and inner checkpoints
     * are replaced by `segments` and `checkpoints`. */
    uint64_t from, to;
    uint32_t wants; /* HISTORY: of enum store_history_wants */
    /* HISTORY: of segments, before compression, and of rows; the one that exceeds it is the last of
     * its kind. */
    uint32_t max_bytes;
    uint32_t full_bytes;    /* HISTORY: LOOSE */
    uint64_t forget_before; /* PUT: all that is older goes; there must be a checkpoint at this revision */
    bool begins_anew;       /* PUT: the row in `documents` becomes a checkpoint */

    /* HISTORY, out */
    bool is_off;
    uint64_t begins;       /* the first revision whose text is known */
    uint64_t row_revision; /* of the text in `documents` */
    uint64_t end;          /* the newest revision */
    int64_t now_s;         /* by the calendar */
    uint64_t stored_bytes; /* of all segments and checkpoints, as they are stored */

    /* HISTORY, out; PUT, in */
    struct store_segment *segments; /* by first_revision */
    uint32_t segment_count;
    struct store_checkpoint *checkpoints; /* HISTORY: at most one */
    uint32_t checkpoint_count;

    /* HISTORY, out */
    struct store_history_row *rows; /* by first_revision */
    uint32_t row_count;
    struct store_author *authors; /* by author, then first_revision */
    uint32_t author_count;
};

#endif
