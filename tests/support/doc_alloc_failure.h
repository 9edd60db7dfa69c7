/* doc_alloc_failure.h - documents of which every single allocation fails once, for tests. */
#ifndef KOLABPAD_TESTS_DOC_ALLOC_FAILURE_H
#define KOLABPAD_TESTS_DOC_ALLOC_FAILURE_H

#include "support/alloc_faulty.h"
#include "support/doc_fixture.h"

#include "base/alloc.h"
#include "doc/attach.h"
#include "doc/comments.h"
#include "doc/edit.h"
#include "doc/expiry.h"
#include "doc/journal.h"
#include "doc/maintenance.h"
#include "doc/password.h"
#include "doc/persister.h"
#include "doc/rights.h"

#include <search.h>

enum { ALLOCATIONS_MAX = 500 };

/* The tree of ids is the C library's, and so is its memory: the linker sends
 * its calls here. It fails when an allocation would. */
void *__real_tsearch(const void *key, void **root, int (*compare)(const void *, const void *));
void *__wrap_tsearch(const void *key, void **root, int (*compare)(const void *, const void *));

void *__wrap_tsearch(const void *key, void **root, int (*compare)(const void *, const void *))
{
    void *probe = mem_alloc(1);
    if (!probe)
        return NULL;
    mem_free(probe);
    return __real_tsearch(key, root, compare);
}

/* ---- before and after ---- */

/* What can be seen of the document "pad", and of everything around it. */
struct look {
    bool is_in_memory;
    uint64_t revision, committed, journaled, sequence, saved, asked;
    uint32_t peers, clients;
    bool stored, epoch_stored, meta_changed, is_changing_password;
    uint32_t requests;
    size_t live_blocks;
};

static inline struct look look(void)
{
    struct look l = {.requests = fake_store_count(&fixture.store), .live_blocks = alloc_live_blocks()};
    const struct document *doc = find("pad");
    l.is_in_memory = doc != NULL;
    if (!doc || doc->state != DOCUMENT_READY)
        return l;
    check_pad(&doc->pad);
    l.revision = doc->pad.revision;
    l.committed = doc->pad.committed;
    l.journaled = doc->pad.journaled;
    l.sequence = doc->pad.sequence;
    l.clients = doc->pad.client_count;
    l.saved = doc->saved_revision;
    l.asked = doc->asked_revision;
    l.peers = doc->peer_count;
    l.stored = doc->stored;
    l.epoch_stored = doc->epoch_stored;
    l.meta_changed = doc->meta_changed;
    l.is_changing_password = doc->password_change != NULL;
    return l;
}

static inline void assert_same_document(struct look a, struct look b)
{
    assert_int_equal(a.is_in_memory, b.is_in_memory);
    assert_int_equal(a.revision, b.revision);
    assert_int_equal(a.committed, b.committed);
    assert_int_equal(a.journaled, b.journaled);
    assert_int_equal(a.sequence, b.sequence);
    assert_int_equal(a.clients, b.clients);
    assert_int_equal(a.saved, b.saved);
    assert_int_equal(a.asked, b.asked);
    assert_int_equal(a.peers, b.peers);
    assert_int_equal(a.stored, b.stored);
    assert_int_equal(a.epoch_stored, b.epoch_stored);
    assert_int_equal(a.meta_changed, b.meta_changed);
    assert_int_equal(a.is_changing_password, b.is_changing_password);
    assert_int_equal(a.requests, b.requests);
}

/* Does it with the first, second, … allocation failing, and all that follow or
 * that one alone, until none is left to fail. */
typedef enum error (*action)(void);
enum leaks { EXACTLY_AS_BEFORE, MAY_GROW_A_BUFFER };

static inline void try_with(void (*fail_at)(size_t nth), action act, enum leaks leaks)
{
    for (size_t nth = 1;; nth++) {
        assert_in_range(nth, 1, ALLOCATIONS_MAX);
        struct look before = look();
        fail_at(nth);
        enum error err = act();
        bool has_failed = alloc_has_failed();
        alloc_fail_from(0);
        if (err == OK) {
            assert_true(nth > 1); /* else it tested nothing */
            return;
        }
        assert_true(has_failed);
        assert_int_equal(err, ERR_NO_MEMORY);
        struct look after = look();
        assert_same_document(after, before);
        if (leaks == EXACTLY_AS_BEFORE)
            assert_int_equal(after.live_blocks, before.live_blocks);
    }
}

static inline void try_with_failures(action act)
{
    try_with(alloc_fail_from, act, EXACTLY_AS_BEFORE);
}

/* ---- opening ---- */

static const char *password; /* that whoever asks below gives */

static inline enum error open_pad_as(enum open_goal goal)
{
    fixture.asker_count = 0;
    fixture.askers[0] = (struct asker){0};
    struct asker *a = ask("pad", goal, password);
    fake_store_answer_all(&fixture.store);
    assert_int_equal(a->answers, 1);
    return a->result.err;
}

static inline enum error open_pad(void)
{
    return open_pad_as(OPEN_EDIT);
}

/* ---- in the document ---- */

static struct document *doc, *other;
static struct op op; /* made while there is memory */

/* A document that the database has all of, with Ada and Bob in it, and another with Carl. */
static inline int begin(void **state)
{
    fixture_begin(state);
    password = NULL;
    doc = open_document("pad");
    other = open_document("other");
    attach(doc, &fixture.ada, 10);
    attach(other, &fixture.carl, 12);
    type(doc, &fixture.ada, "+hello");
    type(other, &fixture.carl, "+x");
    answer_all();
    later(2 * MINUTE_MS);
    answer_all();
    return 0;
}

static inline int end(void **state)
{
    fixture_end(state);
    op_deinit(&op);
    assert_int_equal(alloc_live_blocks(), 0);
    return 0;
}

/* ---- writing ---- */

static inline enum error write_pad(void)
{
    return persister_write(doc, PERSIST_IDLE);
}

#endif
