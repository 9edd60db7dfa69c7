/* link: kp_pad kp_alloc */
/* A pad from storage: what must come back, and what must be refused. */
#include "support/pad_script.h"
#include "support/pad_storage.h"

static struct pad_limits limits;

/* A pad, what was stored of it, and the pad that came back from there. */
struct world {
    struct pad_storage storage;
    struct pad pad, again;
    struct pad_peer ada, bob;
};

static int world_open(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    limits = pad_limits_default(1000);
    assert_int_equal(pad_storage_restore(&w->storage, &w->pad, &limits, id(1), 0), OK);
    pad_init(&w->again, &limits, id(99));
    join(&w->pad, &w->ada, hello_v2(10), 0);
    join(&w->pad, &w->bob, hello_v2(11), 0);
    *state = w;
    return 0;
}

static int world_close(void **state)
{
    struct world *w = *state;
    pad_leave(&w->ada, 0);
    pad_leave(&w->bob, 0);
    pad_deinit(&w->pad);
    pad_deinit(&w->again);
    pad_storage_deinit(&w->storage);
    free(w);
    return 0;
}

static void type(struct world *w, struct pad_peer *who, const char *line)
{
    assert_int_equal(edit_at(who, w->pad.revision, line, 1000), OK);
    pad_storage_journal(&w->storage, &w->pad);
}

static enum error reload(struct world *w)
{
    pad_deinit(&w->again);
    const enum error err = pad_storage_load(&w->storage, &w->again, &limits, id(2), 2000);
    check_pad(&w->again);
    return err;
}

static void must_reload(struct world *w, const char *text, uint64_t revision)
{
    assert_int_equal(reload(w), OK);
    assert_text(&w->again, text);
    assert_int_equal(w->again.revision, revision);
    assert_int_equal(w->again.committed, revision);
    assert_int_equal(w->again.journaled, revision);
}

static void must_refuse(struct world *w)
{
    assert_int_equal(reload(w), ERR_STORAGE);
    assert_int_equal(w->again.revision, 0);
    assert_text(&w->again, "");
    assert_int_equal(w->again.client_count, 0);
}

static struct pad_welcome welcome_of(struct pad *pad, struct pad_hello hello)
{
    struct pad_peer peer;
    const struct pad_welcome welcome = join(pad, &peer, hello, 0);
    pad_leave(&peer, 0);
    return welcome;
}

/* ---- what comes back ---- */

static void test_nothing_stored_is_an_empty_pad(void **state)
{
    struct world *w = *state;
    must_reload(w, "", 0);
    assert_int_equal(w->again.epoch_count, 2);
}

static void test_the_journal_alone(void **state)
{
    struct world *w = *state;
    type(w, &w->ada, "+hello");
    type(w, &w->bob, "=5 +\\s😀");
    must_reload(w, "hello 😀", 2);
    assert_int_equal(w->again.history.base, 0);
    assert_int_equal(history_at(&w->again.history, 1).author.user_id, w->bob.user_id);
}

static void test_the_row_and_the_journal_after_it(void **state)
{
    struct world *w = *state;
    type(w, &w->ada, "+hello");
    pad_set_language(&w->ada, SLICE("c"));
    pad_set_password(&w->pad, &w->ada, SLICE("secret"));
    pad_storage_snapshot(&w->storage, &w->pad);
    type(w, &w->bob, "=5 +!");
    must_reload(w, "hello!", 2);
    assert_int_equal(w->again.history.base, 0); /* the tail before the row is history */
    pad_storage_trim(&w->storage, 1);
    must_reload(w, "hello!", 2);
    assert_int_equal(w->again.history.base, 1);
    assert_slice(w->again.language, "c");
    assert_slice(w->again.password, "secret");
    assert_true(w->again.language_by == PAD_SYSTEM_USER);
    assert_changes(&w->again, 0, "");
}

static void test_the_row_alone(void **state)
{
    struct world *w = *state;
    type(w, &w->ada, "+hello");
    type(w, &w->ada, "=5 +!");
    pad_storage_snapshot(&w->storage, &w->pad);
    pad_storage_trim(&w->storage, 2);
    must_reload(w, "hello!", 2);
    assert_int_equal(w->again.history.base, 2);
}

/* The row was written between the edits of one batch. */
static void test_a_batch_on_both_sides_of_the_row(void **state)
{
    struct world *w = *state;
    assert_int_equal(edit(&w->ada, 0, "+hello"), OK);
    pad_storage_snapshot(&w->storage, &w->pad);
    assert_int_equal(edit(&w->bob, 1, "=5 +!"), OK);
    pad_storage_journal(&w->storage, &w->pad);
    must_reload(w, "hello!", 2);
    assert_int_equal(welcome_of(&w->again, hello_v2(10)).committed, 1);
    assert_int_equal(welcome_of(&w->again, hello_v2(11)).committed, 2);
}

