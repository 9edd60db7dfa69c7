/* walk.h - what happened, in order, as a STORE_HISTORY brought it: first its segments,
 * then its rows.
 *
 *     struct walk w;
 *     walk_begin(&w, history, revision);
 *     while ((err = walk_next(&w, &entry)) == OK && !w.is_done) …
 *     walk_end(&w);
 *
 * Every entry begins where the one before has ended. Where that is not so, because the
 * answer was cut or something is missing, the walk is done there: `revision` says how
 * far it came. Entries that lie before the beginning are passed over; where one of them
 * reaches beyond it, because it was thinned, nothing begins there, and the walk is done
 * with `straddled`.
 *
 * Owner: one thread. The answer is borrowed; an entry is valid until the next call. */
#ifndef KOLABPAD_ARCHIVE_WALK_H
#define KOLABPAD_ARCHIVE_WALK_H

#include "archive/entry.h"
#include "pad/batch.h"
#include "store/store.h"

struct walk {
    const struct store_history *history;
    uint64_t revision; /* where the next entry begins */
    bool is_done;
    uint64_t
        straddled;  /* the end of the entry in whose middle the walk should have begun; 0: there is none */
    int64_t kept_s; /* of the segment or row that the latest entry is from; 0: of the journal */

    /* the walk's own: where it is. Of a segment `rest` is what is left of `bytes`; of a row
     * `batch` is being read. `at` is the revision at which the next entry there begins. */
    uint32_t segment, row;
    bool in_segment, in_row;
    uint64_t at;
    int64_t time_ms;
    struct buf bytes;
    struct slice rest;
    struct batch_reader batch;
};

void walk_begin(struct walk *w, const struct store_history *history, uint64_t revision);
void walk_end(struct walk *w);

/* ERR_STORAGE: what is stored contradicts itself; ERR_NO_MEMORY. */
enum error walk_next(struct walk *w, struct archive_entry *out);

#endif
