/* The format is a row of machine words: a header, then for each sample how
 * often it was seen, its depth and its addresses; a trailer; then the memory map
 * as text. The handler reserves its place with one addition, so that threads
 * may be interrupted at the same moment. */
#include "observe/cpu_profile.h"

#include "observe/stack.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>

enum {
    PERIOD_US = 10000,
    WORDS_MAX = 4 * 1024 * 1024, /* of memory only what is used; about 1,400 s of processor time */
};

static struct {
    atomic_bool taken;    /* from cpu_profile_start until cpu_profile_stop is done: one at a time */
    atomic_bool running;  /* handlers may write to `words` */
    atomic_uint handlers; /* at work right now; cpu_profile_stop waits for them */
    uintptr_t *words;     /* samples, one after the other: 1, depth, addresses */
    atomic_size_t used;   /* words reserved, past the end too when it is full */
} profile;

static bool reserve(size_t count, size_t *at)
{
    *at = atomic_fetch_add(&profile.used, count);
    return *at + count <= WORDS_MAX;
}

static void note_sample(void)
{
    uintptr_t frames[STACK_FRAMES_MAX];
    const size_t depth = stack_capture(frames, 1);
    size_t at;

    if (depth == 0 || !reserve(depth + 2, &at))
        return;
    profile.words[at + 1] = depth;
    memcpy(profile.words + at + 2, frames, depth * sizeof frames[0]);
    profile.words[at] = 1; /* how often it was seen; written last: 0 means unfinished */
}

static void on_tick(int number)
{
    const int saved = errno;

    (void)number;
    atomic_fetch_add(&profile.handlers, 1);
    if (atomic_load(&profile.running))
        note_sample();
    atomic_fetch_sub(&profile.handlers, 1);
    errno = saved;
}

static void set_timer(suseconds_t period_us)
{
    const struct itimerval every = {.it_interval.tv_usec = period_us, .it_value.tv_usec = period_us};

    setitimer(ITIMER_PROF, &every, NULL);
}

enum error cpu_profile_start(void)
{
    if (atomic_exchange(&profile.taken, true))
        return ERR_OVERLOADED;
    void *words = mmap(NULL, WORDS_MAX * sizeof(uintptr_t), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (words == MAP_FAILED) {
        atomic_store(&profile.taken, false);
        return ERR_NO_MEMORY;
    }
    profile.words = words;
    atomic_store(&profile.used, 0);
    atomic_store(&profile.running, true);
    struct sigaction action = {.sa_handler = on_tick, .sa_flags = SA_RESTART};
    sigaction(SIGPROF, &action, NULL);
    set_timer(PERIOD_US);
    return OK;
}

/* The handler stays installed: a last signal may still be on its way. */
static void stop_sampling(void)
{
    set_timer(0);
    atomic_store(&profile.running, false);
    while (atomic_load(&profile.handlers) > 0)
        sched_yield();
}

static enum error append_words(struct buf *out, const uintptr_t *words, size_t count)
{
    return buf_append(out, slice_of((const char *)words, count * sizeof words[0]));
}

/* The end of the last whole sample: one that did not fit may be counted in `used`. */
static size_t samples_end(void)
{
    size_t at = 0;

    while (at + 2 < WORDS_MAX && profile.words[at] == 1 && at + 2 + profile.words[at + 1] <= WORDS_MAX)
        at += 2 + profile.words[at + 1];
    return at;
}

enum error cpu_profile_stop(struct buf *out)
{
    static const uintptr_t header[] = {0, 3, 0, PERIOD_US, 0}, trailer[] = {0, 1, 0};

    stop_sampling();
    enum error err = append_words(out, header, 5);
    if (!err)
        err = append_words(out, profile.words, samples_end());
    if (!err)
        err = append_words(out, trailer, 3);
    if (!err)
        err = stack_append_maps(out);
    munmap(profile.words, WORDS_MAX * sizeof(uintptr_t));
    profile.words = NULL;
    atomic_store(&profile.taken, false);
    return err;
}
