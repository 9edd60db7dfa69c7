/* link: kp_pad kp_client kp_alloc */
/* Pieces of a text that move with its edits, against an oracle that marks characters; and the client's own
 * copy of the rules. */
#include "client/comments.h"
#include "pad/anchor.h"
#include "support/marked_text.h"
#include "support/op_text.h"
#include "support/random_op.h"
#include "support/unit.h"

#include <stdio.h>

enum { ROUNDS = 4000, STEPS = 12, TEXT_MAX = 24, LONG_TEXT_MAX = 1500 };

static void fail_step(struct op_view op, const struct anchor *a, const struct marked_text *m)
{
    op_text_print(op, stderr);
    fail_msg("\nthe piece is %u to %u, its characters are %u to %u", a->from, a->to, marked_text_from(m),
             marked_text_to(m));
}

/* One piece of a random text and a row of random operations; true while some of it is left. */
static bool step(struct random *r, struct anchor *a, struct thread_places *copy, struct marked_text *m)
{
    struct op op = {0};
    random_op(r, m->len, &op);
    struct anchor_step step;
    anchor_step_init(&step, op_view(&op));
    anchor_move(a, &step, (struct slice){0});
    thread_places_move(copy, op_view(&op));
    marked_text_apply(m, op_view(&op));
    const bool is_left = !marked_text_is_lost(m);
    if (is_left ? a->from != marked_text_from(m) || a->to != marked_text_to(m) : !anchor_is_detached(a))
        fail_step(op_view(&op), a, m);
    assert_int_equal(copy->list[0].from, a->from);
    assert_int_equal(copy->list[0].to, a->to);
    assert_true(a->to <= m->len);
    op_deinit(&op);
    return is_left;
}

/* A random piece of a text of up to that length, over so many operations; true if it was lost. */
static bool round_of(struct random *r, uint32_t len_max, unsigned steps)
{
    static struct marked_text m;
    const uint32_t len = 1 + random_below(r, len_max), from = random_below(r, len);
    const uint32_t to = from + 1 + random_below(r, random_one_in(r, 2) ? len - from : 1);
    struct anchor a = {.from = from, .to = to};
    struct thread_places copy = {0};
    const struct incoming_thread thread = {.id = "abcdefghijkl", .from = from, .to = to};
    bool is_left = true;
    marked_text_init(&m, len, from, to);
    assert_int_equal(thread_places_put(&copy, &thread), OK);
    for (unsigned i = 0; i < steps; i++)
        is_left = step(r, &a, &copy, &m) && is_left;
    thread_places_deinit(&copy);
    return !is_left;
}

static void a_piece_is_where_its_characters_are(void **state)
{
    (void)state;
    struct random r = random_start();
    unsigned lost = 0;
    for (unsigned round = random_rounds(ROUNDS); round > 0; round--)
        lost += round_of(&r, TEXT_MAX, STEPS);
    assert_true(lost > ROUNDS / 20); /* the other half of the law was asked, too */
}

/* Operations of hundreds of components, in which a piece finds its place by marks. */
static void so_it_is_in_operations_of_many_places(void **state)
{
    (void)state;
    struct random r = random_start();
    for (unsigned round = random_rounds(ROUNDS / 4); round > 0; round--)
        round_of(&r, LONG_TEXT_MAX, 2);
}

/* Where a run of many is put back, its piece is found among them. */
static void an_undo_of_many_places_brings_it_back(void **state)
{
    (void)state;
    enum { PLACES = 1000 };
    for (uint32_t at = 0; at < PLACES; at += 37) {
        struct op gone = {0}, back = {0};
        for (uint32_t i = 0; i < PLACES; i++) { /* "ab" out of "ab..", a thousand times */
            assert_int_equal(op_delete(&gone, 2), OK);
            assert_int_equal(op_retain(&gone, 2), OK);
            assert_int_equal(op_insert(&back, SLICE("ab")), OK);
            assert_int_equal(op_retain(&back, 2), OK);
        }
        struct anchor a = {.from = 4 * at + 1, .to = 4 * at + 2};
        struct anchor_step s;
        anchor_step_init(&s, op_view(&gone));
        assert_false(anchor_move(&a, &s, SLICE("b")));
        assert_int_equal(a.from, 2 * at);
        anchor_step_init(&s, op_view(&back));
        assert_true(anchor_move(&a, &s, SLICE("b")));
        assert_int_equal(a.from, 4 * at + 1);
        assert_int_equal(a.to, 4 * at + 2);
        op_deinit(&gone);
        op_deinit(&back);
    }
}

