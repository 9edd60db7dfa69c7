/* link: kp_doc kp_alloc doc_fixture fake_store fake_tables */
/* From an edit to its commit: what goes to the journal when, and who is told
 * what before and after. */
#include "support/doc_fixture.h"

#include "doc/commit_wait.h"
#include "doc/edit.h"
#include "doc/journal.h"
#include "doc/maintenance.h"
#include "observe/metrics.h"

#include <string.h>

/* Two documents with somebody in each, and nothing at the store. */
static struct document *one, *two;

static int begin(void **state)
{
    fixture_begin(state);
    one = open_document("one");
    two = open_document("two");
    attach(one, &fixture.ada, 10);
    attach(two, &fixture.bob, 11);
    turn();
    fixture.told[0] = '\0';
    return 0;
}

static const struct store_request *waiting_append(void)
{
    return fake_store_waiting(&fixture.store, STORE_APPEND);
}

/* ---- the journal ---- */

static void test_a_turns_edits_of_all_documents_go_in_one_request(void **state)
{
    (void)state;
    type(one, &fixture.ada, "+a");
    type(two, &fixture.bob, "+x");
    type(one, &fixture.ada, "=1 +b");
    assert_requests("");
    turn();
    assert_requests("append one two");
    const struct store_request *req = waiting_append();
    assert_int_equal(req->rows[0].first_revision, 0);
    assert_int_equal(req->rows[0].end_revision, 2);
    assert_int_equal(req->rows[1].end_revision, 1);
    answer_all();
    assert_requests("");
    assert_int_equal(fake_document_batches(row("one")), 1);
    assert_database("one", "ab");
    assert_database("two", "x");
}

static void test_one_request_is_in_flight_and_later_edits_gather(void **state)
{
    (void)state;
    type(one, &fixture.ada, "+a");
    turn();
    type(one, &fixture.ada, "=1 +b");
    turn();
    type(one, &fixture.ada, "=2 +c");
    type(two, &fixture.bob, "+x");
    turn();
    assert_requests("append one");
    fake_store_answer_one(&fixture.store);
    assert_requests("");
    turn();
    assert_requests("append one two");
    assert_int_equal(waiting_append()->rows[0].first_revision, 1);
    assert_int_equal(waiting_append()->rows[0].end_revision, 3);
    answer_all();
    assert_database("one", "abc");
}

static void test_the_first_row_of_a_document_brings_its_epoch_and_the_next_does_not(void **state)
{
    (void)state;
    type(one, &fixture.ada, "+a");
    turn();
    assert_true(waiting_append()->rows[0].has_epoch);
    answer_all();
    assert_int_equal(row("one")->epoch_count, 1);
    assert_true(id128_equal(row("one")->epochs[0].id, one->pad.epochs[0].id));
    type(one, &fixture.ada, "=1 +b");
    turn();
    assert_false(waiting_append()->rows[0].has_epoch);
}

/* Moving the times in the document's row costs a statement. */
static void test_a_row_touches_the_document_once_a_minute(void **state)
{
    (void)state;
    for (int half_minutes = 0; half_minutes < 4; half_minutes++) {
        for (int edit = 0; edit < 3; edit++) {
            type_more(one, &fixture.ada, "a");
            turn();
            assert_int_equal(waiting_append()->rows[0].touch, half_minutes % 2 == 0 && edit == 0);
            answer_all();
        }
        jump(30 * SECOND_MS);
    }
    fixture.store.tables.bad = SLICE("one");
    type_more(one, &fixture.ada, "b");
    answer_all();
    fixture.store.tables.bad = (struct slice){0};
    later(SECOND_MS);
    turn();
    /* the one that should have was refused */
    assert_true(waiting_append()->rows[0].touch || fake_store_waiting(&fixture.store, STORE_OPEN));
}

