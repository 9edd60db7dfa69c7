/* link: kp_store kp_alloc store_fixture */
/* A clock that is wrong, at any moment of a database's life: nothing is deleted
 * because of what it says, and what has really not been used for long is. */
#include "support/store_fixture.h"

#include <unistd.h>

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define YEAR_MS (365 * DAY_MS)
#define WEEK_MS (7 * DAY_MS)

static int setup(void **state)
{
    struct fixture *f = test_malloc(sizeof *f);
    fixture_init(f, NULL);
    f->has_wall = true;
    f->wall_ms = T0_MS;
    f->expiry_ms = WEEK_MS;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture_deinit(*state);
    test_free(*state);
    return 0;
}

/* ---- words --------------------------------------------------------------- */

static void start_at(struct fixture *f, int64_t wall_ms)
{
    f->wall_ms = wall_ms;
    fixture_open(f, STORE_JOURNAL);
}

static void write_pad(struct fixture *f, const char *id)
{
    struct store_request *r = snapshot_of(id, "text", 1);
    r->now_ms = f->wall_ms;
    expect(f, r, OK);
    r = append_of(id, 1, 2, "b");
    r->now_ms = f->wall_ms;
    expect(f, r, OK);
}

/* What cleanup and the shard of the document do. */
static uint32_t search(struct fixture *f)
{
    struct store_request *r = ask(f, expired_of(f->expiry_ms));
    assert_int_equal(r->result, OK);
    uint32_t deleted = 0;
    for (uint32_t i = 0; i < r->id_count; i++) {
        char id[32];
        snprintf(id, sizeof id, "%.*s", (int)r->ids[i].len, r->ids[i].ptr);
        struct store_request *d = delete_of(id, r->cutoff_ms);
        d->now_ms = 0; /* the clock stays */
        ask(f, d);
        deleted += d->result == OK && d->found;
        store_request_free(d);
    }
    store_request_free(r);
    return deleted;
}

static void move_clock(struct fixture *f, int64_t by_ms)
{
    f->wall_ms += by_ms;
    assert_int_equal(search(f), 0);
}

/* Time passes while the server runs; nothing may be deleted before its end. */
static void pass(struct fixture *f, int64_t ms)
{
    for (int64_t left = ms; left > 0; left -= 4 * MINUTE_MS)
        move_clock(f, left < 4 * MINUTE_MS ? left : 4 * MINUTE_MS);
}

static void restart(struct fixture *f, int64_t pause_ms)
{
    fixture_close(f);
    start_at(f, f->wall_ms + pause_ms);
}

/* A crash: the file as it is while the server runs. */
static void crash(struct fixture *f, int64_t pause_ms)
{
    char command[400];
    snprintf(command, sizeof command, "cd %s && for e in '' -wal; do cp pads.db$e kept$e; done", f->folder);
    assert_int_equal(system(command), 0);
    fixture_close(f);
    snprintf(command, sizeof command,
             "cd %s && rm -f pads.db-* && for e in '' -wal; do mv kept$e pads.db$e; done", f->folder);
    assert_int_equal(system(command), 0);
    start_at(f, f->wall_ms + pause_ms);
}

static void expect_pads(struct fixture *f, const char *ids)
{
    assert_string_equal(
        sql(f, "SELECT coalesce(group_concat(id, ' '), '') FROM (SELECT id FROM documents ORDER BY id)"),
        ids);
}

static uint32_t jumps(struct fixture *f)
{
    return event_count(f, STORE_EVENT_CLOCK_JUMPED);
}

/* ---- the clock is right -------------------------------------------------- */

static void a_pad_expires_when_its_time_has_passed(void **state)
{
    struct fixture *f = *state;
    start_at(f, T0_MS);
    write_pad(f, "pad");
    pass(f, WEEK_MS);
    f->wall_ms += 2 * SECOND_MS;
    assert_int_equal(search(f), 1);
    expect_pads(f, "");
    assert_int_equal(jumps(f), 0);
}

static void restarts_do_not_keep_pads_from_expiring(void **state)
{
    struct fixture *f = *state;
    start_at(f, T0_MS);
    write_pad(f, "pad");
    for (int day = 0; day < 7; day++) {
        pass(f, DAY_MS - MINUTE_MS);
        restart(f, MINUTE_MS);
    }
    f->wall_ms += 2 * SECOND_MS;
    assert_int_equal(search(f), 1);
    assert_int_equal(jumps(f), 0);
}

