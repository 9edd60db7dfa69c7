/* calendar.h - the time that a database has seen pass.
 *
 * Pads expire by age, and a clock on the wall may say anything: an empty battery
 * puts it years away, a time server puts it right again. So ages are not
 * measured by the wall clock but by a calendar that the database keeps:
 *
 *     calendar = wall - offset            (+ wait, see below)
 *
 * The wall clock is looked at often. A step between two looks that is as long as
 * such a step can be moves the calendar on; any other step is a jump, goes into
 * the offset, and the calendar stands where it stood. However often and however
 * far the clock jumps, the calendar only goes forward, and only by time that a
 * server was there to see.
 *
 *     wall      10:00   10:01 │ 3 years later  +1 min │ 10:03   10:04
 *     calendar  10:00   10:01 │ 10:01          10:02  │ 10:02   10:03
 *                             jump                    jump
 *
 * The time between a stop and the next start was not seen, and counts only as
 * far as there is credit: a restart is no jump, and starting over and over under
 * changing clocks counts for no more than half of the time that was seen. A small
 * step back is no jump either: the calendar waits until the clock has caught up.
 *
 * No I/O and no clock of its own: it is told the time. The engine stores the
 * first three numbers in the database, so a restored backup brings its calendar along. */
#ifndef KOLABPAD_STORE_CALENDAR_H
#define KOLABPAD_STORE_CALENDAR_H

#include <stdint.h>

/* How far a step is believed. Derived from how long pads are kept, so that what
 * is believed wrongly is always a small part of it. */
struct calendar_limits {
    int64_t step_max_ms;   /* from one look to the next, while running; and back */
    int64_t credit_max_ms; /* from a stop to the next start */
};

/* For pads that are kept `expiry_ms`; 0: for ever. A step is at most 5 minutes
 * and the credit at most an hour; with an expiry that only tests have they are an
 * eighth of it, but at least 10 s. */
struct calendar_limits calendar_limits_for(int64_t expiry_ms);

struct calendar {
    int64_t wall_ms;   /* of the latest look */
    int64_t offset_ms; /* the sum of the jumps: how far the wall clock is ahead of the calendar */
    int64_t credit_ms; /* how much time that nobody saw may still count; grows with the time that was seen */
    int64_t wait_ms;   /* after small steps back: so much must pass before the calendar goes on */
};

/* One that begins at the wall clock's time, with full credit. */
struct calendar calendar_begin(int64_t wall_ms, const struct calendar_limits *limits);

/* The present, in milliseconds. */
static inline int64_t calendar_ms(const struct calendar *c)
{
    return c->wall_ms - c->offset_ms + c->wait_ms;
}

/* A look at the wall clock, while running or for the first time after a start.
 * Gives the jump in milliseconds; 0: there was none. */
int64_t calendar_look(struct calendar *c, int64_t wall_ms, const struct calendar_limits *limits);
int64_t calendar_look_after_start(struct calendar *c, int64_t wall_ms, const struct calendar_limits *limits);

#endif
