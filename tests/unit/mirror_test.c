/* link: kp_client kp_alloc */
/* A file and a pad: what becomes of a save, of what others type, and of a process that dies in
 * between. That nothing is lost or doubled whatever comes is for tests/sim. */
#include "client/mirror.h"
#include "client/outgoing.h"
#include "support/client_script.h"

struct desk {
    struct script script;
    struct mirror mirror;
    unsigned revision;
};

static const struct client_config ada = {
    .token = {.bytes = {1}}, .name = {"Ada", 3}, .timing = {.edit_ms = -1, .places_ms = -1}};

static int open_desk(void **state)
{
    static struct desk desk;
    desk = (struct desk){.revision = 10};
    script_init(&desk.script, &ada);
    mirror_init(&desk.mirror, desk.script.client);
    *state = &desk;
    return 0;
}

static int close_desk(void **state)
{
    struct desk *d = *state;
    mirror_deinit(&d->mirror);
    script_deinit(&d->script);
    return 0;
}

static void join_pad(struct desk *d, const char *text)
{
    connect_now(&d->script);
    said(&d->script);
    welcome(&d->script, EPOCH_A, false, 0, "");
    struct buf json = {0};
    assert_int_equal(outgoing_string(&json, slice_from_cstr(text)), OK); /* with its quotes */
    assert_int_equal(buf_append_byte(&json, '\0'), OK);
    json.ptr[json.len - 2] = '\0';
    snapshot(&d->script, d->revision, json.ptr + 1);
    buf_deinit(&json);
}

static enum mirror_verdict meet(struct desk *d, const char *file)
{
    enum mirror_verdict verdict;
    const struct slice text = file ? slice_from_cstr(file) : (struct slice){0};
    assert_int_equal(mirror_meet(&d->mirror, text, &verdict), OK);
    return verdict;
}

/* The pad and the file have that text. */
static void begin_with(struct desk *d, const char *text)
{
    join_pad(d, text);
    assert_int_equal(meet(d, text), MIRROR_SAME);
    assert_false(mirror_must_write(&d->mirror));
}

static enum mirror_verdict save(struct desk *d, const char *file)
{
    enum mirror_verdict verdict;
    assert_int_equal(mirror_saved(&d->mirror, slice_from_cstr(file), d->script.now_ms, &verdict), OK);
    return verdict;
}

/* Somebody else's operation arrives. */
static void others(struct desk *d, const char *operation)
{
    char entry[300];
    snprintf(entry, sizeof entry, "{\"id\":9,\"operation\":%s}", operation);
    history(&d->script, d->revision++, entry);
}

/* The text that is written into the file. */
static void assert_writes(struct desk *d, const char *expected)
{
    struct buf text = {0};
    assert_true(mirror_must_write(&d->mirror));
    assert_int_equal(mirror_begin_write(&d->mirror, &text), OK);
    if (!slice_equal(buf_slice(&text), slice_from_cstr(expected)))
        fail_msg("%.*s is written, not %s", (int)text.len, text.ptr ? text.ptr : "", expected);
    mirror_wrote(&d->mirror, &text, d->script.now_ms);
    assert_false(mirror_must_write(&d->mirror));
}

/* ---- the first meeting ---- */

static void test_a_missing_file_is_made(void **state)
{
    struct desk *d = *state;
    join_pad(d, "pad");
    assert_int_equal(meet(d, NULL), MIRROR_SAME);
    assert_writes(d, "pad");
}

static void test_a_missing_file_of_an_empty_pad(void **state)
{
    struct desk *d = *state;
    join_pad(d, "");
    assert_int_equal(meet(d, NULL), MIRROR_SAME);
    assert_writes(d, "");
}

static void test_an_empty_pad_is_given_the_file(void **state)
{
    struct desk *d = *state;
    join_pad(d, "");
    assert_int_equal(meet(d, "file"), MIRROR_TAKEN);
    assert_string_equal(said(&d->script), "{\"Edit\":{\"revision\":10,\"operation\":[\"file\"]}}");
    assert_false(mirror_must_write(&d->mirror));
}

