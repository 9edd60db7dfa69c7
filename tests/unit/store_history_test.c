/* link: kp_store kp_alloc store_fixture store_postgres postgres */
/* What the store keeps of the past of documents: what leaves the journal, what replaces
 * it, what is deleted, and how it is read. To the store the bytes mean nothing. */
#include "support/history_fixture.h"

/* ---- from the journal ---- */

static void what_leaves_the_journal_becomes_history(void **state)
{
    struct fixture *f = *state;
    append(f, 0, 2, "ab");
    append(f, 2, 5, "cde");
    append(f, 5, 6, "f");
    append(f, 6, 7, "g");
    struct store_request *r = snapshot(f, "abcdefg", 7, 5);
    assert_int_equal(r->fresh_rows, 2);
    assert_int_equal(r->fresh_bytes, 5);
    store_request_free(r);
    assert_string_equal(sql(f, "SELECT min(first_revision) || '-' || max(end_revision) FROM journal"), "5-7");
    assert_string_equal(sql(f, "SELECT min(first_revision) || '-' || max(end_revision) FROM history_fresh"),
                        "0-5");
    assert_string_equal(sql(f, "SELECT revision || ':' || text FROM checkpoints"), "0:");

    r = read_history(f, STORE_HISTORY_ROWS | STORE_HISTORY_CHECKPOINT, 0, UINT64_MAX);
    assert_int_equal(r->history->begins, 0);
    assert_int_equal(r->history->end, 7);
    assert_int_equal(r->history->row_count, 4);
    const char *batches[] = {"ab", "cde", "f", "g"};
    for (int i = 0; i < 4; i++) {
        assert_slice(r->history->rows[i].batch, batches[i]);
        assert_int_equal(r->history->rows[i].time_ms, T0_MS);
        assert_int_equal(r->history->rows[i].kept_s, i < 2 ? T0_MS / 1000 : 0);
    }
    assert_int_equal(r->history->checkpoint_count, 1);
    assert_false(r->history->checkpoints[0].is_packed);
    store_request_free(r);
}

static void the_newest_row_stays_in_the_journal_and_is_no_history_yet(void **state)
{
    struct fixture *f = *state;
    append(f, 0, 2, "ab");
    append(f, 2, 3, "c");
    snap(f, "abc", 3, 3);
    assert_string_equal(sql(f, "SELECT count(*) || ':' || min(first_revision) FROM journal"), "1:2");
    assert_string_equal(sql(f, "SELECT count(*) || ':' || max(end_revision) FROM history_fresh"), "1:2");
}

/* A database from before has a tail of the journal whose text nobody knows. */
static void a_history_begins_with_the_text_that_is_there(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    f->keeps_history = false;
    fixture_open(f, STORE_JOURNAL);
    append(f, 0, 3, "abc");
    append(f, 3, 6, "def");
    snap(f, "abcdef", 6, 3);
    append(f, 6, 7, "g");
    assert_string_equal(all_tables(f), "0 0 0 0");
    fixture_close(f);
    f->keeps_history = true;
    fixture_open(f, STORE_JOURNAL);

    struct store_request *r = read_history(f, STORE_HISTORY_ROWS | STORE_HISTORY_CHECKPOINT, 6, UINT64_MAX);
    assert_int_equal(r->history->begins, 6);
    assert_slice(r->history->checkpoints[0].text, "abcdef");
    assert_int_equal(r->history->row_count, 1);
    store_request_free(r);

    append(f, 7, 8, "h");
    snap(f, "abcdefgh", 8, 8);
    assert_string_equal(sql(f, "SELECT revision || ':' || text FROM checkpoints"), "6:abcdef");
    assert_string_equal(sql(f, "SELECT min(first_revision) || '-' || max(end_revision) FROM history_fresh"),
                        "6-7");
}

