/* link: kp_pad kp_alloc */
/* People in a pad: what is told of them, and where their carets are. */
#include "support/pad_room.h"

/* ---- presence ---- */

static void test_presence_is_the_newest_state(void **state)
{
    struct room *room = *state;
    const uint64_t before = room->pad.sequence;
    pad_set_info(&room->ada, SLICE("Ada"), 1);
    pad_set_language(&room->bob, SLICE("c"));
    pad_set_info(&room->ada, SLICE("  Lady\tAda  "), 361);
    pad_set_storage_failing(&room->pad, true);
    pad_set_storage_failing(&room->pad, true);
    pad_set_password(&room->pad, &room->eve, SLICE("secret"));
    assert_changes(&room->pad, before, "language, info 0, storage, otp");
    assert_changes(&room->pad, before + 3, "storage, otp");
    assert_changes(&room->pad, room->pad.sequence, "");
    assert_slice(room->ada.name, "LadyAda");
    assert_int_equal(room->ada.hue, 1);
    assert_int_equal(room->pad.language_by, 1);
    assert_slice(room->pad.password_by_name, "Ada");
    pad_set_password(&room->pad, NULL, (struct slice){0});
    assert_null(room->pad.password.ptr);
    assert_true(room->pad.password_by == PAD_SYSTEM_USER);
}

/* Whoever joined before has not been told the carets, either: Users leaves them out. */
static void test_a_first_name_brings_the_carets(void **state)
{
    struct room *room = *state;
    struct pad_peer dan;
    const uint32_t caret = 0;
    join_v1(&room->pad, &dan, 0);
    assert_int_equal(pad_set_cursors(&dan, &caret, 1, NULL, 0, 1000), OK);
    const uint64_t before = room->pad.sequence;
    pad_set_info(&dan, SLICE("Dan"), 4);
    assert_changes(&room->pad, before, "info 3, cursors 3");
    pad_set_info(&dan, SLICE("Daniel"), 4);
    assert_changes(&room->pad, before + 2, "info 3");
    pad_leave(&dan, 1000);
}

static void test_a_joiner_gets_no_echo_of_itself(void **state)
{
    struct room *room = *state;
    struct pad_peer dan;
    const uint64_t before = room->pad.sequence;
    join(&room->pad, &dan, hello_v2(13), 0);
    assert_changes(&room->pad, before, "info 3");
    assert_changes(&room->pad, dan.seen, "");
    pad_leave(&dan, 0);
}

static void test_tombstones_stay_until_everybody_knows(void **state)
{
    struct room *room = *state;
    pad_leave(&room->ada, 0);
    tell(&room->bob);
    pad_tick(&room->pad, 1);
    assert_changes(&room->pad, room->eve.seen, "left 0");
    tell(&room->eve);
    pad_tick(&room->pad, 2);
    assert_changes(&room->pad, 0, "info 1, info 2");
}

/* One behind its gate has not been told anything, however quick it is. */
static void test_tombstones_wait_for_those_at_the_gate(void **state)
{
    struct room *room = *state;
    struct pad_peer dan;
    edit(&room->ada, 0, "+a");
    join(&room->pad, &dan, hello_v2(13), 0);
    pad_leave(&room->ada, 0);
    tell(&room->bob);
    tell(&room->eve);
    tell(&dan);
    pad_tick(&room->pad, 1);
    assert_changes(&room->pad, dan.seen, "left 0");
    pad_leave(&dan, 0);
}

static void test_leaving_again_and_again_leaves_one_tombstone(void **state)
{
    struct room *room = *state;
    const uint64_t before = room->pad.sequence;
    for (int i = 0; i < 3; i++) {
        pad_leave(&room->ada, 0);
        join(&room->pad, &room->ada, hello_v2(10), 0);
    }
    assert_changes(&room->pad, before, "left 0, info 0");
    pad_leave(&room->ada, 0);
    assert_changes(&room->pad, before, "left 0");
    pad_leave(&room->bob, 0);
    pad_leave(&room->eve, 0);
    assert_true(list_is_empty(&room->pad.items)); /* nobody is left to be told */
}

/* ---- carets ---- */

static void test_carets_move_with_the_text(void **state)
{
    struct room *room = *state;
    edit(&room->ada, 0, "+0123456789");
    commit(&room->pad);
    const struct pad_range selection = {8, 2};
    assert_int_equal(pad_set_cursors(&room->bob, (uint32_t[]){5}, 1, &selection, 1, 1000), OK);
    edit(&room->ada, 1, "=1 +ab =6 -3");
    commit(&room->pad);
    const struct pad_cursors *now = pad_cursors_now(&room->bob);
    assert_int_equal(now->carets[0], 7);
    assert_int_equal(now->selections[0].anchor, 9);
    assert_int_equal(now->selections[0].head, 4);
}

