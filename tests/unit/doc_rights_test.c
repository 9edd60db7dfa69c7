/* link: kp_doc kp_alloc doc_fixture fake_store fake_tables */
/* Owners and links of a document: changed, written, told; and the document deleted for good. */
#include "support/rights_changes.h"

static uint32_t count_links(void)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < doc->rights.link_count; i++)
        count += !store_link_is_withdrawn(&doc->rights.links[i]);
    return count;
}

/* ---- the owner ---- */

static void test_whoever_takes_charge_is_the_owner_for_good(void **state)
{
    (void)state;
    changers[0].change.has_user = true;
    changers[0].change.user_id = fixture.ada.user_id;
    struct changer *c = change(0, RIGHTS_TAKE_CHARGE, ACCESS_EDIT);
    assert_int_equal(c->answers, 0);
    assert_requests("rights pad");
    assert_told("");
    answer_all();
    assert_changed(c, OK);
    assert_told("rights pad of 0, news pad");
    open_with(NONE, NONE, token_of(c));
    assert_int_equal(opened.access, ACCESS_OWN);
    detach(doc, &fixture.ada);
    answer_all();
    fixture_restart();
    open_with(NONE, NONE, token_of(c));
    assert_int_equal(opened.access, ACCESS_OWN);
    doc = find("pad");
    expect(RIGHTS_TAKE_CHARGE, ACCESS_EDIT, ERR_HAS_OWNER);
    expect(RIGHTS_TAKE_CHARGE, ACCESS_OWN, ERR_HAS_OWNER);
    open_with(NONE, NONE, token_of(c));
    assert_int_equal(opened.access, ACCESS_OWN);
}

static void test_a_viewer_may_change_nothing(void **state)
{
    (void)state;
    changers[3].change.sets_keep_days = true;
    expect(RIGHTS_TAKE_CHARGE, ACCESS_VIEW, ERR_VIEW_ONLY);
    expect(RIGHTS_ADD_LINK, ACCESS_VIEW, ERR_VIEW_ONLY);
    expect(RIGHTS_REMOVE_LINK, ACCESS_VIEW, ERR_VIEW_ONLY);
    expect(RIGHTS_SET, ACCESS_VIEW, ERR_VIEW_ONLY);
    expect(RIGHTS_DELETE, ACCESS_VIEW, ERR_VIEW_ONLY);
    assert_int_equal(fixture.store.posted_count[STORE_RIGHTS], 0);
}

static void test_where_only_the_owner_manages_editors_may_not(void **state)
{
    (void)state;
    struct changer *link = make_link(1, false, 0);
    take_charge();
    changers[3].change.sets_manager = changers[3].change.owner_manages = true;
    expect(RIGHTS_SET, ACCESS_EDIT, ERR_OWNER_ONLY);
    expect(RIGHTS_SET, ACCESS_OWN, OK);
    expect(RIGHTS_ADD_LINK, ACCESS_EDIT, ERR_OWNER_ONLY);
    memcpy(changers[3].change.link_id, link->change.link_id, LINK_ID_CHARS);
    expect(RIGHTS_REMOVE_LINK, ACCESS_EDIT, ERR_OWNER_ONLY);
    expect(RIGHTS_DELETE, ACCESS_EDIT, ERR_OWNER_ONLY);
    changers[3].change.sets_manager = false;
    changers[3].change.sets_keep_days = true;
    expect(RIGHTS_SET, ACCESS_EDIT, ERR_OWNER_ONLY);
    expect(RIGHTS_REMOVE_LINK, ACCESS_OWN, OK);
    assert_int_equal(count_links(), 0);
}

static void test_where_only_the_owner_writes_everybody_else_reads(void **state)
{
    (void)state;
    struct changer *link = make_link(1, true, 0);
    take_charge();
    changers[3].change.sets_writer = changers[3].change.owner_writes = true;
    expect(RIGHTS_SET, ACCESS_EDIT, ERR_OWNER_ONLY);
    assert_int_equal(document_address_access(doc), ACCESS_EDIT);
    expect(RIGHTS_SET, ACCESS_OWN, OK);
    assert_int_equal(document_address_access(doc), ACCESS_VIEW);
    assert_int_equal(document_link_access(doc, link->change.link_id), ACCESS_VIEW);
    expect_link(token_of(link), OK, ACCESS_VIEW);
    open_with(NONE, NONE, NONE);
    assert_int_equal(opened.access, ACCESS_VIEW);
}

