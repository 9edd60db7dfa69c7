#include "client/backoff.h"

#include "base/hash.h"

enum {
    FIRST_MS = 500,     /* each pause is twice as long as the one before it, … */
    LONGEST_MS = 15000, /* … up to this */
    DOUBLINGS_MOST = 5,
    SOON_LEAST_MS = 100,
    SOON_MOST_MS = 2000,
    ONCE_PER_MS = 60000, /* what RETRY_ONCE means by once */
};

struct backoff backoff_of(uint64_t seed)
{
    return (struct backoff){.random = seed};
}

void backoff_reset(struct backoff *b)
{
    b->attempts = 0;
}

static int64_t between(struct backoff *b, int64_t least, int64_t most)
{
    b->random += UINT64_C(0x9e3779b97f4a7c15);
    return least + (int64_t)(hash_mix(b->random) % (uint64_t)(most - least + 1));
}

/* True when it was asked a moment ago already; a connection in between changes nothing. */
static bool is_second_time(struct backoff *b, int64_t now_ms)
{
    const bool is_second = b->was_once && now_ms - b->once_at_ms < ONCE_PER_MS;
    b->was_once = true;
    b->once_at_ms = now_ms;
    return is_second;
}

int64_t backoff_next_ms(struct backoff *b, enum retry retry, int64_t now_ms)
{
    if (retry == RETRY_NEVER || (retry == RETRY_ONCE && is_second_time(b, now_ms)))
        return -1;
    if (retry == RETRY_ONCE)
        return between(b, SOON_LEAST_MS, SOON_MOST_MS);
    if (retry == RETRY_SLOWLY)
        return between(b, LONGEST_MS / 2, LONGEST_MS);
    const unsigned attempt = b->attempts++;
    if (retry == RETRY_SOON && attempt == 0) /* gives way when it keeps failing */
        return between(b, SOON_LEAST_MS, SOON_MOST_MS);
    const int64_t doubled = (int64_t)FIRST_MS << (attempt < DOUBLINGS_MOST ? attempt : DOUBLINGS_MOST);
    const int64_t longest = doubled < LONGEST_MS ? doubled : LONGEST_MS;
    return between(b, longest / 2, longest);
}
