/* link: kp_doc faulty_alloc doc_fixture fake_store fake_tables -Wl,--wrap=tsearch */
/* Memory runs out at every single allocation of opening, joining, editing,
 * journaling, writing and stopping: each says so or goes on without, leaves the
 * document as it was, leaks nothing, and succeeds when it is tried again. */
#include "support/doc_alloc_failure.h"

/* ---- opening ---- */

static enum error peek_at_pad(void)
{
    return open_pad_as(OPEN_PEEK);
}

static void test_beginning_a_document(void **state)
{
    (void)state;
    try_with_failures(open_pad);
    assert_text(&find("pad")->pad, "");
}

static void test_beginning_a_document_when_one_allocation_fails(void **state)
{
    (void)state;
    try_with(alloc_fail_once, open_pad, EXACTLY_AS_BEFORE);
    assert_text(&find("pad")->pad, "");
}

/* A row, a journal before and behind it, tabs, a language and a password. */
static void put_much_into_the_database(void)
{
    doc = open_document("pad");
    attach(doc, &fixture.ada, 10);
    attach(doc, &fixture.bob, 11);
    type(doc, &fixture.ada, "+hello");
    answer_all();
    assert_int_equal(document_set_language(doc, &fixture.ada, SLICE("c")), OK);
    later(2 * MINUTE_MS);
    answer_all();
    type_more(doc, &fixture.bob, "!");
    answer_all();
    fixture_restart();
    fake_document_set(&row("pad")->password, SLICE("secret"));
    password = "secret";
}

static void test_loading_a_document(void **state)
{
    (void)state;
    put_much_into_the_database();
    try_with_failures(open_pad);
    assert_text(&find("pad")->pad, "hello!");
}

static void test_loading_a_document_when_one_allocation_fails(void **state)
{
    (void)state;
    put_much_into_the_database();
    try_with(alloc_fail_once, open_pad, EXACTLY_AS_BEFORE);
    assert_text(&find("pad")->pad, "hello!");
}

/* Where servers share the database, what cannot be loaded is given back. */
static void test_loading_a_document_that_servers_share(void **state)
{
    (void)state;
    put_much_into_the_database();
    fixture.policy.is_shared = true;
    try_with_failures(open_pad);
    assert_text(&find("pad")->pad, "hello!");
}

static void test_loading_a_document_that_servers_share_when_one_allocation_fails(void **state)
{
    (void)state;
    put_much_into_the_database();
    fixture.policy.is_shared = true;
    try_with(alloc_fail_once, open_pad, EXACTLY_AS_BEFORE);
    assert_text(&find("pad")->pad, "hello!");
}

static void test_coming_to_the_door_of_a_document_that_servers_share(void **state)
{
    (void)state;
    put_much_into_the_database();
    fixture.policy.is_shared = true;
    try_with(alloc_fail_once, peek_at_pad, EXACTLY_AS_BEFORE);
    assert_text(&find("pad")->pad, "hello!");
}

static void test_peeking(void **state)
{
    (void)state;
    put_much_into_the_database();
    try_with_failures(peek_at_pad);
    assert_null(find("pad"));
}

static void test_finding_it_in_memory(void **state)
{
    (void)state;
    open_document("pad");
    try_with_failures(open_pad);
}

/* The load is somebody else's, and goes on. */
static void test_waiting_for_another_ones_load(void **state)
{
    (void)state;
    put_much_into_the_database();
    struct asker *first = ask("pad", OPEN_EDIT, password);
    fake_store_answer_one(&fixture.store);
    alloc_fail_from(1);
    struct asker *second = ask("pad", OPEN_EDIT, password);
    alloc_fail_from(0);
    assert_answer(second, ERR_NO_MEMORY);
    assert_int_equal(first->answers, 0);
    answer_all();
    assert_answer(first, OK);
    assert_int_equal(second->answers, 1);
}

/* ---- in the document ---- */

static void prepare_op(const char *line)
{
    op_clear(&op);
    assert_int_equal(op_text_parse(line, &op), OK);
}

