/* histogram.h - how often something took how long; internal to observe/.
 *
 * Fixed buckets from 10 µs to 10 s. A zeroed struct is empty. Any thread may
 * observe; a reader may see an observation in the sum and not yet in a bucket. */
#ifndef KOLABPAD_OBSERVE_HISTOGRAM_H
#define KOLABPAD_OBSERVE_HISTOGRAM_H

#include <stdatomic.h>
#include <stdint.h>

enum { HISTOGRAM_BUCKETS = 19 };

/* The upper bounds, inclusive, in microseconds, ascending. */
extern const uint32_t histogram_bounds_us[HISTOGRAM_BUCKETS];

struct histogram_counts {
    atomic_ullong buckets[HISTOGRAM_BUCKETS + 1]; /* the last: longer than any bound */
    atomic_ullong sum_us;
};

/* A copy of the counts. The buckets are read one after the other, while others
 * count: `count` is their sum, and `sum_us` may lag behind. */
struct histogram_view {
    uint64_t buckets[HISTOGRAM_BUCKETS + 1];
    uint64_t count;
    uint64_t sum_us;
};

void histogram_count(struct histogram_counts *h, uint64_t us);
struct histogram_view histogram_look(struct histogram_counts *h);

/* The duration that a share `q` (0 to 1) of the observations does not exceed,
 * interpolated within its bucket; beyond the last bound, that bound. 0 when
 * nothing was observed. */
double histogram_quantile_us(const struct histogram_view *v, double q);

#endif
