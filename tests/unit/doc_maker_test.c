/* link: kp_doc kp_alloc doc_fixture fake_store fake_tables */
/* Whoever makes a document: is told the owner's token when it is stored, again until it is known to have
 * arrived, and nobody else is. */
#include "doc/maker.h"
#include "guard/token.h"
#include "support/doc_fixture.h"

static struct document *made_by_ada(void)
{
    struct document *doc = open_document("pad");
    attach(doc, &fixture.ada, 10);
    attach(doc, &fixture.bob, 11);
    assert_true(document_is_unmade(doc));
    type(doc, &fixture.ada, "+hello");
    document_was_made(doc, &fixture.ada);
    assert_false(document_is_unmade(doc));
    return doc;
}

static bool is_told(const struct document *doc, const struct pad_peer *peer)
{
    return document_owner_token(doc, peer).ptr != NULL;
}

static void test_the_token_is_told_when_all_is_stored(void **state)
{
    struct document *doc = made_by_ada();
    (void)state;
    assert_false(is_told(doc, &fixture.ada));
    turn();
    while (fake_store_answer_one(&fixture.store))
        assert_int_equal(is_told(doc, &fixture.ada), row("pad") && row("pad")->rights.has_owner &&
                                                         doc->pad.committed == doc->pad.revision);
    answer_all();
    struct token_hash hash = token_hash_of(document_owner_token(doc, &fixture.ada));
    assert_memory_equal(row("pad")->rights.owner, hash.bytes, sizeof hash.bytes);
}

static void test_nobody_else_is_told(void **state)
{
    struct document *doc = made_by_ada();
    (void)state;
    attach_v1(doc, &fixture.carl);
    turn();
    answer_all();
    assert_true(is_told(doc, &fixture.ada));
    assert_false(is_told(doc, &fixture.bob));
    assert_false(is_told(doc, &fixture.carl));
    document_maker_knows(doc, &fixture.bob); /* it cannot know */
    assert_true(is_told(doc, &fixture.ada));
}

static void test_a_tab_that_comes_back_is_told_until_it_knows(void **state)
{
    struct document *doc = made_by_ada();
    (void)state;
    detach(doc, &fixture.ada);
    turn();
    answer_all();
    attach(doc, &fixture.ada, 10);
    assert_true(is_told(doc, &fixture.ada));
    document_maker_knows(doc, &fixture.ada);
    assert_false(is_told(doc, &fixture.ada));
    assert_null(doc->maker);
    detach(doc, &fixture.ada);
    attach(doc, &fixture.ada, 10);
    assert_false(is_told(doc, &fixture.ada));
}

static void test_without_a_database_it_has_no_owner(void **state)
{
    (void)state;
    struct document *doc = open_document("pad");
    fixture.store.is_failing = true;
    attach(doc, &fixture.ada, 10);
    type(doc, &fixture.ada, "+hello");
    document_was_made(doc, &fixture.ada);
    turn();
    answer_all();
    fixture.store.is_failing = false;
    answer_all();
    assert_null(doc->maker);
    assert_false(is_told(doc, &fixture.ada));
    assert_false(doc->rights.has_owner);
    assert_database("pad", "hello");
}

static void test_it_is_made_once(void **state)
{
    struct document *doc = made_by_ada();
    (void)state;
    turn();
    answer_all();
    detach(doc, &fixture.ada);
    detach(doc, &fixture.bob);
    fixture_restart();
    doc = open_document("pad");
    assert_false(document_is_unmade(doc));
    assert_true(doc->rights.has_owner && doc->pad.rights.has_owner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOC_TEST(test_the_token_is_told_when_all_is_stored),
        DOC_TEST(test_nobody_else_is_told),
        DOC_TEST(test_a_tab_that_comes_back_is_told_until_it_knows),
        DOC_TEST(test_without_a_database_it_has_no_owner),
        DOC_TEST(test_it_is_made_once),
    };
    return RUN_DOC_TESTS(tests);
}
