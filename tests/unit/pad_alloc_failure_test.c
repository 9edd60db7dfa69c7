/* link: kp_pad faulty_alloc */
/* Memory runs out at every single allocation of joining, editing, telling,
 * storing and restoring: each either happens wholly or not at all, nothing
 * leaks, and once there is memory again all goes on. */
#include "support/alloc_faulty.h"
#include "support/pad_script.h"
#include "support/pad_storage.h"

enum { ALLOCATIONS_MAX = 2000 };

static struct pad_limits limits;

/* The parts of a pad that can be seen from outside, to compare before and after. */
struct look {
    uint64_t revision, journaled, sequence, next_user_id;
    uint32_t peers, v1_peers, clients;
    bool has_v1;
    size_t live_blocks;
};

static struct look look_at(const struct pad *pad)
{
    return (struct look){
        .revision = pad->revision,
        .journaled = pad->journaled,
        .sequence = pad->sequence,
        .next_user_id = pad->next_user_id,
        .peers = pad->peer_count,
        .v1_peers = pad->v1_peer_count,
        .clients = pad->client_count,
        .has_v1 = pad->v1 != NULL,
        .live_blocks = alloc_live_blocks(),
    };
}

static void assert_same_look(struct look a, struct look b)
{
    assert_int_equal(a.revision, b.revision);
    assert_int_equal(a.journaled, b.journaled);
    assert_int_equal(a.sequence, b.sequence);
    assert_int_equal(a.next_user_id, b.next_user_id);
    assert_int_equal(a.peers, b.peers);
    assert_int_equal(a.v1_peers, b.v1_peers);
    assert_int_equal(a.clients, b.clients);
    assert_int_equal(a.has_v1, b.has_v1);
}

/* One thing to do to a pad. */
struct scene {
    struct pad pad;
    struct pad_peer ada, bob, guest;
    struct op op; /* what edit_prepared does */
};
typedef enum error (*action)(struct scene *s);

/* Does it with the first, second, … allocation failing until it succeeds. */
static void try_with_failures(struct scene *s, action do_it, const char *text_before)
{
    for (size_t nth = 1;; nth++) {
        assert_in_range(nth, 1, ALLOCATIONS_MAX);
        const struct look before = look_at(&s->pad);
        alloc_fail_from(nth);
        const enum error err = do_it(s);
        const bool failed = alloc_has_failed();
        alloc_fail_from(0);
        check_pad(&s->pad);
        if (err == OK) {
            assert_true(nth > 1); /* else it tested nothing */
            return;
        }
        assert_true(failed);
        assert_int_equal(err, ERR_NO_MEMORY);
        assert_same_look(look_at(&s->pad), before);
        assert_text(&s->pad, text_before);
    }
}

static void scene_open(struct scene *s)
{
    *s = (struct scene){0};
    limits = pad_limits_default(100000);
    pad_init(&s->pad, &limits, id(1));
    join(&s->pad, &s->ada, hello_v2(10), 0);
    join(&s->pad, &s->bob, hello_v2(11), 0);
}

static void scene_close(struct scene *s)
{
    pad_leave(&s->ada, 0);
    pad_leave(&s->bob, 0);
    pad_leave(&s->guest, 0);
    pad_deinit(&s->pad);
    op_deinit(&s->op);
    assert_int_equal(alloc_live_blocks(), 0);
}

/* ---- joining ---- */

static enum error join_as(struct scene *s, struct pad_hello hello)
{
    struct pad_welcome welcome;
    s->guest = (struct pad_peer){0};
    const enum error err = pad_join(&s->pad, &s->guest, &hello, 0, &welcome);
    if (err)
        assert_null(s->guest.pad);
    return err;
}

static enum error join_new(struct scene *s)
{
    return join_as(s, hello_v2(12));
}

static enum error join_replacing(struct scene *s)
{
    return join_as(s, hello_v2(11));
}

static enum error join_old(struct scene *s)
{
    return join_as(s, (struct pad_hello){.version = PAD_V1});
}

static void test_joining(void **state)
{
    (void)state;
    static const action joins[] = {join_new, join_replacing, join_old};
    for (size_t i = 0; i < sizeof joins / sizeof *joins; i++) {
        struct scene s;
        scene_open(&s);
        assert_int_equal(edit(&s.ada, 0, "+hello"), OK);
        set_caret(&s.bob, 2, 0);
        try_with_failures(&s, joins[i], "hello");
        assert_ptr_equal(s.guest.pad, &s.pad);
        scene_close(&s);
    }
}

/* Leaving needs no memory, however little there is. */
static void test_leaving(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s);
    alloc_fail_from(1);
    pad_leave(&s.ada, 0);
    alloc_fail_from(0);
    assert_changes(&s.pad, s.bob.seen, "left 0");
    scene_close(&s);
}

/* ---- editing ---- */

/* The operation is made while there is memory: only the pad is to be without. */
static void prepare(struct scene *s, const char *line, unsigned times)
{
    for (; times > 0; times--)
        assert_int_equal(op_text_parse(line, &s->op), OK);
}

