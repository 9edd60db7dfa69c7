/* link: kp_doc kp_alloc doc_fixture fake_store fake_tables */
/* Asking for a document: who gets it, what that costs, and what remains of one
 * that could not be had. */
#include "support/doc_fixture.h"

#include "doc/edit.h"
#include "doc/expiry.h"

static bool answer_one(void)
{
    return fake_store_answer_one(&fixture.store);
}

static void begin_with_limits(struct limits_config config)
{
    fixture.limits_config = config;
    fixture.limits_config.addresses_max = 8;
    fixture_restart();
}

/* ---- a document that nobody has written yet ---- */

static void test_whoever_came_to_edit_begins_a_new_document(void **state)
{
    (void)state;
    struct asker *a = ask("pad", OPEN_EDIT, NULL);
    assert_requests("peek pad");
    assert_int_equal(a->answers, 0);
    answer_one();
    assert_answer(a, OK);
    assert_ptr_equal(a->result.doc, find("pad"));
    assert_false(a->result.exists);
    assert_false(a->result.is_protected);
    assert_int_equal(a->result.doc->state, DOCUMENT_READY);
    assert_text(&a->result.doc->pad, "");
    assert_requests("");
    assert_null(row("pad"));
}

static void test_whoever_came_to_read_finds_nothing_and_leaves_nothing(void **state)
{
    (void)state;
    struct asker *a = ask("pad", OPEN_READ, NULL);
    answer_one();
    assert_answer(a, ERR_NOT_FOUND);
    assert_false(a->result.exists);
    assert_null(find("pad"));
    assert_requests("");
}

static void test_a_name_that_is_free_lets_any_password_in(void **state)
{
    (void)state;
    struct asker *a = ask("pad", OPEN_PEEK, "whatever");
    answer_one();
    assert_answer(a, OK);
    assert_null(a->result.doc);
    assert_false(a->result.exists);
    assert_null(find("pad"));
}

static void test_of_two_who_begin_the_same_document_the_second_finds_it(void **state)
{
    (void)state;
    struct asker *first = ask("pad", OPEN_EDIT, NULL), *second = ask("pad", OPEN_EDIT, NULL);
    assert_requests("peek pad, peek pad");
    answer_one();
    assert_answer(first, OK);
    assert_int_equal(second->answers, 0);
    answer_one();
    assert_answer(second, OK);
    assert_true(second->result.exists);
    assert_ptr_equal(first->result.doc, second->result.doc);
}

/* ---- one in the database ---- */

static void test_the_row_is_peeked_at_before_the_document_is_loaded(void **state)
{
    (void)state;
    put_row("pad", "hello", NULL);
    struct asker *a = ask("pad", OPEN_EDIT, NULL);
    assert_requests("peek pad");
    answer_one();
    assert_requests("load pad");
    assert_int_equal(find("pad")->state, DOCUMENT_LOADING);
    assert_int_equal(a->answers, 0);
    answer_one();
    assert_answer(a, OK);
    assert_true(a->result.exists);
    assert_text(&a->result.doc->pad, "hello");
    assert_false(document_is_changed(a->result.doc));
}

static void test_reading_loads_it_too(void **state)
{
    (void)state;
    put_row("pad", "hello", NULL);
    struct asker *a = ask("pad", OPEN_READ, NULL);
    answer_all();
    assert_answer(a, OK);
    assert_text(&a->result.doc->pad, "hello");
}

static void test_peeking_loads_nothing(void **state)
{
    (void)state;
    put_row("pad", "hello", "secret");
    struct asker *a = ask("pad", OPEN_PEEK, "secret");
    answer_one();
    assert_answer(a, OK);
    assert_true(a->result.exists);
    assert_true(a->result.is_protected);
    assert_null(a->result.doc);
    assert_null(find("pad"));
    assert_requests("");
}

