/* link: kp_pad kp_alloc */
/* People who may only read: what a pad refuses them, and what it does not show them. */
#include "support/pad_script.h"
#include "support/random.h"

static struct pad_limits limits;

/* A pad with a text, Ada who edits it, and Vera who reads. */
struct room {
    struct pad pad;
    struct pad_peer ada, vera;
};

static struct pad_hello hello_viewer(uint8_t token)
{
    struct pad_hello hello = hello_v2(token);
    hello.is_viewer = true;
    return hello;
}

static struct pad_hello hello_guest(uint8_t token)
{
    struct pad_hello hello = hello_viewer(token);
    hello.is_guest = true;
    return hello;
}

static struct pad_hello hello_guest_resuming(uint8_t token, uint64_t revision)
{
    struct pad_hello hello = hello_resuming(token, 1, revision);
    hello.is_viewer = hello.is_guest = true;
    return hello;
}

static int room_open(void **state)
{
    struct room *room = calloc(1, sizeof *room);
    limits = pad_limits_default(1000);
    pad_init(&room->pad, &limits, id(1));
    join(&room->pad, &room->ada, hello_v2(10), 0);
    assert_int_equal(edit(&room->ada, 0, "+a\\ssecret\\sdraft"), OK);
    assert_int_equal(edit(&room->ada, 1, "-14 +the\\stext"), OK);
    commit(&room->pad);
    join(&room->pad, &room->vera, hello_guest(11), 0);
    tell(&room->ada);
    tell(&room->vera);
    *state = room;
    return 0;
}

static int room_close(void **state)
{
    struct room *room = *state;
    pad_leave(&room->ada, 0);
    pad_leave(&room->vera, 0);
    pad_deinit(&room->pad);
    free(room);
    return 0;
}

/* ---- what is refused ---- */

static void test_a_viewer_changes_nothing(void **state)
{
    struct room *room = *state;
    const uint64_t sequence = room->pad.sequence;
    assert_int_equal(edit(&room->vera, 2, "+x =8"), ERR_VIEW_ONLY);
    assert_int_equal(edit(&room->vera, 7, "+x"), ERR_VIEW_ONLY); /* whatever else is the matter with it */
    assert_int_equal(pad_set_language(&room->vera, SLICE("c")), ERR_VIEW_ONLY);
    set_caret(&room->vera, 3, 1000); /* no mistake, and of no effect */
    assert_text(&room->pad, "the text");
    assert_int_equal(room->pad.revision, 2);
    assert_int_equal(room->pad.sequence, sequence);
    assert_null(room->pad.language.ptr);
    assert_false(pad_cursors_are_visible(&room->vera));
}

static void test_a_viewer_has_a_name_and_is_told_everything_live(void **state)
{
    struct room *room = *state;
    uint64_t from, to;
    bool gone = false;
    assert_int_equal(pad_set_info(&room->vera, SLICE("Vera"), 5), OK);
    assert_slice(room->vera.name, "Vera");
    assert_int_equal(edit(&room->ada, 2, "=8 +!"), OK);
    set_caret(&room->ada, 9, 1000);
    commit(&room->pad);
    assert_true(pad_history_for(&room->vera, SIZE_MAX, &from, &to, &gone));
    assert_int_equal(from, 2);
    assert_int_equal(to, 3);
    tell(&room->vera);
    assert_int_equal(room->vera.seen, room->pad.sequence);
}

/* ---- what is not shown ---- */

/* What Ada wrote and took back before Vera came is nobody's business who got a link today. */
static void test_a_guest_does_not_resume_from_before_it_came(void **state)
{
    struct room *room = *state;
    pad_leave(&room->vera, 0);
    for (uint64_t revision = 0; revision < 2; revision++) {
        const struct pad_welcome w = join(&room->pad, &room->vera, hello_guest_resuming(11, revision), 0);
        assert_false(w.resumed);
        assert_int_equal(room->vera.sent, 2);
        pad_leave(&room->vera, 0);
    }
}

static void test_another_tab_does_not_either(void **state)
{
    struct room *room = *state;
    struct pad_peer other;
    assert_false(join(&room->pad, &other, hello_guest_resuming(12, 2), 0).resumed);
    pad_leave(&other, 0);
    assert_true(
        join(&room->pad, &other, hello_guest_resuming(12, 2), 0).resumed); /* it has been shown that */
    pad_leave(&other, 0);
}

static void test_a_guest_resumes_from_what_it_was_shown(void **state)
{
    struct room *room = *state;
    assert_int_equal(edit(&room->ada, 2, "=8 +!"), OK);
    commit(&room->pad);
    tell(&room->vera);
    pad_leave(&room->vera, 0);
    assert_int_equal(edit(&room->ada, 3, "=9 +!"), OK);
    commit(&room->pad);
    assert_true(join(&room->pad, &room->vera, hello_guest_resuming(11, 3), 0).resumed);
    pad_leave(&room->vera, 0);
    assert_true(join(&room->pad, &room->vera, hello_guest_resuming(11, 2), 0).resumed);
}

