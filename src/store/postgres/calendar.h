/* calendar.h - the database's calendar: the time that servers have seen pass
 * (docs/decisions/090).
 *
 * It is a number in the one row of kp_calendar, and statements that need the present
 * read it there: no server's clock on the wall is asked whether a pad has expired.
 * One server, the keeper, moves it on by what its own monotonic clock says has passed
 * since it did so last. A step that is longer than such a step can be does not count,
 * nor does what is lost when a keeper dies: the calendar is late at worst, never early.
 * When the keeper's life is over, whoever comes next takes its place.
 *
 * The documents' lane only. */
#ifndef KOLABPAD_STORE_POSTGRES_CALENDAR_H
#define KOLABPAD_STORE_POSTGRES_CALENDAR_H

#include "store/postgres/connection.h"

struct pg_calendar {
    int64_t every_ms;    /* between two steps */
    int64_t step_max_ms; /* a longer one does not count */
    int64_t stepped_us;  /* when this server tried last, by the monotonic clock; 0: never */
    int64_t now_ms;      /* the calendar when it was last read */
};

/* For pads that are kept `expiry_ms`; 0: for ever. */
struct pg_calendar pg_calendar_for(int64_t expiry_ms);

/* Moves the calendar on, if this server is its keeper and it is time to. */
void pg_calendar_step_if_due(struct pg_calendar *calendar, struct pg_connection *c, uint64_t incarnation);

#endif