static enum error edit_prepared_as_bob(struct scene *s)
{
    return pad_edit(&s->bob, 0, op_view(&s->op), 0);
}

static enum error edit_prepared_at_1(struct scene *s)
{
    return pad_edit(&s->bob, 1, op_view(&s->op), 0);
}

static enum error edit_prepared_as_old(struct scene *s)
{
    return pad_edit(&s->guest, 0, op_view(&s->op), 0);
}

static enum error edit_prepared_as_old_at_1(struct scene *s)
{
    return pad_edit(&s->guest, 1, op_view(&s->op), 0);
}

static enum error edit_prepared_now(struct scene *s)
{
    return pad_edit(&s->ada, s->pad.revision, op_view(&s->op), 0);
}

static void test_editing(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s);
    assert_int_equal(edit(&s.ada, 0, "+hello"), OK);
    assert_int_equal(edit(&s.ada, 1, "=5 +!"), OK);
    prepare(&s, "+0123456789012345678901234567890123456789", 1);
    try_with_failures(&s, edit_prepared_as_bob, "hello!");
    assert_text(&s.pad, "0123456789012345678901234567890123456789hello!");
    scene_close(&s);
}

/* The other one wrote far behind, and the edit need not be gone through. */
static void test_editing_elsewhere(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s);
    assert_int_equal(edit(&s.ada, 0, "+hello"), OK);
    assert_int_equal(edit(&s.ada, 1, "=5 +!"), OK);
    prepare(&s, "=1 +y -1 =3", 1);
    try_with_failures(&s, edit_prepared_at_1, "hello!");
    assert_text(&s.pad, "hyllo!");
    scene_close(&s);
}

static void test_editing_over_the_text_of_a_v1_view(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s);
    assert_int_equal(edit(&s.ada, 0, "+hello"), OK);
    assert_int_equal(join_old(&s), OK);
    prepare(&s, "+old", 1);
    try_with_failures(&s, edit_prepared_as_old, "hello");
    assert_text(&s.pad, "helloold");
    scene_close(&s);
}

/* Such an edit is two operations: both, or none. */
static void test_editing_with_foreign_line_ends(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s);
    assert_int_equal(edit(&s.ada, 0, "+hello"), OK);
    assert_int_equal(join_old(&s), OK);
    assert_int_equal(edit(&s.ada, 1, "=5 +!"), OK);
    op_clear(&s.op);
    assert_int_equal(op_retain(&s.op, 5), OK);
    assert_int_equal(op_insert_checked(&s.op, SLICE("a\r\nb\r"), 5), OK);
    try_with_failures(&s, edit_prepared_as_old_at_1, "hello!");
    assert_text(&s.pad, "hello!a\nb\n");
    assert_int_equal(s.pad.revision, 4);
    scene_close(&s);
}

static void test_editing_a_text_of_many_leaves(void **state)
{
    (void)state;
    static char text[1000 + 4] = "+";
    struct scene s;
    scene_open(&s);
    memset(text + 1, 'x', 1000);
    assert_int_equal(edit(&s.ada, 0, text), OK);
    commit(&s.pad);
    prepare(&s, "+0123456789 -1 =4", 200);
    try_with_failures(&s, edit_prepared_now, text + 1);
    assert_int_equal(rope_size(&s.pad.text).points, 1000 - 200 + 2000);
    scene_close(&s);
}

/* ---- presence ---- */

static enum error rename_ada(struct scene *s)
{
    return pad_set_info(&s->ada, SLICE("Countess of Lovelace"), 3);
}

static enum error place_carets(struct scene *s)
{
    return pad_set_cursors(&s->ada, (uint32_t[]){1, 2, 3}, 3, (struct pad_range[]){{1, 2}}, 1, 0);
}

static enum error choose_language(struct scene *s)
{
    return pad_set_language(&s->ada, SLICE("python"));
}

static enum error protect(struct scene *s)
{
    return pad_set_password(&s->pad, &s->ada, SLICE("secret"));
}

static void test_presence(void **state)
{
    (void)state;
    static const action actions[] = {rename_ada, place_carets,    choose_language,
                                     protect,    choose_language, protect};
    struct scene s;
    scene_open(&s);
    assert_int_equal(edit(&s.ada, 0, "+hello"), OK);
    commit(&s.pad);
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        try_with_failures(&s, actions[i], "hello");
    scene_close(&s);
}

/* ---- storing ---- */

static enum error encode_batch(struct scene *s)
{
    struct buf out = {0};
    const enum error err = pad_encode_batch(&s->pad, &out);
    assert_int_equal(out.len > 0, err == OK);
    buf_deinit(&out);
    return err;
}

static enum error encode_clients(struct scene *s)
{
    struct buf out = {0};
    const enum error err = pad_encode_clients(&s->pad, &out);
    assert_int_equal(out.len > 0, err == OK);
    buf_deinit(&out);
    return err;
}

static void test_storing(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s);
    assert_int_equal(edit(&s.ada, 0, "+hello"), OK);
    assert_int_equal(edit(&s.bob, 0, "+a"), OK);
    try_with_failures(&s, encode_batch, "ahello");
    try_with_failures(&s, encode_clients, "ahello");
    scene_close(&s);
}

