/* link: kp_pad kp_alloc */
/* Inserts at one place, by people of both kinds (enum pad_order): in a pad, in
 * one that comes back from storage, and in what storage holds of them. */
#include "base/mem.h"
#include "support/pad_script.h"
#include "support/pad_storage.h"

enum { V1, BY_TEXT, BY_AUTHOR }; /* what a person may be */

static struct pad_limits limits;

/* Two people, of whom the first has the smaller id, and what is stored. */
struct room {
    struct pad_storage storage;
    struct pad pad;
    struct pad_peer ada, bob;
};

static int room_open(void **state)
{
    struct room *r = calloc(1, sizeof *r);
    limits = pad_limits_default(1000);
    assert_int_equal(pad_storage_restore(&r->storage, &r->pad, &limits, id(1), 0), OK);
    *state = r;
    return 0;
}

static int room_close(void **state)
{
    struct room *r = *state;
    pad_leave(&r->ada, 0);
    pad_leave(&r->bob, 0);
    pad_deinit(&r->pad);
    pad_storage_deinit(&r->storage);
    free(r);
    return 0;
}

static struct pad_hello hello_of(uint8_t token, int kind)
{
    struct pad_hello hello = kind == V1 ? (struct pad_hello){.version = PAD_V1} : hello_v2(token);
    hello.order = kind == BY_TEXT ? PAD_BY_TEXT : PAD_BY_AUTHOR; /* a v1 peer is not asked */
    return hello;
}

static void enter(struct room *r, int ada, int bob)
{
    join(&r->pad, &r->ada, hello_of(10, ada), 0);
    join(&r->pad, &r->bob, hello_of(11, bob), 0);
}

static void store_and_reload(struct room *r)
{
    pad_storage_journal(&r->storage, &r->pad);
    pad_leave(&r->ada, 0);
    pad_leave(&r->bob, 0);
    pad_deinit(&r->pad);
    assert_int_equal(pad_storage_restore(&r->storage, &r->pad, &limits, id(2), 2000), OK);
    check_pad(&r->pad);
}

/* ---- who goes by what ---- */

static const struct {
    int ada, bob;
    const char *ada_types, *bob_types, *text;
} pairs[] = {
    {BY_AUTHOR, BY_AUTHOR, "+b", "+a", "ba"}, {BY_AUTHOR, BY_AUTHOR, "+a", "+b", "ab"},
    {BY_AUTHOR, BY_TEXT, "+b", "+a", "ab"},   {BY_TEXT, BY_AUTHOR, "+b", "+a", "ab"},
    {BY_TEXT, BY_TEXT, "+b", "+a", "ab"},     {V1, BY_AUTHOR, "+b", "+a", "ab"},
    {BY_AUTHOR, V1, "+b", "+a", "ab"},
};

/* The order in which the edits come to the server makes no difference. */
static void test_by_author_where_both_can(void **state)
{
    struct room *r = *state;
    for (size_t i = 0; i < 2 * sizeof pairs / sizeof *pairs; i++) {
        const size_t pair = i / 2, ada_is_first = i % 2;
        room_close(state);
        room_open(state);
        r = *state;
        enter(r, pairs[pair].ada, pairs[pair].bob);
        if (ada_is_first)
            edit(&r->ada, 0, pairs[pair].ada_types);
        edit(&r->bob, 0, pairs[pair].bob_types);
        if (!ada_is_first)
            edit(&r->ada, 0, pairs[pair].ada_types);
        assert_text(&r->pad, pairs[pair].text);
    }
}

static void test_two_sentences_stay_whole(void **state)
{
    struct room *r = *state;
    enter(r, BY_AUTHOR, BY_AUTHOR);
    edit(&r->bob, 0, "+f");
    edit(&r->ada, 0, "+B");
    edit(&r->bob, 1, "=1 +i"); /* each has heard of itself alone */
    edit(&r->ada, 2, "=1 +u =1");
    edit(&r->ada, 4, "=2 +y =2");
    edit(&r->bob, 3, "=3 +x");
    assert_text(&r->pad, "Buyfix");
}

/* A tab of the server's own user id can be met by a client that does not wait
 * for its echo. There is no smaller id, so the text decides. */
static void test_the_same_user_goes_by_text(void **state)
{
    struct room *r = *state;
    enter(r, BY_AUTHOR, BY_AUTHOR);
    edit(&r->ada, 0, "+b");
    edit(&r->ada, 0, "+a");
    assert_text(&r->pad, "ab");
}