static void test_a_gap_before_the_row_costs_only_history(void **state)
{
    struct world *w = *state;
    type(w, &w->ada, "+a");
    type(w, &w->ada, "=1 +b");
    type(w, &w->ada, "=2 +c");
    pad_storage_snapshot(&w->storage, &w->pad);
    buf_deinit(&w->storage.batches[1].bytes);
    w->storage.batches[1] = w->storage.batches[2];
    w->storage.batch_count = 2;
    must_reload(w, "abc", 3);
    assert_int_equal(w->again.history.base, 2);
    w->storage.batch_count = 1;
    must_reload(w, "abc", 3);
    assert_int_equal(w->again.history.base, 3);
    w->storage.batch_count = 2; /* for pad_storage_deinit */
}

/* ---- exactly once ---- */

static void test_a_tab_learns_what_arrived_before_the_restart(void **state)
{
    struct world *w = *state;
    type(w, &w->ada, "+a");
    pad_storage_snapshot(&w->storage, &w->pad);
    type(w, &w->bob, "=1 +b");
    must_reload(w, "ab", 2);
    struct pad_welcome welcome = welcome_of(&w->again, hello_resuming(10, 1, 1));
    assert_true(welcome.resumed);
    assert_int_equal(welcome.user_id, w->ada.user_id);
    assert_int_equal(welcome.committed, 1);
    welcome = welcome_of(&w->again, hello_resuming(11, 1, 1));
    assert_int_equal(welcome.user_id, w->bob.user_id);
    assert_int_equal(welcome.committed, 2);
}

/* Storage does not say when it was typed, since the clock that would have said so may be another server's. */
static void test_what_was_stored_is_history_for_as_long_as_what_is_typed(void **state)
{
    struct world *w = *state;
    const int64_t now_ms = INT64_C(1000) * 60 * 60 * 1000;
    type(w, &w->ada, "+hello");
    type(w, &w->bob, "=5 +!");
    pad_deinit(&w->again);
    assert_int_equal(pad_storage_load(&w->storage, &w->again, &limits, id(2), now_ms), OK);
    pad_tick(&w->again, now_ms + limits.history_ms - 2000);
    assert_true(welcome_of(&w->again, hello_resuming(10, 1, 1)).resumed);
    pad_tick(&w->again, now_ms + limits.history_ms + 2000);
    assert_int_equal(w->again.history.base, 2);
}

static void test_nobody_gets_a_number_that_was_in_use(void **state)
{
    struct world *w = *state;
    struct pad_peer old;
    join_v1(&w->pad, &old, 0);
    assert_int_equal(edit(&old, 0, "+old"), OK);
    pad_storage_journal(&w->storage, &w->pad);
    pad_leave(&old, 0);
    must_reload(w, "old", 1);
    assert_int_equal(welcome_of(&w->again, hello_v2(30)).user_id, old.user_id + 1);
    pad_storage_snapshot(&w->storage, &w->pad);
    pad_storage_trim(&w->storage, 1);
    must_reload(w, "old", 1);
    assert_int_equal(welcome_of(&w->again, hello_v2(30)).user_id, old.user_id + 1);
}

