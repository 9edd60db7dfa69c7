/* link: kp_pad kp_alloc */
/* The view of v1 clients: a history that starts at 0, whatever the pad's own
 * revisions are. */
#include "support/pad_script.h"

#include "pad/past.h"

static struct pad_limits limits;

struct room {
    struct pad pad;
    struct pad_peer ada; /* v2, who was here before any v1 client */
};

static int room_open(void **state)
{
    struct room *room = calloc(1, sizeof *room);
    limits = pad_limits_default(1000);
    pad_init(&room->pad, &limits, id(1));
    join(&room->pad, &room->ada, hello_v2(10), 0);
    *state = room;
    return 0;
}

static int room_close(void **state)
{
    struct room *room = *state;
    pad_leave(&room->ada, 0);
    pad_deinit(&room->pad);
    free(room);
    return 0;
}

static void type(struct room *room, const char *line)
{
    assert_int_equal(edit(&room->ada, room->pad.revision, line), OK);
    commit(&room->pad);
}

static void test_an_empty_pad_starts_at_zero(void **state)
{
    struct room *room = *state;
    struct pad_peer old;
    const struct pad_welcome welcome = join_v1(&room->pad, &old, 0);
    assert_int_equal(welcome.user_id, 1);
    assert_false(welcome.resumed);
    assert_int_equal(room->pad.v1->offset, 0);
    assert_int_equal(pad_revision_for(&old, 0), 0);
    assert_int_equal(edit(&old, 0, "+hi"), OK);
    assert_int_equal(edit(&old, 1, "=2 +!"), OK);
    assert_text(&room->pad, "hi!");
    pad_leave(&old, 0);
}

static void test_the_text_before_is_one_insert(void **state)
{
    struct room *room = *state;
    struct pad_peer old;
    uint64_t from, to;
    bool gone;
    type(room, "+hel");
    type(room, "=3 +l😀");
    join_v1(&room->pad, &old, 0);
    assert_int_equal(room->pad.v1->offset, 1);
    struct op text = {0};
    op_text_parse("+hell😀", &text);
    assert_true(op_equal(op_view(&room->pad.v1->text), op_view(&text)));
    op_deinit(&text);
    assert_int_equal(pad_revision_for(&old, 2), 1);
    assert_int_equal(edit(&old, 1, "=4 +o -1"), OK);
    commit(&room->pad);
    assert_true(pad_history_for(&old, 1000, &from, &to, &gone));
    assert_int_equal(pad_revision_for(&old, from), 1);
    assert_int_equal(pad_revision_for(&old, to), 2);
    assert_text(&room->pad, "hello");
    pad_leave(&old, 0);
}

/* A script that connects and edits at once, against the empty text. */
static void test_an_edit_against_revision_0_goes_behind_the_text(void **state)
{
    struct room *room = *state;
    struct pad_peer old;
    type(room, "+b");
    join_v1(&room->pad, &old, 0);
    type(room, "=1 +c");
    assert_int_equal(edit(&old, 0, "=1 +x"), ERR_BAD_OPERATION);
    assert_int_equal(edit(&old, 0, "+a"), OK); /* "a" < "b" */
    assert_text(&room->pad, "abc");
    assert_int_equal(edit(&old, 0, ""), OK);
    assert_text(&room->pad, "abc");
    pad_leave(&old, 0);
}

static void test_revisions_out_of_range(void **state)
{
    struct room *room = *state;
    struct pad_peer old;
    type(room, "+b");
    join_v1(&room->pad, &old, 0);
    assert_int_equal(edit(&old, 2, "=1 +x"), ERR_BAD_REVISION);
    assert_int_equal(edit(&old, UINT64_MAX, "=1 +x"), ERR_BAD_REVISION);
    assert_int_equal(edit(&old, 1, "=1 +x"), OK);
    pad_leave(&old, 0);
}

static void test_all_v1_clients_share_one_numbering(void **state)
{
    struct room *room = *state;
    struct pad_peer first, second;
    type(room, "+a");
    join_v1(&room->pad, &first, 0);
    type(room, "=1 +b");
    type(room, "=2 +c");
    join_v1(&room->pad, &second, 0);
    assert_int_equal(second.sent, 1);
    assert_int_equal(pad_revision_for(&second, 3), pad_revision_for(&first, 3));
    assert_int_equal(edit(&second, 1, "=1 +z"), OK);
    assert_text(&room->pad, "abcz"); /* "b" < "z", "c" < "z" */
    pad_leave(&first, 0);
    pad_leave(&second, 0);
}

/* ---- the pin ---- */

