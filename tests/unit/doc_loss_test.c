/* link: kp_doc kp_alloc doc_fixture fake_store fake_tables */
/* Documents that are not this server's any more: nothing of them is written, told or
 * given to anybody, and they leave memory. */
#include "support/doc_fixture.h"

#include "doc/attach.h"
#include "doc/commit_wait.h"
#include "doc/edit.h"
#include "doc/loss.h"
#include "doc/maintenance.h"
#include "doc/password.h"

static int begin_shared(void **state)
{
    int failed = fixture_begin(state);
    fixture.policy.is_shared = true;
    return failed;
}

#define LOSS_TEST(test) cmocka_unit_test_setup_teardown(test, begin_shared, fixture_end)

/* As src/app/life.c has it, once a turn. */
static void loss_turn(void)
{
    documents_reap_lost(&fixture.documents);
    turn();
}

static void die(void)
{
    fixture.store.is_dead = true;
    documents_end_life(&fixture.documents);
}

static void answer_the_dead(void)
{
    fake_store_answer_all(&fixture.store);
    loss_turn();
}

static void live_again(void)
{
    assert_true(documents_are_gone(&fixture.documents));
    fixture.store.is_dead = false;
    documents_begin_life(&fixture.documents);
}

/* One that is stored already: others leave memory when nobody joins at once. */
static struct document *open_stored(const char *id)
{
    put_row(id, "", NULL);
    return open_document(id);
}

/* ---- the end of a life ---- */

static void test_unwritten_edits_are_dropped_and_their_authors_sent_away(void **state)
{
    (void)state;
    struct document *doc = open_stored("pad");
    attach(doc, &fixture.ada, 1);
    attach(doc, &fixture.bob, 2);
    type(doc, &fixture.ada, "+saved");
    turn();
    answer_all();
    type_more(doc, &fixture.ada, "-under-way");
    turn();
    type_more(doc, &fixture.ada, "-and-meanwhile");
    fixture.told[0] = '\0';
    die();
    assert_told("close 0 moved, close 1 moved");
    answer_the_dead();
    assert_told("drop pad");
    assert_null(find("pad"));
    assert_database("pad", "saved");
    live_again();
    assert_int_equal(fake_store_count(&fixture.store), 0); /* no snapshot, no release */
    doc = open_document("pad");
    assert_non_null(doc);
    assert_database("pad", "saved");
}

static void test_nothing_is_written_after_it(void **state)
{
    (void)state;
    struct document *doc = open_stored("pad");
    attach(doc, &fixture.ada, 1);
    type(doc, &fixture.ada, "+saved");
    turn();
    answer_all();
    documents_end_life(&fixture.documents); /* and yet the store would take everything */
    loss_turn();
    assert_null(find("pad"));
    later(10 * MINUTE_MS);
    assert_requests("");
}

static void test_a_peer_that_takes_its_time_keeps_it_in_memory_but_writes_nothing(void **state)
{
    (void)state;
    struct document *doc = open_stored("pad");
    attach(doc, &fixture.ada, 1);
    type(doc, &fixture.ada, "+saved");
    turn();
    answer_all();
    doc->lost_why = ERR_MOVED; /* as while its socket says goodbye */
    assert_int_equal(try_type(doc, &fixture.ada, "=5 +more"), ERR_MOVED);
    later(10 * MINUTE_MS);
    assert_requests("");
    doc->lost_why = OK;
}

static void test_who_asks_meanwhile_is_told_to_come_back(void **state)
{
    (void)state;
    put_row("pad", "hello", NULL);
    put_row("other", "hello", NULL);
    struct asker *loading = ask("pad", OPEN_EDIT, NULL);
    fake_store_answer_one(&fixture.store); /* the peek; the load is under way */
    struct asker *peeking = ask("other", OPEN_EDIT, NULL);
    die();
    assert_answer(loading, ERR_MOVED);
    struct asker *later_one = ask("third", OPEN_READ, NULL);
    assert_answer(later_one, ERR_MOVED);
    answer_the_dead();
    assert_answer(peeking, ERR_MOVED);
    live_again();
    struct asker *at_last = ask("pad", OPEN_EDIT, NULL);
    answer_all();
    assert_answer(at_last, OK);
}

