/* link: kp_doc kp_alloc doc_fixture fake_store fake_tables */
/* When a document is written as a whole and why, what comes of a write that
 * fails, and when a document leaves memory. */
#include "support/doc_fixture.h"

#include "doc/attach.h"
#include "doc/edit.h"
#include "doc/maintenance.h"
#include "doc/persister.h"
#include "observe/metrics.h"

/* A new document with Ada in it. */
static struct document *doc;

static int begin(void **state)
{
    fixture_begin(state);
    doc = open_document("pad");
    attach(doc, &fixture.ada, 10);
    turn();
    fixture.told[0] = '\0';
    return 0;
}

/* Ada types; the journal has it. Then `ms` go by, in which the store answers nothing. */
static void type_and_wait(int64_t ms)
{
    type_more(doc, &fixture.ada, "a");
    answer_all();
    later(ms);
}

static const struct store_request *waiting_snapshot(void)
{
    return fake_store_waiting(&fixture.store, STORE_SNAPSHOT);
}

static void everything_is_written(void)
{
    type_and_wait(2 * MINUTE_MS);
    answer_all();
    assert_int_equal(doc->saved_revision, doc->pad.revision);
    fixture.told[0] = '\0';
}

/* Its counter grew by one, and by one only, when what waits is answered. */
static void assert_counts_as(enum metric reason)
{
    int64_t before = metric_get(reason);
    answer_all();
    assert_int_equal(metric_get(reason), before + 1);
}

/* ---- reasons ---- */

static void test_it_is_written_half_a_minute_after_the_last_change(void **state)
{
    (void)state;
    type_and_wait(25 * SECOND_MS);
    assert_null(waiting_snapshot());
    type_and_wait(25 * SECOND_MS);
    assert_null(waiting_snapshot());
    later(17 * SECOND_MS); /* it is looked at every 10 s */
    assert_non_null(waiting_snapshot());
    assert_counts_as(METRIC_IDLE_PERSIST);
    assert_slice(row("pad")->text, "aa");
    assert_int_equal(row("pad")->revision, 2);
}

static void test_while_changes_go_on_it_is_written_every_five_minutes(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 14; i++) {
        type_and_wait(20 * SECOND_MS);
        assert_null(waiting_snapshot());
    }
    type_and_wait(20 * SECOND_MS);
    type_and_wait(15 * SECOND_MS);
    assert_non_null(waiting_snapshot());
    assert_counts_as(METRIC_SAFETY_NET_PERSIST);
}

static void test_what_is_written_is_not_written_again(void **state)
{
    (void)state;
    everything_is_written();
    uint32_t snapshots = fixture.store.posted_count[STORE_SNAPSHOT];
    for (unsigned i = 0; i < 30; i++) {
        later(MINUTE_MS);
        answer_all();
    }
    detach(doc, &fixture.ada);
    answer_all();
    assert_int_equal(fixture.store.posted_count[STORE_SNAPSHOT], snapshots);
}

static void test_it_is_written_when_the_last_one_leaves(void **state)
{
    (void)state;
    attach(doc, &fixture.bob, 11);
    type_more(doc, &fixture.ada, "a");
    answer_all();
    detach(doc, &fixture.ada);
    assert_null(waiting_snapshot());
    detach(doc, &fixture.bob);
    assert_non_null(waiting_snapshot());
    assert_counts_as(METRIC_LAST_USER_FLUSH);
}

static void test_a_language_alone_is_a_reason(void **state)
{
    (void)state;
    everything_is_written();
    assert_int_equal(document_set_language(doc, &fixture.ada, SLICE("c")), OK);
    later(MINUTE_MS);
    assert_counts_as(METRIC_IDLE_PERSIST);
    assert_slice(row("pad")->language, "c");
}

