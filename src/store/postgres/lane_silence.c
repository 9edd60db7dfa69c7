#include "store/postgres/lane_silence.h"

#include "store/postgres/boot_clock.h"

enum {
    LONG_MS = 10 * 1000,
    GAP_MS = 20 * 1000, /* between failures that belong together: a deadline and the longest backoff */
};

void lane_silence_note(struct lane_silence *s, bool has_answered)
{
    const int64_t now_us = boot_us();
    const bool is_new = now_us - atomic_load(&s->until_us) > GAP_MS * 1000;
    if (has_answered)
        atomic_store(&s->since_us, 0);
    else if (atomic_load(&s->since_us) == 0 || is_new)
        atomic_store(&s->since_us, now_us);
    atomic_store(&s->until_us, now_us);
}

void lane_silence_forget(struct lane_silence *s)
{
    atomic_store(&s->since_us, 0);
}

/* A lane with nothing to do makes no attempts, so one failure long ago says nothing. */
bool lane_silence_is_long(const struct lane_silence *s, int64_t beaten_since_us, int64_t beaten_at_us)
{
    int64_t since_us = atomic_load(&s->since_us), until_us = atomic_load(&s->until_us);
    if (since_us == 0 || boot_us() - until_us >= GAP_MS * 1000)
        return false;
    if (since_us < beaten_since_us)
        since_us = beaten_since_us;
    if (until_us > beaten_at_us)
        until_us = beaten_at_us;
    return until_us - since_us >= LONG_MS * 1000;
}
