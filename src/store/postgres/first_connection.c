#include "store/postgres/first_connection.h"

#include "store/clock.h"
#include "store/event.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    PAUSE_MS = 200, /* between two attempts; doubles */
    PAUSE_MAX_MS = 2000,
    STEP_MS = 20, /* how soon should_stop is heard */
    TELL_MS = 60 * 1000,
};

static bool should_stop(const struct store_config *config)
{
    return config->should_stop && config->should_stop(config->arg);
}

/* False: the program is to stop. */
static bool pause_for(const struct store_config *config, int64_t ms)
{
    for (const int64_t until_us = clock_us() + ms * 1000; clock_us() < until_us; usleep(STEP_MS * 1000))
        if (should_stop(config))
            return false;
    return !should_stop(config);
}

/* At once, and again when it says something else or a while has passed. */
static void tell_away(const struct store_config *config, const char *why, char told[PG_WHY_BYTES],
                      int64_t *told_us)
{
    if (strcmp(why, told) == 0 && clock_us() - *told_us < (int64_t)TELL_MS * 1000)
        return;
    snprintf(told, PG_WHY_BYTES, "%s", why);
    *told_us = clock_us();
    event_tell(config, STORE_EVENT_AWAY, 0, 0, (struct slice){0}, why);
}

enum error first_connection_open(const struct store_config *config, struct pg_connection *c,
                                 char message[MESSAGE_BYTES])
{
    char told[PG_WHY_BYTES] = "";
    int64_t told_us = 0;
    enum reply reply;
    for (int64_t pause_ms = PAUSE_MS; (reply = pg_open(c, "kolabpad"));) {
        if (reply == REPLY_MISCONFIGURED)
            return message_error(message, "Cannot use the database in DATABASE_URL: %s.", c->why);
        tell_away(config, c->why, told, &told_us);
        if (!pause_for(config, pause_ms))
            return message_error(message, "Stopped while waiting for PostgreSQL."), ERR_SHUTTING_DOWN;
        pause_ms = pause_ms < PAUSE_MAX_MS ? 2 * pause_ms : PAUSE_MAX_MS;
    }
    if (told[0])
        event_tell(config, STORE_EVENT_REACHED, 0, 0, (struct slice){0}, "");
    return OK;
}
