/* link: kp_net kp_core kp_alloc */
/* The loop without sockets: tasks from other threads, wake-ups, the timer. */
#include "net/loop.h"
#include "support/unit.h"

#include <stdatomic.h>

enum { THREADS = 4, TASKS = 500 };

struct fixture {
    struct loop loop;
    uv_thread_t threads[THREADS];
    struct poster {
        struct fixture *f;
        struct job {
            struct loop_task task;
            struct poster *poster;
            int number;
        } jobs[TASKS];
        int next;    /* touched by the loop's thread only */
        int refused; /* by the poster's own */
    } posters[THREADS];
    int run_count, tick_count, wake_count, timer_count;
    bool is_out_of_order;
    void (*tick)(struct fixture *f);
};

static void on_tick(void *owner)
{
    struct fixture *f = owner;

    f->tick_count++;
    f->tick(f);
}

static void on_wake(void *owner)
{
    ((struct fixture *)owner)->wake_count++;
}

static void on_timer(void *owner)
{
    ((struct fixture *)owner)->timer_count++;
}

static struct fixture *fixture_new(void (*tick)(struct fixture *f))
{
    struct fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    f->tick = tick;
    assert_int_equal(loop_init(&f->loop, &(struct conn_limits){0}, on_tick, on_wake, f), OK);
    f->loop.on_timer = on_timer;
    return f;
}

static void run(struct loop_task *task)
{
    struct job *job = LIST_ITEM(task, struct job, task);

    if (job->number != job->poster->next++)
        job->poster->f->is_out_of_order = true;
    job->poster->f->run_count++;
}

static void post_all(void *arg)
{
    struct poster *p = arg;

    for (int i = 0; i < TASKS; i++) {
        p->jobs[i] = (struct job){.task.run = run, .poster = p, .number = i};
        if (!loop_post(&p->f->loop, &p->jobs[i].task))
            p->refused++;
    }
}

static void start_posters(struct fixture *f)
{
    for (int i = 0; i < THREADS; i++) {
        f->posters[i].f = f;
        assert_int_equal(uv_thread_create(&f->threads[i], post_all, &f->posters[i]), 0);
    }
}

static void join_posters(struct fixture *f)
{
    for (int i = 0; i < THREADS; i++)
        uv_thread_join(&f->threads[i]);
}

static void stop_when_all_ran(struct fixture *f)
{
    if (f->run_count == THREADS * TASKS)
        loop_stop(&f->loop);
}

static void tasks_of_every_thread_run_once_and_in_order(void **state)
{
    struct fixture *f = fixture_new(stop_when_all_ran);

    (void)state;
    start_posters(f);
    loop_run(&f->loop);
    join_posters(f);
    assert_int_equal(f->run_count, THREADS * TASKS);
    assert_false(f->is_out_of_order);
    loop_deinit(&f->loop);
    free(f);
}

static void tasks_that_come_too_late_run_when_the_loop_is_let_go(void **state)
{
    struct fixture *f = fixture_new(stop_when_all_ran);

    (void)state;
    start_posters(f);
    join_posters(f);
    loop_deinit(&f->loop);
    assert_int_equal(f->run_count, THREADS * TASKS);
    free(f);
}

static void stop_when_woken(struct fixture *f)
{
    if (f->wake_count > 0)
        loop_stop(&f->loop);
}

static void wake_often(void *arg)
{
    for (int i = 0; i < 1000; i++)
        loop_wake(arg);
}

static void a_loop_that_is_gone_takes_nothing_and_hears_nothing(void **state)
{
    struct fixture *f = fixture_new(stop_when_all_ran);
    struct job *job = &f->posters[0].jobs[0];
    (void)state;

    f->posters[0].f = f;
    *job = (struct job){.task.run = run, .poster = &f->posters[0]};
    loop_deinit(&f->loop);
    assert_false(loop_post(&f->loop, &job->task));
    loop_wake(&f->loop);
    assert_int_equal(f->run_count + f->wake_count, 0);
    free(f);
}

