/* clock_watch.h - how far this server's clock on the wall and the database's are apart, and telling when
 * that is much. Nothing is decided by either: it is for whoever wonders about the times that people see.
 *
 * The beating thread only, but for clock_watch_wall_ms. */
#ifndef KOLABPAD_STORE_POSTGRES_CLOCK_WATCH_H
#define KOLABPAD_STORE_POSTGRES_CLOCK_WATCH_H

#include "store/store.h"

/* Zeroed at first. */
struct clock_watch {
    int64_t told_ms; /* how far it was ahead when that was told; 0: they agree */
};

/* The clock on the wall, since the Unix epoch. Any thread. */
int64_t clock_watch_wall_ms(const struct store_config *config);

/* The database's clock said `database_ms` between `before_ms` of ours and now. Tells STORE_EVENT_CLOCK_APART
 * when they come to be apart, or further or less far than was told, and STORE_EVENT_CLOCK_APART_OVER. */
void clock_watch_look(struct clock_watch *w, const struct store_config *config, int64_t before_ms,
                      int64_t database_ms);

#endif
