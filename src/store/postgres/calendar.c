#include "store/postgres/calendar.h"

#include "store/calendar.h"
#include "store/clock.h"
#include "store/postgres/columns.h"
#include "store/postgres/statements.h"

enum { EVERY_MS = 60 * 1000, STEPS_PER_STEP = 3 /* so that one may come late and still count */ };

struct pg_calendar pg_calendar_for(int64_t expiry_ms)
{
    int64_t step_max_ms = calendar_limits_for(expiry_ms).step_max_ms;
    int64_t every_ms = step_max_ms / STEPS_PER_STEP;
    if (expiry_ms > 0 && every_ms > expiry_ms / STEPS_PER_STEP) /* only tests expire within seconds */
        every_ms = expiry_ms / STEPS_PER_STEP;
    return (struct pg_calendar){.every_ms = every_ms < EVERY_MS ? every_ms : EVERY_MS,
                                .step_max_ms = step_max_ms};
}

void pg_calendar_step_if_due(struct pg_calendar *calendar, struct pg_connection *c, uint64_t incarnation)
{
    int64_t now_us = clock_us();
    int64_t passed_ms = (now_us - calendar->stepped_us) / 1000;
    bool is_first = calendar->stepped_us == 0;
    if (!is_first && passed_ms < calendar->every_ms)
        return;
    /* Whatever becomes of it: a step whose answer is lost must not be made twice. */
    calendar->stepped_us = now_us;
    struct parameters p = {0};
    put_int8(&p, (int64_t)incarnation);
    put_int8(&p, !is_first && passed_ms <= calendar->step_max_ms ? passed_ms : 0);
    pg_send(c, STATEMENT_STEP_CALENDAR, &p);
    pg_send(c, STATEMENT_CALENDAR, &(struct parameters){0});
    pg_next(c);
    int64_t now_ms = column_int(pg_next(c), 0, 0);
    if (pg_end(c) == REPLY_OK)
        calendar->now_ms = now_ms;
}
