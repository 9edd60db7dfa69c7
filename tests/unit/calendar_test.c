/* link: kp_store kp_alloc */
/* The calendar alone: whatever the wall clock says, it goes forward only, and only
 * by time that was seen. */
#include "store/calendar.h"
#include "support/random.h"
#include "support/unit.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define YEAR_MS (365 * DAY_MS)
#define T0_MS INT64_C(1700000000000)

static const int64_t WEEK_MS = 7 * DAY_MS;

struct world {
    struct calendar_limits limits;
    struct calendar calendar;
    int64_t wall_ms;
};

static struct world world_of(int64_t expiry_ms)
{
    struct world w = {.limits = calendar_limits_for(expiry_ms), .wall_ms = T0_MS};
    w.calendar = calendar_begin(T0_MS, &w.limits);
    return w;
}

static int64_t now(const struct world *w)
{
    return calendar_ms(&w->calendar) - T0_MS;
}

static int64_t look(struct world *w, int64_t step_ms)
{
    w->wall_ms += step_ms;
    return calendar_look(&w->calendar, w->wall_ms, &w->limits);
}

static int64_t start(struct world *w, int64_t step_ms)
{
    w->wall_ms += step_ms;
    return calendar_look_after_start(&w->calendar, w->wall_ms, &w->limits);
}

static void run(struct world *w, int64_t ms)
{
    for (int64_t left = ms; left > 0; left -= MINUTE_MS)
        assert_int_equal(look(w, left < MINUTE_MS ? left : MINUTE_MS), 0);
}

static void it_goes_with_the_wall_clock(void **state)
{
    (void)state;
    struct world w = world_of(WEEK_MS);
    run(&w, 3 * DAY_MS);
    assert_int_equal(now(&w), 3 * DAY_MS);
    assert_int_equal(w.calendar.offset_ms, 0);
}

static void jumps_do_not_move_it(void **state)
{
    (void)state;
    static const int64_t jumps[] = {3 * YEAR_MS, -3 * YEAR_MS, -56 * YEAR_MS, 56 * YEAR_MS, DAY_MS, -HOUR_MS};
    struct world w = world_of(WEEK_MS);
    int64_t sum = 0;
    for (size_t i = 0; i < sizeof jumps / sizeof jumps[0]; i++) {
        assert_int_equal(look(&w, jumps[i]), jumps[i]);
        assert_int_equal(now(&w), (int64_t)i * HOUR_MS);
        run(&w, HOUR_MS);
        sum += jumps[i];
        assert_int_equal(w.calendar.offset_ms, sum);
    }
}

static void a_clock_that_is_put_right_again_leaves_no_trace(void **state)
{
    (void)state;
    struct world w = world_of(WEEK_MS);
    look(&w, 3 * YEAR_MS);
    run(&w, HOUR_MS);
    look(&w, -3 * YEAR_MS);
    assert_int_equal(w.calendar.offset_ms, 0);
    assert_int_equal(calendar_ms(&w.calendar), w.wall_ms);
}

static void after_a_small_step_back_it_waits(void **state)
{
    (void)state;
    struct world w = world_of(WEEK_MS);
    run(&w, 10 * MINUTE_MS);
    assert_int_equal(look(&w, -4 * MINUTE_MS), 0);
    assert_int_equal(now(&w), 10 * MINUTE_MS);
    run(&w, 3 * MINUTE_MS);
    assert_int_equal(now(&w), 10 * MINUTE_MS);
    run(&w, 2 * MINUTE_MS);
    assert_int_equal(now(&w), 11 * MINUTE_MS);
    assert_int_equal(w.calendar.offset_ms, 0);
}

static void a_clock_that_swings_gains_nothing(void **state)
{
    (void)state;
    struct world w = world_of(WEEK_MS);
    for (int i = 0; i < 1000; i++) {
        look(&w, 4 * MINUTE_MS);
        look(&w, -4 * MINUTE_MS);
        look(&w, 3 * HOUR_MS);
        look(&w, -3 * HOUR_MS);
    }
    assert_true(now(&w) <= 5 * MINUTE_MS);
}

static void a_restart_is_no_jump(void **state)
{
    (void)state;
    struct world w = world_of(WEEK_MS);
    for (int i = 0; i < 100; i++) {
        run(&w, HOUR_MS);
        assert_int_equal(start(&w, 20 * MINUTE_MS), 0);
    }
    assert_int_equal(now(&w), 100 * (HOUR_MS + 20 * MINUTE_MS));
}

