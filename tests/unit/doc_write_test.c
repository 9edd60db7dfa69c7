/* link: kp_doc kp_alloc doc_fixture fake_store fake_tables */
/* Writers, who change a document without following it: they come, are seen, write, and leave. */
#include "support/doc_fixture.h"

#include "doc/commit_wait.h"
#include "doc/loss.h"
#include "doc/maintenance.h"
#include "doc/write.h"

#include <string.h>

static struct document *doc;

static int begin(void **state)
{
    fixture_begin(state);
    doc = open_document("pad");
    return 0;
}

static struct id128 token_of(uint8_t first)
{
    struct id128 token = {{first, 'w'}};
    return token;
}

static struct writer *come(uint8_t token, const char *name)
{
    struct writer *writer = NULL;
    assert_int_equal(writer_come(doc, token_of(token), slice_from_cstr(name), &writer), OK);
    return writer;
}

static enum error write_as(struct writer *writer, struct write write)
{
    uint64_t work = 0;
    return document_write(doc, writer, &write, &work);
}

static void add_line(uint8_t token, const char *text)
{
    struct writer *writer = come(token, "bot");
    assert_int_equal(write_as(writer, (struct write){.kind = WRITE_INSERT, .text = slice_from_cstr(text)}),
                     OK);
    writer_go(writer);
}

static void assert_pad_text(const char *wanted)
{
    struct buf text = {0};
    assert_int_equal(rope_read(&doc->pad.text, 0, rope_size(&doc->pad.text).points, &text), OK);
    assert_int_equal(text.len, strlen(wanted));
    assert_memory_equal(text.len ? text.ptr : "", wanted, text.len);
    buf_deinit(&text);
}

/* ---- writers ---- */

static void test_who_writes_again_is_the_same(void **state)
{
    (void)state;
    add_line(1, "one");
    const uint64_t user = LIST_ITEM(doc->writers.next, struct writer, link)->peer.user_id;
    turn();
    later(WRITER_LINGER_MS / 2);
    add_line(1, "two");
    assert_int_equal(doc->peer_count, 1);
    assert_int_equal(LIST_ITEM(doc->writers.next, struct writer, link)->peer.user_id, user);
    later(WRITER_LINGER_MS * 3 / 4); /* it begins anew with each write */
    assert_int_equal(doc->peer_count, 1);
    later(WRITER_LINGER_MS);
    assert_int_equal(doc->peer_count, 0);
    assert_pad_text("one\ntwo");
}

static void test_two_at_once_are_one(void **state)
{
    (void)state;
    struct writer *first = come(1, "bot"), *second = come(1, "bot");
    assert_ptr_equal(first, second);
    struct writer *other = come(2, "bot");
    assert_ptr_not_equal(first, other);
    assert_int_equal(doc->peer_count, 2);
    writer_go(first);
    assert_int_equal(doc->peer_count, 2);
    writer_go(second); /* neither has written, so neither stays */
    writer_go(other);
    assert_int_equal(doc->peer_count, 0);
}

static void test_one_without_a_name_is_not_seen(void **state)
{
    (void)state;
    attach(doc, &fixture.ada, 10);
    const uint64_t sequence = doc->pad.sequence;
    struct writer *writer = come(1, "");
    writer_go(writer);
    assert_int_equal(doc->pad.sequence, sequence);
    writer_go(come(1, "bot"));
    assert_true(doc->pad.sequence > sequence);
}

/* A line for an empty room costs a line. */
static void test_nothing_is_written_as_a_whole_when_writers_leave(void **state)
{
    (void)state;
    add_line(1, "one");
    turn();
    answer_all();
    later(WRITER_LINGER_MS);
    assert_int_equal(doc->peer_count, 0);
    assert_requests("");
    later(2 * MINUTE_MS); /* but when nothing has come for a while */
    assert_requests("snapshot pad");
    answer_all();
}