/* The edits of a snapshot never came, since their server died: the next ones go on where the text ends. */
static void where_no_operations_lead_to_a_text_it_is_kept_as_a_whole(void **state)
{
    struct fixture *f = *state;
    append(f, 0, 3, "abc");
    snap(f, "abcXX", 5, 0);
    append(f, 5, 6, "d");
    snap(f, "abcXXd", 6, 0);
    assert_string_equal(sql(f, "SELECT count(*) || ':' || max(revision) FROM checkpoints"), "2:5");
    snap(f, "abcXXd", 6, 0);
    assert_string_equal(sql(f, "SELECT count(*) FROM checkpoints"), "2");
    struct store_request *r = read_history(f, STORE_HISTORY_CHECKPOINT, 5, UINT64_MAX);
    assert_slice(r->history->checkpoints[0].text, "abcXX");
    store_request_free(r);
}

static void a_document_without_a_row_has_no_history(void **state)
{
    struct fixture *f = *state;
    struct store_request *r = ask(f, history_of("nobody", STORE_HISTORY_ROWS | STORE_HISTORY_HEADS, 0, 9));
    assert_int_equal(r->result, OK);
    assert_false(r->found);
    assert_int_equal(r->history->row_count, 0);
    store_request_free(r);
    snap(f, "first written as a whole", 4, 4);
    assert_string_equal(all_tables(f), "0 0 0 0");
}

/* ---- segments ---- */

static void a_put_replaces_what_it_names_and_nothing_else(void **state)
{
    struct fixture *f = *state;
    put_two_segments(f);
    assert_string_equal(all_tables(f), "0 2 3 0");
    append(f, 7, 9, "hi");
    append(f, 9, 10, "j");
    snap(f, "abcdefghij", 10, 10);
    assert_string_equal(sql(f, "SELECT min(first_revision) || '-' || max(end_revision) FROM history_fresh"),
                        "6-9");

    struct store_request *r = put_of(3, 9);
    add_segment(r, 3, 9, "DEFGHI");
    add_checkpoint(r, 9, "nine");
    expect(f, r, OK);
    assert_string_equal(all_tables(f), "0 2 3 0");
    assert_string_equal(sql(f, "SELECT max(revision) FROM checkpoints WHERE revision < 9"), "3");

    r = read_history(f, STORE_HISTORY_SEGMENTS | STORE_HISTORY_ROWS | STORE_HISTORY_CHECKPOINT, 4,
                     UINT64_MAX);
    assert_int_equal(r->history->checkpoints[0].revision, 3);
    assert_slice(r->history->checkpoints[0].text, "three");
    assert_slice(r->history->checkpoints[0].runs, "r");
    assert_int_equal(r->history->segment_count, 1);
    assert_slice(r->history->segments[0].operations, "DEFGHI");
    assert_slice(r->history->segments[0].sittings, "s");
    assert_int_equal(r->history->segments[0].began_ms, T0_MS);
    assert_int_equal(r->history->row_count, 1);
    assert_int_equal(r->history->rows[0].first_revision, 9);
    assert_true(r->history->stored_bytes > 0);
    store_request_free(r);
}

static void heads_come_without_operations(void **state)
{
    struct fixture *f = *state;
    put_two_segments(f);
    struct store_request *r = read_history(f, STORE_HISTORY_HEADS, 0, 0);
    assert_int_equal(r->history->segment_count, 2);
    assert_null(r->history->segments[0].operations.ptr);
    assert_slice(r->history->segments[1].sittings, "s");
    assert_int_equal(r->history->segments[1].end_revision, 6);
    assert_int_equal(r->history->row_count, 0);
    store_request_free(r);
}

static void segments_are_read_up_to_a_size(void **state)
{
    struct fixture *f = *state;
    put_two_segments(f);
    struct store_request *r = history_of("pad", STORE_HISTORY_SEGMENTS, 0, UINT64_MAX);
    r->history->max_bytes = 999;
    r = ask(f, r);
    assert_int_equal(r->history->segment_count, 1);
    store_request_free(r);
    r = history_of("pad", STORE_HISTORY_SEGMENTS, 0, UINT64_MAX);
    r->history->max_bytes = 1000;
    r = ask(f, r);
    assert_int_equal(r->history->segment_count, 2);
    store_request_free(r);
    r = read_history(f, STORE_HISTORY_SEGMENTS, 3, 4);
    assert_int_equal(r->history->segment_count, 1);
    assert_slice(r->history->segments[0].operations, "DEF");
    store_request_free(r);
}

