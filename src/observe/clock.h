/* clock.h - the time by which durations are measured: it only goes forward,
 * whatever is done to the clock on the wall. Any thread. */
#ifndef KOLABPAD_OBSERVE_CLOCK_H
#define KOLABPAD_OBSERVE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline int64_t clock_ms(void)
{
    return (int64_t)(clock_ns() / 1000000u);
}

#endif