static void test_somebody_who_stays_makes_no_difference(void **state)
{
    (void)state;
    attach(doc, &fixture.ada, 10);
    add_line(1, "one");
    answer_all();
    later(WRITER_LINGER_MS);
    assert_int_equal(doc->peer_count, 1);
    detach(doc, &fixture.ada); /* she was the last: as ever */
    assert_requests("snapshot pad");
    answer_all();
}

static void test_the_end_does_not_wait_for_them(void **state)
{
    (void)state;
    add_line(1, "one");
    fixture_restart(); /* closes the documents, with the writer in one of them */
    doc = open_document("pad");
    assert_pad_text("one");
}

static void test_a_lost_document_lets_them_go(void **state)
{
    (void)state;
    add_line(1, "one");
    struct writer *writing = come(2, "bot");
    documents_end_life(&fixture.documents);
    assert_int_equal(doc->peer_count, 1); /* its request is told first */
    writer_go(writing);
    documents_reap_lost(&fixture.documents);
}

/* ---- writes ---- */

static void check(const char *before, struct write write, enum error wanted, const char *after)
{
    struct writer *writer = come(9, "bot");
    assert_int_equal(write_as(writer, (struct write){.kind = WRITE_TEXT, .text = slice_from_cstr(before)}),
                     OK);
    const uint64_t revision = doc->pad.revision;
    assert_int_equal(write_as(writer, write), wanted);
    assert_pad_text(wanted ? before : after);
    assert_int_equal(doc->pad.revision, revision + (!wanted && strcmp(before, after) != 0));
    writer_go(writer);
}

static struct write insert_at(uint32_t at, const char *text, bool is_raw)
{
    return (struct write){.kind = WRITE_INSERT,
                          .place = WRITE_AT_POINT,
                          .at_points = at,
                          .is_raw = is_raw,
                          .text = slice_from_cstr(text)};
}

static void test_inserts(void **state)
{
    (void)state;
    check("", insert_at(0, "x", false), OK, "x");
    check("文b", insert_at(1, "x", false), OK, "文\nxb");
    check("文b", insert_at(1, "x", true), OK, "文xb");
    check("文\nb", insert_at(2, "x", false), OK, "文\nxb");
    check("ab", insert_at(3, "x", true), ERR_BAD_PLACE, "");
    check("ab", insert_at(2, "", false), OK, "ab");
}

static struct write substitute(const char *old, const char *new, uint32_t count)
{
    return (struct write){
        .kind = WRITE_SUBSTITUTE, .old = slice_from_cstr(old), .text = slice_from_cstr(new), .count = count};
}

static void test_substitutes(void **state)
{
    (void)state;
    check("a 文 a", substitute("a", "bb", 2), OK, "bb 文 bb");
    check("a 文 a", substitute("a", "bb", 1), ERR_OTHER_COUNT, "");
    check("a 文 a", substitute("a", "bb", 3), ERR_OTHER_COUNT, "");
    check("aaaa", substitute("aa", "b", 2), OK, "bb");
    check("aaa", substitute("aa", "b", 1), OK, "ba");
    check("", substitute("a", "b", 1), ERR_OTHER_COUNT, "");
    check("same", substitute("same", "same", 1), OK, "same");
    check("文", substitute("文", "", 1), OK, "");
}

static void test_an_operation_is_brought_over_what_came_since(void **state)
{
    struct op op = {0};
    (void)state;
    struct writer *writer = come(1, "bot");
    add_line(2, "world");
    add_line(2, "!");
    assert_int_equal(op_text_parse("+hello\\s =5", &op), OK);
    struct write write = {.kind = WRITE_OPERATION, .revision = 1, .op = op_view(&op)};
    assert_int_equal(write_as(writer, write), OK);
    assert_pad_text("hello world\n!");
    write.revision = 9;
    assert_int_equal(write_as(writer, write), ERR_UNKNOWN_REVISION);
    write.revision = 2;
    assert_int_equal(write_as(writer, write), ERR_BAD_OPERATION);
    op_deinit(&op);
    writer_go(writer);
}

