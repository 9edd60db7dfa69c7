#include "store/calendar.h"

#include <stdbool.h>

enum {
    SECOND_MS = 1000,
    MINUTE_MS = 60 * SECOND_MS,
    STEP_MAX_MS = 5 * MINUTE_MS,
    CREDIT_MAX_MS = 60 * MINUTE_MS,
    BELIEVED_MIN_MS = 10 * SECOND_MS, /* or a busy machine would jump all the time */
    BELIEVED_PART = 8,                /* of the expiry */
};

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

struct calendar_limits calendar_limits_for(int64_t expiry_ms)
{
    int64_t part_ms = expiry_ms > 0 ? expiry_ms / BELIEVED_PART : INT64_MAX;
    if (part_ms < BELIEVED_MIN_MS)
        part_ms = BELIEVED_MIN_MS;
    return (struct calendar_limits){.step_max_ms = smaller(part_ms, STEP_MAX_MS),
                                    .credit_max_ms = smaller(part_ms, CREDIT_MAX_MS)};
}

struct calendar calendar_begin(int64_t wall_ms, const struct calendar_limits *limits)
{
    return (struct calendar){.wall_ms = wall_ms, .credit_ms = limits->credit_max_ms};
}

static int64_t jump(struct calendar *c, int64_t wall_ms)
{
    int64_t step_ms = wall_ms - c->wall_ms;
    c->wall_ms = wall_ms;
    c->offset_ms += step_ms;
    return step_ms;
}

/* Time that has passed: first what the calendar waits for. */
static void pass(struct calendar *c, int64_t wall_ms)
{
    c->wait_ms -= smaller(c->wait_ms, wall_ms - c->wall_ms);
    c->wall_ms = wall_ms;
}

/* Waits, if that is a small step back; false: it is not. */
static bool wait_for(struct calendar *c, int64_t wall_ms, const struct calendar_limits *limits)
{
    int64_t back_ms = c->wall_ms - wall_ms;
    if (back_ms <= 0 || c->wait_ms + back_ms > limits->step_max_ms)
        return false;
    c->wait_ms += back_ms;
    c->wall_ms = wall_ms;
    return true;
}

int64_t calendar_look(struct calendar *c, int64_t wall_ms, const struct calendar_limits *limits)
{
    int64_t step_ms = wall_ms - c->wall_ms;
    if (wait_for(c, wall_ms, limits))
        return 0;
    if (step_ms < 0 || step_ms > limits->step_max_ms)
        return jump(c, wall_ms);
    int64_t before_ms = calendar_ms(c);
    pass(c, wall_ms);
    c->credit_ms = smaller(c->credit_ms + calendar_ms(c) - before_ms, limits->credit_max_ms);
    return 0;
}

int64_t calendar_look_after_start(struct calendar *c, int64_t wall_ms, const struct calendar_limits *limits)
{
    int64_t step_ms = wall_ms - c->wall_ms;
    c->credit_ms = smaller(c->credit_ms, limits->credit_max_ms); /* stored under another expiry, perhaps */
    if (wait_for(c, wall_ms, limits))
        return 0;
    if (step_ms < 0 || step_ms > c->credit_ms)
        return jump(c, wall_ms);
    c->credit_ms -= step_ms;
    pass(c, wall_ms);
    return 0;
}