static void test_one_that_may_see_the_past_resumes_from_anywhere(void **state)
{
    struct room *room = *state;
    struct pad_hello hello = hello_guest_resuming(11, 0);
    hello.sees_past = true;
    pad_leave(&room->vera, 0);
    assert_true(join(&room->pad, &room->vera, hello, 0).resumed);
}

static void test_all_others_resume_from_anywhere(void **state)
{
    struct room *room = *state;
    struct pad_hello viewer = hello_resuming(13, 1, 0); /* who only reads while the owner has the pen */
    struct pad_peer other;
    assert_true(join(&room->pad, &other, hello_resuming(12, 1, 0), 0).resumed);
    pad_leave(&other, 0);
    viewer.is_viewer = true;
    assert_true(join(&room->pad, &other, viewer, 0).resumed);
    pad_leave(&other, 0);
}

/* ---- changing the role ---- */

static void test_who_becomes_a_viewer_loses_the_caret_and_all_are_told(void **state)
{
    struct room *room = *state;
    set_caret(&room->ada, 3, 1000);
    tell(&room->vera);
    const uint64_t before = room->pad.sequence;
    pad_set_viewer(&room->ada, true);
    pad_tick(&room->pad, 2000);
    check_pad(&room->pad);
    assert_changes(&room->pad, before, "info 0, cursors 0");
    assert_int_equal(pad_cursors_now(&room->ada)->caret_count, 0);
    assert_int_equal(edit(&room->ada, 2, "+x =8"), ERR_VIEW_ONLY);
    pad_set_viewer(&room->ada, false);
    assert_int_equal(edit(&room->ada, 2, "+x =8"), OK);
    set_caret(&room->ada, 1, 3000);
    assert_caret(&room->ada, 1);
}

static void test_the_same_role_again_is_no_news(void **state)
{
    struct room *room = *state;
    const uint64_t before = room->pad.sequence;
    pad_set_viewer(&room->ada, false);
    pad_set_viewer(&room->vera, true);
    assert_int_equal(room->pad.sequence, before);
}

/* Carets that wait for their text would be told after it was committed. */
static void test_carets_that_wait_are_dropped_too(void **state)
{
    struct room *room = *state;
    assert_int_equal(edit(&room->ada, 2, "=8 +!"), OK);
    set_caret(&room->ada, 9, 1000);
    pad_set_viewer(&room->ada, true);
    commit(&room->pad);
    pad_tick(&room->pad, 2000);
    assert_int_equal(pad_cursors_now(&room->ada)->caret_count, 0);
    assert_false(pad_cursors_are_visible(&room->ada));
}

/* A tab that comes back before its old connection was seen to end keeps its caret, but not as a viewer. */
static void test_a_viewer_does_not_inherit_the_caret(void **state)
{
    struct room *room = *state;
    struct pad_peer again;
    set_caret(&room->ada, 3, 1000);
    const uint64_t before = room->pad.sequence;
    const struct pad_welcome w = join(&room->pad, &again, hello_viewer(10), 2000);
    assert_ptr_equal(w.replaced, &room->ada);
    assert_int_equal(again.cursors.caret_count, 0);
    assert_changes(&room->pad, before, "info 0, cursors 0");
    pad_leave(&again, 0);
}

/* ---- roles at random ----
 *
 * Some people whose roles change while they type, and who are told late and in part. Whatever
 * happens, each has the text in the end, and nothing of what was typed without the right to is in it. */

enum { CROWD = 6, STEPS = 400 };

struct reader {
    struct pad_peer peer;
    struct rope copy; /* as it was told */
};

static void hear(struct reader *r)
{
    uint64_t from, to;
    bool gone = false;
    if (!pad_history_for(&r->peer, 1, &from, &to, &gone)) {
        assert_false(gone);
        pad_told_items(&r->peer, r->peer.pad->sequence);
        return;
    }
    for (; from < to; from++)
        assert_int_equal(op_apply(pad_entry_for(&r->peer, from).op, &r->copy), OK);
    pad_told_history(&r->peer, to);
}