static void test_it_comes_back_with_the_row_and_the_journal(void **state)
{
    (void)state;
    struct document *doc = open_document("pad");
    attach(doc, &fixture.ada, 10);
    type(doc, &fixture.ada, "+hello");
    assert_int_equal(document_set_language(doc, &fixture.ada, SLICE("c")), OK);
    turn();
    detach(doc, &fixture.ada); /* which writes the row */
    int64_t created_ms = doc->created_ms;
    attach(doc, &fixture.ada, 10);
    type(doc, &fixture.ada, "=5 +!");
    answer_all();
    fixture.store.now_ms += HOUR_MS;
    fake_store_fail_next(&fixture.store, STORE_SNAPSHOT); /* so that the journal has to do */
    detach(doc, &fixture.ada);
    fixture_restart();
    doc = open_document("pad");
    assert_text(&doc->pad, "hello!");
    assert_slice(doc->pad.language, "c");
    assert_int_equal(doc->pad.revision, 2);
    assert_int_equal(doc->saved_revision, 1); /* that is what the row has */
    assert_true(document_is_changed(doc));
    assert_int_equal(doc->created_ms / 1000, created_ms / 1000);
}

/* ---- one in memory ---- */

static void test_what_is_in_memory_is_answered_at_once(void **state)
{
    (void)state;
    struct document *doc = open_document("pad");
    struct asker *edits = ask("pad", OPEN_EDIT, NULL);
    struct asker *reads = ask("pad", OPEN_READ, NULL);
    struct asker *peeks = ask("pad", OPEN_PEEK, NULL);
    assert_answer(edits, OK);
    assert_answer(reads, OK);
    assert_answer(peeks, OK);
    assert_ptr_equal(edits->result.doc, doc);
    assert_ptr_equal(reads->result.doc, doc);
    assert_null(peeks->result.doc);
    assert_true(edits->result.exists && reads->result.exists && peeks->result.exists);
    assert_requests("");
}

/* Somebody else began it while the store was asked, and the answer is older. */
static void test_memory_is_believed_rather_than_a_peek(void **state)
{
    (void)state;
    struct asker *late = ask("pad", OPEN_READ, NULL);
    struct asker *first = ask("pad", OPEN_EDIT, NULL);
    fake_store_answer_document(&fixture.store, SLICE("pad")); /* no row */
    assert_answer(late, ERR_NOT_FOUND);
    answer_one();
    assert_answer(first, OK);

    late = ask("other", OPEN_EDIT, NULL);
    struct asker *later_still = ask("other", OPEN_EDIT, NULL);
    answer_one();
    assert_answer(late, OK);
    fake_store_fail_next(&fixture.store, STORE_PEEK);
    answer_one();
    assert_answer(later_still, OK); /* a read that failed does not matter then either */
    assert_ptr_equal(later_still->result.doc, late->result.doc);
}

/* ---- passwords ---- */

static void test_the_right_password_opens(void **state)
{
    (void)state;
    put_row("pad", "hello", "secret");
    struct asker *a = ask("pad", OPEN_EDIT, "secret");
    answer_all();
    assert_answer(a, OK);
    assert_true(a->result.is_protected);
    a = ask("pad", OPEN_EDIT, "secret"); /* of the one in memory, too */
    assert_answer(a, OK);
    assert_true(a->result.is_protected);
}

static void test_a_wrong_or_missing_password_costs_a_row_and_no_text(void **state)
{
    (void)state;
    static const char *const passwords[] = {"Secret", "secret ", "", NULL};
    put_row("pad", "hello", "secret");
    for (size_t i = 0; i < sizeof passwords / sizeof *passwords; i++) {
        struct asker *a = ask("pad", i % 2 ? OPEN_READ : OPEN_EDIT, passwords[i]);
        answer_all();
        assert_answer(a, ERR_PASSWORD);
        assert_true(a->result.exists && a->result.is_protected);
    }
    struct asker *peeks = ask("pad", OPEN_PEEK, "Secret");
    answer_all();
    assert_answer(peeks, ERR_PASSWORD);
    assert_null(find("pad"));
    assert_int_equal(fixture.store.posted_count[STORE_LOAD], 0);
}

static void test_memory_asks_for_the_password_too(void **state)
{
    (void)state;
    put_row("pad", "hello", "secret");
    ask("pad", OPEN_EDIT, "secret");
    answer_all();
    assert_answer(ask("pad", OPEN_EDIT, NULL), ERR_PASSWORD);
    assert_answer(ask("pad", OPEN_READ, "Secret"), ERR_PASSWORD);
    assert_answer(ask("pad", OPEN_PEEK, "Secret"), ERR_PASSWORD);
    assert_answer(ask("pad", OPEN_PEEK, "secret"), OK);
}

