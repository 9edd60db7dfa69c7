/* link: kp_pad kp_alloc */
/* Line ends of v1 clients: what becomes of \r\n and \r, for their author and for all others. */
#include "support/pad_v1_room.h"

/* ---- line ends ---- */

/* As edit(), of a line that may hold \r and \n themselves: {at, text, rest}. */
static enum error edit_raw(struct pad_peer *peer, uint64_t revision, uint32_t at, const char *text,
                           uint32_t deleted, uint32_t rest)
{
    struct op op = {0};
    struct pad *pad = peer->pad;
    assert_int_equal(op_retain(&op, at), OK);
    assert_int_equal(op_insert_checked(&op, slice_from_cstr(text), (uint32_t)strlen(text)), OK);
    assert_int_equal(op_delete(&op, deleted), OK);
    assert_int_equal(op_retain(&op, rest), OK);
    const enum error err = pad_edit(peer, revision, op_view(&op), pad->now_ms);
    op_deinit(&op);
    check_pad(pad);
    return err;
}

/* What the peer is told from `revision` on, in the form of op_text. */
static void assert_told(const struct pad_peer *peer, uint64_t revision, uint64_t author, const char *line)
{
    struct op expected = {0};
    const struct history_entry entry = pad_entry_for(peer, revision);
    if (strstr(line, "\\r")) { /* an insert alone, which the builder of others would refuse */
        struct buf text = {0};
        assert_int_equal(op_text_unescape(line + 1, strlen(line) - 1, &text), OK);
        assert_int_equal(op_insert_checked(&expected, buf_slice(&text), (uint32_t)text.len), OK);
        buf_deinit(&text);
    } else {
        assert_int_equal(op_text_parse(line, &expected), OK);
    }
    assert_true(op_equal(entry.op, op_view(&expected)));
    assert_true(entry.author.user_id == author);
    op_deinit(&expected);
}

static void test_line_ends_are_corrected_in_the_copy_of_their_author(void **state)
{
    struct room *room = *state;
    struct pad_peer old, other;
    join_v1(&room->pad, &old, 0);
    join_v1(&room->pad, &other, 0);
    assert_int_equal(edit_raw(&old, 0, 0, "one\r\ntwo\rthree\r", 0, 0), OK);
    assert_text(&room->pad, "one\ntwo\nthree\n");
    assert_int_equal(room->pad.revision, 2);
    assert_told(&old, 0, old.user_id, "+one\\r\\ntwo\\rthree\\r");
    assert_told(&other, 0, old.user_id, "+one\\ntwo\\nthree\\n");
    assert_told(&old, 1, PAD_SYSTEM_USER, "=3 -1 =4 +\\n -1 =5 +\\n -1");
    assert_told(&other, 1, PAD_SYSTEM_USER, "=14");
    assert_true(pad_has_history_of_its_own(&old, 0, 2));
    assert_true(pad_has_history_of_its_own(&old, 0, 1));
    assert_false(pad_has_history_of_its_own(&other, 0, 2));
    pad_leave(&old, 0);
    pad_leave(&other, 0);
}

static void test_a_cr_before_a_line_end_that_is_there_says_nothing(void **state)
{
    struct room *room = *state;
    struct pad_peer old;
    type(room, "+a\\nb");
    join_v1(&room->pad, &old, 0);
    assert_int_equal(edit_raw(&old, 1, 1, "\r", 0, 2), OK);
    assert_text(&room->pad, "a\nb");
    assert_told(&old, 2, PAD_SYSTEM_USER, "=1 -1 =2");
    assert_int_equal(edit_raw(&old, 3, 0, "x\r", 1, 2), OK); /* in the place of "a" */
    assert_text(&room->pad, "x\nb");
    assert_int_equal(edit_raw(&old, 5, 3, "\r", 0, 0), OK); /* nothing behind it */
    assert_text(&room->pad, "x\nb\n");
    pad_leave(&old, 0);
}

/* It types on before it has heard of the correction. */
static void test_an_edit_of_the_copy_with_its_own_line_ends(void **state)
{
    struct room *room = *state;
    struct pad_peer old;
    join_v1(&room->pad, &old, 0);
    assert_int_equal(edit_raw(&old, 0, 0, "a\r\nb", 0, 0), OK);
    assert_int_equal(edit_raw(&old, 1, 4, "c\r\n", 0, 0), OK); /* acknowledged at 1; 4 characters there */
    assert_text(&room->pad, "a\nbc\n");
    assert_int_equal(room->pad.revision, 4);
    type(room, "=5 +z");
    assert_int_equal(edit_raw(&old, 3, 5, "d", 0, 1), OK); /* "a\nbc\r\n": between the two */
    assert_text(&room->pad, "a\nbcd\nz");
    assert_int_equal(edit_raw(&old, 2, 3, "!", 0, 0), OK); /* the corrected text fits as well */
    assert_text(&room->pad, "a\nb!cd\nz");
    assert_int_equal(edit_raw(&old, 1, 5, "!", 0, 0), ERR_BAD_OPERATION); /* no text it can have had */
    pad_leave(&old, 0);
}