static void test_the_days_that_it_is_kept_are_told(void **state)
{
    (void)state;
    changers[3].change.sets_keep_days = true;
    changers[3].change.keep_days = 2;
    expect(RIGHTS_SET, ACCESS_EDIT, OK);
    int64_t left_ms = document_expires_ms(doc) - fixture.store.now_ms;
    assert_in_range(left_ms, 2 * (int64_t)DAY_MS - MINUTE_MS, 2 * (int64_t)DAY_MS);
    fixture.policy.expiry_ms = 0; /* also where everything else is kept for ever */
    assert_in_range(document_expires_ms(doc) - fixture.store.now_ms, left_ms, left_ms);
    changers[3].change.keep_days = 0;
    expect(RIGHTS_SET, ACCESS_EDIT, OK);
    assert_int_equal(document_expires_ms(doc), 0);
}

/* ---- links ---- */

static void test_a_link_opens_it_until_it_is_withdrawn(void **state)
{
    (void)state;
    struct changer *view = make_link(0, false, 0), *edit = make_link(1, true, 0);
    assert_told("rights pad, rights pad");
    assert_memory_not_equal(view->change.link_id, view->change.token, LINK_ID_CHARS);
    assert_true(slice_equal(document_link(doc, view->change.link_id)->name, SLICE("Class 7b")));
    expect_link(token_of(view), OK, ACCESS_VIEW);
    assert_memory_equal(opened.link_id, view->change.link_id, LINK_ID_CHARS);
    expect_link(token_of(edit), OK, ACCESS_EDIT);
    memcpy(changers[3].change.link_id, view->change.link_id, LINK_ID_CHARS);
    expect(RIGHTS_REMOVE_LINK, ACCESS_EDIT, OK);
    assert_told("rights pad");
    assert_int_equal(document_link_access(doc, view->change.link_id), ACCESS_NONE);
    expect_link(token_of(view), ERR_WITHDRAWN, ACCESS_NONE);
    expect_link(token_of(edit), OK, ACCESS_EDIT);
    expect(RIGHTS_REMOVE_LINK, ACCESS_EDIT, ERR_NOT_FOUND);
    detach(doc, &fixture.ada);
    fixture_restart();
    expect_link(token_of(view), ERR_WITHDRAWN, ACCESS_NONE);
    assert_null(find("pad")); /* it was not even loaded */
    expect_link(token_of(edit), OK, ACCESS_EDIT);
}

static void test_whoever_is_in_by_a_link_is_told_when_it_ends(void **state)
{
    (void)state;
    struct changer *link = make_link(0, false, fixture.store.now_ms + 30 * SECOND_MS);
    documents_on_timer(&fixture.documents);
    fixture.told[0] = '\0';
    later(29 * SECOND_MS);
    assert_null(strstr(fixture.told, "rights"));
    expect_link(token_of(link), OK, ACCESS_VIEW);
    later(2 * SECOND_MS);
    assert_non_null(strstr(fixture.told, "rights pad"));
    assert_int_equal(document_link_access(doc, link->change.link_id), ACCESS_NONE);
    expect_link(token_of(link), ERR_WITHDRAWN, ACCESS_NONE);
    fixture.told[0] = '\0';
    later(60 * SECOND_MS);
    assert_null(strstr(fixture.told, "rights"));
}

static void test_there_are_64_at_most(void **state)
{
    (void)state;
    for (int i = 0; i < LINKS_MAX; i++) {
        *changers = (struct changer){0};
        make_link(0, false, 0);
    }
    expect(RIGHTS_ADD_LINK, ACCESS_EDIT, ERR_TOO_MANY_LINKS);
    memcpy(changers[3].change.link_id, changers[0].change.link_id, LINK_ID_CHARS);
    expect(RIGHTS_REMOVE_LINK, ACCESS_EDIT, OK);
    expect(RIGHTS_ADD_LINK, ACCESS_EDIT, OK);
    expect(RIGHTS_ADD_LINK, ACCESS_EDIT, ERR_TOO_MANY_LINKS);
    assert_int_equal(doc->rights.link_count, LINKS_MAX);
}

