/* Relaxed atomics: each observation is two additions, and nothing waits. */
#include "observe/histogram.h"

const uint32_t histogram_bounds_us[HISTOGRAM_BUCKETS] = {
    10,    25,    50,     100,    250,    500,     1000,    2500,    5000,    10000,
    25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000};

void histogram_count(struct histogram_counts *h, uint64_t us)
{
    int i = 0;

    while (i < HISTOGRAM_BUCKETS && us > histogram_bounds_us[i])
        i++;
    atomic_fetch_add_explicit(&h->buckets[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&h->sum_us, us, memory_order_relaxed);
}

struct histogram_view histogram_look(struct histogram_counts *h)
{
    struct histogram_view v = {.sum_us = atomic_load_explicit(&h->sum_us, memory_order_relaxed)};

    for (int i = 0; i <= HISTOGRAM_BUCKETS; i++) {
        v.buckets[i] = atomic_load_explicit(&h->buckets[i], memory_order_relaxed);
        v.count += v.buckets[i];
    }
    return v;
}

double histogram_quantile_us(const struct histogram_view *v, double q)
{
    const double rank = q * (double)v->count;
    double below = 0, low = 0; /* observations in the buckets before, and their upper bound */

    if (v->count == 0)
        return 0;
    for (int i = 0; i < HISTOGRAM_BUCKETS; i++) {
        const double here = (double)v->buckets[i], high = histogram_bounds_us[i];
        if (here > 0 && below + here >= rank)
            return low + (high - low) * (rank - below) / here;
        below += here;
        low = high;
    }
    return low;
}
