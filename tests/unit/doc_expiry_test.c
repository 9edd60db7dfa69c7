/* link: kp_doc kp_alloc doc_fixture fake_store fake_tables */
/* What becomes of a document that the search for expired ones has found. */
#include "support/doc_fixture.h"

#include "doc/attach.h"
#include "doc/expiry.h"
#include "doc/maintenance.h"
#include "observe/metrics.h"

/* A document that was written and journaled a while ago, and that nobody is in. */
static struct document *doc;
static int64_t cutoff_ms;

static int begin(void **state)
{
    fixture_begin(state);
    doc = open_document("pad");
    attach(doc, &fixture.ada, 10);
    type(doc, &fixture.ada, "+hello");
    answer_all();
    detach(doc, &fixture.ada);
    answer_all();
    jump(fixture.policy.expiry_ms + SECOND_MS);
    cutoff_ms = fixture.store.now_ms - fixture.policy.expiry_ms;
    fixture.told[0] = '\0';
    return 0;
}

static void expire(void)
{
    document_expire(&fixture.documents, SLICE("pad"), cutoff_ms);
}

static void test_it_leaves_memory_and_the_database(void **state)
{
    (void)state;
    int64_t expirations = metric_get(METRIC_EXPIRATIONS);
    expire();
    assert_told("drop pad");
    assert_null(find("pad"));
    assert_requests("delete pad");
    assert_int_equal(metric_get(METRIC_EXPIRATIONS), expirations);
    answer_all();
    assert_null(row("pad"));
    assert_int_equal(metric_get(METRIC_EXPIRATIONS), expirations + 1);
}

static void test_one_that_is_not_in_memory_goes_too(void **state)
{
    (void)state;
    fixture_restart();
    expire();
    answer_all();
    assert_null(row("pad"));
    assert_told("");
}

static void test_one_that_somebody_is_in_is_touched_and_stays(void **state)
{
    (void)state;
    attach(doc, &fixture.ada, 10);
    answer_all();
    row("pad")->accessed_s -= 40 * 24 * 3600; /* whatever the reason */
    expire();
    assert_requests("open pad");
    answer_all();
    assert_ptr_equal(find("pad"), doc);
    assert_int_equal(row("pad")->accessed_s, fixture.store.now_ms / 1000);
    expire(); /* the search may have found it twice */
    answer_all();
    assert_non_null(row("pad"));
}

static void test_one_that_is_being_loaded_is_left_alone(void **state)
{
    (void)state;
    fixture_restart();
    struct asker *a = ask("pad", OPEN_EDIT, NULL);
    a->joins = &fixture.ada;
    fake_store_answer_one(&fixture.store);
    assert_requests("load pad");
    expire();
    assert_requests("load pad");
    answer_all();
    assert_answer(a, OK);
    assert_database("pad", "hello");
}

static void test_one_that_is_being_written_is_left_alone(void **state)
{
    (void)state;
    attach(doc, &fixture.ada, 10);
    answer_all();
    type(doc, &fixture.ada, "=5 +!");
    detach(doc, &fixture.ada);
    turn();
    assert_requests("snapshot pad, append pad");
    expire();
    assert_requests("snapshot pad, append pad");
    assert_ptr_equal(find("pad"), doc);
    answer_all();
    assert_database("pad", "hello!");
}

static void test_one_that_was_opened_since_the_search_keeps_its_row(void **state)
{
    (void)state;
    int64_t expirations = metric_get(METRIC_EXPIRATIONS);
    attach(doc, &fixture.ada, 10);
    detach(doc, &fixture.ada);
    turn();
    assert_requests("open pad");
    expire();
    answer_all();
    assert_non_null(row("pad"));
    assert_int_equal(metric_get(METRIC_EXPIRATIONS), expirations);
    assert_text(&open_document("pad")->pad, "hello");
}

