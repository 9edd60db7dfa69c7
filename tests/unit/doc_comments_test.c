/* link: kp_doc kp_alloc doc_fixture fake_store fake_tables */
/* Comments of a document: checked, written, told; and where they are after whatever became of the process. */
#include "support/comment_changes.h"

static struct comment_change of_thread(enum comment_verb verb, const struct changer *made)
{
    struct comment_change change = {.verb = verb, .text = SLICE("because"), .resolved = true};
    memcpy(change.thread_id, made->change.thread_id, sizeof change.thread_id);
    memcpy(change.comment_id, made->change.comment_id, sizeof change.comment_id);
    return change;
}

static struct changer *made(int i, struct comment_change change)
{
    struct changer *c = post(i, change);
    answer_all();
    assert_changed(c, OK);
    return c;
}

static void assert_comments(const struct changer *c, const char *texts)
{
    struct comment_thread thread;
    char got[256] = "";
    assert_int_equal(comment_thread_decode(thread_of(c)->bytes, &thread), OK);
    for (uint32_t i = 0; i < thread.count; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%.*s", i ? ", " : "",
                 (int)thread.comments[i].text.len, thread.comments[i].text.ptr);
    assert_string_equal(got, texts);
}

static void reopen(void)
{
    doc = open_document("pad");
    check_pad(&doc->pad);
}

/* ---- written before it is told ---- */

static void test_a_thread_is_there_when_it_is_stored(void **state)
{
    (void)state;
    struct changer *c = post(0, make(1, 4, 9));
    assert_requests("comment pad");
    assert_int_equal(c->answers, 0);
    turn();
    assert_told("");
    assert_null(thread_of(c));
    answer_all();
    assert_changed(c, OK);
    assert_place(c, 4, 9);
    assert_comments(c, "why?");
    assert_true(strstr(fixture.told, "news pad") != NULL);
}

static void test_changes_come_one_after_the_other(void **state)
{
    (void)state;
    struct changer *first = made(0, make(1, 4, 9));
    struct changer *reply = post(1, of_thread(COMMENT_REPLY, first));
    struct changer *again = post(2, of_thread(COMMENT_REPLY, first));
    struct changer *gone = post(3, of_thread(COMMENT_DELETE_THREAD, first));
    assert_requests("comment pad");
    answer_all();
    assert_changed(reply, OK);
    assert_changed(again, OK);
    assert_changed(gone, OK);
    assert_null(thread_of(first));
    assert_null(row("pad")->places.bytes.ptr);
    assert_true(list_is_empty(&row("pad")->comments));
}

static void test_what_was_not_written_is_not_so_and_is_put_back(void **state)
{
    (void)state;
    struct changer *kept = made(0, make(1, 4, 9));
    fake_store_fail_next(&fixture.store, STORE_COMMENT);
    struct changer *refused = post(1, of_thread(COMMENT_REPLY, kept));
    struct changer *next = post(2, of_thread(COMMENT_RESOLVE, kept));
    fake_store_answer_one(&fixture.store);
    assert_changed(refused, ERR_STORAGE);
    assert_comments(kept, "why?");
    assert_requests("comment pad"); /* nobody knows what the database has */
    assert_false(fake_store_waiting(&fixture.store, STORE_COMMENT)->fail_fast);
    answer_all();
    assert_changed(next, OK);
    assert_comments(kept, "why?");
}

static void test_a_new_one_that_was_not_written_is_taken_out_again(void **state)
{
    (void)state;
    fake_store_fail_next(&fixture.store, STORE_COMMENT);
    struct changer *refused = post(0, make(1, 4, 9));
    fake_store_answer_one(&fixture.store);
    assert_changed(refused, ERR_STORAGE);
    assert_int_equal(doc->pad.comments->count, 0);
    const struct store_request *req = fake_store_waiting(&fixture.store, STORE_COMMENT);
    assert_null(req->comments[0].bytes.ptr);
    assert_null(req->places.bytes.ptr);
    answer_all();
    check_pad(&doc->pad);
    made(1, make(1, 4, 9));
}

static void test_a_deletion_that_fails_changes_nothing(void **state)
{
    (void)state;
    struct changer *kept = made(0, make(1, 4, 9));
    fake_store_fail_next(&fixture.store, STORE_COMMENT);
    struct changer *refused = post(1, of_thread(COMMENT_DELETE, kept));
    answer_all();
    assert_changed(refused, ERR_STORAGE);
    assert_place(kept, 4, 9);
    fixture_restart();
    reopen();
    assert_place(kept, 4, 9);
}

static void test_nobody_need_wait_for_it(void **state)
{
    (void)state;
    struct changer *begun = post(0, make(1, 4, 9)), *waiting = post(1, make(1, 0, 3));
    comment_change_cancel(&begun->change);
    comment_change_cancel(&waiting->change);
    answer_all();
    assert_int_equal(begun->answers + waiting->answers, 0);
    assert_place(begun, 4, 9);
    assert_int_equal(doc->pad.comments->count, 1);
}