static void test_carets_are_kept_as_set_and_the_list_is_cut(void **state)
{
    struct room *room = *state;
    uint32_t carets[PAD_CURSORS_MAX + 6];
    struct pad_range selections[PAD_CURSORS_MAX + 6];
    for (uint32_t i = 0; i < PAD_CURSORS_MAX + 6; i++) {
        carets[i] = i;
        selections[i] = (struct pad_range){i, UINT32_MAX};
    }
    edit(&room->ada, 0, "+0123456789");
    assert_int_equal(
        pad_set_cursors(&room->bob, carets, PAD_CURSORS_MAX + 6, selections, PAD_CURSORS_MAX + 6, 1000), OK);
    check_pad(&room->pad);
    assert_int_equal(room->bob.cursors.caret_count, PAD_CURSORS_MAX);
    assert_int_equal(room->bob.cursors.selection_count, PAD_CURSORS_MAX);
    assert_int_equal(room->bob.cursors.carets[63], 63);
    assert_true(room->bob.cursors.selections[3].head == UINT32_MAX);
    commit(&room->pad);
    assert_int_equal(pad_carets_end(&room->pad), 10);
    edit(&room->ada, 1, "+abc =5 -2 =2 +d =1");       /* several places */
    edit(&room->ada, 2, "+ef =12");                   /* one */
    assert_int_equal(pad_carets_end(&room->pad), 10); /* as long as it is not committed */
    commit(&room->pad);
    assert_int_equal(pad_carets_end(&room->pad), 14);
    const struct pad_cursors *now = pad_cursors_now(&room->bob);
    assert_int_equal(now->carets[0], 5);
    assert_int_equal(now->carets[10], 14);
    assert_int_equal(now->carets[63], 67); /* as far behind the text as before */
    assert_true(now->selections[3].head == UINT32_MAX);
    assert_int_equal(pad_set_cursors(&room->bob, NULL, 0, NULL, 0, 2000), OK);
    assert_null(room->bob.cursors.carets);
}

static void test_carets_are_shown_fifty_times_a_second(void **state)
{
    struct room *room = *state;
    const uint64_t before = room->pad.sequence;
    edit(&room->ada, 0, "+0123456789");
    commit(&room->pad);
    set_caret(&room->bob, 1, 1000);
    assert_int_equal(room->pad.sequence, before + 1);
    set_caret(&room->bob, 2, 1010);
    set_caret(&room->bob, 3, 1019);
    assert_int_equal(room->pad.sequence, before + 1);
    assert_true(room->pad.cursors_pending);
    pad_tick(&room->pad, 1019);
    assert_int_equal(room->pad.sequence, before + 1);
    pad_tick(&room->pad, 1020);
    assert_int_equal(room->pad.sequence, before + 2);
    assert_false(room->pad.cursors_pending);
    assert_caret(&room->bob, 3);
    set_caret(&room->bob, 4, 1040);
    assert_int_equal(room->pad.sequence, before + 3);
    set_caret(&room->bob, 5, 10); /* the clock was set back */
    assert_int_equal(room->pad.sequence, before + 4);
}

static void test_carets_wait_for_the_text_they_stand_in(void **state)
{
    struct room *room = *state;
    const uint64_t before = room->pad.sequence;
    edit_at(&room->bob, 0, "+0123456789", 1000);
    set_caret(&room->bob, 10, 1000);
    assert_int_equal(room->pad.sequence, before);
    assert_false(room->pad.cursors_pending);
    edit_at(&room->ada, 1, "+ab =10", 1001);
    struct buf batch = {0};
    pad_encode_batch(&room->pad, &batch);
    buf_deinit(&batch);
    pad_committed(&room->pad, 1);
    assert_changes(&room->pad, before, "cursors 1");
    assert_caret(&room->bob, 10); /* as at revision 1, which is what is told */
    pad_committed(&room->pad, 2);
    assert_caret(&room->bob, 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_A_ROOM(test) cmocka_unit_test_setup_teardown(test, room_open, room_close)
        IN_A_ROOM(test_presence_is_the_newest_state),
        IN_A_ROOM(test_a_first_name_brings_the_carets),
        IN_A_ROOM(test_a_joiner_gets_no_echo_of_itself),
        IN_A_ROOM(test_tombstones_stay_until_everybody_knows),
        IN_A_ROOM(test_tombstones_wait_for_those_at_the_gate),
        IN_A_ROOM(test_leaving_again_and_again_leaves_one_tombstone),
        IN_A_ROOM(test_carets_move_with_the_text),
        IN_A_ROOM(test_carets_are_kept_as_set_and_the_list_is_cut),
        IN_A_ROOM(test_carets_are_shown_fifty_times_a_second),
        IN_A_ROOM(test_carets_wait_for_the_text_they_stand_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