static enum error join_pad(void)
{
    struct pad_hello hello = hello_v2(11);
    struct pad_welcome welcome;
    fixture.bob = (struct pad_peer){0};
    return document_attach(doc, &fixture.bob, &hello, &welcome);
}

static void test_joining(void **state)
{
    (void)state;
    jump(2 * HOUR_MS); /* so that a touch is due as well */
    try_with_failures(join_pad);
    assert_int_equal(doc->peer_count, 2);
}

static void test_a_document_that_nobody_got_into_is_not_left_behind(void **state)
{
    (void)state;
    struct pad_hello hello = hello_v2(12);
    struct pad_welcome welcome;
    struct asker *a = ask("fresh", OPEN_EDIT, NULL);
    answer_all();
    assert_answer(a, OK);
    fixture.bob = (struct pad_peer){0};
    alloc_fail_from(1);
    enum error err = document_attach(a->result.doc, &fixture.bob, &hello, &welcome);
    alloc_fail_from(0);
    assert_int_equal(err, ERR_NO_MEMORY);
    turn();
    assert_null(find("fresh"));
}

/* A row for which there is no memory goes with the next request, and those listed behind it do not
 * wait for it. */
static void test_a_row_without_memory_keeps_no_other_waiting(void **state)
{
    (void)state;
    unsigned only_the_second = 0;
    for (unsigned n = 1; n <= 8; n++) {
        type_more(doc, &fixture.ada, "a");
        type_more(other, &fixture.carl, "x");
        buf_deinit(&fixture.documents.batch);
        alloc_fail_once(n);
        journal_post(&fixture.documents);
        alloc_fail_from(0);
        const struct store_request *req = fake_store_waiting(&fixture.store, STORE_APPEND);
        only_the_second += req && req->row_count == 1 && slice_equal(req->rows[0].id, SLICE("other"));
        answer_all();
        assert_int_equal(doc->pad.committed, doc->pad.revision);
    }
    assert_true(only_the_second > 0);
}

/* It is told at the next look instead. */
static void test_a_touch_without_memory_is_made_up_for(void **state)
{
    (void)state;
    uint32_t opens = fixture.store.posted_count[STORE_OPEN];
    jump(2 * HOUR_MS);
    alloc_fail_from(1);
    persister_touch(doc, fixture.store.now_ms);
    alloc_fail_from(0);
    assert_int_equal(fixture.store.posted_count[STORE_OPEN], opens);
    persister_touch(doc, fixture.store.now_ms);
    assert_int_equal(fixture.store.posted_count[STORE_OPEN], opens + 1);
}

static enum error edit_pad(void)
{
    return document_edit(doc, &fixture.ada, doc->pad.revision, op_view(&op));
}

static enum error set_language(void)
{
    return document_set_language(doc, &fixture.ada, SLICE("python"));
}

static enum error set_info(void)
{
    return document_set_info(doc, &fixture.ada, SLICE("Countess of Lovelace"), 3);
}

static enum error set_cursors(void)
{
    return document_set_cursors(doc, &fixture.ada, (uint32_t[]){1, 2, 3}, 3, (struct pad_range[]){{1, 2}}, 1);
}

static void test_editing(void **state)
{
    (void)state;
    prepare_op("=2 +0123456789012345678901234567890123456789 =3");
    try_with(alloc_fail_from, edit_pad, MAY_GROW_A_BUFFER);
    assert_text(&doc->pad, "he0123456789012345678901234567890123456789llo");
    answer_all();
    assert_database("pad", "he0123456789012345678901234567890123456789llo");
}

static void test_presence(void **state)
{
    (void)state;
    try_with_failures(set_language);
    try_with_failures(set_info);
    try_with_failures(set_cursors);
    answer_all();
    later(2 * MINUTE_MS);
    answer_all();
    assert_slice(row("pad")->language, "python");
}

