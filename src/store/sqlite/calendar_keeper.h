/* calendar_keeper.h - the database's calendar (store/calendar.h): looks at the
 * wall clock, tells of jumps, and keeps the calendar in the table `clock`.
 *
 * `accessed_at` is written and compared in calendar time. What people see
 * (created_at, updated_at, the journal's times) is wall time.
 *
 * It is stored when nobody waits: once a minute while rows are written, every
 * half hour while none are, after a jump, and at the end. After a crash the time
 * since then counts as time that was not seen, as far as there is no credit.
 *
 * The lane's thread only, but for opening and closing. */
#ifndef KOLABPAD_STORE_SQLITE_CALENDAR_KEEPER_H
#define KOLABPAD_STORE_SQLITE_CALENDAR_KEEPER_H

#include "store/calendar.h"
#include "store/sqlite/connection.h"
#include "store/store.h"

struct calendar_keeper {
    const struct store_config *config; /* NULL: not open */
    struct calendar_limits limits;
    struct calendar calendar;
    struct calendar stored; /* as the table has it */
    bool has_jumped;        /* since it was opened */
    bool must_store;        /* it has jumped, and nobody has tried to store it since */
    bool has_written; /* rows were written since it was stored, with times that the table does not know */
    int64_t tried_ms; /* by the calendar: when storing was last tried */
};

/* Reads the calendar, or begins one where there is none: at the newest time in
 * the database that is not after the wall clock, so that nothing expires because
 * of what the clock says at that moment. Then takes the first look, and brings
 * times that lie in the calendar's future, which only others can have written,
 * into it. ERR_STORAGE, ERR_NO_MEMORY. */
enum error calendar_keeper_open(struct calendar_keeper *k, struct connection *c,
                                const struct store_config *config);
/* Stores the calendar if it can. Does nothing when it is not open. */
void calendar_keeper_close(struct calendar_keeper *k, struct connection *c);

/* Looks at the wall clock, and tells STORE_EVENT_CLOCK_JUMPED when it has jumped. */
void calendar_keeper_look(struct calendar_keeper *k);

/* How often somebody must look while nothing else happens. */
int64_t calendar_keeper_idle_ms(const struct calendar_keeper *k);

/* Stores the calendar if that is due; when it fails, a minute later again. Not in a transaction. */
void calendar_keeper_store_if_due(struct calendar_keeper *k, struct connection *c);

#endif
