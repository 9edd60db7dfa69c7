/* link: kp_doc kp_alloc doc_fixture fake_store fake_tables */
/* The end: nothing new begins, and "written" is said when all that is in memory
 * is in the database, and not before. */
#include "support/doc_fixture.h"

#include "doc/attach.h"
#include "doc/edit.h"
#include "doc/maintenance.h"
#include "doc/password.h"
#include "observe/metrics.h"

/* A document with Ada in it; all is answered. */
static struct document *doc;

static int begin(void **state)
{
    fixture_begin(state);
    doc = open_document("pad");
    attach(doc, &fixture.ada, 10);
    answer_all();
    fixture.told[0] = '\0';
    return 0;
}

static void stop(void)
{
    documents_stop(&fixture.documents);
}

static bool is_written(void)
{
    return documents_are_written(&fixture.documents);
}

/* ---- nothing new ---- */

static void test_edits_are_refused_and_change_nothing(void **state)
{
    (void)state;
    type(doc, &fixture.ada, "+a");
    stop();
    assert_int_equal(try_type(doc, &fixture.ada, "=1 +b"), ERR_SHUTTING_DOWN);
    assert_text(&doc->pad, "a");
    answer_all();
    assert_database("pad", "a");
}

static void test_opens_are_refused_wherever_they_wait(void **state)
{
    (void)state;
    put_row("other", "hello", NULL);
    struct asker *loads = ask("other", OPEN_EDIT, NULL);
    fake_store_answer_one(&fixture.store);
    struct asker *peeks = ask("third", OPEN_EDIT, NULL), *gone = ask("fourth", OPEN_EDIT, NULL);
    assert_requests("load other, peek third, peek fourth");
    open_cancel(gone->open);
    stop();
    assert_answer(loads, ERR_SHUTTING_DOWN);
    assert_answer(peeks, ERR_SHUTTING_DOWN);
    assert_answer(ask("fifth", OPEN_EDIT, NULL), ERR_SHUTTING_DOWN);
    assert_answer(ask("pad", OPEN_READ, NULL), ERR_SHUTTING_DOWN);
    answer_all();
    assert_int_equal(loads->answers + peeks->answers, 2);
    assert_int_equal(gone->answers, 0);
}

static void on_changed(struct password_change *change, enum error err)
{
    (void)change;
    assert_int_equal(err, OK);
}

static void test_password_changes_are_refused(void **state)
{
    (void)state;
    struct password_change change = {.access = ACCESS_EDIT,
                                     .has_user = true,
                                     .user_id = fixture.ada.user_id,
                                     .has_token = true,
                                     .token = id(10),
                                     .is_on = true,
                                     .done = on_changed};
    stop();
    assert_int_equal(document_change_password(&fixture.documents, SLICE("pad"), &change), ERR_SHUTTING_DOWN);
    assert_requests("");
}

static void test_documents_are_not_looked_at_any_more(void **state)
{
    (void)state;
    type(doc, &fixture.ada, "+a");
    answer_all();
    stop();
    later(5 * HOUR_MS);
    assert_requests("");
}

/* ---- written ---- */

static void test_nothing_to_write_is_written(void **state)
{
    (void)state;
    stop();
    assert_true(is_written()); /* nobody ever wrote there, and no row is made for it */
    assert_requests("");
    assert_null(row("pad"));
}

static void test_it_is_written_when_journal_and_rows_are_in_the_database(void **state)
{
    (void)state;
    struct document *other = open_document("other");
    attach(other, &fixture.bob, 11);
    type(doc, &fixture.ada, "+a");
    type(other, &fixture.bob, "+x");
    uint64_t flushed = fixture.documents.flushed;
    stop();
    assert_false(is_written()); /* the turn has not ended */
    turn();
    assert_false(is_written());
    assert_requests("append pad other");
    fake_store_answer_one(&fixture.store);
    assert_false(is_written());
    assert_requests("snapshot pad, snapshot other");
    fake_store_answer_one(&fixture.store);
    assert_false(is_written());
    assert_requests("snapshot other"); /* asked for once */
    fake_store_carry_out(&fixture.store, 1);
    assert_false(is_written());
    fake_store_deliver(&fixture.store);
    assert_true(is_written());
    assert_int_equal(fixture.documents.flushed, flushed + 2);
    assert_slice(row("pad")->text, "a");
    assert_slice(row("other")->text, "x");
}