static void test_one_that_was_edited_since_keeps_its_row(void **state)
{
    (void)state;
    fixture_restart();
    row("pad")->accessed_s = row("pad")->updated_s = 0; /* a row is not touched for every edit */
    cutoff_ms = FIXTURE_START_MS;
    expire();
    answer_all();
    assert_database("pad", "hello");
}

static void test_after_it_has_gone_the_name_is_free(void **state)
{
    (void)state;
    expire();
    struct asker *a = ask("pad", OPEN_EDIT, NULL); /* behind the DELETE */
    answer_all();
    assert_answer(a, OK);
    assert_false(a->result.exists);
    assert_text(&a->result.doc->pad, "");
}

static void test_a_delete_that_fails_is_left_to_the_next_search(void **state)
{
    (void)state;
    fake_store_fail_next(&fixture.store, STORE_DELETE);
    expire();
    answer_all();
    assert_non_null(row("pad"));
    expire();
    answer_all();
    assert_null(row("pad"));
}

static void test_nothing_is_deleted_at_the_end(void **state)
{
    (void)state;
    documents_stop(&fixture.documents);
    expire();
    assert_requests("");
    assert_ptr_equal(find("pad"), doc);
}

/* Reading touches nothing, so it does not move the day; being in it does. */
static void test_it_is_told_when_a_document_expires(void **state)
{
    (void)state;
    int64_t day_ms = fixture.store.now_ms - SECOND_MS; /* it was used that long before */
    assert_int_equal(document_expires_ms(doc), day_ms);
    jump(HOUR_MS);
    assert_int_equal(document_expires_ms(doc), day_ms);
    attach(doc, &fixture.ada, 10);
    assert_int_equal(document_expires_ms(doc), fixture.store.now_ms + fixture.policy.expiry_ms);
    jump(HOUR_MS / 2);
    assert_int_equal(document_expires_ms(doc), fixture.store.now_ms + fixture.policy.expiry_ms - HOUR_MS / 2);
    type_more(doc, &fixture.ada, "!");
    fixture.store.wall_ahead_ms = 5000 - fixture.store.now_ms; /* people see the wall clock's time */
    assert_int_equal(document_expires_ms(doc), 5000 + fixture.policy.expiry_ms);
    fixture.policy.expiry_ms = 0;
    assert_int_equal(document_expires_ms(doc), 0);
}

static void test_one_that_was_loaded_to_be_read_expires_as_before(void **state)
{
    (void)state;
    put_row("old", "text", NULL);
    int64_t day_ms = fixture.store.now_ms + fixture.policy.expiry_ms;
    for (int days = 1; days <= 3; days++) {
        jump(DAY_MS);
        struct asker *reader = ask("old", OPEN_READ, NULL);
        answer_all();
        assert_int_equal(document_expires_ms(reader->result.doc), day_ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define LONG_AFTER(test) cmocka_unit_test_setup_teardown(test, begin, fixture_end)
        LONG_AFTER(test_it_leaves_memory_and_the_database),
        LONG_AFTER(test_one_that_is_not_in_memory_goes_too),
        LONG_AFTER(test_one_that_somebody_is_in_is_touched_and_stays),
        LONG_AFTER(test_one_that_is_being_loaded_is_left_alone),
        LONG_AFTER(test_one_that_is_being_written_is_left_alone),
        LONG_AFTER(test_one_that_was_opened_since_the_search_keeps_its_row),
        LONG_AFTER(test_one_that_was_edited_since_keeps_its_row),
        LONG_AFTER(test_after_it_has_gone_the_name_is_free),
        LONG_AFTER(test_a_delete_that_fails_is_left_to_the_next_search),
        LONG_AFTER(test_nothing_is_deleted_at_the_end),
        LONG_AFTER(test_it_is_told_when_a_document_expires),
        LONG_AFTER(test_one_that_was_loaded_to_be_read_expires_as_before),
    };
    return RUN_DOC_TESTS(tests);
}