/* Editors type letters, viewers digits: those must not come in. */
static void type_somewhere(struct reader *r, struct random *random)
{
    const uint32_t points = rope_size(&r->copy).points, at = random_below(random, points + 1);
    const bool is_viewer = r->peer.is_viewer;
    const uint64_t before = r->peer.pad->revision;
    struct op op = {0};
    assert_int_equal(op_retain(&op, at), OK);
    assert_int_equal(op_insert(&op, is_viewer ? SLICE("7") : SLICE("x")), OK);
    assert_int_equal(op_retain(&op, points - at), OK);
    const enum error err = pad_edit(&r->peer, r->peer.sent, op_view(&op), 1000);
    assert_int_equal(err, is_viewer ? ERR_VIEW_ONLY : OK);
    assert_int_equal(r->peer.pad->revision, before + !is_viewer);
    op_deinit(&op);
}

static void step(struct pad *pad, struct reader *r, struct random *random, int64_t now_ms)
{
    uint32_t caret = random_below(random, 9);
    switch (random_below(random, 6)) {
    case 0:
        pad_set_viewer(&r->peer, random_one_in(random, 2));
        break;
    case 1:
        assert_int_equal(pad_set_cursors(&r->peer, &caret, 1, NULL, 0, now_ms), OK);
        break;
    case 2:
        commit(pad);
        pad_tick(pad, now_ms);
        break;
    case 3:
        hear(r);
        break;
    default:
        type_somewhere(r, random);
    }
    check_pad(pad);
}

static void assert_same(const struct pad *pad, struct reader *r)
{
    struct buf text = {0}, copy = {0};
    while (r->peer.sent < pad->committed || r->peer.seen < pad->sequence)
        hear(r);
    assert_int_equal(rope_read(&pad->text, 0, rope_size(&pad->text).points, &text), OK);
    assert_int_equal(rope_read(&r->copy, 0, rope_size(&r->copy).points, &copy), OK);
    assert_true(slice_equal(buf_slice(&text), buf_slice(&copy)));
    assert_null(memchr(text.ptr, '7', text.len));
    assert_true(!r->peer.is_viewer || pad_cursors_now(&r->peer)->caret_count == 0);
    buf_deinit(&text);
    buf_deinit(&copy);
}

static void test_roles_at_random(void **state)
{
    struct random random = random_start();
    struct pad pad;
    static struct reader crowd[CROWD];
    (void)state;
    limits = pad_limits_default(100000);
    pad_init(&pad, &limits, id(1));
    for (uint8_t i = 0; i < CROWD; i++) {
        crowd[i] = (struct reader){0};
        join(&pad, &crowd[i].peer, i % 2 ? hello_viewer(20 + i) : hello_v2(20 + i), 0);
    }
    for (unsigned n = random_rounds(STEPS); n > 0; n--)
        step(&pad, &crowd[random_below(&random, CROWD)], &random, 1000 + 7 * (int64_t)n);
    pad_set_viewer(&crowd[0].peer, false);
    type_somewhere(&crowd[0], &random); /* so that there is a text */
    commit(&pad);
    for (int i = 0; i < CROWD; i++) {
        assert_same(&pad, &crowd[i]);
        rope_deinit(&crowd[i].copy);
        pad_leave(&crowd[i].peer, 0);
    }
    pad_deinit(&pad);
}

/* ---- rights ---- */

static void test_rights_are_presence(void **state)
{
    struct room *room = *state;
    const uint64_t before = room->pad.sequence;
    const struct pad_rights rights = {.has_owner = true, .owner_writes = true};
    assert_int_equal(pad_set_rights(&room->pad, &room->ada, rights), OK);
    assert_changes(&room->pad, before, "rights");
    assert_true(room->pad.rights.owner_writes);
    assert_int_equal(room->pad.rights_by, room->ada.user_id);
    assert_slice(room->pad.rights_by_name, "Ada");
    assert_int_equal(pad_set_rights(&room->pad, NULL, rights), OK);
    assert_true(room->pad.rights_by == PAD_SYSTEM_USER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_A_ROOM(test) cmocka_unit_test_setup_teardown(test, room_open, room_close)
        IN_A_ROOM(test_a_viewer_changes_nothing),
        IN_A_ROOM(test_a_viewer_has_a_name_and_is_told_everything_live),
        IN_A_ROOM(test_a_guest_does_not_resume_from_before_it_came),
        IN_A_ROOM(test_another_tab_does_not_either),
        IN_A_ROOM(test_a_guest_resumes_from_what_it_was_shown),
        IN_A_ROOM(test_one_that_may_see_the_past_resumes_from_anywhere),
        IN_A_ROOM(test_all_others_resume_from_anywhere),
        IN_A_ROOM(test_who_becomes_a_viewer_loses_the_caret_and_all_are_told),
        IN_A_ROOM(test_the_same_role_again_is_no_news),
        IN_A_ROOM(test_carets_that_wait_are_dropped_too),
        IN_A_ROOM(test_a_viewer_does_not_inherit_the_caret),
        IN_A_ROOM(test_rights_are_presence),
        cmocka_unit_test(test_roles_at_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
