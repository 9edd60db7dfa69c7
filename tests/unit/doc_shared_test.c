/* link: kp_doc kp_alloc doc_fixture fake_store fake_tables */
/* Servers that share a database: who has a document, and what becomes of whoever asks
 * for it at another one. */
#include "support/doc_fixture.h"

#include "doc/maintenance.h"

enum { OTHER = 77 };

static const struct slice other_address = {"10.0.0.9:3030", 13};

static int begin_shared(void **state)
{
    int failed = fixture_begin(state);
    fixture.policy.is_shared = true;
    return failed;
}

#define SHARED_TEST(test) cmocka_unit_test_setup_teardown(test, begin_shared, fixture_end)

static void place_elsewhere(const char *id)
{
    fake_tables_place(&fixture.store.tables, slice_from_cstr(id), OTHER, other_address);
}

static bool is_ours(const char *id)
{
    const struct fake_placement *placement =
        fake_tables_placement(&fixture.store.tables, slice_from_cstr(id));
    return placement && placement->incarnation == 0;
}

static bool is_nobodys(const char *id)
{
    return !fake_tables_placement(&fixture.store.tables, slice_from_cstr(id));
}

static void assert_elsewhere(const struct asker *a)
{
    assert_answer(a, ERR_ELSEWHERE);
    assert_int_equal(a->result.owner.incarnation, OTHER);
}

/* ---- one that another server has ---- */

static void test_whoever_asks_is_told_who_has_it(void **state)
{
    (void)state;
    put_row("pad", "hello", NULL);
    place_elsewhere("pad");
    struct asker *all[] = {ask("pad", OPEN_EDIT, NULL), ask("pad", OPEN_READ, NULL),
                           ask("pad", OPEN_PEEK, NULL), ask("pad", OPEN_WHERE, NULL), knock("pad")};
    answer_all();
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        assert_elsewhere(all[i]);
    assert_null(find("pad"));
    assert_int_equal(fixture.store.posted_count[STORE_LOAD], 0);
    assert_int_equal(fixture.store.posted_count[STORE_RELEASE], 0);
}

/* The owner counts, or guessing would be as many times as quick as there are servers. */
static void test_a_password_is_not_judged_where_the_document_is_not(void **state)
{
    (void)state;
    fixture.limits_config =
        (struct limits_config){.per_minute[LIMIT_PASSWORD_ATTEMPT] = 1, .addresses_max = 8};
    fixture_restart();
    put_row("pad", "hello", "secret");
    put_row("own", "hello", "secret");
    place_elsewhere("pad");
    for (unsigned i = 0; i < 3; i++) {
        struct asker *a = ask("pad", OPEN_EDIT, "guess");
        answer_all();
        assert_elsewhere(a);
    }
    struct asker *a = ask("own", OPEN_EDIT, "secret");
    answer_all();
    assert_answer(a, OK);
}

static void test_a_new_one_that_another_began_first_is_not_begun(void **state)
{
    (void)state;
    place_elsewhere("pad"); /* there is no row yet */
    struct asker *a = ask("pad", OPEN_EDIT, NULL), *door = knock("pad");
    answer_all();
    assert_elsewhere(a);
    assert_elsewhere(door);
    assert_null(find("pad"));
}

static void test_another_may_be_faster_between_peek_and_load(void **state)
{
    (void)state;
    put_row("pad", "hello", NULL);
    struct asker *edits = ask("pad", OPEN_EDIT, NULL), *reads = ask("pad", OPEN_READ, NULL),
                 *door = knock("pad");
    fake_store_answer_one(&fixture.store);
    struct asker *late = ask("pad", OPEN_WHERE, NULL); /* waits for the load */
    assert_int_equal(late->answers, 0);
    place_elsewhere("pad");
    answer_all();
    assert_elsewhere(edits);
    assert_elsewhere(reads);
    assert_elsewhere(door);
    assert_elsewhere(late);
    assert_null(find("pad"));
    assert_int_equal(fixture.store.posted_count[STORE_RELEASE], 0); /* it is not ours to give back */
}

/* ---- one that nobody has ---- */

