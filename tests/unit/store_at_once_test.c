/* link: kp_store kp_alloc store_fixture */
/* Commits on the caller's thread: when there are any, that they are commits like
 * all others, and that nothing is overtaken, waited for or forgotten because of them. */
#include "support/store_fixture.h"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int setup(void **state)
{
    struct fixture *f = test_malloc(sizeof *f);
    fixture_init(f, NULL);
    fixture_open(f, STORE_JOURNAL);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture_deinit(*state);
    test_free(*state);
    return 0;
}

/* The store's thread comes to rest a moment after its last answer. */
static bool try_soon(struct fixture *f, struct store_request *req)
{
    for (int i = 0; i < 1000; i++) {
        if (store_try(f->store, req))
            return true;
        usleep(1000);
    }
    return false;
}

static void expect_no_try(struct fixture *f, struct store_request *req)
{
    for (int i = 0; i < 20; i++) {
        assert_false(store_try(f->store, req));
        usleep(1000);
    }
    store_request_free(req);
}

static void a_lone_row_is_committed_on_the_callers_thread(void **state)
{
    struct fixture *f = *state;
    struct store_request *req = append_of("pad", 0, 1, "a");
    assert_true(try_soon(f, req));
    assert_int_equal(req->result, OK);
    assert_int_equal(req->rows[0].outcome, OK);
    store_request_free(req);
    assert_string_equal(sql(f, "SELECT count(*) FROM journal"), "1"); /* for everybody to see */
    assert_int_equal(event_count(f, STORE_EVENT_WROTE), 1);
    assert_int_equal(store_stats(f->store).documents, 1);
    assert_int_equal(store_stats(f->store).queued_requests, 0);
    req = ask(f, load_of("pad"));
    assert_int_equal(req->batch_count, 1);
    store_request_free(req);
}

static void what_is_more_than_a_lone_row_is_posted(void **state)
{
    struct fixture *f = *state;
    static char big[20000];
    memset(big, 'x', sizeof big - 1);
    expect_no_try(f, snapshot_of("pad", "text", 1));
    expect_no_try(f, append_of("pad", 0, 1, big));
    struct store_request *two = append_of("pad", 0, 1, "a");
    assert_int_equal(store_request_add_row(two, SLICE("other"), 0, 1, SLICE("b")), OK);
    expect_no_try(f, two);
    assert_string_equal(sql(f, "SELECT count(*) FROM journal"), "0");
}

/* What was posted before goes first, and a group is not kept waiting. */
static void while_the_store_works_nothing_is_done_at_once(void **state)
{
    struct fixture *f = *state;
    hold_writes(f);
    post(f, append_of("pad", 0, 1, "a"));
    wait_until_held(f);
    expect_no_try(f, append_of("pad", 1, 2, "b"));
    release_writes(f);
    store_request_free(next_answer(f, 10000));
}

static void another_programs_lock_is_not_waited_for(void **state)
{
    struct fixture *f = *state;
    sqlite3 *other;
    struct store_request *req = append_of("pad", 0, 1, "a");
    assert_true(try_soon(f, req));
    store_request_free(req);
    assert_int_equal(sqlite3_open(f->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    struct timespec begun, ended;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    req = append_of("pad", 1, 2, "b");
    assert_false(store_try(f->store, req));
    clock_gettime(CLOCK_MONOTONIC, &ended);
    assert_in_range(ended.tv_sec - begun.tv_sec, 0, 2); /* SQLite would have waited for 5 s */
    assert_int_equal(event_count(f, STORE_EVENT_FAILED), 0);
    post(f, req);
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    assert_ptr_equal(next_answer(f, 10000), req);
    assert_int_equal(req->result, OK);
    store_request_free(req);
}

/* The store's own thread gets its turn, or the log would never be written back. */
static void the_log_does_not_grow_for_ever(void **state)
{
    struct fixture *f = *state;
    static char batch[8000];
    memset(batch, 'x', sizeof batch - 1);
    for (uint64_t i = 0; i < 3000; i++) {
        struct store_request *req = append_of("pad", i, i + 1, batch);
        if (store_try(f->store, req))
            store_request_free(req);
        else
            expect(f, req, OK);
    }
    char wal[120];
    struct stat info;
    snprintf(wal, sizeof wal, "%s-wal", f->path);
    assert_int_equal(stat(wal, &info), 0);
    assert_in_range(info.st_size, 1, 12 << 20); /* 24 MB were written */
    assert_string_equal(sql(f, "SELECT count(*) FROM journal"), "3000");
}

struct typist {
    struct fixture *f;
    char id[16];
    uint32_t tried;
};

/* Answers are not asked for: the order is in the table. */
static void *type_a_thousand(void *arg)
{
    struct typist *t = arg;
    for (uint64_t i = 0; i < 1000; i++) {
        struct store_request *req = append_of(t->id, i, i + 1, "x");
        if (store_try(t->f->store, req)) {
            store_request_free(req);
            t->tried++;
        } else {
            store_post(t->f->store, req);
        }
        if (i % 8 == 0)
            usleep(3000);
    }
    return NULL;
}

static void threads_that_try_and_post_lose_nothing(void **state)
{
    struct fixture *f = *state;
    struct typist typists[3];
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        typists[i] = (struct typist){.f = f};
        snprintf(typists[i].id, sizeof typists[i].id, "pad%d", i);
        assert_int_equal(pthread_create(&threads[i], NULL, type_a_thousand, &typists[i]), 0);
    }
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    assert_true(typists[0].tried + typists[1].tried + typists[2].tried > 0);
    fixture_close(f);
    assert_string_equal(sql(f, "SELECT count(*) FROM journal"), "3000");
    assert_string_equal(sql(f, "PRAGMA integrity_check"), "ok");
}

static void a_commit_that_must_be_synced_is_never_done_at_once(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    fixture_open(f, STORE_FSYNC);
    expect_no_try(f, append_of("pad", 0, 1, "a"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_lone_row_is_committed_on_the_callers_thread),
        TEST(what_is_more_than_a_lone_row_is_posted),
        TEST(while_the_store_works_nothing_is_done_at_once),
        TEST(another_programs_lock_is_not_waited_for),
        TEST(the_log_does_not_grow_for_ever),
        TEST(threads_that_try_and_post_lose_nothing),
        TEST(a_commit_that_must_be_synced_is_never_done_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