static void a_long_pause_is_not_counted(void **state)
{
    (void)state;
    struct world w = world_of(WEEK_MS);
    run(&w, DAY_MS);
    assert_int_equal(start(&w, 9 * DAY_MS), 9 * DAY_MS);
    assert_int_equal(now(&w), DAY_MS);
}

static void many_short_starts_count_an_hour_and_what_they_saw(void **state)
{
    (void)state;
    struct world w = world_of(WEEK_MS);
    for (int i = 0; i < 1000; i++) {
        start(&w, i % 2 ? -50 * MINUTE_MS : 50 * MINUTE_MS);
        look(&w, 4 * SECOND_MS);
    }
    assert_true(now(&w) <= HOUR_MS + 2 * 1000 * 4 * SECOND_MS);
    struct world creeping = world_of(WEEK_MS); /* each start a little later than the one before */
    for (int i = 0; i < 1000; i++) {
        start(&creeping, 30 * MINUTE_MS);
        look(&creeping, 4 * SECOND_MS);
    }
    assert_true(now(&creeping) <= HOUR_MS + 2 * 1000 * 4 * SECOND_MS);
}

/* For any readings: never back, and forward by no more than the looks allow. */
static void random_clocks(void **state)
{
    (void)state;
    struct random r = random_start();
    for (int round = 0; round < 200; round++) {
        struct world w = world_of(random_below(&r, 2) ? WEEK_MS : 0);
        int64_t seen_ms = 0;
        for (int i = 0; i < 500; i++) {
            int64_t before = now(&w), scale = INT64_C(1) << random_below(&r, 42);
            int64_t step_ms = (int64_t)random_below(&r, 1u << 31) % scale * (random_below(&r, 3) ? 1 : -1);
            bool is_start = random_below(&r, 5) == 0;
            int64_t jump_ms = is_start ? start(&w, step_ms) : look(&w, step_ms);
            assert_true(now(&w) >= before);
            assert_true(now(&w) == before || jump_ms == 0);
            assert_true(w.calendar.credit_ms >= 0);
            seen_ms += is_start ? 0 : now(&w) - before;
            assert_true(now(&w) <= w.limits.credit_max_ms + 2 * seen_ms);
        }
    }
}

static void limits_are_a_small_part_of_the_expiry(void **state)
{
    (void)state;
    static const int64_t expiries[] = {1500, 60 * SECOND_MS, 10 * MINUTE_MS, DAY_MS, WEEK_MS, 0};
    for (size_t i = 0; i < sizeof expiries / sizeof expiries[0]; i++) {
        struct calendar_limits limits = calendar_limits_for(expiries[i]);
        int64_t part_ms = expiries[i] / 8 > 10 * SECOND_MS ? expiries[i] / 8 : 10 * SECOND_MS;
        assert_true(expiries[i] == 0 || limits.step_max_ms <= part_ms);
        assert_true(expiries[i] == 0 || limits.credit_max_ms <= part_ms);
        assert_true(limits.step_max_ms >= 10 * SECOND_MS && limits.step_max_ms <= 5 * MINUTE_MS);
        assert_true(limits.credit_max_ms >= limits.step_max_ms && limits.credit_max_ms <= HOUR_MS);
    }
}

static void credit_of_a_longer_expiry_is_cut(void **state)
{
    (void)state;
    struct world w = world_of(WEEK_MS);
    w.limits = calendar_limits_for(60 * SECOND_MS);
    assert_int_equal(start(&w, 20 * MINUTE_MS), 20 * MINUTE_MS);
    assert_int_equal(now(&w), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_with_the_wall_clock),
        cmocka_unit_test(jumps_do_not_move_it),
        cmocka_unit_test(a_clock_that_is_put_right_again_leaves_no_trace),
        cmocka_unit_test(after_a_small_step_back_it_waits),
        cmocka_unit_test(a_clock_that_swings_gains_nothing),
        cmocka_unit_test(a_restart_is_no_jump),
        cmocka_unit_test(a_long_pause_is_not_counted),
        cmocka_unit_test(many_short_starts_count_an_hour_and_what_they_saw),
        cmocka_unit_test(random_clocks),
        cmocka_unit_test(limits_are_a_small_part_of_the_expiry),
        cmocka_unit_test(credit_of_a_longer_expiry_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