static void test_a_password_changed_between_peek_and_load_is_asked_for(void **state)
{
    (void)state;
    struct fake_document *stored = put_row("pad", "hello", "old");
    struct asker *a = ask("pad", OPEN_EDIT, "old");
    answer_one();
    fake_document_set(&stored->password, SLICE("new"));
    answer_one();
    assert_answer(a, ERR_PASSWORD);
    assert_answer(ask("pad", OPEN_EDIT, "new"), OK);
}

static void test_who_waits_for_another_ones_load_needs_the_password_too(void **state)
{
    (void)state;
    put_row("pad", "hello", "secret");
    struct asker *right = ask("pad", OPEN_EDIT, "secret");
    answer_one();
    struct asker *wrong = ask("pad", OPEN_EDIT, "Secret"), *none = ask("pad", OPEN_READ, NULL);
    assert_requests("load pad");
    answer_one();
    assert_answer(right, OK);
    assert_answer(wrong, ERR_PASSWORD);
    assert_answer(none, ERR_PASSWORD);
}

/* ---- limits ---- */

static void test_wrong_passwords_are_counted_and_missing_ones_are_not(void **state)
{
    (void)state;
    begin_with_limits((struct limits_config){.per_minute[LIMIT_PASSWORD_ATTEMPT] = 2});
    put_row("pad", "hello", "secret");
    static const struct {
        const char *password;
        enum error err;
    } tries[] = {{NULL, ERR_PASSWORD}, {NULL, ERR_PASSWORD},    {"1", ERR_PASSWORD},
                 {"2", ERR_PASSWORD},  {"3", ERR_RATE_LIMITED}, {"secret", ERR_RATE_LIMITED}};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        struct asker *a = ask("pad", OPEN_EDIT, tries[i].password);
        answer_all();
        assert_answer(a, tries[i].err);
    }
    struct asker *elsewhere = ask_from(2, "pad", OPEN_EDIT, "secret");
    answer_all();
    assert_answer(elsewhere, OK);
    jump(MINUTE_MS);
    assert_answer(ask("pad", OPEN_EDIT, "secret"), OK);
}

static void test_wrong_passwords_for_what_is_in_memory_are_counted_too(void **state)
{
    (void)state;
    begin_with_limits((struct limits_config){.per_minute[LIMIT_PASSWORD_ATTEMPT] = 1});
    put_row("pad", "hello", "secret");
    ask("pad", OPEN_EDIT, "secret");
    answer_all();
    assert_answer(ask("pad", OPEN_EDIT, "1"), ERR_PASSWORD);
    assert_answer(ask("pad", OPEN_EDIT, "secret"), ERR_RATE_LIMITED);
}

static void test_new_documents_are_limited_and_old_ones_are_not(void **state)
{
    (void)state;
    begin_with_limits((struct limits_config){.per_minute[LIMIT_NEW_DOCUMENT] = 2});
    put_row("old", "hello", NULL);
    open_document("one");
    open_document("two");
    open_document("old");
    struct asker *a = ask("three", OPEN_EDIT, NULL), *elsewhere = ask_from(2, "four", OPEN_EDIT, NULL);
    answer_all();
    assert_answer(a, ERR_RATE_LIMITED);
    assert_null(find("three"));
    assert_answer(elsewhere, OK);
    open_document("one"); /* which is in memory */
    jump(MINUTE_MS);
    open_document("three");
}

/* ---- several at once ---- */

static void test_several_opens_share_one_load(void **state)
{
    (void)state;
    put_row("pad", "hello", NULL);
    struct asker *early[] = {ask("pad", OPEN_EDIT, NULL), ask("pad", OPEN_READ, NULL),
                             ask("pad", OPEN_PEEK, NULL)};
    answer_one();
    assert_requests("peek pad, peek pad, load pad");
    struct asker *late[] = {ask("pad", OPEN_EDIT, NULL), ask("pad", OPEN_PEEK, NULL)};
    assert_requests("peek pad, peek pad, load pad"); /* they wait for the load */
    answer_all();
    for (size_t i = 0; i < 3; i++)
        assert_answer(early[i], OK);
    for (size_t i = 0; i < 2; i++)
        assert_answer(late[i], OK);
    assert_int_equal(fixture.store.posted_count[STORE_LOAD], 1);
    assert_ptr_equal(early[0]->result.doc, early[1]->result.doc);
    assert_ptr_equal(early[0]->result.doc, late[0]->result.doc);
    assert_null(early[2]->result.doc);
    assert_null(late[1]->result.doc);
}

