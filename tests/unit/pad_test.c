/* link: kp_pad kp_alloc */
/* The promises of a pad to its peers, one promise a test. */
#include "support/pad_room.h"

/* ---- edits ---- */

static void test_concurrent_edits_meet(void **state)
{
    struct room *room = *state;
    assert_int_equal(edit(&room->ada, 0, "+hello"), OK);
    assert_int_equal(edit(&room->bob, 0, "+world"), OK); /* "hello" < "world" */
    assert_text(&room->pad, "helloworld");
    assert_int_equal(edit(&room->eve, 1, "=5 +,\\s"), OK);
    assert_text(&room->pad, "hello, world");
    assert_int_equal(edit(&room->ada, 1, "-5"), OK);
    assert_text(&room->pad, ", world");
    assert_int_equal(room->pad.revision, 4);
}

static void test_bad_edits_change_nothing(void **state)
{
    struct room *room = *state;
    assert_int_equal(edit(&room->ada, 0, "+hello"), OK);
    assert_int_equal(edit(&room->ada, 2, "=5 +!"), ERR_BAD_REVISION);
    assert_int_equal(edit(&room->ada, UINT64_MAX, "=5 +!"), ERR_BAD_REVISION);
    assert_int_equal(edit(&room->ada, 1, "=4 +!"), ERR_BAD_OPERATION);
    assert_int_equal(edit(&room->ada, 0, "=5 +!"), ERR_BAD_OPERATION);
    assert_text(&room->pad, "hello");
    assert_int_equal(room->pad.revision, 1);
}

static void test_the_limit_is_bytes_and_shrinking_is_always_allowed(void **state)
{
    struct room *room = *state;
    limits.document_bytes = 8;
    assert_int_equal(edit(&room->ada, 0, "+😀😀"), OK);
    assert_int_equal(edit(&room->ada, 1, "=2 +x"), ERR_DOCUMENT_TOO_LARGE);
    assert_int_equal(edit(&room->ada, 1, "=1 +abcd -1"), OK);
    limits.document_bytes = 4; /* a setting lowered since */
    assert_int_equal(edit(&room->ada, 2, "=4 +ä -1"), ERR_DOCUMENT_TOO_LARGE);
    assert_int_equal(edit(&room->ada, 2, "=4 +b -1"), OK);
    assert_int_equal(edit(&room->ada, 3, "=1 -4"), OK);
    assert_text(&room->pad, "😀");
}

static void test_a_no_op_is_an_operation(void **state)
{
    struct room *room = *state;
    assert_int_equal(edit(&room->ada, 0, ""), OK);
    assert_int_equal(room->pad.revision, 1);
    commit(&room->pad);
    assert_true(pad_peer_lacks(&room->ada));
}

static void test_what_the_journal_does_not_take_is_refused(void **state)
{
    struct room *room = *state;
    limits.uncommitted_bytes = 40;
    enum error err = OK;
    unsigned accepted = 0;
    for (; !err && accepted < 100; accepted++)
        err = edit(&room->ada, 0, "+0123456789");
    assert_int_equal(err, ERR_STORAGE);
    assert_in_range(accepted, 2, 5);
    commit(&room->pad);
    assert_int_equal(edit(&room->ada, 0, "+0123456789"), OK);
}

/* ---- nobody is told what a crash could take back ---- */

static void test_an_operation_is_told_when_it_is_committed(void **state)
{
    struct room *room = *state;
    uint64_t from, to;
    bool gone;
    edit(&room->ada, 0, "+a");
    edit(&room->ada, 1, "=1 +b");
    assert_false(pad_history_for(&room->ada, 1000, &from, &to, &gone));
    assert_false(pad_peer_lacks(&room->bob));
    struct buf batch = {0};
    assert_int_equal(pad_encode_batch(&room->pad, &batch), OK);
    buf_deinit(&batch);
    edit(&room->ada, 2, "=2 +c");
    pad_committed(&room->pad, 2);
    assert_true(pad_history_for(&room->bob, 1000, &from, &to, &gone));
    assert_int_equal(from, 0);
    assert_int_equal(to, 2);
    assert_true(pad_has_unjournaled(&room->pad));
}

