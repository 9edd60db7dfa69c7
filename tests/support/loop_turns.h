/* loop_turns.h - a loop that turns when the test says so, on the test's own thread. */
#ifndef KOLABPAD_TESTS_LOOP_TURNS_H
#define KOLABPAD_TESTS_LOOP_TURNS_H

#include "net/loop.h"
#include "support/unit.h"

#include <time.h>

enum { PATIENCE_MS = 10 * 1000 };

static inline int64_t clock_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline bool is_in_time(int64_t began_ms)
{
    assert_true(clock_now_ms() - began_ms < PATIENCE_MS);
    return true;
}

static inline void loop_turn(struct loop *loop)
{
    uv_run(&loop->uv, UV_RUN_NOWAIT);
    nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
}

/* Does what follows, and turns the loop, until the condition holds. */
#define WAIT_UNTIL(loop, condition)                                                                          \
    for (int64_t began_ms_ = clock_now_ms(); !(condition) && is_in_time(began_ms_); loop_turn(loop))

#endif