static void test_a_refused_edit_changes_and_journals_nothing(void **state)
{
    (void)state;
    char line[1100] = "+";
    memset(line + 1, 'x', 1001);
    assert_int_equal(try_type(one, &fixture.ada, line), ERR_DOCUMENT_TOO_LARGE);
    assert_int_equal(try_type(one, &fixture.ada, "=5 +x"), ERR_BAD_OPERATION);
    turn();
    assert_requests("");
    assert_told("");
    assert_text(&one->pad, "");
}

static void test_edits_are_refused_when_too_much_waits_for_the_journal(void **state)
{
    (void)state;
    fixture.policy.pad_limits.uncommitted_bytes = 10;
    type(one, &fixture.ada, "+0123456789");
    turn();
    assert_int_equal(try_type(one, &fixture.ada, "=10 +x"), ERR_STORAGE);
    answer_all();
    type(one, &fixture.ada, "=10 +x");
}

static void test_without_a_journal_edits_are_committed_at_once(void **state)
{
    (void)state;
    fixture.policy.durability = STORE_LAZY;
    type(one, &fixture.ada, "+a");
    assert_int_equal(one->pad.committed, 0);
    assert_told("");
    turn();
    assert_int_equal(one->pad.committed, 1);
    assert_told("stale one, news one");
    assert_requests("");
}

/* The store gives an append up only when it is being closed. */
static void test_an_append_that_was_given_up_is_never_told(void **state)
{
    (void)state;
    type(one, &fixture.ada, "+a");
    fake_store_fail_next(&fixture.store, STORE_APPEND);
    turn();
    answer_all();
    assert_int_equal(one->pad.committed, 0);
    assert_told("");
}

/* ---- news ---- */

static void test_an_edit_is_told_after_its_commit_and_not_before(void **state)
{
    (void)state;
    type(one, &fixture.ada, "+a");
    turn();
    assert_told("");
    assert_false(pad_peer_lacks(&fixture.ada) && fixture.ada.sent < one->pad.committed);
    fake_store_carry_out(&fixture.store, 1);
    turn();
    assert_told("");
    fake_store_deliver(&fixture.store);
    assert_told("stale one"); /* at once: the carets in what was encoded stand where they stood before */
    assert_int_equal(one->pad.committed, 1);
    turn();
    assert_told("news one");
    assert_true(pad_peer_lacks(&fixture.ada));
    turn();
    assert_told("");
}

static void test_coming_and_going_are_news_in_the_same_turn(void **state)
{
    (void)state;
    attach(one, &fixture.carl, 12);
    turn();
    assert_told("news one");
    detach(one, &fixture.carl);
    turn();
    assert_told("news one");
    turn();
    assert_told("");
}

static void test_names_carets_and_languages_are_news_in_the_same_turn(void **state)
{
    (void)state;
    assert_int_equal(document_set_info(one, &fixture.ada, SLICE("Ada"), 3), OK);
    turn();
    assert_told("news one");
    uint32_t at = 0;
    jump(SECOND_MS);
    assert_int_equal(document_set_cursors(one, &fixture.ada, &at, 1, NULL, 0), OK);
    turn();
    assert_told("news one");
    assert_int_equal(document_set_language(two, &fixture.bob, SLICE("c")), OK);
    turn();
    assert_told("news two");
    assert_requests("");
}

static void test_carets_that_move_too_often_are_told_when_their_time_has_come(void **state)
{
    (void)state;
    uint32_t at = 0;
    later(SECOND_MS);
    assert_int_equal(document_set_cursors(one, &fixture.ada, &at, 1, NULL, 0), OK);
    turn();
    assert_told("news one");
    uint64_t told = one->pad.sequence;
    assert_int_equal(document_set_cursors(one, &fixture.ada, &at, 0, NULL, 0), OK);
    turn();
    assert_int_equal(one->pad.sequence, told); /* held back */
    fixture.told[0] = '\0';
    assert_in_range(fixture.store.timer_due_ms, fixture.store.now_ms,
                    fixture.store.now_ms + PAD_CURSOR_INTERVAL_MS);
    later(2 * PAD_CURSOR_INTERVAL_MS);
    turn();
    assert_told("news one");
    assert_int_equal(one->pad.sequence, told + 1);
}