/* So that its author's last operation is known, which a key needs. */
static void test_what_changes_nothing_is_recorded_when_asked_for(void **state)
{
    (void)state;
    struct writer *writer = come(1, "bot");
    struct write write = {.kind = WRITE_TEXT, .is_recorded = true};
    assert_int_equal(write_as(writer, write), OK);
    assert_int_equal(doc->pad.revision, 1);
    assert_int_equal(writer->peer.client->committed_revision, 1);
    writer_go(writer);
}

/* ---- keys ---- */

static struct id128 key_of(uint8_t key, uint8_t request)
{
    return pad_key_token((struct id128){{key}}, (struct id128){{request}});
}

static enum error try_with(struct id128 key)
{
    struct writer *writer = come(5, "");
    struct write write = {.kind = WRITE_TEXT, .text = SLICE("x"), .key = key, .is_recorded = true};
    enum error err = write_as(writer, write);
    writer_go(writer);
    return err;
}

static void write_with(struct id128 key)
{
    assert_int_equal(try_with(key), OK);
}

static void test_a_key_is_found_whatever_it_asked_for(void **state)
{
    (void)state;
    assert_null(pad_find_key(&doc->pad, key_of(1, 1)));
    write_with(key_of(1, 1));
    write_with(key_of(2, 1));
    assert_int_equal(pad_find_key(&doc->pad, key_of(1, 1))->committed_revision, 1);
    assert_int_equal(pad_find_key(&doc->pad, key_of(1, 7))->committed_revision, 1);
    assert_int_equal(pad_find_key(&doc->pad, key_of(2, 7))->committed_revision, 2);
    assert_null(pad_find_key(&doc->pad, key_of(3, 1)));
}

/* A program that repeats safely is one person all the same. */
static void test_who_writes_under_keys_is_one_person(void **state)
{
    (void)state;
    struct writer *bot = come(1, "bot");
    const uint64_t id = bot->peer.user_id;
    struct write write = {.kind = WRITE_INSERT, .text = SLICE("x")};
    for (uint8_t i = 1; i <= 3; i++) {
        write.key = key_of(i, i);
        assert_int_equal(write_as(bot, write), OK);
    }
    write.key = (struct id128){{0}};
    assert_int_equal(write_as(bot, write), OK);
    for (uint64_t revision = 0; revision < 4; revision++)
        assert_int_equal(history_at(&doc->pad.history, revision).author.user_id, id);
    assert_int_equal(pad_find_key(&doc->pad, key_of(2, 2))->user_id, id);
    assert_null(pad_check(&doc->pad));
    writer_go(bot);
    answer_all();
    fixture_restart();
    doc = open_document("pad");
    assert_int_equal(pad_find_key(&doc->pad, key_of(3, 3))->committed_revision, 3);
    assert_int_equal(pad_find_key(&doc->pad, key_of(3, 3))->user_id, id);
}

static void test_it_is_the_same_person_when_it_comes_now_and_then(void **state)
{
    (void)state;
    attach(doc, &fixture.ada, 10);
    write_with(key_of(1, 1));
    const uint64_t id = pad_find_key(&doc->pad, key_of(1, 1))->user_id;
    answer_all();
    later(90 * MINUTE_MS);
    write_with(key_of(2, 1));
    assert_int_equal(pad_find_key(&doc->pad, key_of(2, 1))->user_id, id);
}

static void test_a_key_is_kept_for_an_hour_across_restarts(void **state)
{
    (void)state;
    attach(doc, &fixture.ada, 10);
    write_with(key_of(1, 1));
    answer_all();
    later(59 * MINUTE_MS);
    assert_non_null(pad_find_key(&doc->pad, key_of(1, 1)));
    later(3 * MINUTE_MS);
    assert_null(pad_find_key(&doc->pad, key_of(1, 1)));
    write_with(key_of(2, 1));
    answer_all();
    fixture_restart();
    doc = open_document("pad");
    attach(doc, &fixture.bob, 11);
    assert_non_null(pad_find_key(&doc->pad, key_of(2, 1)));
    later(61 * MINUTE_MS);
    assert_null(pad_find_key(&doc->pad, key_of(2, 1)));
}

static struct id128 numbered_key(uint32_t number)
{
    struct id128 key = {{0}};
    memcpy(key.bytes, &number, sizeof number);
    return pad_key_token(key, (struct id128){{0}});
}

