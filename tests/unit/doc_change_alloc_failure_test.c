/* link: kp_doc faulty_alloc doc_fixture fake_store fake_tables -Wl,--wrap=tsearch */
/* Each allocation that fails while a password, rights or comments are changed. */
#include "support/doc_alloc_failure.h"

/* ---- passwords ---- */

static struct password_change change;
static unsigned changes_done;
static enum error change_err;

static void on_changed(struct password_change *c, enum error err)
{
    assert_ptr_equal(c, &change);
    changes_done++;
    change_err = err;
}

static enum error change_password(void)
{
    change = (struct password_change){.access = ACCESS_EDIT,
                                      .has_user = true,
                                      .user_id = fixture.ada.user_id,
                                      .has_token = true,
                                      .token = id(10),
                                      .client = client_at(1),
                                      .is_on = true,
                                      .done = on_changed};
    return document_change_password(&fixture.documents, SLICE("pad"), &change);
}

static void test_changing_a_password(void **state)
{
    (void)state;
    changes_done = 0;
    try_with_failures(change_password);
    assert_int_equal(changes_done, 0);
    answer_all();
    assert_int_equal(changes_done, 1);
    assert_int_equal(change_err, OK);
    assert_true(slice_equal(doc->pad.password, row("pad")->password));
}

/* The database has the new one by then, which nobody is told: the next snapshot
 * puts the old one back. */
static void test_no_memory_after_the_new_password_was_written(void **state)
{
    (void)state;
    for (size_t nth = 1; nth <= 2; nth++) {
        changes_done = 0;
        assert_int_equal(change_password(), OK);
        fake_store_carry_out(&fixture.store, 1);
        assert_non_null(row("pad")->password.ptr);
        struct look before = look();
        alloc_fail_from(nth);
        fake_store_deliver(&fixture.store);
        alloc_fail_from(0);
        assert_int_equal(changes_done, 1);
        assert_int_equal(change_err, ERR_NO_MEMORY);
        assert_null(doc->pad.password.ptr);
        assert_int_equal(doc->pad.sequence, before.sequence);
        assert_true(document_is_changed(doc));
        later(2 * MINUTE_MS);
        answer_all();
        assert_null(row("pad")->password.ptr);
    }
}

/* ---- rights ---- */

static struct rights_change rights;
static unsigned rights_done;
static enum error rights_err;

static void on_rights_changed(struct rights_change *c, enum error err)
{
    assert_ptr_equal(c, &rights);
    rights_done++;
    rights_err = err;
}

/* Without memory it is answered at once. */
static enum error add_link(void)
{
    rights = (struct rights_change){.verb = RIGHTS_ADD_LINK,
                                    .access = ACCESS_EDIT,
                                    .new_link.name = SLICE("link"),
                                    .done = on_rights_changed};
    rights_done = 0;
    rights_err = OK;
    document_change_rights(doc, &rights);
    return rights_err;
}

static void test_changing_rights(void **state)
{
    (void)state;
    try_with_failures(add_link);
    assert_int_equal(rights_done, 0);
    answer_all();
    assert_int_equal(rights_done, 1);
    assert_int_equal(rights_err, OK);
    assert_int_equal(doc->rights.link_count, 1);
    assert_int_equal(row("pad")->rights.link_count, 1);
}

/* ---- comments ---- */

static struct comment_change comment;
static unsigned comments_done;
static enum error comment_err;

static void on_comment_changed(struct comment_change *c, enum error err)
{
    assert_ptr_equal(c, &comment);
    comments_done++;
    comment_err = err;
}

static enum error comment_on(enum comment_verb verb)
{
    struct comment_change before = comment;
    comment = (struct comment_change){.verb = verb,
                                      .access = ACCESS_EDIT,
                                      .author.name = SLICE("Ada"),
                                      .text = SLICE("why?"),
                                      .resolved = true,
                                      .revision = doc->pad.committed,
                                      .to = 3,
                                      .done = on_comment_changed};
    memcpy(comment.thread_id, before.thread_id, sizeof comment.thread_id);
    comments_done = 0;
    comment_err = OK;
    document_change_comments(doc, &comment);
    return comment_err;
}

static enum error make_comment(void)
{
    return comment_on(COMMENT_MAKE);
}

static enum error answer_comment(void)
{
    return comment_on(COMMENT_REPLY);
}

static enum error delete_comments(void)
{
    return comment_on(COMMENT_DELETE_THREAD);
}

/* `act` is under way: the database answers, for which no memory is needed. */
static void assert_commented(uint32_t threads)
{
    assert_int_equal(comments_done, 0);
    alloc_fail_from(1);
    fake_store_answer_one(&fixture.store);
    alloc_fail_from(0);
    answer_all();
    assert_int_equal(comments_done, 1);
    assert_int_equal(comment_err, OK);
    assert_int_equal(doc->pad.comments->count, threads);
    check_pad(&doc->pad);
}

static void test_commenting(void **state)
{
    (void)state;
    type(doc, &fixture.ada, "+commented =5");
    answer_all();
    assert_int_equal(make_comment(), OK); /* of the first one the pad keeps what holds them */
    assert_commented(1);
    try_with_failures(make_comment);
    assert_commented(2);
    try_with_failures(answer_comment);
    assert_commented(2);
    try_with_failures(delete_comments);
    assert_commented(1);
}

/* A snapshot of a document with comments, and a load. */
static void test_comments_in_a_row(void **state)
{
    (void)state;
    type(doc, &fixture.ada, "+commented =5");
    answer_all();
    assert_int_equal(make_comment(), OK);
    assert_commented(1);
    type(doc, &fixture.ada, "=2 +x =12");
    try_with_failures(write_pad);
    answer_all();
    detach(doc, &fixture.ada);
    fixture_restart();
    try_with_failures(open_pad);
    doc = find("pad");
    assert_int_equal(doc->pad.comments->count, 1);
}

static enum error delete_pad(void)
{
    rights = (struct rights_change){.verb = RIGHTS_DELETE, .access = ACCESS_EDIT, .done = on_rights_changed};
    rights_done = 0;
    rights_err = OK;
    document_change_rights(doc, &rights);
    return rights_err;
}

static void test_deleting_for_good(void **state)
{
    (void)state;
    try_with_failures(delete_pad);
    answer_all();
    assert_int_equal(rights_done, 1);
    assert_null(row("pad"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_NOTHING(test) cmocka_unit_test_setup_teardown(test, fixture_begin, end)
#define WITH_DOCUMENTS(test) cmocka_unit_test_setup_teardown(test, begin, end)
        WITH_DOCUMENTS(test_changing_a_password),
        WITH_DOCUMENTS(test_no_memory_after_the_new_password_was_written),
        WITH_DOCUMENTS(test_commenting),
        WITH_DOCUMENTS(test_comments_in_a_row),
        WITH_DOCUMENTS(test_changing_rights),
        WITH_DOCUMENTS(test_deleting_for_good),
    };
    return RUN_DOC_TESTS(tests);
}