static void test_an_edit_is_counted_and_a_refused_one_is_not(void **state)
{
    (void)state;
    int64_t edits = metric_get(METRIC_EDITS);
    type(one, &fixture.ada, "+a");
    assert_int_equal(try_type(one, &fixture.ada, "=5 +x"), ERR_BAD_OPERATION);
    assert_int_equal(metric_get(METRIC_EDITS), edits + 1);
}

/* ---- an outage ---- */

static void test_an_outage_is_told_in_every_document_and_edits_go_on(void **state)
{
    (void)state;
    fixture.store.is_failing = true;
    type(one, &fixture.ada, "+a");
    answer_all();
    turn();
    assert_told("news one, news two");
    assert_true(one->pad.storage_failing && two->pad.storage_failing);
    type(one, &fixture.ada, "=1 +b");
    answer_all();
    assert_told("");
    assert_int_equal(one->pad.committed, 0);
    fixture.store.is_failing = false;
    answer_all();
    assert_int_equal(one->pad.committed, 2);
    assert_false(one->pad.storage_failing || two->pad.storage_failing);
    assert_database("one", "ab");
}

static void test_a_document_opened_during_an_outage_knows_of_it(void **state)
{
    (void)state;
    fixture.store.is_failing = true;
    answer_all();
    assert_true(open_document("three")->pad.storage_failing);
}

/* ---- one document that cannot be written, while others can ---- */

static void test_a_refused_row_concerns_its_own_document_only(void **state)
{
    (void)state;
    fixture.store.tables.bad = SLICE("one");
    type(one, &fixture.ada, "+a");
    type(two, &fixture.bob, "+x");
    answer_all();
    assert_told("stale two, news one, news two");
    assert_true(one->pad.storage_failing);
    assert_false(two->pad.storage_failing);
    assert_int_equal(one->pad.committed, 0);
    assert_int_equal(two->pad.committed, 1);
    /* It waits, and the others go on. */
    type(one, &fixture.ada, "=1 +b");
    type(two, &fixture.bob, "=1 +y");
    turn();
    assert_requests("append two");
    answer_all();
    assert_told("stale two, news two");
    later(100);
    turn();
    assert_requests("append one"); /* in a request of its own */
    answer_all();
    assert_int_equal(one->pad.committed, 0);

    fixture.store.tables.bad = (struct slice){0};
    later(100);
    turn();
    assert_requests(""); /* the pause is longer now */
    later(100);
    turn();
    answer_all();
    assert_told("stale one, news one");
    assert_false(one->pad.storage_failing);
    assert_int_equal(one->pad.committed, 2);
    assert_database("one", "ab");
    assert_database("two", "xy");
    assert_int_equal(row("one")->epoch_count, 1);
}

/* However often it is refused, and whatever is typed meanwhile. */
static void test_a_document_that_is_refused_for_long_loses_nothing(void **state)
{
    (void)state;
    char want[41] = "";
    fixture.store.tables.bad = SLICE("one");
    for (int i = 0; i < 40; i++) {
        char letter[2] = {(char)('a' + i % 26), '\0'};
        type_more(one, &fixture.ada, letter);
        strcat(want, letter);
        later(700);
        answer_all();
        assert_int_equal(one->pad.committed, 0);
    }
    fixture.store.tables.bad = (struct slice){0};
    later(5000);
    answer_all();
    assert_int_equal(one->pad.committed, 40);
    assert_database("one", want);
}

