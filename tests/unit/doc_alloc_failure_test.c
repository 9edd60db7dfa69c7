/* link: kp_doc faulty_alloc doc_fixture fake_store fake_tables -Wl,--wrap=tsearch */
/* Memory runs out at every single allocation of opening, joining, editing,
 * journaling, writing and stopping: each says so or goes on without, leaves the
 * document as it was, leaks nothing, and succeeds when it is tried again. */
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

static struct look look(void)
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

static void assert_same_document(struct look a, struct look b)
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

static void try_with(void (*fail_at)(size_t nth), action act, enum leaks leaks)
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

static void try_with_failures(action act)
{
    try_with(alloc_fail_from, act, EXACTLY_AS_BEFORE);
}

/* ---- opening ---- */

static const char *password; /* that whoever asks below gives */

static enum error open_pad_as(enum open_goal goal)
{
    fixture.asker_count = 0;
    fixture.askers[0] = (struct asker){0};
    struct asker *a = ask("pad", goal, password);
    fake_store_answer_all(&fixture.store);
    assert_int_equal(a->answers, 1);
    return a->result.err;
}

static enum error open_pad(void)
{
    return open_pad_as(OPEN_EDIT);
}

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
    struct document *doc = open_document("pad");
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

static struct document *doc, *other;
static struct op op; /* made while there is memory */

static void prepare_op(const char *line)
{
    op_clear(&op);
    assert_int_equal(op_text_parse(line, &op), OK);
}

/* A document that the database has all of, with Ada and Bob in it, and another with Carl. */
static int begin(void **state)
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

static int end(void **state)
{
    fixture_end(state);
    op_deinit(&op);
    assert_int_equal(alloc_live_blocks(), 0);
    return 0;
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

static enum error write_pad(void)
{
    return persister_write(doc, PERSIST_IDLE);
}

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
        WITH_DOCUMENTS(test_changing_a_password),
        WITH_DOCUMENTS(test_no_memory_after_the_new_password_was_written),
        WITH_DOCUMENTS(test_commenting),
        WITH_DOCUMENTS(test_comments_in_a_row),
        WITH_DOCUMENTS(test_changing_rights),
        WITH_DOCUMENTS(test_deleting_for_good),
        WITH_DOCUMENTS(test_expiring),
        WITH_DOCUMENTS(test_stopping),
        WITH_DOCUMENTS(test_refusing_opens_needs_no_memory),
    };
    return RUN_DOC_TESTS(tests);
}
