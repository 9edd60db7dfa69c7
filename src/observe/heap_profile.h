/* heap_profile.h - which stacks hold how much memory, in the format of gperftools.
 *
 * Allocations are sampled: one for every HEAP_PROFILE_PERIOD bytes on average,
 * whatever their sizes, so that the sum scales back to the truth and the cost
 * is a subtraction for nearly all of them. A sampled one notes its stack and
 * is looked up when it is freed. Fixed memory; when that is full, further
 * samples are counted as lost.
 *
 *   malloc ─► heap_profile_allocated ─ budget used up? ─► stack, table
 *   free   ─► heap_profile_freeing ─── in the table? ───► out of it
 *
 * heap_hooks.c calls these from the C library's functions; builds with
 * sanitizers, which bring their own allocator, do not have it, and their
 * profile is empty. Any thread; allocates nothing itself. */
#ifndef KOLABPAD_OBSERVE_HEAP_PROFILE_H
#define KOLABPAD_OBSERVE_HEAP_PROFILE_H

#include "base/buf.h"

#include <stdint.h>

enum {
    HEAP_PROFILE_PERIOD = 512 * 1024,
    HEAP_PROFILE_SAMPLES_MAX = 32768, /* live at a time: 16 GiB of memory */
    HEAP_PROFILE_STACKS_MAX = 4096,
};

/* The bytes that this thread may still allocate before its next sample. */
extern _Thread_local int64_t heap_profile_budget;

/* The budget is used up: notes this allocation and begins a new one. */
void heap_profile_sample(const void *ptr, size_t size_bytes);

static inline void heap_profile_allocated(const void *ptr, size_t size_bytes)
{
    heap_profile_budget -= (int64_t)size_bytes;
    if (heap_profile_budget < 0)
        heap_profile_sample(ptr, size_bytes);
}

/* Before the memory is given back. */
void heap_profile_freeing(const void *ptr);

/* The profile as text: what is in use, and what was allocated in all, by stack. */
enum error heap_profile_write(struct buf *out);

struct heap_profile_totals {
    uint64_t live_samples, live_bytes, samples, bytes, lost;
};
struct heap_profile_totals heap_profile_totals(void);

#endif
