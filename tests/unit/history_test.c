/* link: kp_pad kp_alloc */
/* The history against an array that remembers everything. */
#include "pad/pad.h"
#include "support/random_op.h"
#include "support/unit.h"

struct oracle_entry {
    struct pad_author author;
    int64_t time_s;
    struct op op;
};

enum { ORACLE_MAX = 600 };

static struct pad_author random_author(struct random *r)
{
    if (random_one_in(r, 5))
        return (struct pad_author){PAD_SYSTEM_USER, PAD_BY_TEXT};
    return (struct pad_author){random_next(r) >> (12 + random_below(r, 50)),
                               random_one_in(r, 2) ? PAD_BY_AUTHOR : PAD_BY_TEXT};
}

static void assert_same(const struct history *h, const struct oracle_entry *all, uint64_t end)
{
    assert_int_equal(history_end(h), end);
    for (uint64_t r = h->base; r < end; r++) {
        const struct history_entry entry = history_at(h, r);
        assert_true(entry.author.user_id == all[r].author.user_id);
        assert_int_equal(entry.author.order, all[r].author.order);
        assert_true(op_equal(entry.op, op_view(&all[r].op)));
        assert_int_equal(entry.op.base_points, all[r].op.base_points);
        assert_int_equal(entry.op.target_points, all[r].op.target_points);
    }
}

/* The first held entry of `time_s` or later. */
static uint64_t since(const struct oracle_entry *all, uint64_t base, uint64_t end, int64_t time_s)
{
    while (base < end && all[base].time_s < time_s)
        base++;
    return base;
}

static void test_any_order_of_appends_and_drops(void **state)
{
    (void)state;
    struct random r = random_start();
    for (unsigned round = random_rounds(20); round > 0; round--) {
        static struct oracle_entry all[ORACLE_MAX];
        struct history h = {0};
        uint64_t end = 0;
        int64_t now_s = 1700000000;
        while (end < ORACLE_MAX) {
            struct oracle_entry *entry = &all[end++];
            now_s += random_one_in(&r, 3) ? random_below(&r, 100000) : 0;
            *entry = (struct oracle_entry){.author = random_author(&r), .time_s = now_s};
            random_op(&r, random_below(&r, 50), &entry->op);
            assert_int_equal(history_append(&h, entry->author, now_s, op_view(&entry->op)), OK);
            assert_int_equal(history_since(&h, now_s - 5000, UINT64_MAX),
                             since(all, h.base, end, now_s - 5000));
            if (random_one_in(&r, 7))
                history_drop_before(&h, h.base + random_below(&r, h.count + 2));
            if (random_one_in(&r, 20))
                history_shrink(&h);
            if (random_one_in(&r, 10))
                assert_same(&h, all, end);
        }
        assert_same(&h, all, end);
        history_deinit(&h);
        assert_int_equal(h.base, end);
        for (size_t i = 0; i < ORACLE_MAX; i++)
            op_deinit(&all[i].op);
    }
}

static void append_keystrokes(struct history *h, unsigned count)
{
    struct op op = {0};
    random_must(op_retain(&op, 100000));
    random_must(op_insert(&op, SLICE("x")));
    random_must(op_retain(&op, 5));
    for (; count > 0; count--)
        random_must(history_append(h, (struct pad_author){3, PAD_BY_AUTHOR}, 1700000000, op_view(&op)));
    op_deinit(&op);
}

static void test_a_keystroke_costs_sixteen_bytes(void **state)
{
    (void)state;
    struct history h = {.base = 7};
    append_keystrokes(&h, 1000);
    assert_in_range(h.bytes.len + h.index.len, 1000, 16 * 1000);
    assert_int_equal(history_bytes(&h, 7, 1007), h.bytes.len);
    history_deinit(&h);
}

static void test_ranges_by_bytes(void **state)
{
    (void)state;
    struct history h = {.base = 10};
    append_keystrokes(&h, 100);
    const size_t each = history_bytes(&h, 10, 11);
    assert_int_equal(history_within(&h, 10, 30 * each), 80);
    assert_int_equal(history_within(&h, 10, 30 * each - 1), 81);
    assert_int_equal(history_within(&h, 10, 0), 110);
    assert_int_equal(history_within(&h, 90, 1 << 20), 90);
    assert_int_equal(history_reach(&h, 10, 110, 30 * each), 40);
    assert_int_equal(history_reach(&h, 10, 110, 0), 11);
    assert_int_equal(history_reach(&h, 10, 20, 1 << 20), 20);
    history_deinit(&h);
}

static void test_dropping_gives_memory_back(void **state)
{
    (void)state;
    struct history h = {0};
    append_keystrokes(&h, 10000);
    history_drop_before(&h, 9990);
    history_shrink(&h);
    assert_int_equal(h.count, 10);
    assert_in_range(h.bytes.cap + h.index.cap, 1, 1024);
    history_drop_before(&h, 20000);
    assert_int_equal(h.count, 0);
    assert_int_equal(h.base, 10000);
    history_deinit(&h);
}

/* A clock that is set back must not make young entries look old, nor wrap. */
static void test_time_never_runs_backwards(void **state)
{
    (void)state;
    struct history h = {0};
    struct op op = {0};
    const int64_t times_s[] = {1000, 2000, 500, 2500};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(history_append(&h, (struct pad_author){.user_id = 0}, times_s[i], op_view(&op)), OK);
    assert_int_equal(history_since(&h, 1000, 4), 0);
    assert_int_equal(history_since(&h, 1500, 4), 1);
    assert_int_equal(history_since(&h, 2000, 4), 1);
    assert_int_equal(history_since(&h, 2100, 4), 3);
    assert_int_equal(history_since(&h, 2600, 4), 4);
    assert_int_equal(history_since(&h, 2600, 2), 2);
    history_deinit(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_order_of_appends_and_drops),
        cmocka_unit_test(test_a_keystroke_costs_sixteen_bytes),
        cmocka_unit_test(test_ranges_by_bytes),
        cmocka_unit_test(test_dropping_gives_memory_back),
        cmocka_unit_test(test_time_never_runs_backwards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