static void test_names_and_carets_are_none(void **state)
{
    (void)state;
    everything_is_written();
    uint32_t at = 0;
    assert_int_equal(document_set_info(doc, &fixture.ada, SLICE("Ada"), 3), OK);
    assert_int_equal(document_set_cursors(doc, &fixture.ada, &at, 1, NULL, 0), OK);
    later(10 * MINUTE_MS);
    assert_null(waiting_snapshot());
}

static void test_one_snapshot_is_asked_for_at_a_time(void **state)
{
    (void)state;
    type_and_wait(2 * MINUTE_MS);
    type_more(doc, &fixture.ada, "b");
    later(10 * MINUTE_MS);
    assert_int_equal(fixture.store.posted_count[STORE_SNAPSHOT], 1);
    answer_all();
    later(MINUTE_MS);
    assert_int_equal(fixture.store.posted_count[STORE_SNAPSHOT], 2);
}

/* ---- what is written ---- */

static void test_a_snapshot_may_hold_what_the_journal_does_not_have_yet(void **state)
{
    (void)state;
    type_and_wait(0);
    type_more(doc, &fixture.ada, "b");
    detach(doc, &fixture.ada); /* before the turn ends */
    turn();
    assert_requests("snapshot pad, append pad");
    fake_store_answer_one(&fixture.store);
    assert_database("pad", "ab");
    fake_store_answer_one(&fixture.store);
    assert_database("pad", "ab");
}

static void test_the_journal_keeps_what_memory_keeps_for_those_who_resume(void **state)
{
    (void)state;
    fixture.policy.pad_limits.history_bytes = 1;
    fixture.policy.pad_limits.history_ms = 0;
    for (unsigned i = 0; i < 200; i++) {
        type_more(doc, &fixture.ada, "a");
        answer_all();
    }
    later(2 * MINUTE_MS);
    uint64_t keep_from = waiting_snapshot()->keep_from;
    assert_int_equal(keep_from, doc->pad.history.base);
    answer_all();
    assert_in_range(keep_from, 0, 200);
    assert_int_equal(fake_document_batches(row("pad")), 200 - keep_from);
}

static void test_a_first_snapshot_brings_the_epoch_along(void **state)
{
    (void)state;
    fixture.policy.durability = STORE_LAZY;
    type_and_wait(2 * MINUTE_MS);
    assert_true(waiting_snapshot()->has_epoch);
    answer_all();
    assert_int_equal(row("pad")->epoch_count, 1);
    type_and_wait(2 * MINUTE_MS);
    assert_false(waiting_snapshot()->has_epoch);
}

/* ---- a write that fails ---- */

static void test_a_failed_write_is_tried_again(void **state)
{
    (void)state;
    type_and_wait(2 * MINUTE_MS);
    assert_int_equal(doc->asked_revision, 1);
    assert_int_equal(doc->saved_revision, 0);
    assert_false(document_is_changed(doc));
    fake_store_fail_next(&fixture.store, STORE_SNAPSHOT);
    answer_all();
    assert_int_equal(doc->asked_revision, 0);
    assert_true(document_is_changed(doc));
    later(10 * SECOND_MS);
    assert_non_null(waiting_snapshot());
    answer_all();
    assert_int_equal(doc->saved_revision, 1);
    assert_slice(row("pad")->text, "a");
}

static void test_what_a_failed_write_carried_comes_along_again(void **state)
{
    (void)state;
    fixture.policy.durability = STORE_LAZY;
    assert_int_equal(document_set_language(doc, &fixture.ada, SLICE("c")), OK);
    later(2 * MINUTE_MS);
    fake_store_fail_next(&fixture.store, STORE_SNAPSHOT);
    assert_true(waiting_snapshot()->has_epoch);
    assert_false(doc->meta_changed);
    answer_all();
    assert_null(row("pad"));
    assert_true(doc->meta_changed);
    later(10 * SECOND_MS);
    assert_true(waiting_snapshot()->has_epoch);
    answer_all();
    assert_slice(row("pad")->language, "c");
    assert_int_equal(row("pad")->epoch_count, 1);
}