static void test_documents_are_opened_independently(void **state)
{
    (void)state;
    put_row("one", "1", NULL);
    put_row("two", "2", NULL);
    struct asker *one = ask("one", OPEN_EDIT, NULL), *two = ask("two", OPEN_EDIT, NULL);
    while (fake_store_answer_document(&fixture.store, SLICE("two")))
        ;
    assert_int_equal(one->answers, 0);
    assert_answer(two, OK);
    answer_all();
    assert_answer(one, OK);
    assert_text(&one->result.doc->pad, "1");
    assert_text(&two->result.doc->pad, "2");
}

/* ---- cancelling ---- */

static void test_who_cancels_during_the_peek_hears_nothing(void **state)
{
    (void)state;
    struct asker *a = ask("pad", OPEN_EDIT, NULL);
    open_cancel(a->open);
    answer_all();
    assert_int_equal(a->answers, 0);
    assert_null(find("pad"));
}

static void test_who_cancels_during_the_load_hears_nothing_and_the_others_do(void **state)
{
    (void)state;
    put_row("pad", "hello", NULL);
    struct asker *goes = ask("pad", OPEN_EDIT, NULL), *stays = ask("pad", OPEN_EDIT, NULL);
    answer_one();
    answer_one();
    assert_requests("load pad");
    open_cancel(goes->open); /* the load was its own */
    answer_all();
    assert_int_equal(goes->answers, 0);
    assert_answer(stays, OK);
}

static void test_a_load_that_nobody_waits_for_any_more_does_no_harm(void **state)
{
    (void)state;
    put_row("pad", "hello", NULL);
    struct asker *a = ask("pad", OPEN_EDIT, NULL);
    answer_one();
    open_cancel(a->open);
    answer_all();
    assert_int_equal(a->answers, 0);
    assert_answer(ask("pad", OPEN_EDIT, NULL), OK);
    open_cancel(NULL);
}

/* ---- when it cannot be read ---- */

static void test_a_peek_that_fails_leaves_nothing_behind(void **state)
{
    (void)state;
    put_row("pad", "hello", NULL);
    fake_store_fail_next(&fixture.store, STORE_PEEK);
    struct asker *a = ask("pad", OPEN_EDIT, NULL);
    answer_all();
    assert_answer(a, ERR_STORAGE);
    assert_null(find("pad"));
    assert_text(&open_document("pad")->pad, "hello");
}

static void test_a_load_that_fails_is_told_to_all_and_leaves_nothing_behind(void **state)
{
    (void)state;
    put_row("pad", "hello", NULL);
    fake_store_fail_next(&fixture.store, STORE_LOAD);
    struct asker *edits = ask("pad", OPEN_EDIT, NULL), *reads = ask("pad", OPEN_READ, NULL);
    answer_all();
    assert_answer(edits, ERR_STORAGE);
    assert_answer(reads, ERR_STORAGE);
    assert_null(find("pad"));
    assert_told("drop pad");
    assert_text(&open_document("pad")->pad, "hello");
}

static void test_stored_bytes_that_contradict_each_other_are_no_document(void **state)
{
    (void)state;
    struct fake_document *stored = put_row("pad", "hello", NULL);
    fake_document_set(&stored->text, SLICE("\xff"));
    struct asker *a = ask("pad", OPEN_EDIT, NULL);
    answer_all();
    assert_answer(a, ERR_STORAGE);
    assert_null(find("pad"));
    fake_document_set(&stored->text, SLICE("hello"));
    assert_text(&open_document("pad")->pad, "hello");
}

static void test_a_document_with_a_write_waiting_cannot_be_read_while_the_store_fails(void **state)
{
    (void)state;
    put_row("other", "here", NULL);
    put_row("pad", "hello", NULL);
    struct document *doc = open_document("pad");
    attach(doc, &fixture.ada, 10);
    answer_all();
    fixture.store.is_failing = true;
    jump(2 * HOUR_MS); /* a touch is due, and waits for the store's recovery */
    detach(doc, &fixture.ada);
    attach(doc, &fixture.ada, 10);
    detach(doc, &fixture.ada);
    turn();
    assert_requests("open pad");
    jump(2 * HOUR_MS);
    later(1);
    assert_null(find("pad")); /* evicted: it had no changes */
    struct asker *a = ask("pad", OPEN_EDIT, NULL), *other = ask("other", OPEN_EDIT, NULL);
    answer_all();
    assert_answer(a, ERR_STORAGE);
    assert_answer(other, OK);
    fixture.store.is_failing = false;
    answer_all();
    assert_text(&open_document("pad")->pad, "hello");
}