/* Of those there are so many as there is room for, and they are in nobody's way. */
static void test_links_that_were_withdrawn_are_known_and_make_room(void **state)
{
    (void)state;
    char last[TOKEN_CHARS];
    for (int i = 0; i < 2 * LINKS_MAX; i++) {
        *changers = (struct changer){0};
        memcpy(changers[3].change.link_id, make_link(0, true, 0)->change.link_id, LINK_ID_CHARS);
        expect(RIGHTS_REMOVE_LINK, ACCESS_EDIT, OK);
        expect(RIGHTS_REMOVE_LINK, ACCESS_EDIT, ERR_NOT_FOUND);
    }
    assert_int_equal(count_links(), 0);
    assert_true(doc->rights.link_count <= LINKS_MAX);
    memcpy(last, changers[0].change.token, TOKEN_CHARS);
    struct slice withdrawn = slice_of(last, TOKEN_CHARS);
    assert_int_equal(doc->rights.links[doc->rights.link_count - 1].name.len, 0);
    for (int i = 0; i < LINKS_MAX - 1; i++) {
        *changers = (struct changer){0};
        make_link(0, false, 0);
    }
    assert_int_equal(count_links(), LINKS_MAX - 1);
    open_with(withdrawn, withdrawn, withdrawn); /* as a Bearer is */
    assert_string_equal(error_code(opened.err), "link_withdrawn");
    make_link(1, false, 0);
    expect(RIGHTS_ADD_LINK, ACCESS_EDIT, ERR_TOO_MANY_LINKS);
}

static void test_its_use_is_written_once_a_minute(void **state)
{
    (void)state;
    struct changer *link = make_link(0, false, 0);
    for (int i = 0; i < 5; i++)
        expect_link(token_of(link), OK, ACCESS_VIEW);
    assert_int_equal(fixture.store.posted_count[STORE_LINK_USED], 1);
    jump(61 * SECOND_MS);
    expect_link(token_of(link), OK, ACCESS_VIEW);
    assert_int_equal(fixture.store.posted_count[STORE_LINK_USED], 2);
    assert_int_equal(row("pad")->rights.links[0].used_ms, fixture.store.now_ms);
}

static void on_found(struct link_find *find, enum error err, struct slice id)
{
    (void)find;
    openings++;
    opened.err = err;
    opened.exists = slice_equal(id, SLICE("pad"));
}

static void find_by(struct slice token, enum error err)
{
    struct link_find find = {.client = client_at(9), .done = on_found};
    openings = 0;
    link_find_begin(&fixture.documents, token, &find);
    fake_store_answer_all(&fixture.store);
    assert_int_equal(openings, 1);
    assert_string_equal(error_code(opened.err), error_code(err));
    assert_int_equal(opened.exists, !err);
}

static void test_a_document_is_found_by_its_link_and_guesses_count(void **state)
{
    (void)state;
    struct changer *link = make_link(0, false, 0);
    find_by(token_of(link), OK);
    detach(doc, &fixture.ada);
    fixture.limits_config.per_minute[LIMIT_PASSWORD_ATTEMPT] = 3;
    fixture_restart();
    find_by(token_of(link), OK);
    for (int i = 0; i < 3; i++)
        find_by(SLICE("AAAAAAAAAAAAAAAAAAAAAA"), ERR_WITHDRAWN);
    find_by(SLICE("AAAAAAAAAAAAAAAAAAAAAA"), ERR_RATE_LIMITED);
    find_by(token_of(link), ERR_RATE_LIMITED);
}

static void test_a_search_that_is_cancelled_answers_nobody(void **state)
{
    (void)state;
    struct link_find find = {.client = client_at(9), .done = on_found};
    openings = 0;
    link_find_begin(&fixture.documents, SLICE("AAAAAAAAAAAAAAAAAAAAAA"), &find);
    link_find_cancel(&find);
    fake_store_answer_all(&fixture.store);
    assert_int_equal(openings, 0);
}

/* ---- writing ---- */

static void test_changes_come_one_after_the_other(void **state)
{
    (void)state;
    struct changer *first = change(0, RIGHTS_ADD_LINK, ACCESS_EDIT);
    struct changer *second = change(1, RIGHTS_ADD_LINK, ACCESS_EDIT);
    struct changer *third = change(2, RIGHTS_TAKE_CHARGE, ACCESS_EDIT);
    assert_requests("rights pad");
    fake_store_answer_one(&fixture.store);
    assert_changed(first, OK);
    assert_int_equal(second->answers, 0);
    answer_all();
    assert_changed(second, OK);
    assert_changed(third, OK);
    assert_int_equal(row("pad")->rights.link_count, 2);
    assert_true(row("pad")->rights.has_owner);
}

