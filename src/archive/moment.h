/* moment.h - the text at a revision, and who wrote it.
 *
 *     moment_begin(&m, &checkpoint, true);
 *     while (walk_next …) moment_apply(&m, &entry);
 *
 * One owner. A zeroed struct may be given to moment_end. */
#ifndef KOLABPAD_ARCHIVE_MOMENT_H
#define KOLABPAD_ARCHIVE_MOMENT_H

#include "archive/entry.h"
#include "archive/runs.h"
#include "archive/walk.h"

struct moment {
    uint64_t revision;
    int64_t time_ms; /* of what led to it, by the wall clock; 0: nobody knows */
    struct rope text;
    struct runs runs;
    bool has_runs;
    uint64_t next; /* moment_reach: the end of the entry that would lead too far; 0: none was seen */
};

/* The checkpoint's text. With runs, too, where they are wanted: of a text whose authors
 * are not known, they are PAD_SYSTEM_USER's. Carriage returns, which only texts of the
 * ancestors hold, become line ends, as in a pad. ERR_STORAGE, ERR_NO_MEMORY. */
enum error moment_begin(struct moment *m, const struct store_checkpoint *checkpoint, bool with_runs);
void moment_end(struct moment *m);

/* `entry` begins where the moment is. ERR_STORAGE: it does not fit the text. */
enum error moment_apply(struct moment *m, const struct archive_entry *entry);

/* Begins at the checkpoint that the answer brought, and goes on to `revision`, or to the
 * last one before it that is known: a thinned entry is taken as a whole or not at all.
 * ERR_NOT_FOUND: there is no checkpoint. */
enum error moment_reach(struct moment *m, const struct store_history *history, uint64_t revision,
                        bool with_runs);

/* The moment as a checkpoint, its bytes in `req`'s memory. ERR_NO_MEMORY. */
enum error moment_pack(const struct moment *m, int64_t kept_s, struct store_request *req,
                       struct store_checkpoint *out);

#endif
