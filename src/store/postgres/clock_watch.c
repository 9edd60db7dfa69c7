#include "store/postgres/clock_watch.h"

#include "store/event.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { APART_MS = 10 * 1000, SECOND_MS = 1000, HOUR_MS = 60 * 60 * 1000, HOURS_FROM = 2 };

int64_t clock_watch_wall_ms(const struct store_config *config)
{
    if (config->wall_ms)
        return config->wall_ms(config->arg);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void tell(struct clock_watch *w, const struct store_config *config, int64_t ahead_ms)
{
    char text[160];
    const int64_t apart_ms = llabs(ahead_ms);
    const bool in_hours = apart_ms >= HOURS_FROM * (int64_t)HOUR_MS;
    snprintf(text, sizeof text,
             "the clock of this server is %" PRId64
             " %s %s that of PostgreSQL; times that people see are off",
             apart_ms / (in_hours ? HOUR_MS : SECOND_MS), in_hours ? "h" : "s",
             ahead_ms > 0 ? "ahead of" : "behind");
    w->told_ms = ahead_ms;
    event_tell(config, STORE_EVENT_CLOCK_APART, 0, 0, (struct slice){0}, text);
}

void clock_watch_look(struct clock_watch *w, const struct store_config *config, int64_t before_ms,
                      int64_t database_ms)
{
    /* An answer that takes long leaves it open what our clock said meanwhile. */
    const int64_t after_ms = clock_watch_wall_ms(config);
    int64_t ahead_ms = 0;
    if (before_ms - database_ms > APART_MS)
        ahead_ms = before_ms - database_ms;
    else if (database_ms - after_ms > APART_MS)
        ahead_ms = after_ms - database_ms;
    if (ahead_ms != 0 && llabs(ahead_ms - w->told_ms) > APART_MS) {
        tell(w, config, ahead_ms);
    } else if (ahead_ms == 0 && w->told_ms != 0) {
        w->told_ms = 0;
        event_tell(config, STORE_EVENT_CLOCK_APART_OVER, 0, 0, (struct slice){0}, "");
    }
}