/* What was written meanwhile is not taken back. */
static void test_a_failure_takes_back_only_what_is_not_written(void **state)
{
    (void)state;
    type_and_wait(2 * MINUTE_MS);
    type_more(doc, &fixture.ada, "b");
    turn();
    detach(doc, &fixture.ada);
    fake_store_answer_one(&fixture.store);                /* that the document is in use */
    fake_store_answer_one(&fixture.store);                /* the first snapshot */
    fake_store_fail_next(&fixture.store, STORE_SNAPSHOT); /* the second */
    answer_all();
    assert_int_equal(doc->saved_revision, 1);
    assert_int_equal(doc->asked_revision, 1);
    assert_true(document_is_changed(doc));
}

/* ---- leaving memory ---- */

static void test_it_leaves_memory_when_nobody_has_been_there_for_long_enough(void **state)
{
    (void)state;
    int64_t evictions = metric_get(METRIC_EVICTIONS);
    everything_is_written();
    detach(doc, &fixture.ada);
    turn();
    later(2 * HOUR_MS - MINUTE_MS);
    assert_ptr_equal(find("pad"), doc);
    later(2 * MINUTE_MS);
    assert_null(find("pad"));
    assert_told("news pad, drop pad");
    assert_int_equal(metric_get(METRIC_EVICTIONS), evictions + 1);
    assert_text(&open_document("pad")->pad, "a");
}

static void test_it_stays_while_somebody_is_there(void **state)
{
    (void)state;
    everything_is_written();
    later(5 * HOUR_MS);
    assert_ptr_equal(find("pad"), doc);
}

static void test_it_is_written_before_it_leaves_memory(void **state)
{
    (void)state;
    type_and_wait(0);
    fake_store_fail_next(&fixture.store, STORE_SNAPSHOT);
    detach(doc, &fixture.ada);
    answer_all();
    assert_true(document_is_changed(doc));
    jump(3 * HOUR_MS); /* before it was tried again */
    later(1);
    assert_ptr_equal(find("pad"), doc);
    assert_requests("snapshot pad");
    fake_store_carry_out(&fixture.store, 1);
    assert_ptr_equal(find("pad"), doc);
    assert_counts_as(METRIC_EVICTION_FLUSH);
    assert_null(find("pad"));
    assert_slice(row("pad")->text, "a");
}

static void test_a_failed_eviction_keeps_it_in_memory(void **state)
{
    (void)state;
    type_and_wait(0);
    for (unsigned i = 0; i < 3; i++)
        fake_store_fail_next(&fixture.store, STORE_SNAPSHOT);
    detach(doc, &fixture.ada);
    answer_all();
    later(3 * HOUR_MS);
    answer_all();
    later(2 * MINUTE_MS);
    answer_all();
    assert_ptr_equal(find("pad"), doc);
    later(2 * MINUTE_MS);
    answer_all();
    assert_null(find("pad"));
    assert_slice(row("pad")->text, "a");
}

static void test_it_stays_when_somebody_comes_back_before_it_is_written(void **state)
{
    (void)state;
    type_and_wait(0);
    fake_store_fail_next(&fixture.store, STORE_SNAPSHOT);
    detach(doc, &fixture.ada);
    answer_all();
    later(3 * HOUR_MS);
    assert_requests("snapshot pad");
    struct asker *a = ask("pad", OPEN_EDIT, NULL);
    assert_answer(a, OK);
    attach(a->result.doc, &fixture.bob, 11);
    answer_all();
    assert_ptr_equal(find("pad"), doc);
    assert_slice(row("pad")->text, "a");
}

