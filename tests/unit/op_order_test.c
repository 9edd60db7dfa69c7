/* link: kp_core kp_alloc */
/* People who type at one place at once, letter by letter, over a slow network.
 * Where all go by author every run stays whole. Where some go by text runs may
 * be torn, by the letters of those, but all copies are the same. The rule is
 * written here once more, so that this also says how a client is to use the
 * kernel. */
#include "ot/op.h"
#include "support/random_op.h"
#include "support/unit.h"

enum { TYPISTS_MAX = 4, KEYS = 12, LOG_MAX = TYPISTS_MAX * KEYS, TEXT_MAX = 6 };

/* One of the people, with one edit in flight at most and the rest in the buffer. */
struct typist {
    uint32_t id;
    bool by_author;
    struct op inflight, buffer, sent; /* `sent`: the edit in flight as it travels */
    bool has_inflight, has_buffer;
    bool is_on_its_way; /* the edit in flight is not at the server yet */
    uint32_t sent_at;   /* the revision it was made against */
    uint32_t revision;  /* operations heard so far */
    struct rope text;
    uint32_t caret;   /* behind the last letter of the run; remote inserts there do not push it */
    int typed, to_do; /* letters of the run, and how often a key is yet to be pressed */
};

struct world {
    struct random *rnd;
    struct {
        uint32_t id;
        bool by_author;
        struct op op;
    } log[LOG_MAX]; /* what the server applied */
    uint32_t revision;
    struct rope text;
    struct typist people[TYPISTS_MAX];
    unsigned count;
};

static enum op_order order_of(uint32_t a, bool a_by_author, uint32_t b, bool b_by_author)
{
    if (!a_by_author || !b_by_author || a == b)
        return OP_BY_TEXT;
    return a < b ? OP_A_FIRST : OP_B_FIRST;
}

static void replace(struct op *op, struct op *by)
{
    op_deinit(op);
    *op = *by;
    *by = (struct op){0};
}

/* ---- typing ---- */

/* A letter that belongs to this person alone; which one comes first in the
 * alphabet changes from letter to letter. */
static char letter_of(struct world *w, const struct typist *t)
{
    return (char)('a' + (unsigned)(t - w->people) + TYPISTS_MAX * random_below(w->rnd, 26 / TYPISTS_MAX));
}

static bool is_letter_of(char c, unsigned person)
{
    return c >= 'a' && (unsigned)(c - 'a') % TYPISTS_MAX == person;
}

/* Types a letter, or takes the last one back. */
static void type(struct world *w, struct typist *t)
{
    const bool is_backspace = t->typed > 1 && random_one_in(w->rnd, 6);
    const uint32_t at = t->caret - is_backspace, points = rope_size(&t->text).points;
    const char letter = letter_of(w, t);
    struct op op = {0}, both = {0};
    random_must(op_retain(&op, at));
    random_must(is_backspace ? op_delete(&op, 1) : op_insert(&op, slice_of(&letter, 1)));
    random_must(op_retain(&op, points - at - is_backspace));
    random_must(op_apply(op_view(&op), &t->text));
    t->caret = at + !is_backspace;
    t->typed += is_backspace ? -1 : 1;
    t->to_do--;
    if (t->has_buffer) {
        random_must(op_compose(op_view(&t->buffer), op_view(&op), &both));
        replace(&t->buffer, &both);
    } else {
        replace(&t->buffer, &op);
    }
    t->has_buffer = true;
    op_deinit(&op);
}

static void send(struct typist *t)
{
    if (t->has_inflight || !t->has_buffer)
        return;
    random_must(op_copy(&t->sent, op_view(&t->buffer)));
    replace(&t->inflight, &t->buffer);
    t->has_buffer = false;
    t->has_inflight = t->is_on_its_way = true;
    t->sent_at = t->revision;
}

/* ---- the server ---- */

static void arrive(struct world *w, struct typist *t)
{
    struct op moved = {0};
    if (!t->is_on_its_way)
        return;
    for (uint32_t r = t->sent_at; r < w->revision; r++) {
        const enum op_order order = order_of(t->id, t->by_author, w->log[r].id, w->log[r].by_author);
        random_must(op_rebase(op_view(&t->sent), op_view(&w->log[r].op), order, &moved));
        replace(&t->sent, &moved);
    }
    random_must(op_apply(op_view(&t->sent), &w->text));
    w->log[w->revision].id = t->id;
    w->log[w->revision].by_author = t->by_author;
    replace(&w->log[w->revision].op, &t->sent);
    w->revision++;
    t->is_on_its_way = false;
}

/* ---- hearing of others ---- */

/* The place of a caret afterwards, when inserts at the caret do not push it. */
static uint32_t held_caret(struct op_view op, uint32_t left)
{
    struct op_iter it = op_iter(op);
    uint32_t moved = 0;
    while (left > 0 && op_iter_next(&it)) {
        const uint32_t points = it.kind == OP_INSERT || it.points < left ? it.points : left;
        left -= it.kind == OP_INSERT ? 0 : points;
        moved += it.kind == OP_DELETE ? 0 : points;
    }
    return moved;
}

