/* lane_silence.h - for how long a lane has not been answered by the database.
 *
 * The lane's thread notes how each attempt ended; the beating thread of members.c asks.
 * Times are by the boot clock. A zeroed one has never been silent. */
#ifndef KOLABPAD_STORE_POSTGRES_LANE_SILENCE_H
#define KOLABPAD_STORE_POSTGRES_LANE_SILENCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct lane_silence {
    atomic_llong since_us; /* the first of the attempts that were not answered, one after the other; 0: the
                            * latest attempt was answered */
    atomic_llong until_us; /* the latest attempt */
};

/* An attempt has ended. The lane's thread. */
void lane_silence_note(struct lane_silence *s, bool has_answered);
/* A new life begins, to which earlier failures mean nothing. Any thread. */
void lane_silence_forget(struct lane_silence *s);

/* Has it not been answered for ten seconds, of which only those count from the first good
 * beat without a gap to the latest one? Outside of these beats were not answered either, or
 * nobody knows yet: then it may be the database that is away, for the other servers too, and
 * when it is back the beat may well be first. Any thread. */
bool lane_silence_is_long(const struct lane_silence *s, int64_t beaten_since_us, int64_t beaten_at_us);

#endif