/* An operation stays what it was made as when its author comes back otherwise. */
static void test_a_tab_that_comes_back_with_another_order(void **state)
{
    struct room *r = *state;
    enter(r, BY_AUTHOR, BY_AUTHOR);
    edit(&r->ada, 0, "+b");
    commit(&r->pad);
    pad_leave(&r->ada, 0);
    join(&r->pad, &r->ada, hello_of(10, BY_TEXT), 0);
    assert_int_equal(r->ada.user_id, 0);
    edit(&r->ada, 1, "=1 +d");
    edit(&r->bob, 0, "+a"); /* behind b, by author; then against d at the same place, by text */
    assert_text(&r->pad, "bad");
}

static void test_the_order_of_one_who_left(void **state)
{
    struct room *r = *state;
    enter(r, BY_AUTHOR, BY_AUTHOR);
    edit(&r->ada, 0, "+b");
    pad_leave(&r->ada, 0);
    edit(&r->bob, 0, "+a");
    assert_text(&r->pad, "ba");
}

/* ---- storage ---- */

static void test_the_order_comes_back_from_storage(void **state)
{
    struct room *r = *state;
    for (int ada = BY_TEXT; ada <= BY_AUTHOR; ada++) {
        room_close(state);
        room_open(state);
        r = *state;
        enter(r, ada, BY_AUTHOR);
        edit(&r->bob, 0, "+."); /* for what remains of Bob to be remembered */
        commit(&r->pad);
        pad_storage_snapshot(&r->storage, &r->pad);
        edit(&r->ada, 1, "=1 +b");
        store_and_reload(r);
        assert_int_equal(history_at(&r->pad.history, 1).author.order,
                         ada == BY_AUTHOR ? PAD_BY_AUTHOR : PAD_BY_TEXT);
        struct pad_hello hello = hello_resuming(11, 1, 1);
        hello.order = PAD_BY_AUTHOR;
        assert_true(join(&r->pad, &r->bob, hello, 0).resumed);
        assert_int_equal(r->bob.user_id, 1);
        edit(&r->bob, 1, "=1 +a");
        assert_text(&r->pad, ada == BY_AUTHOR ? ".ba" : ".ab");
    }
}

/* What the journal held before there was another order, byte for byte: "hi" by
 * the user 0 with the token 0a0a…, who has a row of his own. */
static const uint8_t batch_by_text[] = {1,  1,  0,  10, 10, 10, 10, 10, 10, 10, 10, 10,  10,
                                        10, 10, 10, 10, 10, 10, 1,  1,  4,  10, 2,  'h', 'i'};
/* The same by author: the author is written a byte longer. */
static const uint8_t batch_by_author[] = {1,  1,  0,  10, 10, 10, 10,   10, 10, 10, 10, 10,  10, 10,
                                          10, 10, 10, 10, 10, 1,  0x81, 0,  4,  10, 2,  'h', 'i'};

static void assert_batch(struct room *r, int kind, struct slice want)
{
    struct buf got = {0};
    enter(r, kind, BY_TEXT);
    edit(&r->ada, 0, "+hi");
    assert_int_equal(pad_encode_batch(&r->pad, &got), OK);
    assert_true(slice_equal(buf_slice(&got), want));
    buf_deinit(&got);
}

static void test_batches_by_text_are_what_they_were(void **state)
{
    assert_batch(*state, BY_TEXT, slice_of(batch_by_text, sizeof batch_by_text));
}

/* To a server that knows of no order both forms are one number. */
static void test_batches_by_author_can_be_read_by_older_servers(void **state)
{
    const struct slice bytes = slice_of(batch_by_author, sizeof batch_by_author);
    size_t at = sizeof batch_by_text - 6;
    uint64_t author_plus_one;
    assert_batch(*state, BY_AUTHOR, bytes);
    assert_true(varint_read(bytes, &at, &author_plus_one));
    assert_int_equal(author_plus_one, 1);
    assert_memory_equal(bytes.ptr + at, batch_by_text + sizeof batch_by_text - 5, 5);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, room_open, room_close)
    const struct CMUnitTest tests[] = {
        TEST(by_author_where_both_can),           TEST(two_sentences_stay_whole),
        TEST(the_same_user_goes_by_text),         TEST(a_tab_that_comes_back_with_another_order),
        TEST(the_order_of_one_who_left),          TEST(the_order_comes_back_from_storage),
        TEST(batches_by_text_are_what_they_were), TEST(batches_by_author_can_be_read_by_older_servers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