static void test_the_pin_wins_over_age_and_budget(void **state)
{
    struct room *room = *state;
    struct pad_peer old;
    limits.history_bytes = 100;
    join_v1(&room->pad, &old, 0);
    for (unsigned i = 0; i < 100; i++)
        type(room, i % 2 ? "-10" : "+0123456789");
    pad_tick(&room->pad, 1000000000);
    check_pad(&room->pad);
    assert_int_equal(room->pad.history.base, 0);
    assert_int_equal(edit(&old, 0, "+x"), OK);
    pad_leave(&old, 0);
}

static void test_the_pin_outlives_the_last_v1_client_for_a_while(void **state)
{
    struct room *room = *state;
    struct pad_peer old;
    limits.history_bytes = 100;
    limits.v1_pin_ms = 600000;
    type(room, "+b");
    join_v1(&room->pad, &old, 1000);
    type(room, "=1 +c");
    pad_leave(&old, 5000);
    pad_tick(&room->pad, 5000 + limits.v1_pin_ms - 1);
    assert_non_null(room->pad.v1);
    join_v1(&room->pad, &old, 5000 + limits.v1_pin_ms - 1);
    assert_int_equal(room->pad.v1->base, 1);
    pad_leave(&old, 700000);
    pad_tick(&room->pad, 1000); /* the clock was set back: the pin counts from there */
    assert_non_null(room->pad.v1);
    pad_tick(&room->pad, 1000 + limits.v1_pin_ms);
    assert_null(room->pad.v1);
    join_v1(&room->pad, &old, 2000000);
    assert_int_equal(room->pad.v1->base, 2);
    pad_leave(&old, 2000000);
}

/* A closed lid: only the bound on bytes ends it, unless a setting does. */
static void test_the_pin_has_no_end_of_its_own(void **state)
{
    struct room *room = *state;
    struct pad_peer old;
    enum { DAY_MS = 24 * 3600 * 1000 };
    join_v1(&room->pad, &old, 0);
    type(room, "+one");
    type(room, "=3 +\\stwo");
    pad_leave(&old, 1000);
    pad_leave(&room->ada, 1000);
    pad_rest(&room->pad, 11 * 60 * 1000);
    pad_tick(&room->pad, DAY_MS);
    assert_non_null(room->pad.v1);
    join_v1(&room->pad, &old, DAY_MS);
    assert_int_equal(edit(&old, 1, "=3 +!"), OK); /* what it typed before it had heard of the second */
    assert_text(&room->pad, "one two!");
    pad_leave(&old, DAY_MS);
}

static void test_a_view_beyond_its_limit_goes_with_its_last_client(void **state)
{
    struct room *room = *state;
    struct pad_peer old;
    limits.v1_history_bytes = 500;
    limits.history_bytes = 100;
    join_v1(&room->pad, &old, 0);
    assert_false(pad_v1_exceeds_limit(&room->pad));
    for (unsigned i = 0; i < 100; i++)
        type(room, i % 2 ? "-10" : "+0123456789");
    assert_true(pad_v1_exceeds_limit(&room->pad));
    pad_tick(&room->pad, 1);
    assert_non_null(room->pad.v1);
    pad_leave(&old, 2);
    pad_tick(&room->pad, 3);
    assert_null(room->pad.v1);
    assert_true(room->pad.history.base > 80);
}

static void test_a_new_client_starts_a_new_view_instead_of_one_beyond_its_limit(void **state)
{
    struct room *room = *state;
    struct pad_peer old;
    limits.v1_history_bytes = 20;
    join_v1(&room->pad, &old, 0);
    type(room, "+0123456789");
    type(room, "=10 +0123456789");
    pad_leave(&old, 1);
    join_v1(&room->pad, &old, 2);
    assert_int_equal(room->pad.v1->base, 2);
    assert_int_equal(old.sent, 2);
    pad_leave(&old, 3);
}

static void test_what_is_pinned_for_v1_is_not_replayed_to_v2(void **state)
{
    struct room *room = *state;
    struct pad_peer old, again;
    limits.history_bytes = 100;
    join_v1(&room->pad, &old, 0);
    for (unsigned i = 0; i < 100; i++)
        type(room, i % 2 ? "-10" : "+0123456789");
    assert_int_equal(room->pad.history.base, 0);
    assert_false(join(&room->pad, &again, hello_resuming(11, 1, 0), 0).resumed);
    pad_leave(&again, 0);
    assert_true(join(&room->pad, &again, hello_resuming(11, 1, 98), 0).resumed);
    pad_leave(&again, 0);
    pad_leave(&old, 0);
}