static void test_loading_makes_it_ours_and_dropping_gives_it_back(void **state)
{
    (void)state;
    put_row("pad", "hello", NULL);
    struct document *doc = open_document("pad");
    assert_true(is_ours("pad"));
    attach(doc, &fixture.ada, 10);
    detach(doc, &fixture.ada);
    answer_all();
    assert_true(is_ours("pad")); /* it rests */
    jump(2 * HOUR_MS);
    later(1);
    assert_null(find("pad"));
    answer_all();
    assert_true(is_nobodys("pad"));
}

static void test_a_new_one_is_ours_from_its_beginning(void **state)
{
    (void)state;
    struct asker *a = ask("pad", OPEN_EDIT, NULL), *second = ask("pad", OPEN_EDIT, NULL);
    a->joins = &fixture.ada;
    fake_store_answer_one(&fixture.store);
    assert_requests("peek pad, load pad"); /* the store decides */
    answer_all();
    assert_answer(a, OK);
    assert_answer(second, OK);
    assert_ptr_equal(a->result.doc, second->result.doc);
    assert_true(is_ours("pad"));
    detach(a->result.doc, &fixture.ada); /* nobody has written anything */
    answer_all();
    assert_null(find("pad"));
    assert_true(is_nobodys("pad"));
}

static void test_reading_what_is_not_there_makes_nothing_ours(void **state)
{
    (void)state;
    struct asker *reads = ask("pad", OPEN_READ, NULL), *where = ask("pad", OPEN_WHERE, NULL);
    answer_all();
    assert_answer(reads, ERR_NOT_FOUND);
    assert_answer(where, OK);
    assert_true(is_nobodys("pad"));
}

static void test_where_it_is_asks_for_no_password_and_loads_nothing(void **state)
{
    (void)state;
    put_row("pad", "hello", "secret");
    struct asker *a = ask("pad", OPEN_WHERE, NULL);
    answer_all();
    assert_answer(a, OK);
    assert_null(find("pad"));
    assert_true(is_nobodys("pad"));
    struct asker *edits = ask("pad", OPEN_EDIT, "secret");
    answer_all();
    assert_answer(edits, OK);
    assert_answer(ask("pad", OPEN_WHERE, NULL), OK);
}

static void test_a_load_that_fails_may_have_made_it_ours_and_gives_it_back(void **state)
{
    (void)state;
    put_row("pad", "hello", NULL);
    fake_store_fail_next(&fixture.store, STORE_LOAD);
    struct asker *a = ask("pad", OPEN_EDIT, NULL);
    answer_all();
    assert_answer(a, ERR_STORAGE);
    assert_int_equal(fixture.store.posted_count[STORE_RELEASE], 1);
}

static void test_a_server_that_stops_gives_nothing_back_one_by_one(void **state)
{
    (void)state;
    put_row("pad", "hello", NULL);
    open_document("pad");
    documents_stop(&fixture.documents);
    fixture_restart();
    assert_true(is_ours("pad"));
    assert_int_equal(fixture.store.posted_count[STORE_RELEASE], 0);
}

/* ---- at the door ---- */

/* Thirty who open a new link through three servers must not find thirty documents. */
static void test_whoever_is_let_in_finds_it_here(void **state)
{
    (void)state;
    struct asker *door = knock("pad");
    answer_all();
    assert_answer(door, OK);
    assert_null(door->result.doc);
    assert_true(is_ours("pad"));
    turn();
    later(5 * SECOND_MS);
    struct asker *a = ask("pad", OPEN_EDIT, NULL);
    assert_answer(a, OK); /* from memory */
    attach(a->result.doc, &fixture.ada, 10);
    type(a->result.doc, &fixture.ada, "+hello");
    later(2 * MINUTE_MS);
    answer_all();
    assert_true(is_ours("pad"));
    assert_database("pad", "hello");
}

static void test_who_does_not_come_is_not_waited_for(void **state)
{
    (void)state;
    knock("pad");
    answer_all();
    assert_non_null(find("pad"));
    later(2 * MINUTE_MS);
    answer_all();
    assert_null(find("pad"));
    assert_true(is_nobodys("pad"));
}

