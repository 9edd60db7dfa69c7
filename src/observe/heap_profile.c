/* Samples hang in chains from a table by address; each points at the stack that
 * allocated it, and stacks are never given up. */
#include "observe/heap_profile.h"

#include "base/json.h"
#include "observe/stack.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

_Thread_local int64_t heap_profile_budget;
static _Thread_local uint64_t random_state; /* 0: this thread has not allocated yet */
static _Thread_local bool is_sampling; /* the unwinder may allocate, the first time: that is not sampled */

struct stack {
    uint32_t depth; /* 0: this place is free */
    uint64_t live_samples, live_bytes, samples, bytes;
    uintptr_t frames[STACK_FRAMES_MAX];
};

/* Indices are one more than the place, so that 0 is none. */
struct sample {
    const void *ptr;
    uint64_t bytes;
    uint32_t stack;
    uint32_t next; /* in the same slot, or in the free list */
};

static struct {
    pthread_mutex_t lock;
    struct sample samples[HEAP_PROFILE_SAMPLES_MAX];
    uint32_t samples_used; /* places that were ever in use */
    uint32_t free_list;    /* of those, the ones that are not in use now */
    struct stack stacks[HEAP_PROFILE_STACKS_MAX];
    uint32_t lost;                               /* samples for which there was no room */
    atomic_uint slots[HEAP_PROFILE_SAMPLES_MAX]; /* by address; read without the lock */
} table = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- the budget ---- */

static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* Distances between samples are those of a Poisson process: what pprof assumes
 * when it scales a sample up. */
static int64_t next_budget(void)
{
    const double uniform = ((double)(next_random() >> 11) + 1) / 9007199254740993.0; /* (0, 1) */

    return (int64_t)(-log(uniform) * HEAP_PROFILE_PERIOD) + 1;
}

/* The first allocation of a thread finds a budget of zero and would always be
 * sampled: it gets a budget first. True when that covers the allocation. */
static bool begin_thread(void)
{
    if (random_state)
        return false;
    random_state = ((uint64_t)(uintptr_t)&random_state >> 4) * 0x9e3779b97f4a7c15u | 1;
    heap_profile_budget += next_budget();
    return heap_profile_budget >= 0;
}

/* ---- the table ---- */

static atomic_uint *slot_of(const void *ptr)
{
    const uint64_t hash = ((uint64_t)(uintptr_t)ptr >> 4) * 0x9e3779b97f4a7c15u;

    return &table.slots[hash >> 49];
}
static_assert(HEAP_PROFILE_SAMPLES_MAX == 1 << 15, "slot_of takes the upper 15 bits of 64");

/* The place of the stack, known or new; HEAP_PROFILE_STACKS_MAX: no room. */
static uint32_t find_stack(const uintptr_t *frames, size_t depth)
{
    uint64_t hash = depth;
    for (size_t i = 0; i < depth; i++)
        hash = (hash ^ frames[i]) * 0x100000001b3u;
    for (uint32_t tries = 0; tries < HEAP_PROFILE_STACKS_MAX; tries++) {
        const uint32_t at = (uint32_t)((hash + tries) % HEAP_PROFILE_STACKS_MAX);
        struct stack *s = &table.stacks[at];
        if (s->depth == 0) {
            s->depth = (uint32_t)depth;
            memcpy(s->frames, frames, depth * sizeof frames[0]);
            return at;
        }
        if (s->depth == depth && memcmp(s->frames, frames, depth * sizeof frames[0]) == 0)
            return at;
    }
    return HEAP_PROFILE_STACKS_MAX;
}

/* The index of an unused sample; 0: all are in use. */
static uint32_t take_sample(void)
{
    const uint32_t index = table.free_list;

    if (index) {
        table.free_list = table.samples[index - 1].next;
        return index;
    }
    return table.samples_used < HEAP_PROFILE_SAMPLES_MAX ? ++table.samples_used : 0;
}

static void put(const void *ptr, size_t size_bytes, const uintptr_t *frames, size_t depth)
{
    const uint32_t at = depth ? find_stack(frames, depth) : HEAP_PROFILE_STACKS_MAX;
    const uint32_t index = at < HEAP_PROFILE_STACKS_MAX ? take_sample() : 0;

    if (!index) {
        table.lost++;
        return;
    }
    atomic_uint *slot = slot_of(ptr);
    table.samples[index - 1] = (struct sample){ptr, size_bytes, at, atomic_load(slot)};
    atomic_store(slot, index);
    struct stack *s = &table.stacks[at];
    s->live_samples++;
    s->samples++;
    s->live_bytes += size_bytes;
    s->bytes += size_bytes;
}