/* What somebody could do when it was asked for may be over when it is done. */
static void test_who_has_lost_the_right_meanwhile_changes_nothing(void **state)
{
    (void)state;
    struct changer *link = make_link(0, true, 0);
    memcpy(changers[1].change.link_id, link->change.link_id, LINK_ID_CHARS);
    change(1, RIGHTS_REMOVE_LINK, ACCESS_EDIT);
    changers[2].change.by_link = true;
    memcpy(changers[2].change.by_link_id, link->change.link_id, LINK_ID_CHARS);
    change(2, RIGHTS_ADD_LINK, ACCESS_EDIT);
    answer_all();
    assert_changed(&changers[1], OK);
    assert_changed(&changers[2], ERR_WITHDRAWN);
    assert_int_equal(count_links(), 0);
    memset(changers, 0, sizeof changers);
    take_charge();
    memset(changers, 0, sizeof changers);
    changers[0].change.sets_writer = changers[0].change.owner_writes = true;
    change(0, RIGHTS_SET, ACCESS_OWN);
    change(1, RIGHTS_ADD_LINK, ACCESS_EDIT); /* by the address, which only reads from then on */
    change(2, RIGHTS_ADD_LINK, ACCESS_OWN);
    answer_all();
    assert_changed(&changers[0], OK);
    assert_changed(&changers[1], ERR_VIEW_ONLY);
    assert_changed(&changers[2], OK);
}

static void test_what_was_not_written_is_not_so_and_is_put_back(void **state)
{
    (void)state;
    struct changer *kept = make_link(0, false, 0);
    fixture.told[0] = '\0';
    fake_store_fail_next(&fixture.store, STORE_RIGHTS);
    change(1, RIGHTS_TAKE_CHARGE, ACCESS_EDIT);
    struct changer *next = change(2, RIGHTS_ADD_LINK, ACCESS_EDIT);
    fake_store_answer_one(&fixture.store);
    assert_changed(&changers[1], ERR_STORAGE);
    assert_told("");
    assert_false(doc->rights.has_owner);
    assert_requests("rights pad"); /* nobody knows what the database has */
    assert_false(fake_store_waiting(&fixture.store, STORE_RIGHTS)->fail_fast);
    assert_false(fake_store_waiting(&fixture.store, STORE_RIGHTS)->rights.has_owner);
    answer_all();
    assert_changed(next, OK);
    assert_int_equal(row("pad")->rights.link_count, 2);
    expect_link(token_of(kept), OK, ACCESS_VIEW);
}

/* ---- the language ---- */

static void set_language(int i, const char *language)
{
    changers[i].change.sets_language = true;
    changers[i].change.language = slice_from_cstr(language);
    change(i, RIGHTS_SET, ACCESS_EDIT);
}

static void test_the_language_is_written_before_anybody_is_told(void **state)
{
    (void)state;
    set_language(1, "c++");
    turn();
    assert_int_equal(changers[1].answers, 0);
    assert_null(doc->pad.language.ptr);
    assert_told("");
    fake_store_carry_out(&fixture.store, 1);
    assert_slice(row("pad")->language, "c++");
    answer_all();
    assert_changed(&changers[1], OK);
    assert_slice(doc->pad.language, "c++");
    assert_told("rights pad, news pad");
    fixture_crash();
    doc = open_document("pad");
    assert_slice(doc->pad.language, "c++");
}

static void test_no_snapshot_behind_it_puts_the_old_language_back(void **state)
{
    (void)state;
    set_language(1, "c++");
    type(doc, &fixture.ada, "=5 +!");
    turn();
    detach(doc, &fixture.ada); /* the last one leaves */
    answer_all();
    assert_int_equal(fixture.store.posted_count[STORE_SNAPSHOT], 1);
    assert_slice(row("pad")->language, "c++");
    assert_database("pad", "hello!");
}

static void test_a_language_that_was_not_written_is_not_so(void **state)
{
    (void)state;
    set_language(0, "go");
    answer_all();
    fake_store_fail_next(&fixture.store, STORE_RIGHTS);
    set_language(1, "c++");
    detach(doc, &fixture.ada);
    answer_all();
    assert_changed(&changers[1], ERR_STORAGE);
    assert_slice(doc->pad.language, "go");
    assert_slice(row("pad")->language, "go");
}

static void test_a_viewer_sets_no_language(void **state)
{
    (void)state;
    changers[3].change.sets_language = true;
    changers[3].change.language = SLICE("go");
    expect(RIGHTS_SET, ACCESS_VIEW, ERR_VIEW_ONLY);
}