/* Keys do not push tabs out, nor one another: the next one is refused. */
static void test_keys_are_bounded_and_leave_tabs_alone(void **state)
{
    (void)state;
    attach(doc, &fixture.ada, 10);
    type(doc, &fixture.ada, "+a");
    detach(doc, &fixture.ada);
    answer_all();
    for (uint32_t i = 0; i < PAD_KEYS_KEPT; i++)
        write_with(numbered_key(i));
    const uint64_t revision = doc->pad.revision;
    assert_int_equal(try_with(numbered_key(PAD_KEYS_KEPT)), ERR_TOO_MANY_KEYS);
    assert_int_equal(doc->pad.revision, revision);
    write_with((struct id128){{0}}); /* without a key */
    answer_all();
    later(WRITER_LINGER_MS);
    attach(doc, &fixture.ada, 10);
    assert_int_equal(fixture.ada.client->committed_revision, 1); /* her tab is known */
    later(61 * MINUTE_MS);
    write_with(numbered_key(PAD_KEYS_KEPT));
}

/* ---- waiting ---- */

struct waiting {
    struct commit_wait wait;
    unsigned times;
    enum error err;
};

static void note(struct commit_wait *wait, enum error err)
{
    struct waiting *w = LIST_ITEM(wait, struct waiting, wait);
    w->times++;
    w->err = err;
}

static void test_a_wait_ends_beyond_its_revision(void **state)
{
    struct waiting now = {.wait.done = note}, later_one = {.wait.done = note};
    (void)state;
    document_when_beyond(doc, 0, &now.wait);
    document_when_beyond(doc, 1, &later_one.wait);
    add_line(1, "x");
    assert_int_equal(now.times, 0); /* not before it is committed */
    answer_all();
    assert_int_equal(now.times, 1);
    assert_int_equal(later_one.times, 0);
    document_give_up_commit_waits(doc);
    assert_int_equal(later_one.err, ERR_SHUTTING_DOWN);
}

static void test_a_patient_wait_outlasts_a_failing_database(void **state)
{
    struct waiting patient = {.wait = {.done = note, .is_patient = true}}, other = {.wait.done = note};
    (void)state;
    document_when_beyond(doc, 0, &patient.wait);
    document_when_beyond(doc, 0, &other.wait);
    documents_set_storage_failing(&fixture.documents, true);
    assert_int_equal(other.err, ERR_STORAGE);
    assert_int_equal(patient.times, 0);
    commit_wait_cancel(&patient.wait);
}

#define WRITE_TEST(test) cmocka_unit_test_setup_teardown(test, begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WRITE_TEST(test_who_writes_again_is_the_same),
        WRITE_TEST(test_two_at_once_are_one),
        WRITE_TEST(test_one_without_a_name_is_not_seen),
        WRITE_TEST(test_nothing_is_written_as_a_whole_when_writers_leave),
        WRITE_TEST(test_somebody_who_stays_makes_no_difference),
        WRITE_TEST(test_the_end_does_not_wait_for_them),
        WRITE_TEST(test_a_lost_document_lets_them_go),
        WRITE_TEST(test_inserts),
        WRITE_TEST(test_substitutes),
        WRITE_TEST(test_an_operation_is_brought_over_what_came_since),
        WRITE_TEST(test_what_changes_nothing_is_recorded_when_asked_for),
        WRITE_TEST(test_a_key_is_found_whatever_it_asked_for),
        WRITE_TEST(test_who_writes_under_keys_is_one_person),
        WRITE_TEST(test_it_is_the_same_person_when_it_comes_now_and_then),
        WRITE_TEST(test_a_key_is_kept_for_an_hour_across_restarts),
        WRITE_TEST(test_keys_are_bounded_and_leave_tabs_alone),
        WRITE_TEST(test_a_wait_ends_beyond_its_revision),
        WRITE_TEST(test_a_patient_wait_outlasts_a_failing_database),
    };
    return RUN_DOC_TESTS(tests);
}