static void test_the_pin_grows_with_the_document(void **state)
{
    (void)state;
    enum { KIB = 1024, MIB = 1024 * KIB };
    assert_int_equal(pad_limits_default(256 * KIB).v1_history_bytes, 16 * MIB);
    assert_int_equal(pad_limits_default(2 * MIB).v1_history_bytes, 32 * MIB);
    assert_int_equal(pad_limits_default(UINT32_MAX).v1_history_bytes, 64 * MIB);
}

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

/* ---- what led to the text is deleted ---- */

static void forget_the_past(struct room *room)
{
    assert_int_equal(pad_past_changed(&room->pad, NULL, PAD_PAST_DELETED, true), OK);
    check_pad(&room->pad);
}

/* The view from 0 on, as a v1 client puts it together. */
static void assert_told_from_zero(struct pad_peer *old, const char *want)
{
    struct pad *pad = old->pad;
    struct rope text = {0};
    struct buf got = {0};
    for (uint64_t n = 0; n < pad->v1->offset; n++)
        assert_int_equal(op_apply(pad_v1_before(pad, n).op, &text), OK);
    for (uint64_t r = old->sent; r < pad->committed; r++)
        assert_int_equal(op_apply(pad_entry_for(old, r).op, &text), OK);
    assert_int_equal(pad_revision_for(old, old->sent), pad->v1->offset);
    assert_int_equal(rope_read(&text, 0, rope_size(&text).points, &got), OK);
    assert_slice(buf_slice(&got), want);
    buf_deinit(&got);
    rope_deinit(&text);
}

static void test_who_comes_after_a_deletion_is_told_the_text_alone(void **state)
{
    struct room *room = *state;
    struct pad_peer first, late;
    join_v1(&room->pad, &first, 0);
    type(room, "+secret");
    type(room, "+public -6");
    forget_the_past(room);
    type(room, "=6 +!");
    join_v1(&room->pad, &late, 0);
    assert_int_equal(room->pad.v1->offset, 2); /* the numbers stay those of the first */
    assert_int_equal(op_view(&room->pad.v1->text).target_points, 6);
    assert_told_from_zero(&late, "public!");
    assert_int_equal(pad_revision_for(&late, room->pad.revision), 3);
    assert_int_equal(edit(&late, 3, "=7 +?"), OK);
    assert_text(&room->pad, "public!?");
    pad_leave(&first, 0);
    pad_leave(&late, 0);
}

static void test_who_was_there_goes_on_with_its_numbers(void **state)
{
    struct room *room = *state;
    struct pad_peer old;
    uint64_t from, to;
    bool gone;
    type(room, "+x");
    join_v1(&room->pad, &old, 0);
    pad_v1_begin(&old);
    type(room, "=1 +ab");
    forget_the_past(room);
    assert_int_equal(edit(&old, 1, "=1 +-"), OK); /* against a text that is deleted; on its way when it was */
    assert_text(&room->pad, "x-ab");
    commit(&room->pad);
    assert_true(pad_history_for(&old, 1000, &from, &to, &gone)); /* and it was not told all of it */
    assert_int_equal(pad_revision_for(&old, from), 1);
    tell(&old);
    pad_tick(&room->pad, 3600 * 1000);
    assert_int_equal(edit(&old, 3, "=4 +!"), OK);
    assert_text(&room->pad, "x-ab!");
    pad_leave(&old, 0);
    join_v1(&room->pad, &old, 0); /* and in its next connection */
    assert_int_equal(edit(&old, 4, "=5 +?"), OK);
    pad_leave(&old, 0);
}

/* Of a tab that was away all the while. */
static void test_an_edit_of_a_text_that_is_deleted_is_refused(void **state)
{
    struct room *room = *state;
    struct pad_peer old;
    join_v1(&room->pad, &old, 0);
    type(room, "+abc");
    type(room, "+xyz -3"); /* as long as the one before */
    pad_leave(&old, 0);
    forget_the_past(room);
    join_v1(&room->pad, &old, 0);
    assert_int_equal(edit(&old, 1, "=3 +!"), ERR_BAD_REVISION);
    assert_int_equal(edit(&old, 3, "=3 +!"), ERR_BAD_REVISION);
    assert_int_equal(edit(&old, 0, "+!"), OK); /* a script that edits at once */
    assert_text(&room->pad, "!xyz");
    assert_int_equal(edit(&old, 2, "=3 +?"), OK);
    pad_leave(&old, 0);
}

