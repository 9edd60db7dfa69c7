/* random.h - numbers and texts for tests, replayable.
 *
 *     struct random r = random_start();     prints "KP_SEED=…"
 *
 * The seed is that of the environment variable KP_SEED when it is set, so a
 * failure is replayed by running the test with the line it printed. The
 * number of rounds is multiplied by KP_ROUNDS for long runs. */
#ifndef KOLABPAD_TESTS_RANDOM_H
#define KOLABPAD_TESTS_RANDOM_H

#include "base/buf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct random {
    uint64_t state;
};

static inline struct random random_start(void)
{
    const char *given = getenv("KP_SEED");
    struct timespec now;

    timespec_get(&now, TIME_UTC);
    uint64_t seed =
        given ? strtoull(given, NULL, 10) : (uint64_t)now.tv_sec * 1000003u + (uint64_t)now.tv_nsec;
    printf("KP_SEED=%" PRIu64 "\n", seed);
    fflush(stdout);
    return (struct random){seed};
}

static inline unsigned random_rounds(unsigned usual)
{
    const char *times = getenv("KP_ROUNDS");

    return times ? usual * (unsigned)strtoul(times, NULL, 10) : usual;
}

/* splitmix64 (Steele, Lea, Flood 2014) */
static inline uint64_t random_next(struct random *r)
{
    uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* 0 … limit - 1 */
static inline uint32_t random_below(struct random *r, uint32_t limit)
{
    return (uint32_t)((random_next(r) >> 32) * limit >> 32);
}

static inline bool random_one_in(struct random *r, uint32_t n)
{
    return random_below(r, n) == 0;
}

/* One code point of the default alphabet: few letters, so that equal texts are
 * frequent, and every length of UTF-8 with its edges. */
static inline const char *random_point(struct random *r)
{
    static const char *const alphabet[] = {
        "a",
        "b",
        "c",
        " ",
        "\n",
        "z",
        "\x7f",
        "é",
        "ß",
        "中",
        "文",
        "한",
        "😀",
        "👩",
        "𠮷",
        "\xcc\x81",     /* U+0301, a combining accent */
        "\xe2\x80\x8d", /* U+200D, the joiner of emoji */
        /* first and last of each length, and around the surrogates */
        "\xc2\x80",
        "\xdf\xbf",
        "\xe0\xa0\x80",
        "\xed\x9f\xbf",
        "\xee\x80\x80",
        "\xef\xbf\xbf",
        "\xf0\x90\x80\x80",
        "\xf4\x8f\xbf\xbf",
    };

    return alphabet[random_below(r, sizeof alphabet / sizeof alphabet[0])];
}

/* Appends `points` code points to `out`. */
static inline void random_text(struct random *r, uint32_t points, struct buf *out)
{
    while (points-- > 0)
        if (buf_append(out, slice_from_cstr(random_point(r))))
            abort();
}

#endif