static void test_an_outage_and_a_refusal_are_told_apart(void **state)
{
    (void)state;
    fixture.store.tables.bad = SLICE("one");
    type(one, &fixture.ada, "+a");
    answer_all();
    fixture.store.is_failing = true;
    answer_all();
    assert_true(one->pad.storage_failing && two->pad.storage_failing);
    fixture.store.is_failing = false;
    answer_all();
    assert_true(one->pad.storage_failing);
    assert_false(two->pad.storage_failing);
    fixture.store.tables.bad = (struct slice){0};
    later(1000);
    answer_all();
    assert_false(one->pad.storage_failing);
}

static void test_without_a_journal_a_snapshot_that_fails_is_told(void **state)
{
    (void)state;
    fixture.policy.durability = STORE_LAZY;
    fixture.store.tables.bad = SLICE("one");
    type(one, &fixture.ada, "+a");
    type(two, &fixture.bob, "+x");
    later(MINUTE_MS);
    answer_all();
    assert_true(one->pad.storage_failing);
    assert_false(two->pad.storage_failing);
    assert_database("two", "x");
    fixture.store.tables.bad = (struct slice){0};
    later(MINUTE_MS);
    answer_all();
    assert_false(one->pad.storage_failing);
    assert_database("one", "a");
}

/* ---- waiting for the commit ---- */

static struct waiter {
    struct commit_wait wait;
    unsigned times;
    enum error err;
} waiter, other_waiter;

static void on_committed(struct commit_wait *wait, enum error err)
{
    struct waiter *w = (struct waiter *)(void *)wait;
    w->times++;
    w->err = err;
}

static void wait_for_commit(struct waiter *w)
{
    *w = (struct waiter){.wait.done = on_committed};
    document_when_committed(one, &w->wait);
}

static void assert_waited(const struct waiter *w, enum error err)
{
    assert_int_equal(w->times, 1);
    assert_int_equal(w->err, err);
}

static void test_a_wait_is_over_when_what_was_read_is_committed(void **state)
{
    (void)state;
    type(one, &fixture.ada, "+a");
    wait_for_commit(&waiter);
    turn();
    type(one, &fixture.ada, "=1 +b"); /* which it did not read */
    wait_for_commit(&other_waiter);
    assert_int_equal(waiter.times, 0);
    fake_store_answer_one(&fixture.store);
    assert_waited(&waiter, OK);
    assert_int_equal(other_waiter.times, 0);
    answer_all();
    assert_waited(&waiter, OK);
    assert_waited(&other_waiter, OK);
}

static void test_a_wait_for_what_is_committed_is_over_at_once(void **state)
{
    (void)state;
    wait_for_commit(&waiter);
    assert_waited(&waiter, OK);
    type(one, &fixture.ada, "+a");
    answer_all();
    wait_for_commit(&waiter);
    assert_waited(&waiter, OK);
}

static void test_a_wait_ends_in_an_error_while_the_store_fails(void **state)
{
    (void)state;
    fixture.store.is_failing = true;
    type(one, &fixture.ada, "+a");
    wait_for_commit(&waiter);
    turn();
    assert_int_equal(waiter.times, 0); /* nobody knows it yet */
    answer_all();
    assert_waited(&waiter, ERR_STORAGE);
    wait_for_commit(&waiter);
    assert_waited(&waiter, ERR_STORAGE);
    fixture.store.is_failing = false;
    answer_all();
    wait_for_commit(&waiter);
    assert_waited(&waiter, OK);
}

static void test_a_wait_for_what_is_committed_ends_well_even_while_the_store_fails(void **state)
{
    (void)state;
    type(one, &fixture.ada, "+a");
    answer_all();
    fixture.store.is_failing = true;
    answer_all();
    wait_for_commit(&waiter);
    assert_waited(&waiter, OK);
}

static void test_refused_edits_end_what_waits_for_their_commit(void **state)
{
    (void)state;
    fixture.store.tables.bad = SLICE("one");
    type(one, &fixture.ada, "+a");
    wait_for_commit(&waiter);
    answer_all();
    assert_waited(&waiter, ERR_STORAGE);
    wait_for_commit(&other_waiter);
    assert_waited(&other_waiter, ERR_STORAGE);
}

