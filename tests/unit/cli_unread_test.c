/* link: kp_cli kp_core kp_alloc */
#include "cli/unread.h"
#include "support/random_op.h"
#include "support/unit.h"

enum { POINTS_MAX = 4000 };

/* The oracle: for each code point of the text, whether others wrote it. */
struct marks {
    bool is_theirs[POINTS_MAX];
    uint32_t points;
};

static void apply(struct marks *m, struct op_view op, bool is_theirs)
{
    static struct marks next;
    struct op_iter it = op_iter(op);
    uint32_t from = 0;
    next.points = 0;
    while (op_iter_next(&it)) {
        for (uint32_t i = 0; i < it.points && it.kind != OP_DELETE; i++)
            next.is_theirs[next.points++] = it.kind == OP_RETAIN ? m->is_theirs[from + i] : is_theirs;
        from += it.kind == OP_INSERT ? 0 : it.points;
    }
    *m = next;
}

static bool is_within(const struct unread *u, uint32_t at)
{
    for (size_t i = 0; i < u->count; i++)
        if (u->spans[i].from <= at && at < u->spans[i].to)
            return true;
    return false;
}

static void check(const struct unread *u, const struct marks *m)
{
    assert_true(u->count <= UNREAD_SPANS_MAX);
    for (size_t i = 0; i < u->count; i++) {
        assert_true(u->spans[i].from <= u->spans[i].to && u->spans[i].to <= m->points);
        if (i > 0)
            assert_true(u->spans[i - 1].to <= u->spans[i].from);
    }
    for (uint32_t at = 0; at < m->points; at++)
        if (m->is_theirs[at])
            assert_true(is_within(u, at));
}

static void everything_others_wrote_is_within_a_span(void **state)
{
    (void)state;
    struct random r = random_start();
    for (unsigned round = random_rounds(200); round > 0; round--) {
        struct unread u = {.count = 0};
        static struct marks m;
        m.points = 0;
        for (int step = 0; step < 60 && m.points < POINTS_MAX / 4; step++) {
            struct op op = {0};
            bool is_theirs = random_one_in(&r, 2);
            random_components(&r, m.points, &op);
            if (op.target_points < POINTS_MAX) {
                (is_theirs ? unread_note : unread_move)(&u, op_view(&op));
                apply(&m, op_view(&op), is_theirs);
                check(&u, &m);
            }
            op_deinit(&op);
        }
    }
}

static void many_places_become_few(void **state)
{
    (void)state;
    struct unread u = {.count = 0};
    struct op op = {0};
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(op_insert(&op, SLICE("x")), OK);
        assert_int_equal(op_retain(&op, i == 500 ? 100 : 2), OK);
    }
    unread_note(&u, op_view(&op));
    assert_int_equal(u.count, UNREAD_SPANS_MAX);
    bool is_apart = false; /* what is farthest apart stays so */
    for (size_t i = 1; i < u.count; i++)
        is_apart = is_apart || u.spans[i].from - u.spans[i - 1].to == 100;
    assert_true(is_apart);
    op_deinit(&op);
}

static void a_deletion_is_a_place(void **state)
{
    (void)state;
    struct unread u = {.count = 0};
    struct op op = {0};
    assert_int_equal(op_retain(&op, 3), OK);
    assert_int_equal(op_delete(&op, 4), OK);
    assert_int_equal(op_retain(&op, 5), OK);
    unread_note(&u, op_view(&op));
    assert_int_equal(u.count, 1);
    assert_int_equal(u.spans[0].from, 3);
    assert_int_equal(u.spans[0].to, 3);
    op_deinit(&op);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_others_wrote_is_within_a_span),
        cmocka_unit_test(many_places_become_few),
        cmocka_unit_test(a_deletion_is_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