static void test_resuming_across_epochs(void **state)
{
    struct world *w = *state;
    type(w, &w->ada, "+a");
    type(w, &w->ada, "=1 +b");
    must_reload(w, "ab", 2); /* epoch 1 was revisions 0 to 2, epoch 2 begins at 2 */
    const struct {
        uint8_t epoch;
        uint64_t revision;
        bool resumed;
    } cases[] = {{1, 0, true}, {1, 2, true},  {1, 3, false}, {2, 1, false},
                 {2, 2, true}, {2, 3, false}, {3, 2, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct pad_hello hello = hello_resuming(40, cases[i].epoch, cases[i].revision);
        assert_int_equal(welcome_of(&w->again, hello).resumed, cases[i].resumed);
    }
}

/* Without a journal, a crash takes back what tabs saw. They must not resume. */
static void test_a_tab_that_saw_more_than_was_stored_starts_afresh(void **state)
{
    struct world *w = *state;
    type(w, &w->ada, "+a");
    type(w, &w->ada, "=1 +b");
    w->storage.batch_count = 1;
    must_reload(w, "a", 1);
    assert_false(welcome_of(&w->again, hello_resuming(10, 1, 2)).resumed);
    assert_int_equal(welcome_of(&w->again, hello_resuming(10, 1, 2)).committed, 1);
    assert_true(welcome_of(&w->again, hello_resuming(11, 1, 1)).resumed);
    w->storage.batch_count = 2;
}

static void test_the_last_few_epochs_are_kept(void **state)
{
    struct world *w = *state;
    for (uint8_t i = 2; i < 20; i++) {
        pad_deinit(&w->again);
        assert_int_equal(pad_storage_restore(&w->storage, &w->again, &limits, id(i), 0), OK);
    }
    assert_int_equal(w->again.epoch_count, PAD_EPOCHS_KEPT);
    assert_true(id128_equal(w->again.epochs[0].id, id(20 - PAD_EPOCHS_KEPT)));
    assert_true(welcome_of(&w->again, hello_resuming(50, 19 - PAD_EPOCHS_KEPT + 1, 0)).resumed);
    assert_false(welcome_of(&w->again, hello_resuming(50, 19 - PAD_EPOCHS_KEPT, 0)).resumed);
}

static void test_tabs_keep_their_order_through_storage(void **state)
{
    struct world *w = *state;
    struct buf first = {0}, second = {0};
    for (unsigned i = 0; i < 40; i++)
        type(w, i % 3 ? &w->ada : &w->bob, "");
    assert_int_equal(pad_encode_clients(&w->pad, &first), OK);
    must_reload(w, "", 40);
    assert_int_equal(pad_encode_clients(&w->again, &second), OK);
    assert_true(slice_equal(buf_slice(&first), buf_slice(&second)));
    buf_deinit(&first);
    buf_deinit(&second);
}

/* ---- other people's databases ---- */

static void put_text(struct world *w, const char *text)
{
    buf_clear(&w->storage.row.text);
    assert_int_equal(buf_append(&w->storage.row.text, slice_from_cstr(text)), OK);
}

static void test_carriage_returns_of_the_ancestors(void **state)
{
    struct world *w = *state;
    put_text(w, "one\r\ntwo\rthree\r");
    must_reload(w, "one\ntwo\nthree\n", 0);
}

static void test_an_odd_language_is_kept(void **state)
{
    struct world *w = *state;
    assert_int_equal(buf_append(&w->storage.row.language, SLICE("<b>")), OK);
    must_reload(w, "", 0);
    assert_slice(w->again.language, "<b>");
    buf_clear(&w->storage.row.language);
    assert_int_equal(buf_append(&w->storage.row.language, SLICE("\x01\n")), OK);
    must_reload(w, "", 0);
    assert_null(w->again.language.ptr);
    buf_clear(&w->storage.row.language);
    assert_int_equal(buf_append(&w->storage.row.language, SLICE("\xff")), OK);
    must_reload(w, "", 0);
    assert_null(w->again.language.ptr);
}

/* Ancestors counted characters. */
static void test_a_text_above_the_limit_can_be_edited(void **state)
{
    struct world *w = *state;
    struct pad_peer ada;
    limits.document_bytes = 12;
    put_text(w, "aaaaabbbbbcccccddddd");
    must_reload(w, "aaaaabbbbbcccccddddd", 0);
    assert_int_equal(pad_document_bytes_max(&w->again), 23);
    join(&w->again, &ada, hello_v2(10), 0);
    assert_int_equal(edit(&ada, 0, "=20 +xyz"), OK);
    assert_int_equal(edit(&ada, 1, "=23 +x"), ERR_DOCUMENT_TOO_LARGE);
    assert_int_equal(edit(&ada, 1, "-20 =3"), OK);
    assert_int_equal(edit(&ada, 2, "=3 +01234567890123456789"), OK);
    pad_leave(&ada, 0);
    put_text(w, "aaaaabbbbbcc");
    must_reload(w, "aaaaabbbbbcc", 0);
    assert_int_equal(pad_document_bytes_max(&w->again), 12);
}

static void test_text_that_is_not_utf8_is_refused(void **state)
{
    struct world *w = *state;
    put_text(w, "\xff");
    must_refuse(w);
}

/* ---- contradictions ---- */

static void test_contradictions_in_the_journal(void **state)
{
    struct world *w = *state;
    type(w, &w->ada, "+a");
    type(w, &w->bob, "=1 +b");
    type(w, &w->ada, "=2 +c");
    pad_storage_snapshot(&w->storage, &w->pad);
    must_reload(w, "abc", 3);

    put_text(w, "abcd"); /* the tail does not lead here */
    must_refuse(w);
    put_text(w, "abc");
    w->storage.batches[2].first_revision = 1; /* overlaps */
    must_refuse(w);
    w->storage.batches[2].first_revision = 2;

    w->storage.row.revision = 1;
    put_text(w, "a");
    w->storage.row.clients.len = 0;
    must_reload(w, "abc", 3);
    put_text(w, "aa");
    must_refuse(w);
    put_text(w, "a");
    w->storage.batches[2].first_revision = 3; /* a gap after the row is a loss */
    must_refuse(w);
    w->storage.batches[2].first_revision = 2;
    w->storage.row.revision = 0; /* text that no operation made, fine; but then "a" again on top of nothing */
    must_refuse(w);
    w->storage.row.revision = UINT64_MAX;
    must_refuse(w);
}

static void test_contradictions_in_the_epochs(void **state)
{
    struct world *w = *state;
    type(w, &w->ada, "+a");
    w->storage.epochs[w->storage.epoch_count++] = (struct pad_epoch){id(7), 2};
    must_refuse(w);
    w->storage.epochs[1].first_revision = 1;
    w->storage.epochs[w->storage.epoch_count++] = (struct pad_epoch){id(8), 0};
    must_refuse(w);
    w->storage.epochs[2].first_revision = 1;
    must_reload(w, "a", 1);
}

static void test_a_tab_that_edited_in_the_future(void **state)
{
    struct world *w = *state;
    type(w, &w->ada, "+a");
    type(w, &w->ada, "=1 +b");
    pad_storage_snapshot(&w->storage, &w->pad);
    must_reload(w, "ab", 2);
    w->storage.row.revision = 1;
    must_refuse(w);
}

/* Any damage is refused or makes a pad that is whole; nothing crashes. */
static void damage_and_reload(struct world *w, struct buf *bytes)
{
    for (size_t i = 0; i < bytes->len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            bytes->ptr[i] = (char)(bytes->ptr[i] ^ (1 << bit));
            const enum error err = reload(w);
            assert_true(err == OK || err == ERR_STORAGE);
            bytes->ptr[i] = (char)(bytes->ptr[i] ^ (1 << bit));
        }
    }
    const size_t len = bytes->len;
    for (bytes->len = 1; bytes->len < len; bytes->len++)
        assert_int_equal(reload(w), ERR_STORAGE);
    assert_int_equal(reload(w), OK);
}