static void test_it_stays_while_a_journal_request_is_in_flight(void **state)
{
    (void)state;
    everything_is_written();
    type_more(doc, &fixture.ada, "b");
    detach(doc, &fixture.ada); /* before the turn ends, so that the row is written first */
    turn();
    assert_requests("snapshot pad, append pad");
    while (waiting_snapshot())
        fake_store_answer_one(&fixture.store);
    assert_false(document_is_changed(doc));
    later(3 * HOUR_MS);
    assert_ptr_equal(find("pad"), doc);
    answer_all();
    later(2 * MINUTE_MS);
    assert_null(find("pad"));
}

static void test_it_is_looked_at_though_the_clock_was_put_back(void **state)
{
    (void)state;
    type_more(doc, &fixture.ada, "a");
    answer_all();
    jump(-(int64_t)DAY_MS);
    fixture.store.timer_due_ms -= DAY_MS; /* which goes by another clock */
    later(MINUTE_MS);
    answer_all();
    type_and_wait(MINUTE_MS);
    answer_all();
    assert_int_equal(doc->saved_revision, 2);
    detach(doc, &fixture.ada);
    later(3 * HOUR_MS);
    assert_null(find("pad"));
}

/* ---- never written ---- */

static void test_what_nobody_ever_wrote_goes_with_the_last_one(void **state)
{
    (void)state;
    attach(doc, &fixture.bob, 11);
    detach(doc, &fixture.ada);
    turn();
    assert_ptr_equal(find("pad"), doc);
    fixture.told[0] = '\0';
    detach(doc, &fixture.bob);
    assert_ptr_equal(find("pad"), doc); /* until the turn is over */
    turn();
    assert_null(find("pad"));
    assert_told("news pad, drop pad");
    assert_requests("");
    assert_null(row("pad"));
}

static void test_what_was_written_does_not_go_with_the_last_one(void **state)
{
    (void)state;
    type_more(doc, &fixture.ada, "a");
    detach(doc, &fixture.ada);
    answer_all();
    assert_ptr_equal(find("pad"), doc);
}

static void test_somebody_who_comes_in_the_same_turn_finds_it(void **state)
{
    (void)state;
    detach(doc, &fixture.ada);
    struct asker *a = ask("pad", OPEN_EDIT, NULL);
    assert_answer(a, OK);
    assert_ptr_equal(a->result.doc, doc);
    attach(doc, &fixture.bob, 11);
    turn();
    assert_ptr_equal(find("pad"), doc);
}

/* ---- in use ---- */

static void test_the_database_is_told_every_hour_that_it_is_in_use(void **state)
{
    (void)state;
    everything_is_written();
    uint32_t opens = fixture.store.posted_count[STORE_OPEN];
    later(5 * HOUR_MS);
    assert_in_range(fixture.store.posted_count[STORE_OPEN] - opens, 4, 5);
    answer_all();
    assert_in_range(row("pad")->accessed_s, (fixture.store.now_ms - HOUR_MS - MINUTE_MS) / 1000,
                    fixture.store.now_ms / 1000);
}

static void test_and_more_often_when_documents_expire_sooner(void **state)
{
    (void)state;
    fixture.policy.expiry_ms = HOUR_MS;
    everything_is_written();
    uint32_t opens = fixture.store.posted_count[STORE_OPEN];
    later(5 * HOUR_MS);
    assert_in_range(fixture.store.posted_count[STORE_OPEN] - opens, 19, 21);
}

static void test_a_loaded_document_tells_its_epoch_when_somebody_comes(void **state)
{
    (void)state;
    everything_is_written();
    fixture_restart();
    doc = open_document("pad");
    assert_requests(""); /* nobody is in it yet */
    attach(doc, &fixture.ada, 10);
    assert_requests("open pad");
    assert_true(fake_store_waiting(&fixture.store, STORE_OPEN)->has_epoch);
    answer_all();
    assert_int_equal(row("pad")->epoch_count, 2);
    attach(doc, &fixture.bob, 11);
    assert_requests("");
}

static void test_what_nobody_wrote_is_not_told_to_be_in_use(void **state)
{
    (void)state;
    later(5 * HOUR_MS);
    assert_requests("");
}