static void test_a_cancelled_wait_hears_nothing(void **state)
{
    (void)state;
    type(one, &fixture.ada, "+a");
    wait_for_commit(&waiter);
    wait_for_commit(&other_waiter);
    commit_wait_cancel(&waiter.wait);
    answer_all();
    assert_int_equal(waiter.times, 0);
    assert_waited(&other_waiter, OK);
    commit_wait_cancel(&other_waiter.wait); /* done: harmless */
    commit_wait_cancel(&(struct commit_wait){0});
}

static void test_a_document_that_is_waited_for_stays_in_memory(void **state)
{
    (void)state;
    type(one, &fixture.ada, "+a");
    turn();
    wait_for_commit(&waiter);
    detach(one, &fixture.ada);
    fixture.store.is_failing = true; /* unnoticed as yet */
    later(3 * HOUR_MS);
    assert_ptr_equal(find("one"), one);
    commit_wait_cancel(&waiter.wait);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_TWO_DOCUMENTS(test) cmocka_unit_test_setup_teardown(test, begin, fixture_end)
        IN_TWO_DOCUMENTS(test_a_turns_edits_of_all_documents_go_in_one_request),
        IN_TWO_DOCUMENTS(test_one_request_is_in_flight_and_later_edits_gather),
        IN_TWO_DOCUMENTS(test_the_first_row_of_a_document_brings_its_epoch_and_the_next_does_not),
        IN_TWO_DOCUMENTS(test_a_row_touches_the_document_once_a_minute),
        IN_TWO_DOCUMENTS(test_a_refused_edit_changes_and_journals_nothing),
        IN_TWO_DOCUMENTS(test_edits_are_refused_when_too_much_waits_for_the_journal),
        IN_TWO_DOCUMENTS(test_without_a_journal_edits_are_committed_at_once),
        IN_TWO_DOCUMENTS(test_an_append_that_was_given_up_is_never_told),
        IN_TWO_DOCUMENTS(test_an_edit_is_told_after_its_commit_and_not_before),
        IN_TWO_DOCUMENTS(test_coming_and_going_are_news_in_the_same_turn),
        IN_TWO_DOCUMENTS(test_names_carets_and_languages_are_news_in_the_same_turn),
        IN_TWO_DOCUMENTS(test_carets_that_move_too_often_are_told_when_their_time_has_come),
        IN_TWO_DOCUMENTS(test_an_edit_is_counted_and_a_refused_one_is_not),
        IN_TWO_DOCUMENTS(test_an_outage_is_told_in_every_document_and_edits_go_on),
        IN_TWO_DOCUMENTS(test_a_document_opened_during_an_outage_knows_of_it),
        IN_TWO_DOCUMENTS(test_a_wait_is_over_when_what_was_read_is_committed),
        IN_TWO_DOCUMENTS(test_a_wait_for_what_is_committed_is_over_at_once),
        IN_TWO_DOCUMENTS(test_a_wait_ends_in_an_error_while_the_store_fails),
        IN_TWO_DOCUMENTS(test_a_wait_for_what_is_committed_ends_well_even_while_the_store_fails),
        IN_TWO_DOCUMENTS(test_a_refused_row_concerns_its_own_document_only),
        IN_TWO_DOCUMENTS(test_a_document_that_is_refused_for_long_loses_nothing),
        IN_TWO_DOCUMENTS(test_an_outage_and_a_refusal_are_told_apart),
        IN_TWO_DOCUMENTS(test_without_a_journal_a_snapshot_that_fails_is_told),
        IN_TWO_DOCUMENTS(test_refused_edits_end_what_waits_for_their_commit),
        IN_TWO_DOCUMENTS(test_a_cancelled_wait_hears_nothing),
        IN_TWO_DOCUMENTS(test_a_document_that_is_waited_for_stays_in_memory),
    };
    return RUN_DOC_TESTS(tests);
}