static void test_a_joiner_waits_for_what_it_was_shown(void **state)
{
    struct room *room = *state;
    struct pad_peer dan;
    edit(&room->ada, 0, "+a");
    const struct pad_welcome welcome = join(&room->pad, &dan, hello_v2(13), 0);
    assert_int_equal(welcome.revision, 1);
    assert_false(welcome.resumed);
    pad_set_language(&room->ada, SLICE("c"));
    assert_false(pad_peer_lacks(&dan));
    assert_true(pad_peer_lacks(&room->bob));
    commit(&room->pad);
    assert_true(pad_peer_lacks(&dan));
    assert_changes(&room->pad, dan.seen, "language");
    pad_leave(&dan, 0);
}

/* Without a journal nothing is encoded, and everything counts at once. */
static void test_without_a_journal(void **state)
{
    struct room *room = *state;
    edit(&room->ada, 0, "+a");
    pad_committed(&room->pad, room->pad.revision);
    check_pad(&room->pad);
    assert_true(pad_peer_lacks(&room->bob));
    assert_false(pad_has_unjournaled(&room->pad));
}

static void test_history_comes_in_pieces(void **state)
{
    struct room *room = *state;
    uint64_t from, to;
    bool gone;
    for (unsigned i = 0; i < 10; i++)
        edit(&room->ada, 0, "+0123456789");
    commit(&room->pad);
    const size_t three = history_bytes(&room->pad.history, 0, 3);
    assert_true(pad_history_for(&room->bob, three, &from, &to, &gone));
    assert_int_equal(to, 3);
    pad_told_history(&room->bob, to);
    assert_true(pad_history_for(&room->bob, 1, &from, &to, &gone));
    assert_int_equal(from, 3);
    assert_int_equal(to, 4);
}

/* ---- coming back ---- */

static void test_a_tab_resumes_under_its_number(void **state)
{
    struct room *room = *state;
    const uint64_t bob = room->bob.user_id;
    edit(&room->bob, 0, "+b");
    pad_leave(&room->bob, 0);
    edit(&room->ada, 1, "=1 +a");
    commit(&room->pad);
    const struct pad_welcome welcome = join(&room->pad, &room->bob, hello_resuming(11, 1, 0), 0);
    assert_true(welcome.resumed);
    assert_int_equal(welcome.user_id, bob);
    assert_int_equal(welcome.committed, 1);
    assert_null(welcome.replaced);
    assert_int_equal(room->bob.sent, 0);
    assert_int_equal(history_at(&room->pad.history, 0).author.user_id, bob);
}