static void a_crash_takes_at_most_an_hour_from_the_calendar(void **state)
{
    struct fixture *f = *state;
    start_at(f, T0_MS);
    write_pad(f, "pad");
    pass(f, DAY_MS);
    crash(f, SECOND_MS);
    assert_int_equal(jumps(f), 0);
    assert_int_equal(store_stats(f->store).clock_offset_ms, 0);
}

static void what_somebody_set_back_by_hand_expires(void **state)
{
    struct fixture *f = *state;
    start_at(f, T0_MS);
    write_pad(f, "new");
    write_pad(f, "old");
    fixture_close(f);
    sql(f, "UPDATE documents SET accessed_at = accessed_at - 8 * 86400 WHERE id = 'old';"
           "DELETE FROM journal WHERE document_id = 'old'");
    start_at(f, T0_MS + MINUTE_MS);
    assert_int_equal(search(f), 1);
    expect_pads(f, "new");
}

/* ---- it is wrong --------------------------------------------------------- */

static void three_years_ahead_for_four_seconds(void **state)
{
    struct fixture *f = *state;
    start_at(f, T0_MS);
    write_pad(f, "pad");
    for (int i = 0; i < 20; i++) {
        restart(f, 3 * YEAR_MS);
        move_clock(f, 4 * SECOND_MS);
        restart(f, -3 * YEAR_MS);
        move_clock(f, 4 * SECOND_MS);
    }
    expect_pads(f, "pad");
    assert_int_equal(store_stats(f->store).clock_offset_ms, 0);
    assert_int_equal(jumps(f), 40);
}

static void jumps_while_running(void **state)
{
    struct fixture *f = *state;
    static const int64_t by_ms[] = {3 * YEAR_MS,   -3 * YEAR_MS, 8 * DAY_MS,   8 * DAY_MS, -20 * DAY_MS,
                                    -50 * YEAR_MS, 51 * YEAR_MS, 40 * YEAR_MS, DAY_MS};
    start_at(f, T0_MS);
    write_pad(f, "before");
    for (size_t i = 0; i < sizeof by_ms / sizeof by_ms[0]; i++) {
        move_clock(f, by_ms[i]);
        if (i == 2)
            write_pad(f, "between");
        pass(f, HOUR_MS);
        i % 3 ? restart(f, SECOND_MS) : crash(f, SECOND_MS);
    }
    expect_pads(f, "before between");
    assert_int_equal(jumps(f), sizeof by_ms / sizeof by_ms[0]);
}

static void a_jump_is_told_with_both_times(void **state)
{
    struct fixture *f = *state;
    start_at(f, T0_MS);
    move_clock(f, 3 * YEAR_MS);
    move_clock(f, SECOND_MS);
    assert_int_equal(jumps(f), 1);
    assert_non_null(
        strstr(f->last_text[STORE_EVENT_CLOCK_JUMPED], "2023-11-14T22:13:20Z to 2026-11-13T22:13:20Z"));
    assert_int_equal(store_stats(f->store).clock_offset_ms, 3 * YEAR_MS);
    restart(f, SECOND_MS); /* and is not told again */
    assert_int_equal(jumps(f), 1);
    assert_int_equal(store_stats(f->store).clock_offset_ms, 3 * YEAR_MS);
    assert_string_equal(sql(f, "SELECT offset_ms / 86400000 FROM clock"), "1095");
}

static void born_with_an_unset_clock(void **state)
{
    struct fixture *f = *state;
    start_at(f, 30 * SECOND_MS); /* 1970 */
    write_pad(f, "live");
    move_clock(f, T0_MS);
    write_pad(f, "later");
    restart(f, SECOND_MS);
    assert_int_equal(search(f), 0);
    restart(f, 56 * YEAR_MS);
    assert_int_equal(search(f), 0);
    expect_pads(f, "later live");
    pass(f, WEEK_MS - MINUTE_MS);
    f->wall_ms += 2 * MINUTE_MS;
    assert_int_equal(search(f), 2); /* a week was seen */
}

/* The journal's times are wall time: one that lies ahead neither keeps a pad for ever nor ages it. */
static void an_edit_under_a_wrong_clock_counts_by_the_calendar(void **state)
{
    struct fixture *f = *state;
    start_at(f, T0_MS);
    write_pad(f, "ahead");
    write_pad(f, "behind");
    pass(f, 3 * DAY_MS);
    static const int64_t by_ms[] = {3 * YEAR_MS, -6 * YEAR_MS};
    static const char *const ids[] = {"ahead", "behind"};
    for (int i = 0; i < 2; i++) {
        move_clock(f, by_ms[i]);
        struct store_request *r = append_of(ids[i], 2, 3, "c");
        r->now_ms = f->wall_ms;
        expect(f, r, OK);
    }
    move_clock(f, 3 * YEAR_MS);
    pass(f, WEEK_MS - DAY_MS);
    expect_pads(f, "ahead behind"); /* nine days after the first, six after the second edit */
    for (int day = 0; day < 2; day++)
        for (int i = 0; i < 360; i++) {
            f->wall_ms += 4 * MINUTE_MS;
            search(f);
        }
    expect_pads(f, "");
}