static void take_remote(struct typist *t, const struct op *op, enum op_order order)
{
    struct op remote = {0}, mine = {0}, theirs = {0};
    struct op *const unsent[] = {t->has_inflight ? &t->inflight : NULL, t->has_buffer ? &t->buffer : NULL};
    random_must(op_copy(&remote, op_view(op)));
    for (size_t i = 0; i < 2; i++) {
        if (!unsent[i])
            continue;
        random_must(op_transform(op_view(unsent[i]), op_view(&remote), order, &mine, &theirs));
        replace(unsent[i], &mine);
        replace(&remote, &theirs);
    }
    random_must(op_apply(op_view(&remote), &t->text));
    t->caret = held_caret(op_view(&remote), t->caret);
    op_deinit(&remote);
}

static void hear(struct world *w, struct typist *t)
{
    if (t->revision == w->revision)
        return;
    const uint32_t r = t->revision++;
    if (w->log[r].id != t->id) {
        take_remote(t, &w->log[r].op, order_of(t->id, t->by_author, w->log[r].id, w->log[r].by_author));
        return;
    }
    assert_true(t->has_inflight && op_equal(op_view(&t->inflight), op_view(&w->log[r].op)));
    t->has_inflight = false;
}

/* ---- a round ---- */

static void begin(struct world *w, struct random *rnd, bool all_by_author)
{
    struct buf text = {0};
    *w = (struct world){.rnd = rnd, .count = 2 + random_below(rnd, TYPISTS_MAX - 1)};
    for (uint32_t points = random_below(rnd, TEXT_MAX); points > 0; points--)
        random_must(buf_append(&text, SLICE(".")));
    random_must(rope_from_text(&w->text, buf_slice(&text)));
    const uint32_t at = random_below(rnd, w->text.size.points + 1), turn = random_below(rnd, w->count);
    for (unsigned i = 0; i < w->count; i++) {
        struct typist *t = &w->people[i];
        *t = (struct typist){.id = (i + turn) % w->count, .caret = at, .to_do = KEYS};
        t->by_author = all_by_author || random_one_in(rnd, 2);
        random_must(rope_from_text(&t->text, buf_slice(&text)));
    }
    buf_deinit(&text);
}

static void end(struct world *w)
{
    for (unsigned i = 0; i < w->count; i++) {
        op_deinit(&w->people[i].inflight);
        op_deinit(&w->people[i].buffer);
        op_deinit(&w->people[i].sent);
        rope_deinit(&w->people[i].text);
    }
    for (uint32_t r = 0; r < w->revision; r++)
        op_deinit(&w->log[r].op);
    rope_deinit(&w->text);
}

/* The edits of one person arrive in order, and are heard of in order; between
 * people everything may happen in any order. */
static bool step(struct world *w)
{
    struct typist *t = &w->people[random_below(w->rnd, w->count)];
    switch (random_below(w->rnd, 4)) {
    case 0:
        if (t->to_do > 0)
            type(w, t);
        break;
    case 1:
        send(t);
        break;
    case 2:
        arrive(w, t);
        break;
    default:
        hear(w, t);
    }
    for (unsigned i = 0; i < w->count; i++) {
        t = &w->people[i];
        if (t->to_do > 0 || t->has_inflight || t->has_buffer || t->revision < w->revision)
            return true;
    }
    return false;
}

/* ---- the result ---- */

static struct buf text_of(const struct rope *r)
{
    struct buf text = {0};
    random_must(rope_read(r, 0, r->size.points, &text));
    return text;
}

static void assert_same_text(const struct world *w)
{
    struct buf want = text_of(&w->text);
    for (unsigned i = 0; i < w->count; i++) {
        struct buf got = text_of(&w->people[i].text);
        assert_true(slice_equal(buf_slice(&got), buf_slice(&want)));
        buf_deinit(&got);
    }
    buf_deinit(&want);
}

/* No other letter stands between the letters of one person. */
static void assert_whole(const struct world *w)
{
    struct buf text = text_of(&w->text);
    for (unsigned i = 0; i < w->count; i++) {
        bool has_begun = false, has_ended = false;
        for (size_t at = 0; at < text.len; at++) {
            if (is_letter_of(text.ptr[at], i) && has_ended)
                fail_msg("the run of person %u is torn: %.*s", i, (int)text.len, text.ptr);
            has_begun = has_begun || is_letter_of(text.ptr[at], i);
            has_ended = has_begun && !is_letter_of(text.ptr[at], i);
        }
    }
    buf_deinit(&text);
}

static void check(bool all_by_author)
{
    struct random rnd = random_start();
    for (unsigned round = random_rounds(2000); round > 0; round--) {
        struct world w;
        begin(&w, &rnd, all_by_author);
        while (step(&w))
            ;
        assert_same_text(&w);
        if (all_by_author)
            assert_whole(&w);
        end(&w);
    }
}

static void test_runs_typed_at_one_place_stay_whole(void **state)
{
    (void)state;
    check(true);
}

static void test_mixed_people_converge(void **state)
{
    (void)state;
    check(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runs_typed_at_one_place_stay_whole),
        cmocka_unit_test(test_mixed_people_converge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