static void test_what_is_written_already_is_not_written_again(void **state)
{
    (void)state;
    type(doc, &fixture.ada, "+a");
    answer_all();
    later(2 * MINUTE_MS);
    answer_all();
    stop();
    assert_true(is_written());
    assert_requests("");
}

static void test_a_snapshot_under_way_is_waited_for(void **state)
{
    (void)state;
    type(doc, &fixture.ada, "+a");
    answer_all();
    later(2 * MINUTE_MS);
    stop();
    assert_false(is_written());
    answer_all();
    assert_true(is_written());
    assert_int_equal(fixture.store.posted_count[STORE_SNAPSHOT], 1);
}

static void test_a_load_is_waited_for(void **state)
{
    (void)state;
    put_row("other", "hello", NULL);
    ask("other", OPEN_EDIT, NULL);
    fake_store_answer_one(&fixture.store);
    stop();
    assert_false(is_written());
    answer_all();
    assert_true(is_written());
}

static void test_a_peek_is_waited_for(void **state)
{
    (void)state;
    ask("other", OPEN_EDIT, NULL);
    stop();
    assert_false(is_written());
    answer_all();
    assert_true(is_written());
}

static void test_a_password_change_is_waited_for(void **state)
{
    (void)state;
    static struct password_change change;
    change = (struct password_change){.access = ACCESS_EDIT,
                                      .has_user = true,
                                      .user_id = fixture.ada.user_id,
                                      .has_token = true,
                                      .token = id(10),
                                      .is_on = true,
                                      .done = on_changed};
    type(doc, &fixture.ada, "+a");
    answer_all();
    assert_int_equal(document_change_password(&fixture.documents, SLICE("pad"), &change), OK);
    stop();
    assert_false(is_written());
    assert_requests("snapshot pad");
    answer_all();
    assert_true(is_written());
    assert_true(slice_equal(row("pad")->password, slice_of(change.new_password, PASSWORD_CHARS)));
}

static void test_a_language_that_changes_at_the_end_is_written_too(void **state)
{
    (void)state;
    type(doc, &fixture.ada, "+a");
    answer_all();
    stop();
    assert_false(is_written());
    assert_int_equal(document_set_language(doc, &fixture.ada, SLICE("c")), OK);
    answer_all();
    assert_false(is_written());
    answer_all();
    assert_true(is_written());
    assert_slice(row("pad")->language, "c");
}

static void test_without_a_journal_the_rows_are_all_there_is(void **state)
{
    (void)state;
    fixture.policy.durability = STORE_LAZY;
    type(doc, &fixture.ada, "+a");
    stop();
    assert_false(is_written());
    turn();
    assert_false(is_written());
    answer_all();
    assert_true(is_written());
    assert_database("pad", "a");
}

/* ---- when it cannot be written ---- */

static void test_a_write_that_fails_at_the_end_is_tried_again(void **state)
{
    (void)state;
    int64_t flushes = metric_get(METRIC_SHUTDOWN_FLUSH);
    type(doc, &fixture.ada, "+a");
    answer_all();
    stop();
    assert_false(is_written());
    fake_store_fail_next(&fixture.store, STORE_SNAPSHOT);
    answer_all();
    later(100);
    assert_false(is_written());
    assert_requests("snapshot pad");
    answer_all();
    assert_true(is_written());
    assert_int_equal(metric_get(METRIC_SHUTDOWN_FLUSH), flushes + 1);
}

static void test_it_is_never_said_to_be_written_while_the_store_fails(void **state)
{
    (void)state;
    fixture.store.is_failing = true;
    type(doc, &fixture.ada, "+a");
    stop();
    for (unsigned i = 0; i < 10; i++) {
        answer_all();
        assert_false(is_written());
    }
    fixture.store.is_failing = false;
    answer_all();
    assert_false(is_written());
    answer_all();
    assert_true(is_written());
    assert_database("pad", "a");
}