static void test_two_texts_that_have_nothing_in_common(void **state)
{
    struct desk *d = *state;
    join_pad(d, "pad");
    assert_int_equal(meet(d, "file"), MIRROR_DIFFERENT);
    assert_false(mirror_must_write(&d->mirror));
    assert_says_nothing(&d->script);
}

/* ---- saves ---- */

static void test_a_save_is_an_edit(void **state)
{
    struct desk *d = *state;
    begin_with(d, "one two");
    assert_int_equal(save(d, "one 2"), MIRROR_TAKEN);
    assert_string_equal(said(&d->script), "{\"Edit\":{\"revision\":10,\"operation\":[4,\"2\",-3]}}");
    assert_int_equal(save(d, "one 2"), MIRROR_SAME);
    assert_false(mirror_must_write(&d->mirror));
}

static void test_what_others_type_is_written(void **state)
{
    struct desk *d = *state;
    begin_with(d, "one");
    others(d, "[3,\" two\"]");
    assert_writes(d, "one two");
    assert_int_equal(save(d, "one two"), MIRROR_SAME);
}

static void test_a_save_before_others_text_was_written(void **state)
{
    struct desk *d = *state;
    begin_with(d, "one three");
    others(d, "[4,\"two \",5]");
    assert_int_equal(save(d, "one three four"), MIRROR_TAKEN);
    assert_text(&d->script, "one two three four");
    assert_writes(d, "one two three four");
}

static void test_a_save_while_a_write_came_to_nothing(void **state)
{
    struct desk *d = *state;
    struct buf text = {0};
    begin_with(d, "ab");
    others(d, "[\"x\",2]");
    assert_int_equal(mirror_begin_write(&d->mirror, &text), OK);
    buf_deinit(&text); /* the file had changed meanwhile */
    assert_int_equal(save(d, "abc"), MIRROR_TAKEN);
    others(d, "[\"y\",3]");
    assert_writes(d, "yxabc");
}

static void test_what_is_no_text(void **state)
{
    struct desk *d = *state;
    begin_with(d, "ab");
    assert_int_equal(save(d, "ab\r\n"), MIRROR_HAS_CR);
    assert_int_equal(save(d, "a\rb"), MIRROR_HAS_CR);
    assert_int_equal(save(d, "\xef\xbb\xbf"
                             "ab"),
                     MIRROR_HAS_BOM);
    assert_int_equal(save(d, "a\xff"
                             "b"),
                     MIRROR_NOT_UTF8);
    char large[1200];
    memset(large, 'x', sizeof large);
    large[1100] = '\0';
    assert_int_equal(save(d, large), MIRROR_TOO_LARGE);
    assert_text(&d->script, "ab");
    assert_says_nothing(&d->script);
    assert_int_equal(save(d, "abc"), MIRROR_TAKEN);
}

/* ---- saves of what an editor had read before ---- */

static void test_a_stale_save_loses_nothing(void **state)
{
    struct desk *d = *state;
    begin_with(d, "first\nlast\n");
    others(d, "[6,\"theirs\\n\",5]");
    assert_writes(d, "first\ntheirs\nlast\n");
    assert_int_equal(save(d, "first\nlast\nmine\n"), MIRROR_TAKEN);
    assert_text(&d->script, "first\ntheirs\nlast\nmine\n");
    assert_writes(d, "first\ntheirs\nlast\nmine\n");
}

static void test_a_stale_save_over_several_writes(void **state)
{
    struct desk *d = *state;
    begin_with(d, "0\n9\n");
    others(d, "[2,\"4\\n\",2]");
    assert_writes(d, "0\n4\n9\n");
    others(d, "[4,\"5\\n\",2]");
    assert_writes(d, "0\n4\n5\n9\n");
    assert_int_equal(save(d, "0\n4\n9\nmine\n"), MIRROR_TAKEN); /* as after the first */
    assert_text(&d->script, "0\n4\n5\n9\nmine\n");
}