static void test_the_edit_is_ordered_as_its_author_typed_it(void **state)
{
    struct room *room = *state;
    struct pad_peer old;
    join_v1(&room->pad, &old, 0);
    type(room, "+\x0b");
    assert_int_equal(edit_raw(&old, 0, 0, "\r\n", 0, 0), OK); /* 13 > 11, though the 10 in its place is not */
    assert_text(&room->pad, "\x0b\n");
    pad_leave(&old, 0);
}

static void test_the_pair_is_told_whole(void **state)
{
    struct room *room = *state;
    struct pad_peer old;
    uint64_t from, to;
    bool gone;
    join_v1(&room->pad, &old, 0);
    assert_int_equal(edit_raw(&old, 0, 0, "a\r\nb", 0, 0), OK);
    assert_int_equal(edit_raw(&old, 1, 4, "c\r\n", 0, 0), OK);
    commit(&room->pad);
    assert_true(pad_history_for(&old, 1, &from, &to, &gone));
    assert_int_equal(to, 2);
    pad_told_history(&old, to);
    assert_true(pad_history_for(&old, 1, &from, &to, &gone));
    assert_int_equal(to, 4);
    pad_told_history(&old, to);
    assert_int_equal(edit_raw(&old, 4, 5, "!", 0, 0), OK);
    assert_true(list_is_empty(&old.corrections)); /* it has seen them */
    pad_leave(&old, 0);
}

static void test_carets_of_the_uncorrected_copy(void **state)
{
    struct room *room = *state;
    struct pad_peer old;
    join_v1(&room->pad, &old, 0);
    assert_int_equal(edit_raw(&old, 0, 0, "a\r\nb\rc", 0, 0), OK);
    commit(&room->pad);
    set_caret(&old, 6, 0); /* behind the c */
    assert_caret(&old, 5);
    tell(&old);
    set_caret(&old, 5, 100);
    assert_caret(&old, 5);
    pad_leave(&old, 0);
}

/* A script that says revision 0 for ever, and one that reads nothing. */
static void test_corrections_are_bounded(void **state)
{
    struct room *room = *state;
    struct pad_peer old;
    limits.document_bytes = 1 << 20;
    join_v1(&room->pad, &old, 0);
    for (unsigned i = 0; i < 300; i++) {
        assert_int_equal(edit_raw(&old, 0, 0, "line\r\n", 0, 0), OK);
        commit(&room->pad);
        tell(&old);
    }
    size_t kept = 0;
    LIST_EACH (at, next, &old.corrections)
        kept++;
    assert_in_range(kept, 1, 66);
    pad_leave(&old, 0);

    limits.history_bytes = 2000;
    join_v1(&room->pad, &old, 0);
    enum error err = OK;
    char text[401];
    for (unsigned i = 0; i < 400; i++)
        text[i] = i % 2 ? '\n' : '\r';
    text[400] = '\0';
    type(room, "-1500");
    const uint64_t first = pad_revision_for(&old, room->pad.revision);
    unsigned taken = 0;
    for (; !err && taken < 1000; taken++, commit(&room->pad)) /* each in the place of the one before */
        err = edit_raw(&old, taken ? first + 2 * taken - 1 : first, 0, text, taken ? 400 : 0, 0);
    assert_int_equal(err, ERR_RATE_LIMITED);
    assert_in_range(taken, 2, 8);
    tell(&old);
    assert_int_equal(edit_raw(&old, first, 0, "line\r\n", 0, 0), OK);
    pad_leave(&old, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_A_ROOM(test) cmocka_unit_test_setup_teardown(test, room_open, room_close)
        IN_A_ROOM(test_line_ends_are_corrected_in_the_copy_of_their_author),
        IN_A_ROOM(test_a_cr_before_a_line_end_that_is_there_says_nothing),
        IN_A_ROOM(test_an_edit_of_the_copy_with_its_own_line_ends),
        IN_A_ROOM(test_the_edit_is_ordered_as_its_author_typed_it),
        IN_A_ROOM(test_the_pair_is_told_whole),
        IN_A_ROOM(test_carets_of_the_uncorrected_copy),
        IN_A_ROOM(test_corrections_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