static void opening_a_pad_under_a_wrong_clock_counts(void **state)
{
    struct fixture *f = *state;
    start_at(f, T0_MS);
    write_pad(f, "pad");
    pass(f, 6 * DAY_MS);
    move_clock(f, -20 * YEAR_MS);
    struct store_request *r = open_of("pad", 'E', 2);
    r->now_ms = 0;
    expect(f, r, OK);
    move_clock(f, 20 * YEAR_MS);
    pass(f, 6 * DAY_MS);
    expect_pads(f, "pad");
}

/* ---- databases from elsewhere -------------------------------------------- */

static void a_restored_backup(void **state)
{
    struct fixture *f = *state;
    char command[300];
    start_at(f, T0_MS);
    write_pad(f, "pad");
    pass(f, DAY_MS);
    fixture_close(f);
    snprintf(command, sizeof command, "cp %s %s/backup", f->path, f->folder);
    assert_int_equal(system(command), 0);
    start_at(f, f->wall_ms);
    pass(f, DAY_MS);
    fixture_close(f);
    snprintf(command, sizeof command, "mv %s/backup %s", f->folder, f->path);
    assert_int_equal(system(command), 0);
    start_at(f, f->wall_ms + 300 * DAY_MS);
    assert_int_equal(search(f), 0);
    expect_pads(f, "pad");
    assert_int_equal(jumps(f), 1);
}

static const char BEFORE_THIS_VERSION[] =
    "DROP TABLE clock; DROP TABLE rights; DROP TABLE links; DROP TABLE deleted; DROP TABLE history_fresh;"
    " DROP TABLE history; DROP TABLE checkpoints; DROP TABLE authors; DROP TABLE history_off;"
    " DROP TABLE comments; DROP TABLE commented; DROP TABLE images;"
    "DELETE FROM schema_migrations WHERE version >= 103;";

static void make_older(struct fixture *f, const char *more)
{
    start_at(f, T0_MS);
    write_pad(f, "a");
    write_pad(f, "b");
    fixture_close(f);
    sql(f, BEFORE_THIS_VERSION);
    sql(f, "UPDATE schema_migrations SET applied_at = 1700000000");
    sql(f, more);
}

static void from_before_under_a_clock_that_is_ahead(void **state)
{
    struct fixture *f = *state;
    make_older(f, "");
    start_at(f, T0_MS + 3 * YEAR_MS);
    assert_int_equal(search(f), 0);
    restart(f, -3 * YEAR_MS);
    assert_int_equal(search(f), 0);
    expect_pads(f, "a b");
    assert_int_equal(store_stats(f->store).clock_offset_ms, 0);
}

static void from_before_under_an_unset_clock(void **state)
{
    struct fixture *f = *state;
    make_older(f, "");
    start_at(f, 10 * SECOND_MS);
    assert_int_equal(search(f), 0);
    move_clock(f, T0_MS);
    pass(f, WEEK_MS);
    expect_pads(f, "a b");
    f->wall_ms += 2 * MINUTE_MS; /* nor are they kept for ever */
    assert_int_equal(search(f), 2);
}

/* The clock was wrong once, before this version: a time of then must not age the others. */
static void from_before_with_a_time_that_is_ahead(void **state)
{
    struct fixture *f = *state;
    make_older(f, "UPDATE documents SET accessed_at = accessed_at + 3 * 31536000 WHERE id = 'a'");
    start_at(f, T0_MS + MINUTE_MS);
    assert_int_equal(search(f), 0);
    assert_string_equal(sql(f, "SELECT accessed_at FROM documents WHERE id = 'a'"), "1700000060");
    pass(f, WEEK_MS - 2 * MINUTE_MS);
    expect_pads(f, "a b");
}

