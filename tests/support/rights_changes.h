/* rights_changes.h - changes of a document's rights with what became of them, for tests. */
#ifndef KOLABPAD_TESTS_RIGHTS_CHANGES_H
#define KOLABPAD_TESTS_RIGHTS_CHANGES_H

#include "support/doc_fixture.h"

#include "doc/attach.h"
#include "doc/link_find.h"
#include "doc/loss.h"
#include "doc/maintenance.h"
#include "doc/rights.h"
#include "observe/metrics.h"

/* A change with what became of it. */
struct changer {
    struct rights_change change;
    unsigned answers;
    enum error err;
};

static struct document *doc;
static struct changer changers[4];

/* A document with a text, and Ada in it. */
static inline int begin(void **state)
{
    fixture_begin(state);
    memset(changers, 0, sizeof changers);
    doc = open_document("pad");
    attach(doc, &fixture.ada, 10);
    type(doc, &fixture.ada, "+hello");
    answer_all();
    fixture.told[0] = '\0';
    return 0;
}

static inline void on_done(struct rights_change *change, enum error err)
{
    struct changer *c = LIST_ITEM(change, struct changer, change);
    c->answers++;
    c->err = err;
}

static inline struct changer *change(int i, enum rights_verb verb, enum access access)
{
    struct changer *c = &changers[i];
    c->change.verb = verb;
    c->change.access = access;
    c->change.done = on_done;
    document_change_rights(doc, &c->change);
    return c;
}

static inline void assert_changed(const struct changer *c, enum error err)
{
    assert_int_equal(c->answers, 1);
    assert_string_equal(error_code(c->err), error_code(err));
}

static inline struct slice token_of(const struct changer *c)
{
    return slice_of(c->change.token, TOKEN_CHARS);
}

static inline void expect(enum rights_verb verb, enum access access, enum error err)
{
    struct changer *c = &changers[3];
    *c = (struct changer){.change = c->change};
    change(3, verb, access);
    answer_all();
    assert_changed(c, err);
}

static inline struct changer *make_link(int i, bool may_edit, int64_t expires_ms)
{
    changers[i].change.new_link.may_edit = may_edit;
    changers[i].change.new_link.expires_ms = expires_ms;
    changers[i].change.new_link.name = SLICE("Class 7b");
    struct changer *c = change(i, RIGHTS_ADD_LINK, ACCESS_EDIT);
    answer_all();
    assert_changed(c, OK);
    return c;
}

static inline struct changer *take_charge(void)
{
    struct changer *c = change(0, RIGHTS_TAKE_CHARGE, ACCESS_EDIT);
    answer_all();
    assert_changed(c, OK);
    return c;
}

/* ---- asking ---- */

static struct open_result opened;
static unsigned openings;

static inline void on_opened(void *owner, const struct open_result *result)
{
    (void)owner;
    opened = *result;
    openings++;
}

static inline void open_with(struct slice password, struct slice link, struct slice owner)
{
    struct open_request request = {.id = SLICE("pad"),
                                   .password = password,
                                   .link = link,
                                   .owner_token = owner,
                                   .client = client_at(1),
                                   .goal = OPEN_READ,
                                   .done = on_opened};
    openings = 0;
    document_open(&fixture.documents, &request);
    fake_store_answer_all(&fixture.store);
    assert_int_equal(openings, 1);
}

#define NONE ((struct slice){0})

static inline void expect_link(struct slice token, enum error err, enum access access)
{
    open_with(NONE, token, NONE);
    assert_string_equal(error_code(opened.err), error_code(err));
    assert_string_equal(access_name(opened.access), access_name(access));
}

/* ---- deleted for good ---- */

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, fixture_end)

#endif
