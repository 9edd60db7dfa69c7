/* link: kp_doc kp_alloc doc_fixture fake_store fake_tables */
/* Comments of a document: checked, written, told; and where they are after whatever became of the process. */
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
static int begin(void **state)
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

static void on_done(struct comment_change *change, enum error err)
{
    struct changer *c = LIST_ITEM(change, struct changer, change);
    c->answers++;
    c->err = err;
}

static struct changer *post(int i, struct comment_change change)
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

static struct comment_change make(uint64_t revision, uint32_t from, uint32_t to)
{
    return (struct comment_change){
        .verb = COMMENT_MAKE, .revision = revision, .from = from, .to = to, .text = SLICE("why?")};
}

static struct comment_change of_thread(enum comment_verb verb, const struct changer *made)
{
    struct comment_change change = {.verb = verb, .text = SLICE("because"), .resolved = true};
    memcpy(change.thread_id, made->change.thread_id, sizeof change.thread_id);
    memcpy(change.comment_id, made->change.comment_id, sizeof change.comment_id);
    return change;
}

static void assert_changed(const struct changer *c, enum error err)
{
    assert_int_equal(c->answers, 1);
    assert_string_equal(error_code(c->err), error_code(err));
}

static struct changer *made(int i, struct comment_change change)
{
    struct changer *c = post(i, change);
    answer_all();
    assert_changed(c, OK);
    return c;
}

static struct kept_thread *thread_of(const struct changer *c)
{
    return comments_find(doc->pad.comments, c->change.thread_id);
}

static void assert_place(const struct changer *c, uint32_t from, uint32_t to)
{
    const struct kept_thread *thread = thread_of(c);
    assert_non_null(thread);
    assert_int_equal(thread->anchor.from, from);
    assert_int_equal(thread->anchor.to, to);
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

/* ---- whatever happens ---- */

enum { ROUNDS = 150, STEPS = 60, PIECES = 4, REVISIONS = 200 };

/* The text at each revision, as one person has typed it, and where each piece is in it. */
struct story {
    struct random random;
    uint32_t len[REVISIONS];
    struct piece {
        struct changer *changer; /* NULL: not made yet */
        uint64_t since;
        struct {
            uint32_t from, to; /* to 0: it is lost */
        } at[REVISIONS];
        struct marked_text marks; /* at the newest revision */
    } pieces[PIECES];
};

static struct story story;

static void type_anything(void)
{
    struct op op = {0};
    const uint64_t revision = doc->pad.revision;
    if (revision + 1 >= REVISIONS)
        return;
    random_edit(&story.random, rope_size(&doc->pad.text).points,
                random_below(&story.random, rope_size(&doc->pad.text).points + 1), &op);
    if (document_edit(doc, &fixture.ada, revision, op_view(&op)) == OK) {
        story.len[revision + 1] = op.target_points;
        for (int i = 0; i < PIECES; i++) {
            struct piece *p = &story.pieces[i];
            if (!p->changer)
                continue;
            marked_text_apply(&p->marks, op_view(&op));
            p->at[revision + 1].from = marked_text_from(&p->marks);
            p->at[revision + 1].to = marked_text_to(&p->marks);
        }
    }
    op_deinit(&op);
}

/* The marks at a revision that is not the newest are those of the place then: what is inside is all that
 * counts. */
static void rewind_marks(struct piece *p, uint64_t revision)
{
    const bool is_lost = p->at[revision].to == 0;
    marked_text_init(&p->marks, story.len[revision], is_lost ? 0 : p->at[revision].from,
                     is_lost ? 0 : p->at[revision].to);
}

static void comment_on_anything(void)
{
    const uint64_t revision = doc->pad.committed;
    const int i = (int)random_below(&story.random, PIECES);
    struct piece *p = &story.pieces[i];
    if (p->changer || doc->pad.committed != doc->pad.revision || story.len[revision] == 0)
        return;
    const uint32_t from = random_below(&story.random, story.len[revision]);
    const uint32_t to = from + 1 + random_below(&story.random, story.len[revision] - from);
    p->changer = post(i, make(revision, from, to));
    p->since = revision;
    p->at[revision].from = from;
    p->at[revision].to = to;
    rewind_marks(p, revision);
}

static void check_piece(struct piece *p)
{
    const struct kept_thread *thread = doc->pad.comments && p->changer ? thread_of(p->changer) : NULL;
    const uint64_t revision = doc->pad.committed;
    if (!p->changer || p->changer->answers == 0)
        return;
    if (p->changer->err == ERR_TEXT_GONE) { /* while it waited for another one */
        assert_int_equal(p->at[doc->pad.revision].to, 0);
        p->changer = NULL;
        return;
    }
    assert_changed(p->changer, OK);
    assert_non_null(thread);
    if (p->at[revision].to == 0)
        assert_true(anchor_is_detached(&thread->anchor));
    else
        assert_place(p->changer, p->at[revision].from, p->at[revision].to);
}

static void check_story(void)
{
    check_pad(&doc->pad);
    for (int i = 0; i < PIECES; i++)
        check_piece(&story.pieces[i]);
}

/* What nobody was told may be there or not; all that was answered must. */
static void crash(void)
{
    fixture_crash();
    doc = open_document("pad");
    for (int i = 0; i < PIECES; i++) {
        struct piece *p = &story.pieces[i];
        if (p->changer && p->changer->answers > 0 && p->changer->err)
            p->changer = NULL; /* the crash's own answer */
        else if (p->changer)
            rewind_marks(p, doc->pad.revision);
    }
    attach(doc, &fixture.ada, 10);
}

static void step(void)
{
    switch (random_below(&story.random, 12)) {
    case 0:
    case 1:
    case 2:
        type_anything();
        break;
    case 3:
        comment_on_anything();
        break;
    case 4:
        turn();
        break;
    case 5:
    case 6:
        fake_store_carry_out(&fixture.store, 1 + random_below(&story.random, 2));
        break;
    case 7:
        fake_store_deliver(&fixture.store);
        break;
    case 8:
        (void)persister_write(doc, PERSIST_IDLE);
        break;
    case 9:
        answer_all();
        break;
    case 10:
        later(20 * SECOND_MS);
        break;
    default:
        if (random_one_in(&story.random, 4))
            crash();
    }
    check_story();
}

static void test_places_are_right_whatever_happens(void **state)
{
    struct random random = random_start();
    for (unsigned round = random_rounds(ROUNDS); round > 0; round--) {
        memset(&story, 0, sizeof story);
        story.random = random;
        story.len[1] = 19;
        for (unsigned i = 0; i < STEPS; i++)
            step();
        answer_all();
        check_story();
        random = story.random;
        fixture_end(state);
        begin(state);
    }
}

#define COMMENT_TEST(test) cmocka_unit_test_setup_teardown(test, begin, fixture_end)

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
        COMMENT_TEST(test_places_are_right_whatever_happens),
    };
    return RUN_DOC_TESTS(tests);
}