/* A tick that finds no memory leaves the work undone and breaks nothing. */
static void test_time_goes_by_without_memory(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s);
    assert_int_equal(edit(&s.ada, 0, "+hello"), OK);
    set_caret(&s.bob, 2, 0);
    commit(&s.pad);
    alloc_fail_from(1);
    pad_tick(&s.pad, 1000);
    pad_rest(&s.pad, 2000);
    alloc_fail_from(0);
    check_pad(&s.pad);
    assert_text(&s.pad, "hello");
    scene_close(&s);
}

/* Its memory is reserved at the size of the text, however many pieces that is in. */
static void test_the_view_of_a_text_is_made_in_one_piece(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s);
    const struct pad_hello hello = {.version = PAD_V1};
    struct pad_welcome welcome;
    char text[900];
    memset(text, 'a', sizeof text);
    for (unsigned i = 0; i < 20; i++) { /* in leaves of all sizes */
        op_clear(&s.op);
        assert_int_equal(op_insert(&s.op, slice_of(text, sizeof text - i)), OK);
        assert_int_equal(op_retain(&s.op, rope_size(&s.pad.text).points), OK);
        assert_int_equal(pad_edit(&s.ada, s.pad.revision, op_view(&s.op), 0), OK);
    }
    const size_t count = alloc_count();
    assert_int_equal(pad_join(&s.pad, &s.guest, &hello, 0, &welcome), OK);
    assert_int_equal(
        alloc_count() - count,
        5); /* the tombstone, the view, its text, the text's shrinking, and what changes nothing */
    scene_close(&s);
}

/* The shard looks at every resting pad once a minute. */
static void test_a_pad_at_rest_is_left_alone(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s);
    assert_int_equal(edit(&s.ada, 0, "+hello"), OK);
    commit(&s.pad);
    pad_rest(&s.pad, 1000);
    const size_t count = alloc_count();
    pad_rest(&s.pad, 61000);
    assert_int_equal(alloc_count(), count);
    assert_int_equal(edit(&s.ada, 1, "=5 +!"), OK);
    commit(&s.pad);
    const size_t before = alloc_count();
    alloc_fail_from(1);
    pad_rest(&s.pad, 62000);
    alloc_fail_from(0);
    pad_rest(&s.pad, 63000); /* what could not be packed for want of memory is tried again */
    assert_true(alloc_count() > before);
    assert_text(&s.pad, "hello!");
    scene_close(&s);
}

/* ---- restoring ---- */

static struct pad_storage storage;

/* Loads what is in storage, with the first, second, … allocation failing. */
static void load_with_failures(const char *expected)
{
    struct pad pad;
    const size_t live_blocks = alloc_live_blocks();
    enum error err = ERR_NO_MEMORY;
    size_t nth = 1;
    for (; err; nth++) {
        assert_in_range(nth, 1, ALLOCATIONS_MAX);
        alloc_fail_from(nth);
        err = pad_storage_load(&storage, &pad, &limits, id(2), 0);
        alloc_fail_from(0);
        check_pad(&pad);
        assert_true(err == OK || err == ERR_NO_MEMORY);
        if (err) {
            assert_int_equal(alloc_live_blocks(), live_blocks);
            assert_int_equal(pad.revision, 0);
        }
    }
    assert_in_range(nth, 10, ALLOCATIONS_MAX);
    assert_text(&pad, expected);
    pad_deinit(&pad);
}

static void test_restoring(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s);
    assert_int_equal(edit(&s.ada, 0, "+hello"), OK);
    pad_storage_journal(&storage, &s.pad);
    assert_int_equal(pad_set_language(&s.ada, SLICE("c")), OK);
    assert_int_equal(pad_set_password(&s.pad, &s.ada, SLICE("secret")), OK);
    pad_storage_snapshot(&storage, &s.pad);
    assert_int_equal(edit(&s.bob, 1, "=5 +!"), OK);
    pad_storage_journal(&storage, &s.pad);
    load_with_failures("hello!");
    storage.row.text.ptr[1] = '\r'; /* of a server that came before: it is taken out */
    load_with_failures("h\nllo!");
    pad_storage_deinit(&storage);
    scene_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_joining),
        cmocka_unit_test(test_leaving),
        cmocka_unit_test(test_editing),
        cmocka_unit_test(test_editing_elsewhere),
        cmocka_unit_test(test_editing_over_the_text_of_a_v1_view),
        cmocka_unit_test(test_editing_with_foreign_line_ends),
        cmocka_unit_test(test_editing_a_text_of_many_leaves),
        cmocka_unit_test(test_presence),
        cmocka_unit_test(test_storing),
        cmocka_unit_test(test_time_goes_by_without_memory),
        cmocka_unit_test(test_the_view_of_a_text_is_made_in_one_piece),
        cmocka_unit_test(test_a_pad_at_rest_is_left_alone),
        cmocka_unit_test(test_restoring),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