/* ---- one by one ---- */

/* Moves [from, to) over the operations; "came back" is whether the last one brought it back. */
struct story {
    struct anchor anchor;
    struct slice quote;
    bool came_back;
};

static struct story about(uint32_t from, uint32_t to, const char *quote)
{
    return (struct story){{.from = from, .to = to}, slice_from_cstr(quote), false};
}

static void then(struct story *s, const char *line)
{
    struct op op = {0};
    assert_int_equal(op_text_parse(line, &op), OK);
    struct anchor_step step;
    anchor_step_init(&step, op_view(&op));
    s->came_back = anchor_move(&s->anchor, &step, s->quote);
    op_deinit(&op);
}

static void assert_at(const struct story *s, uint32_t from, uint32_t to)
{
    assert_int_equal(s->anchor.from, from);
    assert_int_equal(s->anchor.to, to);
}

/* "The quick fox": quick is 4 to 9. */
static void what_is_typed_at_the_edges_is_outside(void **state)
{
    (void)state;
    struct story s = about(4, 9, "quick");
    then(&s, "=4 +very\\s =9");
    assert_at(&s, 9, 14);
    then(&s, "=14 +er =4");
    assert_at(&s, 9, 14);
    then(&s, "=10 +XX =10");
    assert_at(&s, 9, 16);
    then(&s, "=8 -3 =11");
    assert_at(&s, 8, 13);
}

static void an_undo_brings_it_back(void **state)
{
    (void)state;
    struct story s = about(4, 9, "quick");
    then(&s, "=4 -6 =3");
    assert_at(&s, 4, 4);
    assert_false(s.came_back);
    then(&s, "+Now:\\s =7");
    assert_at(&s, 9, 9);
    then(&s, "=9 +quick\\s =3");
    assert_true(s.came_back);
    assert_at(&s, 9, 14);
}

static void so_does_one_of_what_was_around_it(void **state)
{
    (void)state;
    struct story s = about(4, 9, "quick");
    then(&s, "+new -13");
    assert_true(anchor_is_detached(&s.anchor));
    then(&s, "+The\\squick\\sfox -3");
    assert_true(s.came_back);
    assert_at(&s, 4, 9);
}

static void another_text_at_its_place_does_not(void **state)
{
    (void)state;
    struct story s = about(4, 9, "quick");
    then(&s, "=4 -5 =4");
    then(&s, "=4 +quack =4");
    assert_false(s.came_back);
    assert_at(&s, 4, 4); /* in front of it */
    then(&s, "=4 +quic =9");
    then(&s, "+quick =17"); /* the same text elsewhere */
    assert_false(s.came_back);
    assert_at(&s, 9, 9);
}

/* Of 300 code points the first 200 are quoted; all of them come back. */
static void a_piece_longer_than_its_quote_comes_back_whole(void **state)
{
    (void)state;
    char text[301], quote[201], line[400];
    memset(text, 'a', 300);
    text[300] = '\0';
    memcpy(quote, text, 200);
    quote[200] = '\0';
    struct story s = about(0, 300, quote);
    then(&s, "-300 =2");
    snprintf(line, sizeof line, "+%s =2", text);
    then(&s, line);
    assert_true(s.came_back);
    assert_at(&s, 0, 300);
}

static void many_places_at_once(void **state)
{
    (void)state;
    struct story s = about(4, 9, "quick");
    then(&s, "+> =4 +_ =5 +_ =1 -3");
    assert_at(&s, 6, 11);
    then(&s, "=1 -1 =4 -5 =1 +x =1");
    assert_at(&s, 5, 5);
    then(&s, "+. =5 +quick =1 +y =2");
    assert_true(s.came_back);
    assert_at(&s, 6, 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_piece_is_where_its_characters_are),
        cmocka_unit_test(so_it_is_in_operations_of_many_places),
        cmocka_unit_test(an_undo_of_many_places_brings_it_back),
        cmocka_unit_test(what_is_typed_at_the_edges_is_outside),
        cmocka_unit_test(an_undo_brings_it_back),
        cmocka_unit_test(so_does_one_of_what_was_around_it),
        cmocka_unit_test(another_text_at_its_place_does_not),
        cmocka_unit_test(a_piece_longer_than_its_quote_comes_back_whole),
        cmocka_unit_test(many_places_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