static void what_is_loose_is_what_no_full_segment_holds(void **state)
{
    struct fixture *f = *state;
    struct store_request *r;
    put_two_segments(f);
    r = read_history(f, STORE_HISTORY_LOOSE, 0, 0);
    assert_int_equal(r->history->to, 0);
    store_request_free(r);
    append(f, 7, 9, "hi");
    append(f, 9, 10, "j");
    snap(f, "abcdefghij", 10, 10);
    for (int i = 0; i < 2; i++) {
        r = history_of("pad", STORE_HISTORY_LOOSE | STORE_HISTORY_ROWS, 0, 0);
        r->history->full_bytes = i ? 1001 : 1000; /* the segment before has 1000 */
        r = ask(f, r);
        assert_int_equal(r->history->from, i ? 3 : 6);
        assert_int_equal(r->history->to, 9);
        assert_int_equal(r->history->row_count, 2); /* 6-7, 7-9, not what is in the journal */
        store_request_free(r);
    }
}

static void what_is_older_than_a_revision_can_be_forgotten(void **state)
{
    struct fixture *f = *state;
    put_two_segments(f);
    struct store_request *r = put_of(0, 0);
    r->history->forget_before = 3;
    expect(f, r, OK);
    assert_string_equal(all_tables(f), "0 1 2 0");
    r = read_history(f, STORE_HISTORY_HEADS, 0, 0);
    assert_int_equal(r->history->begins, 3);
    store_request_free(r);
}

static void what_is_too_old_goes(void **state)
{
    struct fixture *f = *state;
    put_two_segments(f);
    sql(f, "UPDATE history SET kept_at = kept_at - 10 * 86400 WHERE first_revision = 0");
    struct store_request *r = store_request_new(STORE_HISTORY_AGE, (struct slice){0});
    r->now_ms = T0_MS;
    r->unused_ms = INT64_C(1000) * 11 * DAY_S;
    expect(f, r, OK);
    assert_string_equal(all_tables(f), "0 2 3 0");
    r = store_request_new(STORE_HISTORY_AGE, (struct slice){0});
    r->now_ms = T0_MS;
    r->unused_ms = INT64_C(1000) * 9 * DAY_S;
    expect(f, r, OK);
    assert_string_equal(all_tables(f), "0 1 2 0");
    assert_string_equal(sql(f, "SELECT min(revision) FROM checkpoints"), "3");
}

static void age(struct fixture *f, int64_t days)
{
    struct store_request *r = store_request_new(STORE_HISTORY_AGE, (struct slice){0});
    r->now_ms = T0_MS;
    r->unused_ms = INT64_C(1000) * days * DAY_S;
    expect(f, r, OK);
}

/* What is in no segment has no age of its own, so it goes when nobody used the document for so long. */
static void what_nobody_used_is_forgotten_but_for_its_text(void **state)
{
    struct fixture *f = *state;
    put_two_segments(f);
    append(f, 7, 8, "h");
    append(f, 8, 9, "i");
    snap(f, "abcdefghi", 9, 8);
    assert_string_equal(all_tables(f), "2 2 3 0");
    sql(f, "UPDATE documents SET accessed_at = accessed_at - 10 * 86400");
    age(f, 11);
    assert_string_equal(all_tables(f), "2 2 3 0");
    age(f, 9);
    assert_string_equal(all_tables(f), "0 0 0 0");
    assert_string_equal(sql(f, "SELECT count(*) || ':' || min(first_revision) FROM journal"), "1:8");
    assert_string_equal(sql(f, "SELECT text FROM documents"), "abcdefghi");
    append(f, 9, 10, "j");
    snap(f, "abcdefghij", 10, 10);
    struct store_request *r = read_history(f, STORE_HISTORY_HEADS, 0, 0);
    assert_int_equal(r->history->begins, 9);
    store_request_free(r);
}

