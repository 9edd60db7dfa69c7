/* link: kp_doc kp_alloc doc_fixture fake_store fake_tables */
/* A document that is deleted for good: with all of it, for everybody, and whoever comes back to it. */
#include "support/rights_changes.h"

/* ---- deleted for good ---- */

static void test_it_is_gone_and_everybody_in_it_is_told(void **state)
{
    (void)state;
    attach(doc, &fixture.bob, 20);
    make_link(1, false, 0);
    answer_all();
    fixture.told[0] = '\0';
    struct changer *c = change(0, RIGHTS_DELETE, ACCESS_EDIT);
    assert_requests("delete pad");
    fake_store_answer_one(&fixture.store);
    assert_changed(c, OK);
    assert_told("close 0 gone, close 1 gone");
    assert_null(row("pad"));
    documents_reap_lost(&fixture.documents);
    assert_null(find("pad"));
    expect_link(token_of(&changers[1]), ERR_WITHDRAWN, ACCESS_NONE);
}

static void test_what_is_typed_meanwhile_is_not_written_behind_it(void **state)
{
    (void)state;
    change(0, RIGHTS_DELETE, ACCESS_EDIT);
    type_more(doc, &fixture.ada, "late");
    turn();
    assert_requests("delete pad");
    answer_all();
    assert_changed(&changers[0], OK);
    assert_null(row("pad"));
    assert_string_equal(error_code(try_type(doc, &fixture.ada, "+x")), "gone");
}

static void test_a_deletion_that_fails_changes_nothing(void **state)
{
    (void)state;
    fake_store_fail_next(&fixture.store, STORE_DELETE);
    change(0, RIGHTS_DELETE, ACCESS_EDIT);
    type_more(doc, &fixture.ada, "there");
    turn();
    answer_all();
    assert_changed(&changers[0], ERR_STORAGE);
    assert_null(strstr(fixture.told, "close"));
    assert_database("pad", "hellothere");
    expect(RIGHTS_ADD_LINK, ACCESS_EDIT, OK);
}

static void test_changes_behind_a_deletion_are_refused(void **state)
{
    (void)state;
    change(0, RIGHTS_DELETE, ACCESS_EDIT);
    change(1, RIGHTS_ADD_LINK, ACCESS_EDIT);
    answer_all();
    assert_changed(&changers[0], OK);
    assert_changed(&changers[1], ERR_GONE);
    assert_null(row("pad"));
}

static void come_back(struct id128 epoch)
{
    struct open_request request = {.id = SLICE("pad"),
                                   .has_epoch = true,
                                   .epoch = epoch,
                                   .client = client_at(1),
                                   .goal = OPEN_EDIT,
                                   .done = on_opened};
    openings = 0;
    document_open(&fixture.documents, &request);
    fake_store_answer_all(&fixture.store);
    assert_int_equal(openings, 1);
    turn();
}

/* Whoever has a copy of it, and was away, does not bring it back with what is still to be sent. */
static void test_nobody_comes_back_to_it(void **state)
{
    (void)state;
    struct id128 present = doc->pad.epochs[doc->pad.epoch_count - 1].id, unknown = {{7}};
    come_back(present);
    assert_int_equal(opened.err, OK);
    assert_int_equal(fixture.store.posted_count[STORE_FIND_DELETED], 0); /* that is what it is */
    come_back(unknown);
    assert_int_equal(opened.err, OK);
    assert_int_equal(fixture.store.posted_count[STORE_FIND_DELETED], 1);
    expect(RIGHTS_DELETE, ACCESS_EDIT, OK);
    documents_reap_lost(&fixture.documents);
    come_back(present);
    assert_string_equal(error_code(opened.err), "gone");
    assert_null(find("pad")); /* nothing is begun for it */
    come_back(unknown);
    assert_int_equal(opened.err, OK);
    doc = open_document("pad"); /* a new one, under the old name */
    attach(doc, &fixture.bob, 20);
    type(doc, &fixture.bob, "+new");
    answer_all();
    come_back(present);
    assert_string_equal(error_code(opened.err), "gone");
    come_back(doc->pad.epochs[0].id);
    assert_int_equal(opened.err, OK);
}

static void test_a_look_for_what_was_deleted_may_fail_or_be_cancelled(void **state)
{
    (void)state;
    fake_store_fail_next(&fixture.store, STORE_FIND_DELETED);
    come_back((struct id128){{7}});
    assert_string_equal(error_code(opened.err), error_code(ERR_STORAGE));
    struct open_request request = {.id = SLICE("pad"),
                                   .has_epoch = true,
                                   .epoch = {{8}},
                                   .client = client_at(1),
                                   .goal = OPEN_EDIT,
                                   .done = on_opened};
    openings = 0;
    open_cancel(document_open(&fixture.documents, &request));
    fake_store_answer_all(&fixture.store);
    assert_int_equal(openings, 0);
}

static void test_an_owned_one_is_deleted_by_its_owner_alone(void **state)
{
    (void)state;
    take_charge();
    expect(RIGHTS_DELETE, ACCESS_EDIT, ERR_OWNER_ONLY);
    assert_non_null(row("pad"));
    expect(RIGHTS_DELETE, ACCESS_OWN, OK);
    assert_null(row("pad"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_it_is_gone_and_everybody_in_it_is_told),
        TEST(test_what_is_typed_meanwhile_is_not_written_behind_it),
        TEST(test_a_deletion_that_fails_changes_nothing),
        TEST(test_changes_behind_a_deletion_are_refused),
        TEST(test_nobody_comes_back_to_it),
        TEST(test_a_look_for_what_was_deleted_may_fail_or_be_cancelled),
        TEST(test_an_owned_one_is_deleted_by_its_owner_alone),
    };
    return RUN_DOC_TESTS(tests);
}