static void test_resuming_needs_a_known_epoch_and_revision(void **state)
{
    struct room *room = *state;
    edit(&room->ada, 0, "+a");
    commit(&room->pad);
    edit(&room->ada, 1, "=1 +b");
    const struct {
        uint8_t epoch;
        uint64_t revision;
        bool resumed;
    } cases[] = {{1, 0, true}, {1, 1, true}, {1, 2, false}, {1, UINT64_MAX, false}, {2, 0, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pad_peer peer;
        const struct pad_welcome welcome =
            join(&room->pad, &peer, hello_resuming(20, cases[i].epoch, cases[i].revision), 0);
        assert_int_equal(welcome.resumed, cases[i].resumed);
        assert_int_equal(peer.sent, cases[i].resumed ? cases[i].revision : 2);
        pad_leave(&peer, 0);
    }
}

/* The old connection is half open: the tab is back before the server knows. */
static void test_a_newer_connection_takes_over(void **state)
{
    struct room *room = *state;
    struct pad_peer again;
    const uint64_t bob = room->bob.user_id;
    edit(&room->bob, 0, "+hello");
    commit(&room->pad);
    set_caret(&room->bob, 3, 1000);
    tell(&room->ada);
    const uint64_t seen = room->ada.seen;
    const struct pad_welcome welcome = join(&room->pad, &again, hello_resuming(11, 1, 1), 2000);
    assert_ptr_equal(welcome.replaced, &room->bob);
    assert_int_equal(welcome.user_id, bob);
    assert_int_equal(welcome.committed, 1);
    assert_null(room->bob.pad);
    assert_int_equal(room->pad.peer_count, 3);
    assert_int_equal(edit(&room->bob, 1, "=5 +!"), ERR_REPLACED);
    assert_int_equal(pad_set_cursors(&room->bob, NULL, 0, NULL, 0, 0), ERR_REPLACED);
    assert_changes(&room->pad, seen, "info 1, cursors 1"); /* nobody hears that he left */
    assert_caret(&again, 3);
    pad_leave(&room->bob, 0); /* harmless */
    pad_leave(&again, 0);
}

static void test_lurkers_are_forgotten_and_editors_are_not(void **state)
{
    struct room *room = *state;
    edit(&room->bob, 0, "+b");
    commit(&room->pad);
    const uint64_t bob = room->bob.user_id, eve = room->eve.user_id;
    pad_leave(&room->bob, 1000);
    pad_leave(&room->eve, 1000);
    pad_tick(&room->pad, 1000 + limits.history_ms);
    assert_int_equal(room->pad.client_count, 3);
    pad_tick(&room->pad, 1001 + limits.history_ms);
    assert_int_equal(room->pad.client_count, 2);
    assert_int_equal(join(&room->pad, &room->bob, hello_v2(11), 0).user_id, bob);
    assert_true(join(&room->pad, &room->eve, hello_v2(12), 0).user_id > eve);
}

static void test_only_so_many_tabs_are_remembered(void **state)
{
    struct room *room = *state;
    edit(&room->ada, 0, "+a");
    commit(&room->pad);
    for (int i = 0; i < PAD_CLIENTS_KEPT + 100; i++) {
        struct pad_peer peer = {0};
        struct pad_hello hello = hello_v2(0);
        struct pad_welcome welcome;
        memcpy(hello.token.bytes, &i, sizeof i);
        assert_int_equal(pad_join(&room->pad, &peer, &hello, 0, &welcome), OK);
        pad_leave(&peer, 0);
    }
    pad_tick(&room->pad, 1);
    check_pad(&room->pad);
    assert_int_equal(room->pad.client_count, PAD_CLIENTS_KEPT);
    struct pad_peer again;
    assert_int_equal(join(&room->pad, &again, hello_v2(11), 0).user_id, 1); /* connected: kept */
    pad_leave(&again, 0);
}

/* ---- what is kept ---- */

static void type_much(struct pad_peer *peer, unsigned count, int64_t now_ms)
{
    for (; count > 0; count--) {
        const uint64_t revision = peer->pad->revision;
        assert_int_equal(edit_at(peer, revision, revision % 2 ? "-10" : "+0123456789", now_ms), OK);
        commit(peer->pad);
        tell(peer);
    }
}

/* A caret that was published before and is set again is not told before its text is
 * committed either. Peers that have not heard of it yet are told with the commit. */
static void test_carets_set_again_wait_too(void **state)
{
    struct room *room = *state;
    edit_at(&room->bob, 0, "+0123456789", 1000);
    commit(&room->pad);
    const uint64_t before = room->pad.sequence;
    set_caret(&room->bob, 10, 1000);
    assert_changes(&room->pad, before, "cursors 1");
    assert_true(pad_cursors_are_visible(&room->bob));
    edit_at(&room->bob, 1, "=10 +abc", 2000);
    pad_set_info(&room->eve, SLICE("Eve"), 1);
    set_caret(&room->bob, 13, 2000);
    assert_changes(&room->pad, before, "info 2");
    assert_false(pad_cursors_are_visible(&room->bob));
    commit(&room->pad);
    assert_changes(&room->pad, before, "info 2, cursors 1");
}

static void test_young_history_is_kept(void **state)
{
    struct room *room = *state;
    type_much(&room->ada, 10, 1000000);
    type_much(&room->ada, 10, 1300000);
    tell(&room->bob);
    pad_leave(&room->eve, 0);
    for (int i = 0; i < 2; i++) { /* the second Ping says that all before the first was seen */
        pad_pinged(&room->ada);
        pad_pinged(&room->bob);
    }
    pad_tick(&room->pad, 1000000 + limits.history_ms);
    assert_int_equal(room->pad.history.base, 0);
    pad_tick(&room->pad, 1000000 + limits.history_ms + 2000);
    check_pad(&room->pad);
    assert_int_equal(room->pad.history.base, 10);
    pad_tick(&room->pad, 1300000 + limits.history_ms + 2000);
    assert_int_equal(room->pad.history.base, 20);
    assert_int_equal(room->pad.history.count, 0);
}

static void test_old_history_waits_for_slow_peers(void **state)
{
    struct room *room = *state;
    type_much(&room->ada, 20, 1000);
    pad_tick(&room->pad, 10000000);
    assert_int_equal(room->pad.history.base, 0); /* bob and eve were told nothing yet */
    pad_told_history(&room->bob, 15);
    pad_leave(&room->eve, 0);
    pad_tick(&room->pad, 10000000);
    assert_int_equal(room->pad.history.base, 0); /* bob may still edit against 0 */
    pad_pinged(&room->bob);
    pad_pinged(&room->bob);
    pad_tick(&room->pad, 10000000);
    assert_int_equal(room->pad.history.base, 15);
    assert_int_equal(edit(&room->bob, 15, "=10 +x"), OK);
    assert_text(&room->pad, "x"); /* what it stood behind is gone by now */
}

static void test_the_budget_wins_over_slow_peers(void **state)
{
    struct room *room = *state;
    uint64_t from, to;
    bool gone;
    limits.history_bytes = 400;
    type_much(&room->ada, 1000, 1000);
    const struct history *h = &room->pad.history;
    assert_in_range(history_bytes(h, h->base, history_end(h)), 300, 1000);
    pad_tick(&room->pad, 1000);
    assert_in_range(history_bytes(h, h->base, history_end(h)), 300, 400);
    assert_false(pad_history_for(&room->bob, 1 << 20, &from, &to, &gone));
    assert_true(gone);
    assert_int_equal(edit(&room->bob, 0, "+x"), ERR_BAD_REVISION);
    pad_leave(&room->eve, 0);
    assert_false(join(&room->pad, &room->eve, hello_resuming(12, 1, 0), 0).resumed);
}

static void test_what_is_not_committed_is_never_dropped(void **state)
{
    struct room *room = *state;
    limits.history_bytes = 100;
    for (unsigned i = 0; i < 200; i++)
        assert_int_equal(edit(&room->ada, room->pad.revision, i % 2 ? "-10" : "+0123456789"), OK);
    pad_tick(&room->pad, 100000000);
    assert_int_equal(room->pad.history.base, 0);
    commit(&room->pad);
    pad_tick(&room->pad, 100000000);
    assert_true(room->pad.history.base > 180);
}

static void test_carets_outlive_the_history_they_came_from(void **state)
{
    struct room *room = *state;
    limits.history_bytes = 100;
    edit(&room->ada, 0, "+0123456789");
    commit(&room->pad);
    set_caret(&room->bob, 10, 0);
    for (unsigned i = 0; i < 100; i++) {
        edit(&room->ada, room->pad.revision, i % 2 ? "-1 =10" : "+x =10");
        commit(&room->pad);
    }
    edit(&room->ada, room->pad.revision, "+abc =10");
    commit(&room->pad);
    assert_true(room->pad.history.base > 50);
    assert_caret(&room->bob, 13);
}

/* ---- names ---- */

static void test_names_are_cleaned(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *clean;
    } cases[] = {
        {"Ada", "Ada"},
        {"  Ada  Lovelace\t\n", "Ada  Lovelace"},
        {"\x01\x7f", ""},
        {"", ""},
        {"\xc2\xa0\xe3\x80\x80 Zoë 👩\xe2\x80\x8d💻 \xe2\x80\x83", "Zoë 👩\xe2\x80\x8d💻"},
        {"\xe2\x80\xaetxt.exe\xe2\x80\xa8!\xc2\x85",
         "txt.exe!"}, /* right-to-left override, line separator, NEL */
        {"0123456789012345678901234567890123456789012345678901234567890123456789",
         "0123456789012345678901234567890123456789012345678901234567890123"},
        {"ä 345678901234567890123456789012345678901234567890123456789012  ende",
         "ä 345678901234567890123456789012345678901234567890123456789012"},
        /* what looks empty, alone and around a name: frontend/src/session/identity.test.ts has the same */
        {"\u2800", ""},
        {"\u3164\u115f\u1160\uffa0\u200b \u00ad\ufe0f\U000e0020", ""},
        {"\u2800Ada\u3164\u200d \u2800", "Ada"},
        {"a\u3164b", "a\u3164b"},
        {"\u200dAda ❤\ufe0f \ufe0f", "Ada ❤\ufe0f"},
        {"🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
         "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"},
    };
    struct buf out = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(pad_clean_name(slice_from_cstr(cases[i].raw), &out), OK);
        assert_slice(buf_slice(&out), cases[i].clean);
    }
    assert_int_equal(pad_clean_name(SLICE("\xff"), &out), ERR_BAD_TEXT);
    buf_deinit(&out);
}