static void test_a_stale_save_does_not_bring_back_what_was_deleted(void **state)
{
    struct desk *d = *state;
    begin_with(d, "keep\ngone\nend\n");
    others(d, "[5,-5,4]");
    assert_writes(d, "keep\nend\n");
    assert_int_equal(save(d, "keep\ngone\nend\nmine\n"), MIRROR_TAKEN);
    assert_text(&d->script, "keep\nend\nmine\n");
}

static void test_both_append_at_one_place(void **state)
{
    struct desk *d = *state;
    begin_with(d, "one\n");
    others(d, "[4,\"theirs\\n\"]");
    assert_writes(d, "one\ntheirs\n");
    assert_int_equal(save(d, "one\nmine\n"), MIRROR_TAKEN);
    assert_text(&d->script, "one\nmine\ntheirs\n");
}

static void test_part_of_what_came_may_be_deleted_at_once(void **state)
{
    struct desk *d = *state;
    begin_with(d, "a\n");
    others(d, "[2,\"one two\\n\"]");
    assert_writes(d, "a\none two\n");
    assert_int_equal(save(d, "a\ntwo\n"), MIRROR_TAKEN);
    assert_text(&d->script, "a\ntwo\n");
}

static void test_all_of_it_may_be_deleted_a_moment_later(void **state)
{
    struct desk *d = *state;
    begin_with(d, "a\n");
    others(d, "[2,\"theirs\\n\"]");
    assert_writes(d, "a\ntheirs\n");
    later(&d->script, MIRROR_MOMENT_MS);
    assert_int_equal(save(d, "a\n"), MIRROR_TAKEN);
    assert_text(&d->script, "a\n");
}

/* Two saves of a program that reads before each, and a write in between that was taken back. */
static void test_a_text_that_was_there_for_a_moment(void **state)
{
    struct desk *d = *state;
    struct buf text = {0};
    enum mirror_verdict verdict;
    begin_with(d, "one\n");
    others(d, "[4,\"theirs\\n\"]");
    assert_int_equal(mirror_begin_write(&d->mirror, &text), OK);
    assert_int_equal(mirror_exposed(&d->mirror, buf_slice(&text), d->script.now_ms), OK);
    buf_deinit(&text);
    assert_int_equal(save(d, "one\ntheirs\nsecond\n"), MIRROR_TAKEN); /* read it */
    assert_true(d->mirror.was_stale);
    assert_int_equal(mirror_stray(&d->mirror, SLICE("one\n"), SLICE("first\none\n"), &verdict), OK);
    assert_writes(d, "first\none\nsecond\ntheirs\n");
}

/* A program had the file open when others' text took the place of what was in it. */
static void test_a_stray_write_is_merged(void **state)
{
    struct desk *d = *state;
    enum mirror_verdict verdict;
    begin_with(d, "1\n2\n");
    others(d, "[\"0\\n\",4]");
    assert_writes(d, "0\n1\n2\n");
    assert_int_equal(mirror_stray(&d->mirror, SLICE("1\n2\n"), SLICE("1\n2\n3\n"), &verdict), OK);
    assert_int_equal(verdict, MIRROR_TAKEN);
    assert_writes(d, "0\n1\n2\n3\n");
    assert_int_equal(mirror_stray(&d->mirror, SLICE("1\n2\n"), SLICE("1\n2\n"), &verdict), OK);
    assert_int_equal(verdict, MIRROR_SAME);
}

/* ---- another life ---- */