/* Every task is either run or refused, whenever the loop ends. */
static void tasks_posted_while_the_loop_ends_are_run_or_refused(void **state)
{
    struct fixture *f = fixture_new(stop_when_all_ran);
    (void)state;

    start_posters(f);
    loop_deinit(&f->loop);
    join_posters(f);
    int refused = 0;
    for (int i = 0; i < THREADS; i++)
        refused += f->posters[i].refused;
    assert_int_equal(f->run_count + refused, THREADS * TASKS);
    assert_false(f->is_out_of_order);
    free(f);
}

static void many_wakes_are_at_least_one(void **state)
{
    struct fixture *f = fixture_new(stop_when_woken);

    (void)state;
    assert_int_equal(uv_thread_create(&f->threads[0], wake_often, &f->loop), 0);
    loop_run(&f->loop);
    uv_thread_join(&f->threads[0]);
    assert_true(f->wake_count >= 1 && f->wake_count <= 1000);
    loop_deinit(&f->loop);
    free(f);
}

static void stop_after_timer(struct fixture *f)
{
    if (f->timer_count > 0)
        loop_stop(&f->loop);
}

/* Without a tick of its own the loop would sleep for ever here. */
static void a_turn_in_which_only_the_timer_ran_ticks(void **state)
{
    struct fixture *f = fixture_new(stop_after_timer);

    (void)state;
    loop_set_timer(&f->loop, 5);
    loop_run(&f->loop);
    assert_int_equal(f->timer_count, 1);
    loop_deinit(&f->loop);
    free(f);
}

static void run_late(struct loop_task *task)
{
    struct job *job = LIST_ITEM(task, struct job, task);

    job->poster->f->run_count = THREADS * TASKS;
}

static void sleep_and_post(void *arg)
{
    struct poster *p = arg;

    uv_sleep(60);
    p->jobs[0] = (struct job){.task.run = run_late, .poster = p};
    loop_post(&p->f->loop, &p->jobs[0].task);
}

static void a_timer_can_be_moved_and_disarmed(void **state)
{
    struct fixture *f = fixture_new(stop_when_all_ran);

    (void)state;
    loop_set_timer(&f->loop, 5);
    loop_set_timer(&f->loop, 10);
    loop_set_timer(&f->loop, -1);
    f->posters[0].f = f;
    assert_int_equal(uv_thread_create(&f->threads[0], sleep_and_post, &f->posters[0]), 0);
    loop_run(&f->loop);
    uv_thread_join(&f->threads[0]);
    assert_int_equal(f->timer_count, 0);
    loop_deinit(&f->loop);
    free(f);
}

static void ask_for_more(struct fixture *f)
{
    if (f->tick_count < 5)
        loop_turn_again(&f->loop);
    else
        loop_stop(&f->loop);
}

static void a_tick_can_ask_for_another(void **state)
{
    struct fixture *f = fixture_new(ask_for_more);

    (void)state;
    loop_turn_again(&f->loop);
    loop_run(&f->loop);
    assert_int_equal(f->tick_count, 5);
    loop_deinit(&f->loop);
    free(f);
}

static void the_wall_clock_is_of_this_century(void **state)
{
    (void)state;
    assert_true(wall_now_ms() > INT64_C(1700000000000));
    assert_true(wall_now_ms() < INT64_C(4000000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_of_every_thread_run_once_and_in_order),
        cmocka_unit_test(tasks_that_come_too_late_run_when_the_loop_is_let_go),
        cmocka_unit_test(a_loop_that_is_gone_takes_nothing_and_hears_nothing),
        cmocka_unit_test(tasks_posted_while_the_loop_ends_are_run_or_refused),
        cmocka_unit_test(many_wakes_are_at_least_one),
        cmocka_unit_test(a_turn_in_which_only_the_timer_ran_ticks),
        cmocka_unit_test(a_timer_can_be_moved_and_disarmed),
        cmocka_unit_test(a_tick_can_ask_for_another),
        cmocka_unit_test(the_wall_clock_is_of_this_century),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
