/* link: kp_observe kp_alloc */
#include "observe/cpu_profile.h"
#include "observe/heap_profile.h"
#include "observe/stack.h"
#include "observe/symbol.h"
#include "support/unit.h"

#include <pthread.h>
#include <search.h>
#include <time.h>

static struct buf out;

static const char *heap(void)
{
    buf_clear(&out);
    assert_int_equal(heap_profile_write(&out), OK);
    assert_int_equal(buf_append_byte(&out, 0), OK);
    return out.ptr;
}

static void *address(uintptr_t number)
{
    return (void *)(number * 16);
}

/* ---- stacks ---- */

static void test_an_address_of_the_program_is_an_offset(void **state)
{
    (void)state;
    stack_prepare();
    const uintptr_t here = (uintptr_t)&test_an_address_of_the_program_is_an_offset;
    assert_true(stack_offset(here) < here);
    assert_true(stack_offset(here) == stack_offset(here + 8) - 8);
    const uintptr_t elsewhere = (uintptr_t)&here;
    assert_true(stack_offset(elsewhere) == elsewhere);
}

static void test_the_map_names_the_program(void **state)
{
    (void)state;
    buf_clear(&out);
    assert_int_equal(stack_append_maps(&out), OK);
    assert_non_null(memmem(out.ptr, out.len, "profile_test", 12));
}

/* ---- names ---- */

static void assert_names(const char *asked, const char *expected)
{
    buf_clear(&out);
    assert_int_equal(symbol_append_names(slice_from_cstr(asked), &out), OK);
    assert_int_equal(out.len, strlen(expected));
    assert_memory_equal(out.ptr, expected, out.len);
}

static void test_functions_of_libraries_have_names(void **state)
{
    char asked[64], expected[64];
    (void)state;

    snprintf(asked, sizeof asked, "0x%zx+0x10+0x%zX", (size_t)&lsearch + 1, (size_t)&lsearch);
    snprintf(expected, sizeof expected, "0x%zx\tlsearch\n0x%zX\tlsearch\n", (size_t)&lsearch + 1,
             (size_t)&lsearch);
    assert_names(asked, expected);
}

static void test_what_is_no_address_has_no_name(void **state)
{
    static const char *const wrong[] = {
        "", "+", "++", "0x", "0x+0x", "7f", "0xfg", "0x123456789012345678", "0x0", "name"};
    (void)state;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_names(wrong[i], "");
}

/* ---- the heap ---- */

/* Far larger than the period: sampled for certain, but for a thread's first. */
static void test_what_is_freed_is_in_use_no_more(void **state)
{
    const uint64_t large = UINT64_C(1) << 40;
    (void)state;

    heap_profile_allocated(address(1), large);
    const struct heap_profile_totals before = heap_profile_totals();
    heap_profile_allocated(address(2), large);
    heap_profile_allocated(address(3), large);
    struct heap_profile_totals now = heap_profile_totals();
    assert_int_equal(now.live_samples, before.live_samples + 2);
    assert_true(now.live_bytes == before.live_bytes + 2 * large);
    heap_profile_freeing(address(2));
    heap_profile_freeing(address(2)); /* and one that is not there */
    heap_profile_freeing(NULL);
    now = heap_profile_totals();
    assert_int_equal(now.live_samples, before.live_samples + 1);
    assert_int_equal(now.samples, before.samples + 2);
    heap_profile_freeing(address(3));
}

/* A sample stands for the bytes between it and the one before. */
static void test_samples_come_once_in_a_period(void **state)
{
    const struct heap_profile_totals before = heap_profile_totals();
    (void)state;

    for (uintptr_t i = 0; i < 400000; i++)
        heap_profile_allocated(address(100 + i), 1024); /* 800 periods */
    const uint64_t samples = heap_profile_totals().samples - before.samples;
    assert_true(samples > 640 && samples < 960); /* 5.7 standard deviations */
    for (uintptr_t i = 0; i < 400000; i++)
        heap_profile_freeing(address(100 + i));
    assert_int_equal(heap_profile_totals().live_samples, before.live_samples);
}