static void test_a_stop_waits_for_a_change(void **state)
{
    (void)state;
    detach(doc, &fixture.ada);
    answer_all();
    struct changer *c = post(0, make(1, 4, 9));
    documents_stop(&fixture.documents);
    assert_false(documents_are_written(&fixture.documents));
    answer_all();
    assert_changed(c, OK);
    assert_true(documents_are_written(&fixture.documents));
    assert_changed(post(1, make(1, 4, 9)), ERR_SHUTTING_DOWN);
}

static void test_a_stop_that_gives_up_answers_all_of_them(void **state)
{
    (void)state;
    struct changer *begun = post(0, make(1, 4, 9)), *waiting = post(1, make(1, 4, 9));
    documents_stop(&fixture.documents);
    documents_give_up(&fixture.documents);
    assert_changed(begun, ERR_SHUTTING_DOWN);
    assert_changed(waiting, ERR_SHUTTING_DOWN);
    answer_all();
    assert_int_equal(begun->answers + waiting->answers, 2);
}

static void on_deleted(struct rights_change *change, enum error err)
{
    (void)change;
    assert_int_equal(err, OK);
}

static void test_a_document_that_is_being_deleted_gets_none(void **state)
{
    (void)state;
    static struct rights_change deletion;
    deletion = (struct rights_change){.verb = RIGHTS_DELETE, .access = ACCESS_EDIT, .done = on_deleted};
    struct changer *before = post(0, make(1, 4, 9));
    document_change_rights(doc, &deletion);
    struct changer *late = post(1, make(1, 4, 9));
    detach(doc, &fixture.ada);
    answer_all();
    assert_changed(before, OK);
    assert_changed(late, ERR_STORAGE);
    assert_null(row("pad"));
}

static void test_who_may_not_write_changes_nothing(void **state)
{
    (void)state;
    struct changer *kept = made(0, make(1, 4, 9));
    for (enum comment_verb verb = COMMENT_MAKE; verb < COMMENT_VERB_COUNT; verb++) {
        struct comment_change change = of_thread(verb, kept);
        change.access = ACCESS_VIEW;
        change.at_least = COMMENTS_READ;
        change.revision = 1;
        change.to = 3;
        assert_changed(post(1, change), ERR_VIEW_ONLY);
        assert_requests("");
    }
    assert_comments(kept, "why?");
}

/* ---- where they are ---- */

static void test_they_move_when_the_journal_has_answered(void **state)
{
    (void)state;
    struct changer *c = made(0, make(1, 4, 9));
    type(doc, &fixture.ada, "+So:\\s =19");
    turn();
    assert_place(c, 4, 9);
    answer_all();
    assert_place(c, 8, 13);
    check_pad(&doc->pad);
}

static void test_they_are_where_the_text_is_after_a_crash(void **state)
{
    (void)state;
    struct changer *c = made(0, make(1, 4, 9));
    type(doc, &fixture.ada, "+So:\\s =19");
    answer_all();
    type(doc, &fixture.ada, "+lost =23");
    fixture_crash();
    reopen();
    assert_place(c, 8, 13);
    assert_comments(c, "why?");
}

/* The text that a snapshot has may be newer than the journal. */
static void test_a_snapshot_ahead_of_the_journal_has_its_own_places(void **state)
{
    (void)state;
    struct changer *c = made(0, make(1, 4, 9));
    type(doc, &fixture.ada, "+So:\\s =19");
    assert_int_equal(persister_write(doc, PERSIST_IDLE), OK);
    fake_store_answer_one(&fixture.store); /* the snapshot, and no row of the journal */
    assert_place(c, 4, 9);
    fixture_crash();
    reopen();
    assert_int_equal(doc->pad.revision, 2);
    assert_place(c, 8, 13);
}

static void test_one_behind_such_a_snapshot_is_of_its_text(void **state)
{
    (void)state;
    type(doc, &fixture.ada, "+So:\\s =19");
    assert_int_equal(persister_write(doc, PERSIST_IDLE), OK);
    struct changer *c = post(0, make(1, 4, 9));
    assert_requests("snapshot pad, comment pad");
    fake_store_answer_one(&fixture.store);
    fake_store_answer_one(&fixture.store);
    assert_changed(c, OK);
    assert_place(c, 4, 9);
    fixture_crash();
    reopen();
    assert_place(c, 8, 13);
}

