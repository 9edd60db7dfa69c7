/* link: kp_store kp_alloc store_fixture store_postgres postgres */
/* A history that is deleted, switched off, or goes with its document. */
#include "support/history_fixture.h"

/* ---- requests ---- */

static void change(struct fixture *f, const char *text, uint64_t revision, enum store_history_change to)
{
    struct store_request *r = snapshot_of("pad", text, revision);
    r->history_change = to;
    expect(f, r, OK);
}

/* ---- deleting ---- */

static void a_purge_leaves_nothing_but_the_text(void **state)
{
    struct fixture *f = *state;
    put_two_segments(f);
    append_by(f, 7, 3, "Alice");
    append(f, 8, 9, "secret");
    append(f, 9, 10, "y");
    change(f, "the text", 10, STORE_HISTORY_PURGE);
    assert_string_equal(all_tables(f), "0 0 0 0");
    assert_string_equal(sql(f, "SELECT count(*) || ':' || min(first_revision) FROM journal"), "1:9");

    append(f, 10, 11, "z");
    append(f, 11, 12, "!");
    snap(f, "the text z!", 12, 12);
    struct store_request *r = read_history(f, STORE_HISTORY_ROWS | STORE_HISTORY_CHECKPOINT, 10, UINT64_MAX);
    assert_int_equal(r->history->begins, 10);
    assert_slice(r->history->checkpoints[0].text, "the text");
    assert_int_equal(r->history->rows[0].first_revision, 10);
    store_request_free(r);
}

static bool is_off_when_loaded(struct fixture *f)
{
    struct store_request *r = ask(f, load_of("pad"));
    bool is_off = r->history_is_off;
    assert_true(r->found);
    store_request_free(r);
    return is_off;
}

static void off_for_a_document_it_stays_off_until_it_is_on(void **state)
{
    struct fixture *f = *state;
    put_two_segments(f);
    change(f, "abcdefg", 7, STORE_HISTORY_OFF);
    append_by(f, 7, 3, "Alice");
    append(f, 8, 9, "x");
    snap(f, "abcdefghx", 9, 9);
    assert_string_equal(all_tables(f), "0 0 0 0");
    struct store_request *r = read_history(f, STORE_HISTORY_HEADS, 0, 0);
    assert_true(r->history->is_off);
    store_request_free(r);
    assert_true(is_off_when_loaded(f));

    change(f, "abcdefghx", 9, STORE_HISTORY_ON);
    append_by(f, 9, 3, "Alice");
    append(f, 10, 11, "y");
    snap(f, "abcdefghxAy", 11, 11);
    r = read_history(f, STORE_HISTORY_HEADS, 0, 0);
    assert_false(r->history->is_off);
    assert_false(is_off_when_loaded(f));
    assert_int_equal(r->history->begins, 9);
    store_request_free(r);
    assert_string_equal(all_tables(f), "1 0 1 1");
}

static void a_server_that_keeps_none_deletes_what_there_is(void **state)
{
    struct fixture *f = *state;
    put_two_segments(f);
    append_by(f, 7, 3, "Alice");
    fixture_close(f);
    f->keeps_history = false;
    fixture_open(f, STORE_JOURNAL);
    assert_string_equal(all_tables(f), "0 0 0 0");
    append_by(f, 8, 4, "Bob");
    append(f, 9, 10, "x");
    snap(f, "text", 10, 10);
    assert_string_equal(all_tables(f), "0 0 0 0");
}

static void a_deleted_document_takes_its_history_along(void **state)
{
    struct fixture *f = *state;
    put_two_segments(f);
    append_by(f, 7, 3, "Alice");
    change(f, "abcdefg", 8, STORE_HISTORY_OFF);
    change(f, "abcdefg", 8, STORE_HISTORY_ON);
    append_by(f, 8, 3, "Alice");
    expect(f, append_of("other", 0, 1, "o"), OK);
    struct store_request *r = delete_of("pad", T0_MS + HOUR_MS);
    r->now_ms = T0_MS;
    expect(f, r, OK);
    assert_string_equal(all_tables(f), "0 0 0 0");
    assert_string_equal(sql(f, "SELECT count(*) FROM history_off"), "0");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
#define BOTH                                                                                                 \
    TEST(a_purge_leaves_nothing_but_the_text), TEST(off_for_a_document_it_stays_off_until_it_is_on),         \
        TEST(a_server_that_keeps_none_deletes_what_there_is),                                                \
        TEST(a_deleted_document_takes_its_history_along)

static const struct CMUnitTest sqlite_tests[] = {
    BOTH,
};
static const struct CMUnitTest postgres_tests[] = {BOTH};

int main(void)
{
    int failed = cmocka_run_group_tests_name("on SQLite", sqlite_tests, NULL, NULL);
    return failed + store_run_on_postgres("store_history_deleted_test", postgres_tests, NULL);
}