/* ---- when the row goes meanwhile ---- */

static void test_a_row_that_expires_between_peek_and_load(void **state)
{
    (void)state;
    put_row("pad", "hello", NULL);
    struct asker *edits = ask("pad", OPEN_EDIT, NULL), *reads = ask("pad", OPEN_READ, NULL),
                 *peeks = ask("pad", OPEN_PEEK, NULL);
    edits->joins = &fixture.ada;
    document_expire(&fixture.documents, SLICE("pad"), fixture.store.now_ms + SECOND_MS);
    assert_requests("peek pad, peek pad, peek pad, delete pad");
    for (unsigned i = 0; i < 2; i++)
        answer_one();
    struct asker *late = ask("pad", OPEN_PEEK, NULL); /* waits for the load that the two share */
    answer_all();
    assert_answer(edits, OK);
    assert_text(&edits->result.doc->pad, ""); /* begun anew, for the one who came to edit */
    assert_false(edits->result.exists);
    assert_answer(reads, ERR_NOT_FOUND);
    assert_false(reads->result.exists);
    assert_answer(peeks, OK);
    assert_true(peeks->result.exists); /* as it was when he asked */
    assert_answer(late, OK);
    assert_false(late->result.exists);
}

static void test_a_row_that_expires_is_not_found_by_who_came_to_read(void **state)
{
    (void)state;
    put_row("pad", "hello", "secret");
    struct asker *reads = ask("pad", OPEN_READ, "secret");
    document_expire(&fixture.documents, SLICE("pad"), fixture.store.now_ms + SECOND_MS);
    answer_all();
    assert_answer(reads, ERR_NOT_FOUND);
    assert_false(reads->result.exists || reads->result.is_protected);
    assert_null(find("pad"));
    assert_null(row("pad"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOC_TEST(test_whoever_came_to_edit_begins_a_new_document),
        DOC_TEST(test_whoever_came_to_read_finds_nothing_and_leaves_nothing),
        DOC_TEST(test_a_name_that_is_free_lets_any_password_in),
        DOC_TEST(test_of_two_who_begin_the_same_document_the_second_finds_it),
        DOC_TEST(test_the_row_is_peeked_at_before_the_document_is_loaded),
        DOC_TEST(test_reading_loads_it_too),
        DOC_TEST(test_peeking_loads_nothing),
        DOC_TEST(test_it_comes_back_with_the_row_and_the_journal),
        DOC_TEST(test_what_is_in_memory_is_answered_at_once),
        DOC_TEST(test_memory_is_believed_rather_than_a_peek),
        DOC_TEST(test_the_right_password_opens),
        DOC_TEST(test_a_wrong_or_missing_password_costs_a_row_and_no_text),
        DOC_TEST(test_memory_asks_for_the_password_too),
        DOC_TEST(test_a_password_changed_between_peek_and_load_is_asked_for),
        DOC_TEST(test_who_waits_for_another_ones_load_needs_the_password_too),
        DOC_TEST(test_wrong_passwords_are_counted_and_missing_ones_are_not),
        DOC_TEST(test_wrong_passwords_for_what_is_in_memory_are_counted_too),
        DOC_TEST(test_new_documents_are_limited_and_old_ones_are_not),
        DOC_TEST(test_several_opens_share_one_load),
        DOC_TEST(test_documents_are_opened_independently),
        DOC_TEST(test_who_cancels_during_the_peek_hears_nothing),
        DOC_TEST(test_who_cancels_during_the_load_hears_nothing_and_the_others_do),
        DOC_TEST(test_a_load_that_nobody_waits_for_any_more_does_no_harm),
        DOC_TEST(test_a_peek_that_fails_leaves_nothing_behind),
        DOC_TEST(test_a_load_that_fails_is_told_to_all_and_leaves_nothing_behind),
        DOC_TEST(test_stored_bytes_that_contradict_each_other_are_no_document),
        DOC_TEST(test_a_document_with_a_write_waiting_cannot_be_read_while_the_store_fails),
        DOC_TEST(test_a_row_that_expires_between_peek_and_load),
        DOC_TEST(test_a_row_that_expires_is_not_found_by_who_came_to_read),
    };
    return RUN_DOC_TESTS(tests);
}