static void test_languages(void **state)
{
    (void)state;
    assert_true(pad_language_is_valid(SLICE("C++ (no)")) == false);
    assert_true(pad_language_is_valid(SLICE("Objective-C++ 2.0_#")));
    assert_false(pad_language_is_valid(SLICE("")));
    assert_false(pad_language_is_valid(SLICE("c\0")));
    char long_name[PAD_LANGUAGE_BYTES_MAX + 1];
    memset(long_name, 'x', sizeof long_name);
    assert_true(pad_language_is_valid(slice_of(long_name, PAD_LANGUAGE_BYTES_MAX)));
    assert_false(pad_language_is_valid(slice_of(long_name, PAD_LANGUAGE_BYTES_MAX + 1)));
}

static void test_a_nameless_tab_is_anonymous(void **state)
{
    struct room *room = *state;
    struct pad_peer dan;
    struct pad_hello hello = hello_v2(13);
    hello.name = SLICE(" \t");
    join(&room->pad, &dan, hello, 0);
    assert_slice(dan.name, "Anonymous");
    pad_leave(&dan, 0);
    hello.name = (struct slice){0};
    join(&room->pad, &dan, hello, 0);
    assert_slice(dan.name, "Anonymous");
    pad_leave(&dan, 0);
}

/* ---- size ---- */