static void *allocate_and_free(void *arg)
{
    const uintptr_t mine = (uintptr_t)arg;

    for (uintptr_t i = 0; i < 20000; i++)
        heap_profile_allocated(address(mine + i), 64 * 1024);
    for (uintptr_t i = 0; i < 20000; i++)
        heap_profile_freeing(address(mine + i));
    return NULL;
}

static void test_threads_share_the_table(void **state)
{
    const struct heap_profile_totals before = heap_profile_totals();
    pthread_t threads[4];
    (void)state;

    for (uintptr_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, allocate_and_free, (void *)((i + 1) << 24)), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(heap_profile_totals().live_samples, before.live_samples);
    assert_true(heap_profile_totals().samples > before.samples + 1000);
}

/* "heap profile: " counts " @ heap_v2/" period, a line for each stack, the map. */
static void test_the_heap_profile_is_in_the_format_of_gperftools(void **state)
{
    unsigned long long live, live_bytes, all, bytes;
    int period;
    (void)state;

    heap_profile_allocated(address(7), UINT64_C(1) << 40);
    heap_profile_allocated(address(8), UINT64_C(1) << 40);
    const char *text = heap();
    assert_int_equal(sscanf(text, "heap profile: %llu: %llu [%llu: %llu] @ heap_v2/%d\n", &live, &live_bytes,
                            &all, &bytes, &period),
                     5);
    assert_int_equal(period, HEAP_PROFILE_PERIOD);
    assert_true(live >= 1 && all >= live);
    assert_non_null(strstr(text, "\nMAPPED_LIBRARIES:\n"));
    assert_non_null(strstr(text, "] @ 0x"));
    heap_profile_freeing(address(7));
    heap_profile_freeing(address(8));
}

/* ---- the processor ---- */

static void work(double seconds)
{
    const clock_t end = clock() + (clock_t)(seconds * CLOCKS_PER_SEC);

    for (volatile unsigned i = 0; clock() < end;)
        i++;
}

static void test_the_cpu_profile_is_in_the_format_of_gperftools(void **state)
{
    size_t at = 5, samples = 0;
    (void)state;

    buf_clear(&out);
    assert_int_equal(cpu_profile_start(), OK);
    assert_int_equal(cpu_profile_start(), ERR_OVERLOADED);
    work(0.5);
    assert_int_equal(cpu_profile_stop(&out), OK);

    const uintptr_t *words = (const uintptr_t *)(const void *)out.ptr;
    assert_true(words[0] == 0 && words[1] == 3 && words[2] == 0 && words[3] == 10000 && words[4] == 0);
    for (; words[at] != 0; at += 2 + words[at + 1], samples++)
        assert_true(words[at] == 1 && words[at + 1] >= 1 && words[at + 1] <= STACK_FRAMES_MAX);
    assert_true(words[at + 1] == 1 && words[at + 2] == 0);
    assert_true(samples >= 10 && samples <= 60);
    const size_t end = (at + 3) * sizeof words[0];
    assert_non_null(memmem(out.ptr + end, out.len - end, "profile_test", 12));
}

static void test_a_profile_can_follow_a_profile(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        buf_clear(&out);
        assert_int_equal(cpu_profile_start(), OK);
        work(0.05);
        assert_int_equal(cpu_profile_stop(&out), OK);
    }
}

static int let_go(void **state)
{
    (void)state;
    buf_deinit(&out);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_address_of_the_program_is_an_offset),
        cmocka_unit_test(test_the_map_names_the_program),
        cmocka_unit_test(test_functions_of_libraries_have_names),
        cmocka_unit_test(test_what_is_no_address_has_no_name),
        cmocka_unit_test(test_what_is_freed_is_in_use_no_more),
        cmocka_unit_test(test_samples_come_once_in_a_period),
        cmocka_unit_test(test_threads_share_the_table),
        cmocka_unit_test(test_the_heap_profile_is_in_the_format_of_gperftools),
        cmocka_unit_test(test_the_cpu_profile_is_in_the_format_of_gperftools),
        cmocka_unit_test(test_a_profile_can_follow_a_profile),
    };
    return cmocka_run_group_tests_name("profile", tests, NULL, let_go);
}