static void test_one_who_leaves_does_not_take_it_from_one_who_comes(void **state)
{
    (void)state;
    struct asker *first = ask("pad", OPEN_EDIT, NULL);
    first->joins = &fixture.ada;
    answer_all();
    knock("pad");
    detach(first->result.doc, &fixture.ada);
    turn();
    assert_non_null(find("pad"));
    later(2 * MINUTE_MS);
    answer_all();
    assert_null(find("pad"));
}

static void test_a_protected_one_waits_for_its_password(void **state)
{
    (void)state;
    put_row("pad", "hello", "secret");
    struct asker *door = knock("pad");
    answer_all();
    assert_answer(door, OK);
    assert_null(find("pad"));
    assert_true(is_nobodys("pad"));
}

static void test_a_password_in_the_address_is_checked_at_the_door(void **state)
{
    (void)state;
    put_row("pad", "hello", "secret");
    struct asker *wrong = ask("pad", OPEN_PEEK, "guess"), *none = ask("pad", OPEN_PEEK, NULL);
    answer_all();
    assert_answer(wrong, ERR_PASSWORD);
    assert_answer(none, ERR_PASSWORD);
    assert_true(is_nobodys("pad"));
    struct asker *right = ask("pad", OPEN_PEEK, "secret");
    answer_all();
    assert_answer(right, OK);
    assert_null(right->result.doc);
    assert_true(is_ours("pad"));
}

static void test_too_many_new_ones_are_refused_behind_the_door(void **state)
{
    (void)state;
    fixture.limits_config = (struct limits_config){.per_minute[LIMIT_NEW_DOCUMENT] = 1, .addresses_max = 8};
    fixture_restart();
    struct asker *first = knock("one");
    answer_all();
    assert_answer(first, OK);
    assert_true(is_ours("one"));
    assert_answer(ask("one", OPEN_EDIT, NULL), OK); /* counted once */
    struct asker *second = knock("two");
    answer_all();
    assert_answer(second, OK);
    assert_true(is_nobodys("two"));
    struct asker *behind = ask("two", OPEN_EDIT, NULL);
    answer_all();
    assert_answer(behind, ERR_RATE_LIMITED);
}

/* ---- alone ---- */

static void test_a_server_alone_asks_nobody(void **state)
{
    (void)state;
    fixture.policy.is_shared = false;
    struct asker *a = ask("pad", OPEN_EDIT, NULL), *door = knock("other");
    answer_all();
    assert_answer(a, OK);
    assert_answer(door, OK);
    assert_null(find("other"));
    assert_int_equal(fixture.store.posted_count[STORE_LOAD], 0);
    attach(a->result.doc, &fixture.ada, 10);
    detach(a->result.doc, &fixture.ada);
    answer_all();
    assert_int_equal(fixture.store.posted_count[STORE_RELEASE], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_whoever_asks_is_told_who_has_it),
        SHARED_TEST(test_a_password_is_not_judged_where_the_document_is_not),
        SHARED_TEST(test_a_new_one_that_another_began_first_is_not_begun),
        SHARED_TEST(test_another_may_be_faster_between_peek_and_load),
        SHARED_TEST(test_loading_makes_it_ours_and_dropping_gives_it_back),
        SHARED_TEST(test_a_new_one_is_ours_from_its_beginning),
        SHARED_TEST(test_reading_what_is_not_there_makes_nothing_ours),
        SHARED_TEST(test_where_it_is_asks_for_no_password_and_loads_nothing),
        SHARED_TEST(test_a_load_that_fails_may_have_made_it_ours_and_gives_it_back),
        SHARED_TEST(test_a_server_that_stops_gives_nothing_back_one_by_one),
        SHARED_TEST(test_whoever_is_let_in_finds_it_here),
        SHARED_TEST(test_who_does_not_come_is_not_waited_for),
        SHARED_TEST(test_one_who_leaves_does_not_take_it_from_one_who_comes),
        SHARED_TEST(test_a_protected_one_waits_for_its_password),
        SHARED_TEST(test_a_password_in_the_address_is_checked_at_the_door),
        SHARED_TEST(test_too_many_new_ones_are_refused_behind_the_door),
        SHARED_TEST(test_a_server_alone_asks_nobody),
    };
    return RUN_DOC_TESTS(tests);
}