/* The load had been carried out before; its answer comes after. */
static void test_what_was_loaded_in_the_old_life_does_not_count(void **state)
{
    (void)state;
    put_row("pad", "hello", NULL);
    struct asker *a = ask("pad", OPEN_EDIT, NULL);
    fake_store_answer_one(&fixture.store);
    fake_store_carry_out(&fixture.store, 1);
    die();
    answer_the_dead();
    assert_int_equal(a->answers, 1);
    assert_answer(a, ERR_MOVED);
    assert_true(documents_are_gone(&fixture.documents));
}

static enum error waited;
static void note_wait(struct commit_wait *wait, enum error err)
{
    (void)wait;
    waited = err;
}

static void test_who_waits_for_a_commit_is_told_that_it_will_not_come(void **state)
{
    (void)state;
    struct document *doc = open_stored("pad");
    struct commit_wait wait = {.done = note_wait};
    waited = ERR_GONE;
    attach(doc, &fixture.ada, 1);
    type(doc, &fixture.ada, "+hello");
    turn();
    document_when_committed(doc, &wait);
    die();
    assert_int_equal(waited, ERR_MOVED);
    answer_the_dead();
    assert_null(find("pad"));
}

/* ---- one document ---- */

static void test_a_row_that_does_not_follow_costs_its_document_alone(void **state)
{
    (void)state;
    struct document *doc = open_stored("pad");
    struct document *other = open_stored("other");
    attach(doc, &fixture.ada, 1);
    attach(other, &fixture.bob, 2);
    type(doc, &fixture.ada, "+mine");
    type(other, &fixture.bob, "+unharmed");
    turn();
    fixture.told[0] = '\0';
    fake_store_conflict_next(&fixture.store);
    fake_store_answer_all(&fixture.store);
    assert_told("close 0 conflict, stale other");
    loss_turn();
    assert_null(find("pad"));
    assert_database("other", "unharmed");
    assert_requests("release pad"); /* so that it is read anew, here or elsewhere */
    answer_all();
    type_more(other, &fixture.bob, "-indeed");
    turn();
    answer_all();
    assert_database("other", "unharmed-indeed");
    assert_non_null(open_document("pad"));
}

/* ---- a lease that is over ---- */

static void test_nothing_is_read_from_memory_while_others_may_have_it(void **state)
{
    (void)state;
    put_row("pad", "hello", NULL);
    struct document *doc = open_document("pad");
    attach(doc, &fixture.ada, 1);
    fixture.store.is_lease_over = true;
    assert_answer(ask("pad", OPEN_READ, NULL), ERR_STORAGE);
    assert_answer(ask("pad", OPEN_EDIT, NULL), ERR_STORAGE);
    assert_int_equal(try_type(doc, &fixture.ada, "=5 +!"), OK); /* it waits, and is not acknowledged */
    fixture.store.is_lease_over = false;
    assert_answer(ask("pad", OPEN_READ, NULL), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOSS_TEST(test_unwritten_edits_are_dropped_and_their_authors_sent_away),
        LOSS_TEST(test_nothing_is_written_after_it),
        LOSS_TEST(test_a_peer_that_takes_its_time_keeps_it_in_memory_but_writes_nothing),
        LOSS_TEST(test_who_asks_meanwhile_is_told_to_come_back),
        LOSS_TEST(test_what_was_loaded_in_the_old_life_does_not_count),
        LOSS_TEST(test_who_waits_for_a_commit_is_told_that_it_will_not_come),
        LOSS_TEST(test_a_row_that_does_not_follow_costs_its_document_alone),
        LOSS_TEST(test_nothing_is_read_from_memory_while_others_may_have_it),
    };
    return RUN_DOC_TESTS(tests);
}
