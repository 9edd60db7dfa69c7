/* link: kp_archive kp_alloc */
/* What was typed when, summed up: one person's edits are a sitting, and so is a crowd. */
#include "archive/sittings.h"
#include "support/unit.h"

static struct sittings list;
static uint64_t revision;

static int begin(void **state)
{
    (void)state;
    list = (struct sittings){0};
    revision = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    sittings_deinit(&list);
    return 0;
}

/* `author` types a letter at that time. */
static void type(uint64_t author, int64_t time_ms)
{
    struct op op = {0};
    assert_int_equal(op_insert(&op, SLICE("x")), OK);
    struct archive_entry entry = {
        .first = revision, .end = revision + 1, .author = author, .time_ms = time_ms, .op = op_view(&op)};
    assert_int_equal(sittings_add_entry(&list, &entry), OK);
    revision++;
    op_deinit(&op);
}

static void test_one_after_the_other_are_two(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++)
        type(1, 1000 * i);
    for (int i = 10; i < 20; i++)
        type(2, 1000 * i);
    type(2, 1000 * 20 + SITTING_PAUSE_MS);
    assert_int_equal(list.count, 3);
    assert_int_equal(sittings_at(&list, 0)->end, 10);
    assert_int_equal(sittings_at(&list, 1)->inserted, 10);
}

static void test_those_who_type_at_the_same_time_are_one(void **state)
{
    (void)state;
    for (int i = 0; i < 30; i++)
        type((uint64_t)i % 3, 500 * i);
    assert_int_equal(list.count, 1);
    assert_int_equal(sittings_at(&list, 0)->author_count, 3);
    assert_int_equal(sittings_at(&list, 0)->inserted, 30);
}

/* However many there are, a class does not become a line for each letter. */
static void test_a_crowd_is_one(void **state)
{
    (void)state;
    for (uint64_t people = 9; people <= 40; people++) {
        sittings_clear(&list);
        for (uint64_t i = 0; i < 2000; i++)
            type(i % people, (int64_t)(100 * i));
        assert_int_equal(list.count, 1);
        assert_int_equal(sittings_at(&list, 0)->author_count, SITTING_AUTHORS_MAX);
        assert_int_equal(sittings_at(&list, 0)->inserted, 2000);
    }
}

static void test_a_crowd_ends_where_it_is_quiet(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 100; i++)
        type(i % 20, (int64_t)(100 * i));
    type(30, 100 * 100 + SITTING_TOGETHER_MS);
    type(30, 100 * 100 + SITTING_TOGETHER_MS + 10);
    assert_int_equal(list.count, 2);
    assert_int_equal(sittings_at(&list, 1)->inserted, 2);
}

static void test_who_comes_by_now_and_then_is_no_crowd(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 100; i++)
        type(i % 20, (int64_t)(20000 * i));
    assert_int_equal(list.count, 100);
}

/* As they are kept with a segment, and read behind others. */
static void test_bytes_are_joined_as_entries_are(void **state)
{
    (void)state;
    struct sittings whole = {0};
    struct buf bytes = {0};
    for (int part = 0; part < 3; part++) {
        uint64_t first = revision;
        sittings_clear(&list);
        for (int i = 0; i < 300; i++)
            type(revision % 20, (int64_t)(100 * revision));
        buf_clear(&bytes);
        assert_int_equal(sittings_encode(&list, &bytes), OK);
        assert_int_equal(sittings_add_encoded(&whole, buf_slice(&bytes), first), OK);
    }
    assert_int_equal(whole.count, 1);
    assert_int_equal(sittings_at(&whole, 0)->inserted, 900);
    assert_int_equal(sittings_at(&whole, 0)->end, 900);
    buf_deinit(&bytes);
    sittings_deinit(&whole);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_one_after_the_other_are_two),
        TEST(test_those_who_type_at_the_same_time_are_one),
        TEST(test_a_crowd_is_one),
        TEST(test_a_crowd_ends_where_it_is_quiet),
        TEST(test_who_comes_by_now_and_then_is_no_crowd),
        TEST(test_bytes_are_joined_as_entries_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