static void from_before_under_a_right_clock_what_is_old_expires(void **state)
{
    struct fixture *f = *state;
    make_older(f, "UPDATE documents SET accessed_at = accessed_at - 8 * 86400, updated_at = 1 WHERE id = 'a';"
                  "DELETE FROM journal WHERE document_id = 'a'");
    start_at(f, T0_MS + MINUTE_MS);
    assert_int_equal(search(f), 1);
    expect_pads(f, "b");
    assert_int_equal(jumps(f), 0);
}

/* Rows that another program put in, in wall time, into a calendar that is far behind. */
static void times_in_the_calendars_future_are_read_as_wall_time(void **state)
{
    struct fixture *f = *state;
    start_at(f, 30 * SECOND_MS);
    write_pad(f, "a");
    write_pad(f, "b");
    restart(f, T0_MS);
    fixture_close(f);
    sql(f, "UPDATE documents SET accessed_at = 1700000000 - 8 * 86400 WHERE id = 'a';"
           "UPDATE documents SET accessed_at = 1700000000 - 6 * 86400 WHERE id = 'b';"
           "DELETE FROM journal");
    start_at(f, f->wall_ms + MINUTE_MS);
    assert_int_equal(search(f), 1);
    expect_pads(f, "b");
}

static void but_not_when_the_clock_has_just_jumped(void **state)
{
    struct fixture *f = *state;
    start_at(f, 30 * SECOND_MS);
    write_pad(f, "a");
    fixture_close(f);
    sql(f, "UPDATE documents SET accessed_at = 1700000000; DELETE FROM journal");
    start_at(f, T0_MS + 3 * YEAR_MS);
    assert_int_equal(search(f), 0);
    expect_pads(f, "a");
}

static void a_row_of_nonsense_begins_anew(void **state)
{
    struct fixture *f = *state;
    start_at(f, T0_MS);
    write_pad(f, "pad");
    fixture_close(f);
    sql(f, "UPDATE schema_migrations SET applied_at = 1700000000;"
           "UPDATE clock SET wall_ms = 9223372036854775807, offset_ms = -9223372036854775808");
    start_at(f, T0_MS + 3 * YEAR_MS);
    assert_int_equal(search(f), 0);
    expect_pads(f, "pad");
    fixture_close(f);
    sql(f, "DELETE FROM clock");
    start_at(f, T0_MS + 6 * YEAR_MS);
    assert_int_equal(search(f), 0);
    expect_pads(f, "pad");
}

/* ---- in memory, and idle ------------------------------------------------- */

static void in_memory(void **state)
{
    struct fixture *f = *state;
    f->uri[0] = '\0';
    start_at(f, T0_MS);
    write_pad(f, "pad");
    move_clock(f, 3 * YEAR_MS);
    move_clock(f, -9 * YEAR_MS);
    pass(f, WEEK_MS);
    f->wall_ms += 2 * MINUTE_MS;
    assert_int_equal(search(f), 1);
}

/* Without any request: the store looks by itself. */
static void an_idle_store_sees_the_jump(void **state)
{
    struct fixture *f = *state;
    f->expiry_ms = 1000; /* looks every few seconds */
    start_at(f, T0_MS);
    f->wall_ms += 3 * YEAR_MS;
    wait_for_event(f, STORE_EVENT_CLOCK_JUMPED, 1);
    for (int i = 0; i < 200 && strcmp(sql(f, "SELECT offset_ms > 0 FROM clock"), "1") != 0; i++)
        usleep(10000);
    assert_string_equal(sql(f, "SELECT offset_ms > 0 FROM clock"), "1"); /* at once, should it be killed */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_pad_expires_when_its_time_has_passed),
        TEST(restarts_do_not_keep_pads_from_expiring),
        TEST(a_crash_takes_at_most_an_hour_from_the_calendar),
        TEST(what_somebody_set_back_by_hand_expires),
        TEST(three_years_ahead_for_four_seconds),
        TEST(jumps_while_running),
        TEST(a_jump_is_told_with_both_times),
        TEST(born_with_an_unset_clock),
        TEST(an_edit_under_a_wrong_clock_counts_by_the_calendar),
        TEST(opening_a_pad_under_a_wrong_clock_counts),
        TEST(a_restored_backup),
        TEST(from_before_under_a_clock_that_is_ahead),
        TEST(from_before_under_an_unset_clock),
        TEST(from_before_with_a_time_that_is_ahead),
        TEST(from_before_under_a_right_clock_what_is_old_expires),
        TEST(times_in_the_calendars_future_are_read_as_wall_time),
        TEST(but_not_when_the_clock_has_just_jumped),
        TEST(a_row_of_nonsense_begins_anew),
        TEST(in_memory),
        TEST(an_idle_store_sees_the_jump),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