/* Its server died before it wrote the text as a whole. */
static void what_the_text_in_the_row_lacks_is_not_forgotten(void **state)
{
    struct fixture *f = *state;
    append(f, 0, 1, "a");
    append(f, 1, 2, "b");
    snap(f, "ab", 2, 0);
    append(f, 2, 3, "c");
    append(f, 3, 4, "d");
    sql(f, "UPDATE documents SET accessed_at = accessed_at - 10 * 86400");
    age(f, 9);
    assert_string_equal(all_tables(f), "0 0 0 0");
    assert_string_equal(sql(f, "SELECT count(*) || ':' || min(first_revision) FROM journal"), "2:2");
}

/* ---- authors ---- */

static void names_come_with_the_edits_that_they_made(void **state)
{
    struct fixture *f = *state;
    append_by(f, 0, 3, "Alice");
    append_by(f, 1, 7, "Bob");
    append_by(f, 2, 3, "Ali");
    append_by(f, 3, 3, "Ali"); /* he came back */
    struct store_request *r = read_history(f, STORE_HISTORY_AUTHORS, 0, 0);
    assert_int_equal(r->history->author_count, 3);
    const struct store_author *a = r->history->authors;
    assert_int_equal(a[0].author, 3);
    assert_slice(a[0].name, "Alice");
    assert_int_equal(a[0].hue, 20);
    assert_int_equal(a[0].seen_ms, T0_MS);
    assert_slice(a[1].name, "Ali");
    assert_int_equal(a[1].first_revision, 2);
    assert_slice(a[2].name, "Bob");
    store_request_free(r);
    r = ask(f, load_of("pad"));
    assert_int_equal(r->last_author, 7);
    store_request_free(r);
}

static void of_one_author_the_newest_names_are_kept(void **state)
{
    struct fixture *f = *state;
    append_by(f, 0, 7, "Bob");
    for (uint64_t i = 1; i < 40; i++) {
        char name[16];
        snprintf(name, sizeof name, "name %d", (int)i);
        append_by(f, i, 3, name);
    }
    assert_string_equal(sql(f, "SELECT count(*) || ':' || min(first_revision) FROM authors WHERE author = 3"),
                        "16:24");
    assert_string_equal(sql(f, "SELECT count(*) FROM authors WHERE author = 7"), "1");
}

/* ---- beside the others ---- */

static void digest(struct store_request *r)
{
    *(pthread_t *)r->context = pthread_self();
    r->history->stored_bytes = r->history->row_count;
}

static void an_answer_is_worked_on_where_it_was_read(void **state)
{
    struct fixture *f = *state;
    pthread_t on = pthread_self();
    append(f, 0, 1, "a");
    struct store_request *r = history_of("pad", STORE_HISTORY_ROWS, 0, 9);
    r->digest = digest;
    r->context = &on;
    r = ask(f, r);
    assert_int_equal(r->history->stored_bytes, 1);
    assert_false(pthread_equal(on, pthread_self()));
    store_request_free(r);
}

static void wait_a_while(struct store_request *r)
{
    while (!atomic_load((_Atomic bool *)r->context))
        usleep(1000);
}