static void begin_again(struct desk *next, struct desk *before, const char *file)
{
    struct buf record = {0};
    assert_int_equal(mirror_write(&before->mirror, &record), OK);
    *next = (struct desk){.revision = before->revision};
    script_init(&next->script, &ada);
    mirror_init(&next->mirror, next->script.client);
    assert_int_equal(mirror_read(&next->mirror, buf_slice(&record), next->script.now_ms), OK);
    save(next, file);
    buf_deinit(&record);
}

static void end(struct desk *d)
{
    mirror_deinit(&d->mirror);
    script_deinit(&d->script);
}

static void test_the_file_was_edited_meanwhile(void **state)
{
    struct desk *d = *state, next;
    begin_with(d, "one\n");
    begin_again(&next, d, "one\ntwo\n");
    assert_text(&next.script, "one\ntwo\n");
    assert_false(mirror_must_write(&next.mirror));
    assert_int_equal(client_unsaved(next.script.client), 1);
    end(&next);
}

/* A record is written before the file is, and the process may die in between. */
static void test_the_write_may_have_happened_or_not(void **state)
{
    struct desk *d = *state, next;
    struct buf text = {0};
    begin_with(d, "one\n");
    others(d, "[4,\"theirs\\n\"]");
    assert_int_equal(mirror_begin_write(&d->mirror, &text), OK);
    buf_deinit(&text);
    begin_again(&next, d, "one\n"); /* it has not */
    assert_int_equal(client_unsaved(next.script.client), 0);
    assert_writes(&next, "one\ntheirs\n");
    end(&next);
    begin_again(&next, d, "one\ntheirs\n"); /* it has */
    assert_false(mirror_must_write(&next.mirror));
    end(&next);
    begin_again(&next, d, "mine\none\n"); /* it has not, and the file was edited */
    assert_writes(&next, "mine\none\ntheirs\n");
    end(&next);
    begin_again(&next, d, "mine\none\ntheirs\n"); /* it has, and it was edited then */
    assert_text(&next.script, "mine\none\ntheirs\n");
    assert_false(mirror_must_write(&next.mirror));
    end(&next);
}

static void test_what_is_no_record(void **state)
{
    static const char *const wrong[] = {"", "{}", "{}\n{}\n", "\n{\"file\":null}\n"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct desk d = {0};
        script_init(&d.script, &ada);
        mirror_init(&d.mirror, d.script.client);
        assert_int_equal(mirror_read(&d.mirror, slice_from_cstr(wrong[i]), 0), ERR_BAD_MESSAGE);
        end(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define AT_A_DESK(test) cmocka_unit_test_setup_teardown(test, open_desk, close_desk)
        AT_A_DESK(test_a_missing_file_is_made),
        AT_A_DESK(test_a_missing_file_of_an_empty_pad),
        AT_A_DESK(test_an_empty_pad_is_given_the_file),
        AT_A_DESK(test_two_texts_that_have_nothing_in_common),
        AT_A_DESK(test_a_save_is_an_edit),
        AT_A_DESK(test_what_others_type_is_written),
        AT_A_DESK(test_a_save_before_others_text_was_written),
        AT_A_DESK(test_a_save_while_a_write_came_to_nothing),
        AT_A_DESK(test_what_is_no_text),
        AT_A_DESK(test_a_stale_save_loses_nothing),
        AT_A_DESK(test_a_stale_save_over_several_writes),
        AT_A_DESK(test_a_stale_save_does_not_bring_back_what_was_deleted),
        AT_A_DESK(test_both_append_at_one_place),
        AT_A_DESK(test_part_of_what_came_may_be_deleted_at_once),
        AT_A_DESK(test_all_of_it_may_be_deleted_a_moment_later),
        AT_A_DESK(test_a_text_that_was_there_for_a_moment),
        AT_A_DESK(test_a_stray_write_is_merged),
        AT_A_DESK(test_the_file_was_edited_meanwhile),
        AT_A_DESK(test_the_write_may_have_happened_or_not),
        cmocka_unit_test(test_what_is_no_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
