/* link: kp_store kp_alloc store_fixture faulty_vfs */
/* A disk that is full, broken or locked: nothing is lost, nothing is answered
 * that is not so, order is kept, and it recovers by itself. */
#include "support/faulty_vfs.h"
#include "support/store_fixture.h"

#include <stdlib.h>
#include <unistd.h>

static int setup(void **state)
{
    struct fixture *f = test_malloc(sizeof *f);
    faulty_vfs_register();
    faulty_vfs_heal();
    fixture_init(f, "file:%s?vfs=faulty");
    fixture_open(f, STORE_FSYNC);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    faulty_vfs_heal();
    fixture_deinit(*state);
    test_free(*state);
    return 0;
}

static void expect_journal(struct fixture *f, const char *id, uint32_t rows)
{
    struct store_request *r = ask(f, load_of(id));
    assert_int_equal(r->result, OK);
    assert_int_equal(r->batch_count, rows);
    for (uint32_t i = 0; i < rows; i++)
        assert_int_equal(r->batches[i].first_revision, i);
    store_request_free(r);
}

/* Twenty appends into a failing disk, which then heals. */
static void outage(struct fixture *f, enum faulty_op op, int code)
{
    expect(f, append_of("pad", 0, 1, "before"), OK);
    faulty_vfs_fail(op, code, 0, FAULTY_ALWAYS);
    for (uint64_t i = 1; i <= 20; i++)
        post(f, append_of("pad", i, i + 1, "during"));
    wait_for_event(f, STORE_EVENT_FAILED, 1);
    assert_true(store_is_failing(f->store));
    assert_null(next_answer(f, 120));
    assert_true(faulty_vfs_failures() > 0);
    assert_int_equal(event_count(f, STORE_EVENT_RECOVERED), 0);

    faulty_vfs_heal();
    for (uint64_t i = 1; i <= 20; i++) {
        struct store_request *r = next_answer(f, 10000);
        assert_non_null(r);
        assert_int_equal(r->result, OK);
        assert_int_equal(r->rows[0].first_revision, i);
        store_request_free(r);
    }
    wait_for_event(f, STORE_EVENT_RECOVERED, 1);
    assert_false(store_is_failing(f->store));
    assert_int_equal(event_count(f, STORE_EVENT_FAILED), 1);
    expect_journal(f, "pad", 21);
}

static void a_full_disk_is_waited_out(void **state)
{
    outage(*state, FAULTY_WRITE, SQLITE_FULL);
}

static void a_broken_disk_is_waited_out(void **state)
{
    outage(*state, FAULTY_WRITE, SQLITE_IOERR_WRITE);
}

static void a_failing_sync_is_waited_out(void **state)
{
    outage(*state, FAULTY_SYNC, SQLITE_IOERR_FSYNC);
}

