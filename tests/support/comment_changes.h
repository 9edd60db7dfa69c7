/* comment_changes.h - changes of a document's comments with what became of them, for tests. */
#ifndef KOLABPAD_TESTS_COMMENT_CHANGES_H
#define KOLABPAD_TESTS_COMMENT_CHANGES_H

#include "support/doc_fixture.h"

#include "doc/comments.h"
#include "doc/edit.h"
#include "doc/maintenance.h"
#include "doc/persister.h"
#include "doc/rights.h"
#include "support/marked_text.h"
#include "support/random_op.h"

/* A change with what became of it. */
struct changer {
    struct comment_change change;
    unsigned answers;
    enum error err;
};

static struct document *doc;
static struct changer changers[4];

/* A document with "The quick brown fox" at revision 1, and Ada in it. */
static inline int begin(void **state)
{
    fixture_begin(state);
    memset(changers, 0, sizeof changers);
    doc = open_document("pad");
    attach(doc, &fixture.ada, 10);
    type(doc, &fixture.ada, "+The\\squick\\sbrown\\sfox");
    answer_all();
    fixture.told[0] = '\0';
    return 0;
}

static inline void on_done(struct comment_change *change, enum error err)
{
    struct changer *c = LIST_ITEM(change, struct changer, change);
    c->answers++;
    c->err = err;
}

static inline struct changer *post(int i, struct comment_change change)
{
    struct changer *c = &changers[i];
    *c = (struct changer){.change = change};
    if (!c->change.author.name.ptr)
        c->change.author.name = SLICE("Ada");
    if (c->change.access == ACCESS_NONE)
        c->change.access = ACCESS_EDIT;
    c->change.done = on_done;
    document_change_comments(doc, &c->change);
    return c;
}

static inline struct comment_change make(uint64_t revision, uint32_t from, uint32_t to)
{
    return (struct comment_change){
        .verb = COMMENT_MAKE, .revision = revision, .from = from, .to = to, .text = SLICE("why?")};
}

static inline void assert_changed(const struct changer *c, enum error err)
{
    assert_int_equal(c->answers, 1);
    assert_string_equal(error_code(c->err), error_code(err));
}

static inline struct kept_thread *thread_of(const struct changer *c)
{
    return comments_find(doc->pad.comments, c->change.thread_id);
}

static inline void assert_place(const struct changer *c, uint32_t from, uint32_t to)
{
    const struct kept_thread *thread = thread_of(c);
    assert_non_null(thread);
    assert_int_equal(thread->anchor.from, from);
    assert_int_equal(thread->anchor.to, to);
}

/* ---- whatever happens ---- */

#define COMMENT_TEST(test) cmocka_unit_test_setup_teardown(test, begin, fixture_end)

#endif