static void test_nobody_need_wait_for_it(void **state)
{
    (void)state;
    struct changer *begun = change(0, RIGHTS_ADD_LINK, ACCESS_EDIT);
    struct changer *waiting = change(1, RIGHTS_TAKE_CHARGE, ACCESS_EDIT);
    struct changer *last = change(2, RIGHTS_ADD_LINK, ACCESS_EDIT);
    rights_change_cancel(&begun->change);
    rights_change_cancel(&waiting->change);
    rights_change_cancel(&changers[3].change); /* that never began */
    answer_all();
    assert_int_equal(begun->answers + waiting->answers, 0);
    assert_changed(last, OK);
    assert_int_equal(doc->rights.link_count, 2); /* it was under way */
    assert_false(doc->rights.has_owner);
}

static void test_a_document_that_nobody_wrote_to_gets_its_row(void **state)
{
    (void)state;
    struct document *empty = open_document("empty");
    struct changer *c = &changers[0];
    c->change = (struct rights_change){.verb = RIGHTS_ADD_LINK, .access = ACCESS_EDIT, .done = on_done};
    document_change_rights(empty, &c->change);
    answer_all();
    assert_changed(c, OK);
    assert_int_equal(row("empty")->epoch_count, 1);
    attach(empty, &fixture.bob, 20);
    type(empty, &fixture.bob, "+x");
    answer_all();
    assert_database("empty", "x");
    detach(empty, &fixture.bob);
    answer_all();
    fixture_restart();
    assert_int_equal(row("empty")->rights.link_count, 1);
}

static void test_a_stop_waits_for_a_change(void **state)
{
    (void)state;
    detach(doc, &fixture.ada);
    answer_all();
    struct changer *c = change(0, RIGHTS_ADD_LINK, ACCESS_EDIT);
    documents_stop(&fixture.documents);
    assert_false(documents_are_written(&fixture.documents));
    answer_all();
    assert_changed(c, OK);
    assert_true(documents_are_written(&fixture.documents));
    expect(RIGHTS_ADD_LINK, ACCESS_EDIT, ERR_SHUTTING_DOWN);
}

static void test_a_stop_that_gives_up_answers_all_of_them(void **state)
{
    (void)state;
    struct changer *begun = change(0, RIGHTS_ADD_LINK, ACCESS_EDIT);
    struct changer *waiting = change(1, RIGHTS_ADD_LINK, ACCESS_EDIT);
    documents_stop(&fixture.documents);
    documents_give_up(&fixture.documents);
    assert_changed(begun, ERR_SHUTTING_DOWN);
    assert_changed(waiting, ERR_SHUTTING_DOWN);
    answer_all();
    assert_int_equal(begun->answers + waiting->answers, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_whoever_takes_charge_is_the_owner_for_good),
        TEST(test_a_viewer_may_change_nothing),
        TEST(test_where_only_the_owner_manages_editors_may_not),
        TEST(test_where_only_the_owner_writes_everybody_else_reads),
        TEST(test_the_days_that_it_is_kept_are_told),
        TEST(test_a_link_opens_it_until_it_is_withdrawn),
        TEST(test_whoever_is_in_by_a_link_is_told_when_it_ends),
        TEST(test_there_are_64_at_most),
        TEST(test_links_that_were_withdrawn_are_known_and_make_room),
        TEST(test_its_use_is_written_once_a_minute),
        TEST(test_a_document_is_found_by_its_link_and_guesses_count),
        TEST(test_a_search_that_is_cancelled_answers_nobody),
        TEST(test_changes_come_one_after_the_other),
        TEST(test_who_has_lost_the_right_meanwhile_changes_nothing),
        TEST(test_what_was_not_written_is_not_so_and_is_put_back),
        TEST(test_the_language_is_written_before_anybody_is_told),
        TEST(test_no_snapshot_behind_it_puts_the_old_language_back),
        TEST(test_a_language_that_was_not_written_is_not_so),
        TEST(test_a_viewer_sets_no_language),
        TEST(test_nobody_need_wait_for_it),
        TEST(test_a_document_that_nobody_wrote_to_gets_its_row),
        TEST(test_a_stop_waits_for_a_change),
        TEST(test_a_stop_that_gives_up_answers_all_of_them),
    };
    return RUN_DOC_TESTS(tests);
}