/* Neither of the two waits for the other, whatever takes its time. */
static void history_and_edits_do_not_wait_for_each_other(void **state)
{
    struct fixture *f = *state;
    _Atomic bool may_end = false;
    append(f, 0, 1, "a");
    struct store_request *slow = history_of("pad", STORE_HISTORY_ROWS, 0, 9);
    slow->digest = wait_a_while;
    slow->context = (void *)&may_end;
    post(f, slow);
    for (uint64_t i = 1; i < 50; i++)
        append(f, i, i + 1, "x"); /* the answers come before that of the slow one */
    snap(f, "text", 50, 50);
    may_end = true;
    struct store_request *answer = next_answer(f, 20000);
    assert_ptr_equal(answer, slow);
    store_request_free(answer);

    hold_writes(f);
    post(f, append_of("pad", 50, 51, "y"));
    wait_until_held(f);
    struct store_request *r = ask(f, history_of("pad", STORE_HISTORY_ROWS, 0, 99));
    assert_int_equal(r->history->end, 51); /* committed, though nobody was told yet */
    store_request_free(r);
    release_writes(f);
    answer = next_answer(f, 20000);
    assert_int_equal(answer->result, OK);
    store_request_free(answer);
}

static void what_waits_at_the_end_is_answered(void **state)
{
    struct fixture *f = *state;
    _Atomic bool may_end = false;
    append(f, 0, 1, "a");
    struct store_request *slow = history_of("pad", STORE_HISTORY_ROWS, 0, 9);
    slow->digest = wait_a_while;
    slow->context = (void *)&may_end;
    post(f, slow);
    post(f, history_of("pad", STORE_HISTORY_ROWS, 0, 9));
    may_end = true;
    fixture_close(f);
    for (int i = 0; i < 2; i++) {
        struct store_request *r = next_answer(f, 1000);
        assert_non_null(r);
        assert_true(r->result == OK || r->result == ERR_STORAGE);
        store_request_free(r);
    }
}

static void a_database_in_memory_has_a_history_too(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    f->uri[0] = '\0';
    fixture_open(f, STORE_JOURNAL);
    append(f, 0, 1, "a");
    append(f, 1, 2, "b");
    snap(f, "ab", 2, 2);
    pthread_t on = pthread_self();
    struct store_request *r = history_of("pad", STORE_HISTORY_ROWS, 0, 9);
    r->digest = digest;
    r->context = &on;
    r = ask(f, r);
    assert_int_equal(r->history->stored_bytes, 2);
    store_request_free(r);
}

static void without_a_journal_nothing_is_kept(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    fixture_open(f, STORE_LAZY);
    snap(f, "a", 1, 1);
    snap(f, "ab", 2, 2);
    assert_string_equal(all_tables(f), "0 0 0 0");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
#define BOTH                                                                                                 \
    TEST(what_leaves_the_journal_becomes_history),                                                           \
        TEST(the_newest_row_stays_in_the_journal_and_is_no_history_yet),                                     \
        TEST(a_history_begins_with_the_text_that_is_there),                                                  \
        TEST(where_no_operations_lead_to_a_text_it_is_kept_as_a_whole),                                      \
        TEST(a_document_without_a_row_has_no_history), TEST(a_put_replaces_what_it_names_and_nothing_else),  \
        TEST(heads_come_without_operations), TEST(segments_are_read_up_to_a_size),                           \
        TEST(what_is_loose_is_what_no_full_segment_holds),                                                   \
        TEST(what_is_older_than_a_revision_can_be_forgotten), TEST(what_is_too_old_goes),                    \
        TEST(what_nobody_used_is_forgotten_but_for_its_text),                                                \
        TEST(what_the_text_in_the_row_lacks_is_not_forgotten),                                               \
        TEST(names_come_with_the_edits_that_they_made), TEST(of_one_author_the_newest_names_are_kept),       \
        TEST(an_answer_is_worked_on_where_it_was_read), TEST(history_and_edits_do_not_wait_for_each_other),  \
        TEST(what_waits_at_the_end_is_answered)

static const struct CMUnitTest sqlite_tests[] = {
    BOTH,
    TEST(a_database_in_memory_has_a_history_too),
    TEST(without_a_journal_nothing_is_kept),
};
static const struct CMUnitTest postgres_tests[] = {BOTH};

int main(void)
{
    int failed = cmocka_run_group_tests_name("on SQLite", sqlite_tests, NULL, NULL);
    return failed + store_run_on_postgres("store_history_test", postgres_tests, NULL);
}