static void test_every_flipped_bit_and_every_cut(void **state)
{
    struct world *w = *state;
    type(w, &w->bob, "+0");
    assert_int_equal(edit(&w->ada, 1, "=1 +hällo"), OK);
    assert_int_equal(edit(&w->bob, 2, "=3 +xy -2 =1"), OK);
    pad_storage_snapshot(&w->storage, &w->pad);
    pad_storage_journal(&w->storage, &w->pad);
    damage_and_reload(w, &w->storage.row.clients);
    w->storage.row.revision = 1;
    put_text(w, "0");
    w->storage.row.clients.len = 0;
    damage_and_reload(w, &w->storage.batches[1].bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_open, world_close)
        IN_A_WORLD(test_nothing_stored_is_an_empty_pad),
        IN_A_WORLD(test_the_journal_alone),
        IN_A_WORLD(test_the_row_and_the_journal_after_it),
        IN_A_WORLD(test_the_row_alone),
        IN_A_WORLD(test_a_batch_on_both_sides_of_the_row),
        IN_A_WORLD(test_a_gap_before_the_row_costs_only_history),
        IN_A_WORLD(test_a_tab_learns_what_arrived_before_the_restart),
        IN_A_WORLD(test_nobody_gets_a_number_that_was_in_use),
        IN_A_WORLD(test_what_was_stored_is_history_for_as_long_as_what_is_typed),
        IN_A_WORLD(test_resuming_across_epochs),
        IN_A_WORLD(test_a_tab_that_saw_more_than_was_stored_starts_afresh),
        IN_A_WORLD(test_the_last_few_epochs_are_kept),
        IN_A_WORLD(test_tabs_keep_their_order_through_storage),
        IN_A_WORLD(test_carriage_returns_of_the_ancestors),
        IN_A_WORLD(test_an_odd_language_is_kept),
        IN_A_WORLD(test_a_text_above_the_limit_can_be_edited),
        IN_A_WORLD(test_text_that_is_not_utf8_is_refused),
        IN_A_WORLD(test_contradictions_in_the_journal),
        IN_A_WORLD(test_contradictions_in_the_epochs),
        IN_A_WORLD(test_a_tab_that_edited_in_the_future),
        IN_A_WORLD(test_every_flipped_bit_and_every_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