static void test_a_pad_at_rest_is_little_more_than_its_text(void **state)
{
    (void)state;
    struct pad pad;
    struct pad_peer peer;
    struct op op = {0};
    limits = pad_limits_default(1 << 20);
    pad_init(&pad, &limits, id(1));
    assert_in_range(pad_memory_bytes(&pad), sizeof pad, 1023);
    join(&pad, &peer, hello_v2(1), 1000);
    for (unsigned i = 0; i < 5 * 1024; i++) {
        op_clear(&op);
        assert_int_equal(op_retain(&op, i), OK);
        assert_int_equal(op_insert(&op, SLICE("x")), OK);
        assert_int_equal(pad_edit(&peer, i, op_view(&op), 1000), OK);
    }
    op_deinit(&op);
    commit(&pad);
    pad_leave(&peer, 1000);
    pad_rest(&pad, 1000 + limits.history_ms + 2000);
    print_message("sizeof(struct pad) %zu, struct pad_peer %zu, 5 KiB of text at rest %zu bytes\n",
                  sizeof pad, sizeof peer, pad_memory_bytes(&pad));
    assert_in_range(pad_memory_bytes(&pad), 5 * 1024, 5 * 1024 * 13 / 10 + 1024);
    pad_deinit(&pad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_A_ROOM(test) cmocka_unit_test_setup_teardown(test, room_open, room_close)
        IN_A_ROOM(test_concurrent_edits_meet),
        IN_A_ROOM(test_bad_edits_change_nothing),
        IN_A_ROOM(test_the_limit_is_bytes_and_shrinking_is_always_allowed),
        IN_A_ROOM(test_a_no_op_is_an_operation),
        IN_A_ROOM(test_what_the_journal_does_not_take_is_refused),
        IN_A_ROOM(test_an_operation_is_told_when_it_is_committed),
        IN_A_ROOM(test_a_joiner_waits_for_what_it_was_shown),
        IN_A_ROOM(test_without_a_journal),
        IN_A_ROOM(test_history_comes_in_pieces),
        IN_A_ROOM(test_a_tab_resumes_under_its_number),
        IN_A_ROOM(test_resuming_needs_a_known_epoch_and_revision),
        IN_A_ROOM(test_a_newer_connection_takes_over),
        IN_A_ROOM(test_lurkers_are_forgotten_and_editors_are_not),
        IN_A_ROOM(test_only_so_many_tabs_are_remembered),
        IN_A_ROOM(test_carets_set_again_wait_too),
        IN_A_ROOM(test_young_history_is_kept),
        IN_A_ROOM(test_old_history_waits_for_slow_peers),
        IN_A_ROOM(test_the_budget_wins_over_slow_peers),
        IN_A_ROOM(test_what_is_not_committed_is_never_dropped),
        IN_A_ROOM(test_carets_outlive_the_history_they_came_from),
        cmocka_unit_test(test_names_are_cleaned),
        cmocka_unit_test(test_languages),
        IN_A_ROOM(test_a_nameless_tab_is_anonymous),
        cmocka_unit_test(test_a_pad_at_rest_is_little_more_than_its_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