/* A snapshot between a change and its answer has the new thread's place, too. */
static void test_a_snapshot_has_the_place_of_one_that_is_on_its_way(void **state)
{
    (void)state;
    struct changer *c = post(0, make(1, 4, 9));
    type(doc, &fixture.ada, "+So:\\s =19");
    assert_int_equal(persister_write(doc, PERSIST_IDLE), OK);
    fake_store_carry_out(&fixture.store, 2); /* and nobody is told of either */
    fixture_crash();
    reopen();
    assert_place(c, 8, 13);
}

static void test_without_a_journal_the_text_goes_in_front(void **state)
{
    (void)state;
    fixture.policy.durability = STORE_LAZY;
    type(doc, &fixture.ada, "+So:\\s =19");
    turn();
    struct changer *c = post(0, make(2, 8, 13));
    assert_requests("snapshot pad, comment pad");
    answer_all();
    fixture_crash();
    reopen();
    assert_place(c, 8, 13);
}

/* A server that knows nothing of comments has written another text, and dropped what led there. */
static void test_what_an_older_server_wrote_leaves_those_whose_quote_is_there(void **state)
{
    (void)state;
    struct changer *quick = made(0, make(1, 4, 9)), *fox = made(1, make(1, 16, 19));
    fixture_restart();
    struct fake_document *stored = row("pad");
    fake_document_set(&stored->text, SLICE("The quick red fox"));
    stored->revision = 7;
    reopen();
    assert_place(quick, 4, 9);
    assert_place(fox, 16, 16);
}

/* Where it has left the journal alone, they are moved over it. */
static void test_what_an_older_server_wrote_is_caught_up_with(void **state)
{
    (void)state;
    struct changer *c = made(0, make(1, 4, 9));
    type(doc, &fixture.ada, "+So:\\s =19");
    answer_all();
    fixture_crash();
    struct fake_document *stored = row("pad");
    assert_int_equal(stored->places.revision, 1);
    fake_document_set(&stored->text, SLICE("So: The quick brown fox"));
    stored->revision = 2;
    reopen();
    assert_place(c, 8, 13);
}

static void test_a_text_that_is_shorter_than_its_places_has_them_at_its_end(void **state)
{
    (void)state;
    struct changer *c = made(0, make(1, 16, 19));
    fixture_restart();
    fake_document_set(&row("pad")->text, SLICE("x"));
    row("pad")->revision = 9;
    reopen();
    assert_place(c, 1, 1);
}

static void test_what_is_damaged_takes_nothing_else_along(void **state)
{
    (void)state;
    struct changer *bad = made(0, make(1, 0, 3)), *good = made(1, make(1, 4, 9));
    fixture_restart();
    struct fake_document *stored = row("pad");
    struct fake_comment *first = LIST_ITEM(stored->comments.next, struct fake_comment, link);
    fake_document_set(&first->bytes, SLICE("no thread"));
    reopen();
    assert_null(thread_of(bad));
    assert_place(good, 4, 9);
    fixture_restart();
    fake_document_set(&row("pad")->places.bytes, SLICE("\x01\x05nonsense"));
    reopen();
    assert_text(&doc->pad, "The quick brown fox");
    assert_place(good, 0, 0);
    assert_comments(good, "why?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        COMMENT_TEST(test_a_thread_is_there_when_it_is_stored),
        COMMENT_TEST(test_changes_come_one_after_the_other),
        COMMENT_TEST(test_what_was_not_written_is_not_so_and_is_put_back),
        COMMENT_TEST(test_a_new_one_that_was_not_written_is_taken_out_again),
        COMMENT_TEST(test_a_deletion_that_fails_changes_nothing),
        COMMENT_TEST(test_nobody_need_wait_for_it),
        COMMENT_TEST(test_a_stop_waits_for_a_change),
        COMMENT_TEST(test_a_stop_that_gives_up_answers_all_of_them),
        COMMENT_TEST(test_a_document_that_is_being_deleted_gets_none),
        COMMENT_TEST(test_who_may_not_write_changes_nothing),
        COMMENT_TEST(test_they_move_when_the_journal_has_answered),
        COMMENT_TEST(test_they_are_where_the_text_is_after_a_crash),
        COMMENT_TEST(test_a_snapshot_ahead_of_the_journal_has_its_own_places),
        COMMENT_TEST(test_one_behind_such_a_snapshot_is_of_its_text),
        COMMENT_TEST(test_a_snapshot_has_the_place_of_one_that_is_on_its_way),
        COMMENT_TEST(test_without_a_journal_the_text_goes_in_front),
        COMMENT_TEST(test_what_an_older_server_wrote_leaves_those_whose_quote_is_there),
        COMMENT_TEST(test_what_an_older_server_wrote_is_caught_up_with),
        COMMENT_TEST(test_a_text_that_is_shorter_than_its_places_has_them_at_its_end),
        COMMENT_TEST(test_what_is_damaged_takes_nothing_else_along),
    };
    return RUN_DOC_TESTS(tests);
}
