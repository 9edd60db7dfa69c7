/* edit_time.h - when a document was edited last, by the wall clock and by the calendar.
 *
 * The times in a document's row are those of its last change there, once a minute at most; the edits since
 * are rows of the journal, which have the wall clock's time. Whether a document has expired is judged by the
 * calendar (store/calendar.h). Inside a transaction; the store's thread. */
#ifndef KOLABPAD_STORE_SQLITE_EDIT_TIME_H
#define KOLABPAD_STORE_SQLITE_EDIT_TIME_H

#include "store/sqlite/database.h"

/* How much later than the calendar's present an edit's time may be. */
enum { EDIT_LATER_MS = 60 * 1000 };
#define EDIT_NEVER INT64_MIN

/* The wall time of the newest row in the document's journal; EDIT_NEVER: there is none. Errors are those of
 * a query. */
enum error edit_time_last(struct database *db, struct slice id, int64_t *wall_ms);

/* The calendar's time of an edit, of which only the wall time is known, if the clock has not jumped since.
 * EDIT_NEVER for an edit that would be in the future, so that the clock must have jumped, and for
 * EDIT_NEVER itself: then accessed_at, which is right to the minute, says more. */
int64_t edit_time_in_calendar_ms(const struct database *db, int64_t wall_ms);

#endif