/* ---- the very end ---- */

static void test_closing_drops_everything_written_or_not(void **state)
{
    (void)state;
    open_document("other");
    type(doc, &fixture.ada, "+a");
    turn();
    stop();
    detach(doc, &fixture.ada);
    fake_store_lose_all(&fixture.store);
    turn();
    fixture.told[0] = '\0';
    documents_close(&fixture.documents);
    assert_told("drop pad, drop other");
    assert_null(find("pad"));
    assert_null(row("pad"));
}

static enum error given_up;

static void on_given_up(struct password_change *change, enum error err)
{
    given_up = err;
    *change = (struct password_change){0}; /* its memory may go */
}

/* The database does not answer, and whoever asked must be. */
static void test_a_password_change_without_an_answer_is_given_up(void **state)
{
    (void)state;
    struct password_change change = {.access = ACCESS_EDIT,
                                     .has_user = true,
                                     .user_id = fixture.ada.user_id,
                                     .has_token = true,
                                     .token = id(10),
                                     .client = client_at(1),
                                     .is_on = true,
                                     .done = on_given_up};
    given_up = OK;
    assert_int_equal(document_change_password(&fixture.documents, SLICE("pad"), &change), OK);
    stop();
    assert_false(is_written());
    documents_give_up(&fixture.documents);
    assert_int_equal(given_up, ERR_SHUTTING_DOWN);
    given_up = OK;
    answer_all(); /* too late for anybody: the old one, none, goes back */
    assert_int_equal(given_up, OK);
    assert_null(row("pad")->password.ptr);
    documents_give_up(&fixture.documents);
    assert_int_equal(given_up, OK);
}

/* Its row cannot be written while others can: that is waited for, without haste, and
 * counted in the end. */
static void test_a_document_that_cannot_be_written_is_counted(void **state)
{
    (void)state;
    struct document *other = open_document("other");
    attach(other, &fixture.bob, 11);
    fixture.store.tables.bad = SLICE("pad");
    type(doc, &fixture.ada, "+a");
    type(other, &fixture.bob, "+x");
    answer_all();
    stop();
    for (int i = 0; i < 50; i++) {
        assert_false(is_written());
        answer_all();
    }
    assert_database("other", "x");
    assert_in_range(fixture.store.posted_count[STORE_SNAPSHOT], 2, 3);
    later(200);
    assert_false(is_written());
    assert_requests("snapshot pad");
    answer_all();
    detach(doc, &fixture.ada);
    detach(other, &fixture.bob);
    answer_all();
    documents_close(&fixture.documents);
    assert_int_equal(fixture.documents.unwritten, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_ADA(test) cmocka_unit_test_setup_teardown(test, begin, fixture_end)
        WITH_ADA(test_edits_are_refused_and_change_nothing),
        WITH_ADA(test_opens_are_refused_wherever_they_wait),
        WITH_ADA(test_password_changes_are_refused),
        WITH_ADA(test_documents_are_not_looked_at_any_more),
        WITH_ADA(test_nothing_to_write_is_written),
        WITH_ADA(test_it_is_written_when_journal_and_rows_are_in_the_database),
        WITH_ADA(test_what_is_written_already_is_not_written_again),
        WITH_ADA(test_a_snapshot_under_way_is_waited_for),
        WITH_ADA(test_a_load_is_waited_for),
        WITH_ADA(test_a_peek_is_waited_for),
        WITH_ADA(test_a_password_change_is_waited_for),
        WITH_ADA(test_a_language_that_changes_at_the_end_is_written_too),
        WITH_ADA(test_without_a_journal_the_rows_are_all_there_is),
        WITH_ADA(test_a_write_that_fails_at_the_end_is_tried_again),
        WITH_ADA(test_it_is_never_said_to_be_written_while_the_store_fails),
        WITH_ADA(test_a_password_change_without_an_answer_is_given_up),
        WITH_ADA(test_a_document_that_cannot_be_written_is_counted),
        WITH_ADA(test_closing_drops_everything_written_or_not),
    };
    return RUN_DOC_TESTS(tests);
}