static void test_leaving_needs_no_memory(void **state)
{
    (void)state;
    type_more(doc, &fixture.ada, "!");
    alloc_fail_from(1);
    detach(doc, &fixture.ada);
    turn();
    alloc_fail_from(0);
    assert_int_equal(doc->peer_count, 0);
    answer_all();
    later(2 * MINUTE_MS); /* what could not be written when he left is */
    answer_all();
    assert_slice(row("pad")->text, "hello!");
    later(3 * HOUR_MS);
    answer_all();
    assert_null(find("pad"));
    assert_slice(row("pad")->text, "hello!");
}

/* ---- the journal ---- */

/* More text than a request holds without a second allocation. */
static void prepare_long_edit(char letter)
{
    char text[1000];
    memset(text, letter, sizeof text);
    op_clear(&op);
    assert_int_equal(op_retain(&op, rope_size(&doc->pad.text).points), OK);
    assert_int_equal(op_insert(&op, slice_of(text, sizeof text)), OK);
}

/* A turn without memory for all of it: what is left out goes with the next, and
 * nothing goes twice. */
static void journal_with(void (*fail_at)(size_t nth))
{
    fixture.policy.pad_limits.document_bytes = 100000;
    bool has_failed = true;
    for (size_t nth = 1; has_failed; nth++) {
        assert_in_range(nth, 1, 50);
        prepare_long_edit((char)('a' + nth % 26));
        assert_int_equal(edit_pad(), OK);
        type_more(other, &fixture.carl, "b");
        fixture.store.timer_due_ms = 0;
        fail_at(nth);
        turn();
        has_failed = alloc_has_failed();
        alloc_fail_from(0);
        if (fake_store_count(&fixture.store) == 0)
            assert_in_range(fixture.store.timer_due_ms, 1, fixture.store.now_ms + 100);
        later(100);
        answer_all();
        assert_int_equal(doc->pad.committed, doc->pad.revision);
        assert_int_equal(other->pad.committed, other->pad.revision);
        struct buf text = {0};
        assert_int_equal(rope_read(&doc->pad.text, 0, rope_size(&doc->pad.text).points, &text), OK);
        assert_int_equal(buf_append_byte(&text, 0), OK);
        assert_database("pad", text.ptr);
        buf_deinit(&text);
    }
}

static void test_journaling(void **state)
{
    (void)state;
    journal_with(alloc_fail_from);
}

static void test_journaling_when_one_allocation_fails(void **state)
{
    (void)state;
    journal_with(alloc_fail_once);
}

static void test_a_commit_needs_no_memory(void **state)
{
    (void)state;
    uint32_t at = 1;
    type_more(doc, &fixture.ada, "!");
    assert_int_equal(document_set_cursors(doc, &fixture.ada, &at, 1, NULL, 0), OK);
    turn();
    fake_store_carry_out(&fixture.store, 1);
    fixture.told[0] = '\0';
    alloc_fail_from(1);
    fake_store_deliver(&fixture.store);
    turn();
    alloc_fail_from(0);
    assert_int_equal(doc->pad.committed, 2);
    assert_told("stale pad, news pad");
}

/* ---- writing ---- */

static void test_writing(void **state)
{
    (void)state;
    type_more(doc, &fixture.ada, "!");
    set_language();
    answer_all();
    try_with_failures(write_pad);
    answer_all();
    assert_slice(row("pad")->text, "hello!");
    assert_slice(row("pad")->language, "python");
}

static void test_an_answer_needs_no_memory(void **state)
{
    (void)state;
    type_more(doc, &fixture.ada, "!");
    answer_all();
    write_pad();
    fake_store_carry_out(&fixture.store, 1);
    alloc_fail_from(1);
    fake_store_deliver(&fixture.store);
    alloc_fail_from(0);
    assert_int_equal(doc->saved_revision, 2);
}

static void test_time_goes_by_without_memory(void **state)
{
    (void)state;
    type_more(doc, &fixture.ada, "!");
    answer_all();
    detach(other, &fixture.carl);
    turn();
    alloc_fail_from(1);
    later(3 * HOUR_MS);
    turn();
    alloc_fail_from(0);
    check_pad(&doc->pad);
    assert_requests("");
    later(MINUTE_MS);
    answer_all();
    assert_slice(row("pad")->text, "hello!");
}

