/* link: kp_pad kp_alloc */
/* The view of v1 clients: a history that starts at 0, whatever the pad's own
 * revisions are. */
#include "support/pad_v1_room.h"

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
        IN_A_ROOM(test_who_comes_after_a_deletion_is_told_the_text_alone),
        IN_A_ROOM(test_who_was_there_goes_on_with_its_numbers),
        IN_A_ROOM(test_an_edit_of_a_text_that_is_deleted_is_refused),
        IN_A_ROOM(test_who_came_before_it_and_was_told_nothing_yet),
        IN_A_ROOM(test_too_many_operations_that_are_nothing_end_the_view),
        IN_A_ROOM(test_a_v1_client_is_nobody_until_it_says_who_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