static void a_locked_database_is_waited_out(void **state)
{
    /* Another program's write lock, for real: SQLite waits in its busy handler. */
    struct fixture *f = *state;
    sqlite3 *other;
    expect(f, append_of("pad", 0, 1, "before"), OK);
    assert_int_equal(sqlite3_open(f->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    post(f, append_of("pad", 1, 2, "during"));
    assert_null(next_answer(f, 200));
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    struct store_request *r = next_answer(f, 10000);
    assert_int_equal(r->result, OK);
    store_request_free(r);
    expect_journal(f, "pad", 2);
}

static void a_lock_that_stays_is_an_outage(void **state)
{
    outage(*state, FAULTY_SHM_LOCK, SQLITE_IOERR_SHMLOCK);
}

static void what_failed_once_is_tried_again_soon(void **state)
{
    struct fixture *f = *state;
    expect(f, append_of("pad", 0, 1, "a"), OK);
    faulty_vfs_fail(FAULTY_WRITE, SQLITE_IOERR_WRITE, 0, 1);
    expect(f, append_of("pad", 1, 2, "b"), OK);
    assert_int_equal(event_count(f, STORE_EVENT_FAILED), 1);
    wait_for_event(f, STORE_EVENT_RECOVERED, 1);
    assert_non_null(strstr(f->last_text[STORE_EVENT_FAILED], "disk I/O error"));
    assert_string_equal(f->last_id[STORE_EVENT_FAILED], "pad");
    expect_journal(f, "pad", 2);
}

static void fail_fast_requests_are_answered_at_once(void **state)
{
    struct fixture *f = *state;
    faulty_vfs_fail(FAULTY_WRITE, SQLITE_FULL, 0, FAULTY_ALWAYS);
    struct store_request *r = snapshot_of("pad", "text", 1);
    r->fail_fast = true;
    expect(f, r, ERR_STORAGE);
    assert_true(store_is_failing(f->store));

    /* They do not go past a write of the same document that waits. */
    post(f, append_of("pad", 0, 1, "waits"));
    r = snapshot_of("pad", "text", 1);
    r->fail_fast = true;
    expect(f, r, ERR_STORAGE);

    /* When the disk works again, the first to get through takes the others along. */
    faulty_vfs_heal();
    r = snapshot_of("other", "text", 1);
    r->fail_fast = true;
    ask(f, r);
    assert_int_equal(r->result, OK);
    store_request_free(r);
    r = next_answer(f, 1000);
    assert_non_null(r);
    assert_int_equal(r->result, OK);
    store_request_free(r);
    wait_for_event(f, STORE_EVENT_RECOVERED, 1);
}

static void recovery_is_noticed_without_a_write(void **state)
{
    struct fixture *f = *state;
    faulty_vfs_fail(FAULTY_WRITE, SQLITE_FULL, 0, FAULTY_ALWAYS);
    struct store_request *r = snapshot_of("pad", "text", 1);
    r->fail_fast = true;
    expect(f, r, ERR_STORAGE);
    usleep(150000);
    assert_true(store_is_failing(f->store));
    faulty_vfs_heal();
    wait_for_event(f, STORE_EVENT_RECOVERED, 1);
    assert_false(store_is_failing(f->store));
}

static void expect_rows(struct fixture *f, enum error first, enum error second)
{
    struct store_request *r = next_answer(f, 10000);
    assert_non_null(r);
    assert_int_equal(r->result, OK);
    assert_int_equal(r->rows[0].outcome, first);
    if (r->row_count > 1)
        assert_int_equal(r->rows[1].outcome, second);
    store_request_free(r);
}

static struct store_request *append_of_both(const char *good, const char *bad, uint64_t first)
{
    struct store_request *r = append_of(good, first, first + 1, "x");
    assert_int_equal(store_request_add_row(r, slice_from_cstr(bad), first, first + 1, SLICE("x")), OK);
    r->rows[1].touch = true;
    return r;
}

/* A row of the journal that is there already cannot be appended: a row that
 * fails by itself, while the disk is well. */
static void a_bad_row_holds_up_no_other(void **state)
{
    struct fixture *f = *state;
    sql(f, "INSERT INTO journal VALUES ('bad', 5, 6, x'00', 0)");
    for (uint64_t i = 0; i < 20; i++) {
        post(f, append_of_both("good", "bad", i));
        expect_rows(f, OK, i == 5 ? ERR_STORAGE : OK);
        assert_false(store_is_failing(f->store));
    }
    expect_journal(f, "good", 20);
    assert_int_equal(event_count(f, STORE_EVENT_FAILED), 1);
    assert_string_equal(f->last_id[STORE_EVENT_FAILED], "bad");
    assert_int_equal(event_count(f, STORE_EVENT_OUTAGE), 0);
    sql(f, "DELETE FROM journal WHERE first_revision = 5 AND document_id = 'bad'");
    post(f, append_of("bad", 5, 6, "x"));
    expect_rows(f, OK, OK);
    expect_journal(f, "bad", 20);
}

/* ---- a damaged page ---- */

/* Overwrites the page that has the last row of the journal with zeros, under the closed store. */
static void damage_the_journals_last_page(struct fixture *f)
{
    unsigned page = (unsigned)strtoul(
        sql(f, "SELECT pageno FROM dbstat WHERE name = 'journal' AND pagetype = 'leaf' ORDER BY path"), NULL,
        10);
    assert_true(page > 1);
    FILE *file = fopen(f->path, "r+b");
    static const char zeros[4096];
    assert_non_null(file);
    assert_int_equal(fseek(file, (long)(page - 1) * 4096, SEEK_SET), 0);
    assert_int_equal(fwrite(zeros, sizeof zeros, 1, file), 1);
    fclose(file);
}

static bool has_dbstat(void)
{
    return sqlite3_compileoption_used("ENABLE_DBSTAT_VTAB");
}

/* Of a journal with many pages the last one is damaged: "zzz" is there, and "aaa" is not. */
static void a_damaged_page_concerns_its_documents_only(void **state)
{
    struct fixture *f = *state;
    char batch[1000];
    if (!has_dbstat())
        skip();
    memset(batch, 'x', sizeof batch - 1);
    batch[sizeof batch - 1] = '\0';
    for (uint64_t i = 0; i < 40; i++) {
        expect(f, append_of("aaa", i, i + 1, batch), OK);
        expect(f, append_of("zzz", i, i + 1, batch), OK);
    }
    fixture_close(f);
    damage_the_journals_last_page(f);
    fixture_open(f, STORE_JOURNAL);
    for (uint64_t i = 40; i < 60; i++) {
        post(f, append_of_both("aaa", "zzz", i));
        expect_rows(f, OK, ERR_STORAGE);
    }
    assert_false(store_is_failing(f->store));
    expect_journal(f, "aaa", 60);
    expect(f, load_of("zzz"), ERR_STORAGE);
    assert_non_null(strstr(f->last_text[STORE_EVENT_FAILED], "malformed"));
}

static void reads_go_on_while_writes_fail(void **state)
{
    struct fixture *f = *state;
    expect(f, snapshot_of("readable", "text", 1), OK);
    faulty_vfs_fail(FAULTY_WRITE, SQLITE_FULL, 0, FAULTY_ALWAYS);
    post(f, append_of("pad", 0, 1, "waits"));
    wait_for_event(f, STORE_EVENT_FAILED, 1);
    struct store_request *r = ask(f, load_of("readable"));
    assert_int_equal(r->result, OK);
    assert_slice(r->text, "text");
    store_request_free(r);
    expect(f, load_of("pad"), ERR_STORAGE); /* not "not found" */
    expect(f, peek_of("pad"), ERR_STORAGE);
    /* A load that would write the epoch fails too, and does not wait. */
    r = ask(f, load_with_epoch("readable", 'A'));
    assert_int_equal(r->result, ERR_STORAGE);
    assert_false(r->found);
    store_request_free(r);
    faulty_vfs_heal();
    store_request_free(next_answer(f, 10000));
}

static void a_failed_read_is_an_error_and_not_an_empty_document(void **state)
{
    struct fixture *f = *state;
    char text[200000];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < 20; i++) { /* more than the page cache holds */
        char id[16];
        snprintf(id, sizeof id, "pad%d", i);
        expect(f, snapshot_of(id, text, 1), OK);
    }
    faulty_vfs_fail(FAULTY_READ, SQLITE_IOERR_READ, 0, FAULTY_ALWAYS);
    struct store_request *r = ask(f, load_of("pad0"));
    assert_int_equal(r->result, ERR_STORAGE);
    assert_false(r->found);
    assert_int_equal(r->batch_count, 0);
    store_request_free(r);
    assert_true(event_count(f, STORE_EVENT_READ_FAILED) >= 1);
    faulty_vfs_heal();
    r = ask(f, load_of("pad0"));
    assert_int_equal(r->result, OK);
    assert_int_equal(r->text.len, sizeof text - 1);
    store_request_free(r);
}

static void a_failed_read_spares_the_writes_around_it(void **state)
{
    struct fixture *f = *state;
    expect(f, snapshot_of("broken", "text", 1), OK);
    sql(f, "UPDATE documents SET text = CAST(x'ff' AS TEXT)");
    hold_writes(f);
    post(f, append_of("pad", 0, 1, "0"));
    wait_until_held(f);
    post(f, append_of("pad", 1, 2, "1"));
    post(f, load_of("broken"));
    post(f, append_of("pad", 2, 3, "2"));
    release_writes(f);
    enum error results[4];
    for (int i = 0; i < 4; i++) {
        struct store_request *r = next_answer(f, 10000);
        results[i] = r->result;
        store_request_free(r);
    }
    assert_int_equal(results[1], OK);
    assert_int_equal(results[2], ERR_STORAGE);
    assert_int_equal(results[3], OK);
    assert_int_equal(f->group_count, 3); /* the snapshot, the first, the two */
}

static void closing_waits_for_the_disk_as_long_as_it_is_told(void **state)
{
    struct fixture *f = *state;
    faulty_vfs_fail(FAULTY_WRITE, SQLITE_FULL, 0, FAULTY_ALWAYS);
    post(f, append_of("pad", 0, 1, "lost"));
    post(f, append_of("other", 0, 1, "lost"));
    assert_int_equal(store_close(f->store, 150), 2);
    f->store = NULL;
    for (int i = 0; i < 2; i++) {
        struct store_request *r = next_answer(f, 0);
        assert_int_equal(r->result, ERR_STORAGE);
        store_request_free(r);
    }
    faulty_vfs_heal();
    fixture_open(f, STORE_JOURNAL);
    expect(f, append_of("pad", 0, 1, "again"), OK);
}

static void *heal_soon(void *arg)
{
    (void)arg;
    usleep(200000);
    faulty_vfs_heal();
    return NULL;
}

static void closing_succeeds_when_the_disk_recovers_in_time(void **state)
{
    struct fixture *f = *state;
    faulty_vfs_fail(FAULTY_WRITE, SQLITE_FULL, 0, FAULTY_ALWAYS);
    for (uint64_t i = 0; i < 10; i++)
        post(f, append_of("pad", i, i + 1, "x"));
    pthread_t healer;
    assert_int_equal(pthread_create(&healer, NULL, heal_soon, NULL), 0);
    fixture_close(f);
    pthread_join(healer, NULL);
    for (int i = 0; i < 10; i++) {
        struct store_request *r = next_answer(f, 0);
        assert_int_equal(r->result, OK);
        store_request_free(r);
    }
    fixture_open(f, STORE_JOURNAL);
    expect_journal(f, "pad", 10);
}

/* Every operation of the disk in turn is the one that fails once. Whatever it
 * is, each request is written in the end, and in order. */
static void any_single_failure_is_survived(void **state)
{
    static const struct {
        enum faulty_op op;
        int code;
    } FAULTS[] = {
        {FAULTY_WRITE, SQLITE_FULL},    {FAULTY_WRITE, SQLITE_IOERR_WRITE}, {FAULTY_SYNC, SQLITE_IOERR_FSYNC},
        {FAULTY_SHM_LOCK, SQLITE_BUSY}, {FAULTY_READ, SQLITE_IOERR_READ},
    };
    struct fixture *f = *state;
    uint64_t revision = 0;
    for (size_t k = 0; k < sizeof FAULTS / sizeof FAULTS[0]; k++) {
        for (uint32_t skip = 0; skip < 12; skip++) {
            faulty_vfs_heal();
            faulty_vfs_fail(FAULTS[k].op, FAULTS[k].code, skip, 1);
            for (int i = 0; i < 4; i++, revision++)
                post(f, append_of("pad", revision, revision + 1, "x"));
            for (int i = 0; i < 4; i++) {
                struct store_request *r = next_answer(f, 10000);
                assert_non_null(r);
                assert_int_equal(r->result, OK);
                store_request_free(r);
            }
        }
    }
    faulty_vfs_heal();
    expect_journal(f, "pad", (uint32_t)revision);
}

static void an_unreadable_file_is_refused_and_left_alone(void **state)
{
    struct fixture *f = *state;
    char message[512];
    expect(f, append_of("pad", 0, 1, "x"), OK);
    fixture_close(f);
    faulty_vfs_fail(FAULTY_READ, SQLITE_IOERR_READ, 0, FAULTY_ALWAYS);
    assert_int_equal(fixture_try_open(f, STORE_JOURNAL, message), ERR_STORAGE);
    assert_non_null(strstr(message, f->path));
    faulty_vfs_heal();
    fixture_open(f, STORE_JOURNAL);
    expect_journal(f, "pad", 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_full_disk_is_waited_out),
        TEST(a_broken_disk_is_waited_out),
        TEST(a_failing_sync_is_waited_out),
        TEST(a_locked_database_is_waited_out),
        TEST(a_lock_that_stays_is_an_outage),
        TEST(what_failed_once_is_tried_again_soon),
        TEST(fail_fast_requests_are_answered_at_once),
        TEST(recovery_is_noticed_without_a_write),
        TEST(a_bad_row_holds_up_no_other),
        TEST(a_damaged_page_concerns_its_documents_only),
        TEST(reads_go_on_while_writes_fail),
        TEST(a_failed_read_is_an_error_and_not_an_empty_document),
        TEST(a_failed_read_spares_the_writes_around_it),
        TEST(closing_waits_for_the_disk_as_long_as_it_is_told),
        TEST(closing_succeeds_when_the_disk_recovers_in_time),
        TEST(any_single_failure_is_survived),
        TEST(an_unreadable_file_is_refused_and_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
