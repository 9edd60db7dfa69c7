/* rival_watch.h - a server that is in the way, as whoever waits for it sees it: by its
 * own clock, since it has no life yet and so no steady beat in the database.
 *
 * The beating thread's, and members_open's before that. A zeroed one
 * watches nobody. */
#ifndef KOLABPAD_STORE_POSTGRES_RIVAL_WATCH_H
#define KOLABPAD_STORE_POSTGRES_RIVAL_WATCH_H

#include "store/postgres/registry.h"

struct rival_watch {
    uint64_t incarnation; /* 0: nobody is in the way */
    int64_t seen_at_us;   /* its latest beat */
    int64_t since_us;     /* since when that is its latest, as far as we have looked without a gap */
    int64_t looked_us;
    bool has_beaten; /* it lives: it has beaten while we looked */
    bool
        was_blind; /* there was a gap in our looking since its latest beat: the database may have been away */
};

/* Looks once more, at `now_us` by the boot clock. More than `gap_ms` after the look
 * before, its silence counts from now. */
void rival_watch_look(struct rival_watch *w, const struct rival *rival, int64_t now_us, int64_t gap_ms);

#endif