static void take_out(const void *ptr)
{
    atomic_uint *slot = slot_of(ptr);
    uint32_t before = 0, index = atomic_load(slot);

    while (index && table.samples[index - 1].ptr != ptr) {
        before = index;
        index = table.samples[index - 1].next;
    }
    if (!index)
        return;
    struct sample *sample = &table.samples[index - 1];
    if (before)
        table.samples[before - 1].next = sample->next;
    else
        atomic_store(slot, sample->next);
    table.stacks[sample->stack].live_samples--;
    table.stacks[sample->stack].live_bytes -= sample->bytes;
    sample->next = table.free_list;
    table.free_list = index;
}

/* ---- allocating and freeing ---- */

void heap_profile_sample(const void *ptr, size_t size_bytes)
{
    uintptr_t frames[STACK_FRAMES_MAX];

    if (begin_thread() || is_sampling)
        return;
    is_sampling = true;
    const size_t depth = stack_capture(frames, 1);
    pthread_mutex_lock(&table.lock);
    put(ptr, size_bytes, frames, depth);
    pthread_mutex_unlock(&table.lock);
    heap_profile_budget = next_budget();
    is_sampling = false;
}

/* The slot is read without the lock, which is enough: a thread that frees got the
 * address from the one that allocated, and so sees what that one stored. */
void heap_profile_freeing(const void *ptr)
{
    if (!ptr || atomic_load_explicit(slot_of(ptr), memory_order_relaxed) == 0)
        return;
    pthread_mutex_lock(&table.lock);
    take_out(ptr);
    pthread_mutex_unlock(&table.lock);
}

/* ---- writing the profile ---- */

static struct heap_profile_totals sum_up(void)
{
    struct heap_profile_totals sum = {.lost = table.lost};

    for (size_t i = 0; i < HEAP_PROFILE_STACKS_MAX; i++) {
        sum.live_samples += table.stacks[i].live_samples;
        sum.live_bytes += table.stacks[i].live_bytes;
        sum.samples += table.stacks[i].samples;
        sum.bytes += table.stacks[i].bytes;
    }
    return sum;
}

struct heap_profile_totals heap_profile_totals(void)
{
    pthread_mutex_lock(&table.lock);
    const struct heap_profile_totals sum = sum_up();
    pthread_mutex_unlock(&table.lock);
    return sum;
}

static void write_counts(struct json *j, const char *before, const struct heap_profile_totals *t)
{
    char text[128];

    snprintf(text, sizeof text, "%s%llu: %llu [%llu: %llu] @", before, (unsigned long long)t->live_samples,
             (unsigned long long)t->live_bytes, (unsigned long long)t->samples, (unsigned long long)t->bytes);
    json_raw(j, text);
}

static void write_stack(struct json *j, const struct stack *s)
{
    const struct heap_profile_totals counts = {s->live_samples, s->live_bytes, s->samples, s->bytes, 0};

    write_counts(j, "", &counts);
    for (size_t i = 0; i < s->depth; i++) {
        char text[24];
        snprintf(text, sizeof text, " 0x%llx", (unsigned long long)s->frames[i]);
        json_raw(j, text);
    }
    json_raw(j, "\n");
}

/* The stacks may change while they are written: the lock is not held while `out`
 * grows, since growing allocates. */
enum error heap_profile_write(struct buf *out)
{
    const struct heap_profile_totals sum = heap_profile_totals();
    struct json j = json_to(out);
    char period[32];

    snprintf(period, sizeof period, " heap_v2/%d\n", HEAP_PROFILE_PERIOD);
    write_counts(&j, "heap profile: ", &sum);
    json_raw(&j, period);
    for (size_t i = 0; i < HEAP_PROFILE_STACKS_MAX; i++) {
        pthread_mutex_lock(&table.lock);
        const struct stack s = table.stacks[i];
        pthread_mutex_unlock(&table.lock);
        if (s.depth > 0)
            write_stack(&j, &s);
    }
    json_raw(&j, "\nMAPPED_LIBRARIES:\n");
    return json_error(&j) ? ERR_NO_MEMORY : stack_append_maps(out);
}