/* ---- old clients ---- */

static void test_old_clients_are_closed_when_their_history_is_too_long(void **state)
{
    (void)state;
    fixture.policy.pad_limits.v1_history_bytes = 100;
    attach_v1(doc, &fixture.bob);
    for (unsigned i = 0; i < 100; i++)
        type_more(doc, &fixture.ada, "a");
    answer_all();
    fixture.told[0] = '\0';
    later(12 * SECOND_MS);
    assert_told("close 1 restarting");
    assert_int_equal(doc->peer_count, 1);
    assert_ptr_equal(fixture.ada.pad, &doc->pad);
}

static void test_a_last_snapshot_that_fails_is_tried_again_while_nobody_is_there(void **state)
{
    (void)state;
    struct document *last = open_document("pad");
    attach(last, &fixture.ada, 10);
    type(last, &fixture.ada, "+a");
    answer_all();
    fixture.store.tables.bad = SLICE("pad");
    detach(last, &fixture.ada);
    answer_all();
    assert_int_equal(row("pad")->revision, 0);
    fixture.store.tables.bad = (struct slice){0};
    later(2 * MINUTE_MS);
    answer_all();
    assert_int_equal(row("pad")->revision, 1);
    assert_non_null(find("pad"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_ADA(test) cmocka_unit_test_setup_teardown(test, begin, fixture_end)
        WITH_ADA(test_it_is_written_half_a_minute_after_the_last_change),
        WITH_ADA(test_while_changes_go_on_it_is_written_every_five_minutes),
        WITH_ADA(test_what_is_written_is_not_written_again),
        WITH_ADA(test_it_is_written_when_the_last_one_leaves),
        cmocka_unit_test_setup_teardown(test_a_last_snapshot_that_fails_is_tried_again_while_nobody_is_there,
                                        fixture_begin, fixture_end),
        WITH_ADA(test_a_language_alone_is_a_reason),
        WITH_ADA(test_names_and_carets_are_none),
        WITH_ADA(test_one_snapshot_is_asked_for_at_a_time),
        WITH_ADA(test_a_snapshot_may_hold_what_the_journal_does_not_have_yet),
        WITH_ADA(test_the_journal_keeps_what_memory_keeps_for_those_who_resume),
        WITH_ADA(test_a_first_snapshot_brings_the_epoch_along),
        WITH_ADA(test_a_failed_write_is_tried_again),
        WITH_ADA(test_what_a_failed_write_carried_comes_along_again),
        WITH_ADA(test_a_failure_takes_back_only_what_is_not_written),
        WITH_ADA(test_it_leaves_memory_when_nobody_has_been_there_for_long_enough),
        WITH_ADA(test_it_stays_while_somebody_is_there),
        WITH_ADA(test_it_is_written_before_it_leaves_memory),
        WITH_ADA(test_a_failed_eviction_keeps_it_in_memory),
        WITH_ADA(test_it_stays_when_somebody_comes_back_before_it_is_written),
        WITH_ADA(test_it_stays_while_a_journal_request_is_in_flight),
        WITH_ADA(test_it_is_looked_at_though_the_clock_was_put_back),
        WITH_ADA(test_what_nobody_ever_wrote_goes_with_the_last_one),
        WITH_ADA(test_what_was_written_does_not_go_with_the_last_one),
        WITH_ADA(test_somebody_who_comes_in_the_same_turn_finds_it),
        WITH_ADA(test_the_database_is_told_every_hour_that_it_is_in_use),
        WITH_ADA(test_and_more_often_when_documents_expire_sooner),
        WITH_ADA(test_a_loaded_document_tells_its_epoch_when_somebody_comes),
        WITH_ADA(test_what_nobody_wrote_is_not_told_to_be_in_use),
        WITH_ADA(test_old_clients_are_closed_when_their_history_is_too_long),
    };
    return RUN_DOC_TESTS(tests);
}