/* ---- expiry ---- */

static void test_expiring(void **state)
{
    (void)state;
    detach(doc, &fixture.ada);
    answer_all();
    int64_t cutoff_ms = fixture.store.now_ms + SECOND_MS;
    alloc_fail_from(1);
    document_expire(&fixture.documents, SLICE("pad"), cutoff_ms);
    alloc_fail_from(0);
    answer_all();
    assert_database("pad", "hello");
    document_expire(&fixture.documents, SLICE("pad"), cutoff_ms); /* found by the next search */
    answer_all();
    assert_null(row("pad"));
}

/* ---- the end ---- */

static bool is_written_without_memory(size_t nth)
{
    alloc_fail_from(nth);
    bool is_written = documents_are_written(&fixture.documents);
    alloc_fail_from(0);
    return is_written;
}

static void test_stopping(void **state)
{
    (void)state;
    type_more(doc, &fixture.ada, "!");
    type_more(other, &fixture.carl, "y");
    answer_all();
    documents_stop(&fixture.documents);
    for (size_t nth = 1; nth < 4; nth++) {
        assert_false(is_written_without_memory(nth)); /* though there was none for a snapshot */
        answer_all();
    }
    assert_false(documents_are_written(&fixture.documents));
    answer_all();
    assert_true(documents_are_written(&fixture.documents));
    assert_slice(row("pad")->text, "hello!");
    assert_slice(row("other")->text, "xy");
}

static void test_refusing_opens_needs_no_memory(void **state)
{
    (void)state;
    struct asker *a = ask("third", OPEN_EDIT, NULL);
    alloc_fail_from(1);
    documents_stop(&fixture.documents);
    alloc_fail_from(0);
    assert_answer(a, ERR_SHUTTING_DOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_NOTHING(test) cmocka_unit_test_setup_teardown(test, fixture_begin, end)
#define WITH_DOCUMENTS(test) cmocka_unit_test_setup_teardown(test, begin, end)
        WITH_NOTHING(test_beginning_a_document),
        WITH_NOTHING(test_beginning_a_document_when_one_allocation_fails),
        WITH_NOTHING(test_loading_a_document),
        WITH_NOTHING(test_loading_a_document_when_one_allocation_fails),
        WITH_NOTHING(test_loading_a_document_that_servers_share),
        WITH_NOTHING(test_loading_a_document_that_servers_share_when_one_allocation_fails),
        WITH_NOTHING(test_coming_to_the_door_of_a_document_that_servers_share),
        WITH_NOTHING(test_peeking),
        WITH_NOTHING(test_finding_it_in_memory),
        WITH_NOTHING(test_waiting_for_another_ones_load),
        WITH_DOCUMENTS(test_joining),
        WITH_DOCUMENTS(test_a_row_without_memory_keeps_no_other_waiting),
        WITH_DOCUMENTS(test_a_document_that_nobody_got_into_is_not_left_behind),
        WITH_DOCUMENTS(test_a_touch_without_memory_is_made_up_for),
        WITH_DOCUMENTS(test_editing),
        WITH_DOCUMENTS(test_presence),
        WITH_DOCUMENTS(test_leaving_needs_no_memory),
        WITH_DOCUMENTS(test_journaling),
        WITH_DOCUMENTS(test_journaling_when_one_allocation_fails),
        WITH_DOCUMENTS(test_a_commit_needs_no_memory),
        WITH_DOCUMENTS(test_writing),
        WITH_DOCUMENTS(test_an_answer_needs_no_memory),
        WITH_DOCUMENTS(test_time_goes_by_without_memory),
        WITH_DOCUMENTS(test_expiring),
        WITH_DOCUMENTS(test_stopping),
        WITH_DOCUMENTS(test_refusing_opens_needs_no_memory),
    };
    return RUN_DOC_TESTS(tests);
}