static void test_who_came_before_it_and_was_told_nothing_yet(void **state)
{
    struct room *room = *state;
    struct pad_peer first, old;
    join_v1(&room->pad, &first, 0);
    type(room, "+secret");
    type(room, "-6");
    join_v1(&room->pad, &old, 0);
    forget_the_past(room);
    pad_v1_begin(&old);
    assert_told_from_zero(&old, "");
    assert_int_equal(room->pad.v1->text.code.len + room->pad.v1->nothing.code.len, 0);
    assert_int_equal(edit(&old, 2, "+b"), OK);
    assert_text(&room->pad, "b");
    pad_leave(&first, 0);
    pad_leave(&old, 0);
}

static void test_too_many_operations_that_are_nothing_end_the_view(void **state)
{
    struct room *room = *state;
    struct pad_peer old;
    join_v1(&room->pad, &old, 0);
    struct op add = {0}, take = {0};
    op_text_parse("+a", &add);
    op_text_parse("-1", &take);
    for (int i = 0; i < 50 * 1000 + 1; i++) {
        pad_edit(&room->ada, room->pad.revision, op_view(&add), 0);
        pad_edit(&room->ada, room->pad.revision, op_view(&take), 0);
    }
    op_deinit(&add);
    op_deinit(&take);
    commit(&room->pad);
    assert_false(pad_v1_exceeds_limit(&room->pad));
    forget_the_past(room);
    assert_true(pad_v1_exceeds_limit(&room->pad));
    pad_leave(&old, 0);
    join_v1(&room->pad, &old, 0);
    assert_int_equal(room->pad.v1->offset, 0);
    pad_leave(&old, 0);
}

/* ---- people ---- */

static void test_a_v1_client_is_nobody_until_it_says_who_it_is(void **state)
{
    struct room *room = *state;
    struct pad_peer old;
    const uint64_t before = room->pad.sequence;
    join_v1(&room->pad, &old, 0);
    assert_false(old.has_info);
    assert_changes(&room->pad, before, "");
    pad_set_info(&old, SLICE("Old"), 3);
    assert_changes(&room->pad, before, "info 1");
    pad_leave(&old, 0);
    assert_changes(&room->pad, before, "left 1");
    join_v1(&room->pad, &old, 0);
    assert_int_equal(old.user_id, 2); /* a number is never given twice */
    pad_leave(&old, 0);
    assert_changes(&room->pad, before, "left 1"); /* nobody ever heard of 2 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_A_ROOM(test) cmocka_unit_test_setup_teardown(test, room_open, room_close)
        IN_A_ROOM(test_an_empty_pad_starts_at_zero),
        IN_A_ROOM(test_the_text_before_is_one_insert),
        IN_A_ROOM(test_an_edit_against_revision_0_goes_behind_the_text),
        IN_A_ROOM(test_revisions_out_of_range),
        IN_A_ROOM(test_all_v1_clients_share_one_numbering),
        IN_A_ROOM(test_the_pin_wins_over_age_and_budget),
        IN_A_ROOM(test_the_pin_outlives_the_last_v1_client_for_a_while),
        IN_A_ROOM(test_the_pin_has_no_end_of_its_own),
        IN_A_ROOM(test_a_view_beyond_its_limit_goes_with_its_last_client),
        IN_A_ROOM(test_a_new_client_starts_a_new_view_instead_of_one_beyond_its_limit),
        IN_A_ROOM(test_what_is_pinned_for_v1_is_not_replayed_to_v2),
        cmocka_unit_test(test_the_pin_grows_with_the_document),
        IN_A_ROOM(test_line_ends_are_corrected_in_the_copy_of_their_author),
        IN_A_ROOM(test_a_cr_before_a_line_end_that_is_there_says_nothing),
        IN_A_ROOM(test_an_edit_of_the_copy_with_its_own_line_ends),
        IN_A_ROOM(test_the_edit_is_ordered_as_its_author_typed_it),
        IN_A_ROOM(test_the_pair_is_told_whole),
        IN_A_ROOM(test_carets_of_the_uncorrected_copy),
        IN_A_ROOM(test_corrections_are_bounded),
        IN_A_ROOM(test_who_comes_after_a_deletion_is_told_the_text_alone),
        IN_A_ROOM(test_who_was_there_goes_on_with_its_numbers),
        IN_A_ROOM(test_an_edit_of_a_text_that_is_deleted_is_refused),
        IN_A_ROOM(test_who_came_before_it_and_was_told_nothing_yet),
        IN_A_ROOM(test_too_many_operations_that_are_nothing_end_the_view),
        IN_A_ROOM(test_a_v1_client_is_nobody_until_it_says_who_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
