/* link: kp_core kp_alloc */
/* Cutting an operation that is too large for one message. */
#include "ot/op.h"
#include "support/op_text.h"
#include "support/random_op.h"
#include "support/unit.h"

enum { ROUNDS = 4000, TEXT_MAX = 30 };

static struct op op_of(const char *text)
{
    struct op op = {0};
    assert_int_equal(op_text_parse(text, &op), OK);
    return op;
}

/* ---- the size as JSON, by writing it ---- */

static size_t write_text(struct slice text, char *to)
{
    static const char letters[] = "\"\"\\\\\bb\tt\nn\ff\rr"; /* what is escaped by a letter, and the letter */
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        const char *pair = letters;
        while (*pair && *pair != c)
            pair += 2;
        if (c && *pair)
            len += (size_t)sprintf(to + len, "\\%c", pair[1]);
        else if ((uint8_t)c < 0x20)
            len += (size_t)sprintf(to + len, "\\u%04x", (unsigned)c);
        else
            to[len++] = c;
    }
    return len;
}

static size_t json_bytes(const struct op *op)
{
    struct op_iter it = op_iter(op_view(op));
    char *json = malloc(op->code.len * 6 + 100);
    size_t len = 0;

    json[len++] = '[';
    while (op_iter_next(&it)) {
        if (len > 1)
            json[len++] = ',';
        if (it.kind == OP_INSERT) {
            json[len++] = '"';
            len += write_text(it.text, json + len);
            json[len++] = '"';
        } else {
            len += (size_t)sprintf(json + len, "%s%u", it.kind == OP_DELETE ? "-" : "", it.points);
        }
    }
    free(json);
    return len + 1;
}

static uint32_t count(const struct op *op, enum op_kind kind)
{
    struct op_iter it = op_iter(op_view(op));
    uint32_t components = 0;

    while (op_iter_next(&it))
        components += it.kind == kind;
    return components;
}

/* ---- the law ---- */

/* Inserts with whatever JSON writes in another way. */
static void random_escaped(struct random *rnd, struct op *out)
{
    const uint32_t base = random_below(rnd, TEXT_MAX);

    random_op(rnd, base, out);
    for (uint32_t n = random_below(rnd, 4); n > 0; n--) {
        struct op edit = {0}, both = {0};
        const uint32_t at = random_below(rnd, out->target_points + 1);
        char text[9];
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = (char)random_below(rnd, 0x30);
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = (char)(text[i] == '\r' ? '\\' : text[i]);
        random_must(op_retain(&edit, at));
        random_must(op_insert(&edit, slice_of(text, 1 + random_below(rnd, sizeof text))));
        random_must(op_retain(&edit, out->target_points - at));
        random_must(op_compose(op_view(out), op_view(&edit), &both));
        op_deinit(&edit);
        op_deinit(out);
        *out = both;
    }
}

static uint32_t inserted_bytes(const struct op *op)
{
    struct op_iter it = op_iter(op_view(op));
    uint32_t bytes = 0;

    while (op_iter_next(&it))
        bytes += (uint32_t)it.text.len;
    return bytes;
}

static uint32_t deleted_points(const struct op *op)
{
    struct op_iter it = op_iter(op_view(op));
    uint32_t points = 0;

    while (op_iter_next(&it))
        points += it.kind == OP_DELETE ? it.points : 0;
    return points;
}

/* A first part that does no more than it must may be larger than the room. */
static bool does_the_least(const struct op *first)
{
    return count(first, OP_INSERT) + count(first, OP_DELETE) == 1 &&
           first->target_points - (first->base_points - deleted_points(first)) <= 1;
}

static void check_parts(const struct op *op, struct op_room room, const struct op *first,
                        const struct op *rest)
{
    struct op both = {0};
    struct op_view view;

    assert_int_equal(op_decode(buf_slice(&first->code), &view), OK);
    assert_int_equal(op_decode(buf_slice(&rest->code), &view), OK);
    assert_int_equal(op_compose(op_view(first), op_view(rest), &both), OK);
    assert_true(op_equal(op_view(&both), op_view(op)));
    assert_true(op_is_noop(op_view(op)) || !op_is_noop(op_view(first)));
    if (!does_the_least(first)) {
        const uint32_t components =
            count(first, OP_INSERT) + count(first, OP_DELETE) + count(first, OP_RETAIN);
        assert_in_range(json_bytes(first), 0, room.json_bytes);
        assert_in_range(components, 0, room.components + 1);
    }
    if (!op_is_noop(op_view(rest)) && deleted_points(op) > 0)
        assert_in_range(inserted_bytes(first), 0, room.growth_bytes + deleted_points(first));
    op_deinit(&both);
}

static void test_the_parts_are_the_whole(void **state)
{
    struct random rnd = random_start();
    (void)state;
    for (unsigned round = random_rounds(ROUNDS); round > 0; round--) {
        struct op op = {0}, first = {0}, rest = {0};
        const struct op_room room = {13 + random_below(&rnd, 80), random_below(&rnd, 8),
                                     random_one_in(&rnd, 2) ? random_below(&rnd, 20) : 1000};
        random_escaped(&rnd, &op);
        unsigned parts = 0;
        do { /* and the rest again, until there is none */
            assert_int_equal(op_cut(op_view(&op), room, &first, &rest), OK);
            check_parts(&op, room, &first, &rest);
            assert_int_equal(op_copy(&op, op_view(&rest)), OK);
            assert_in_range(++parts, 1, 500);
        } while (!op_is_noop(op_view(&op)));
        op_deinit(&op);
        op_deinit(&first);
        op_deinit(&rest);
    }
}

/* ---- by example ---- */

static void check_cut(const char *whole, struct op_room room, const char *first_wanted,
                      const char *rest_wanted)
{
    struct op op = op_of(whole), first = {0}, rest = {0};
    struct op want_first = op_of(first_wanted), want_rest = op_of(rest_wanted);

    assert_int_equal(op_cut(op_view(&op), room, &first, &rest), OK);
    assert_true(op_equal(op_view(&first), op_view(&want_first)));
    assert_true(op_equal(op_view(&rest), op_view(&want_rest)));
    op_deinit(&op);
    op_deinit(&first);
    op_deinit(&rest);
    op_deinit(&want_first);
    op_deinit(&want_rest);
}

enum { LARGE = 1000000 };

static void test_what_fits_is_not_cut(void **state)
{
    (void)state;
    check_cut("=3 +abc -2", (struct op_room){LARGE, 3, 0}, "=3 +abc -2", "=6");
    check_cut("", (struct op_room){LARGE, 3, 0}, "", "");
}

static void test_an_insert_is_cut_between_code_points(void **state)
{
    (void)state;
    /* [2," ... ",5] and so on: 13 kept, 3 for the 2, 3 for the quotes */
    const struct op_room room = {13 + 3 + 3 + 7, LARGE, LARGE};
    check_cut("=2 +a😀é文b =5", room, "=2 +a😀é =5", "=5 +文b =5");
    check_cut("=2 +a\\\\\\\\\\\\b =5", room, "=2 +a\\\\\\\\\\\\ =5", "=6 +b =5");
    check_cut("+😀😀 =5", (struct op_room){0, LARGE, LARGE}, "+😀 =5", "=1 +😀 =5");
}

static void test_components_are_counted(void **state)
{
    (void)state;
    check_cut("=1 +; -1 =1 +; -1 =1 +; -1", (struct op_room){LARGE, 6, LARGE}, "=1 +; -1 =1 +; -1 =2",
              "=5 +; -1");
    check_cut("-1 =1 -1", (struct op_room){LARGE, 0, LARGE}, "-1 =2", "=1 -1");
}

static void test_what_must_not_grow_deletes_first(void **state)
{
    (void)state;
    const struct op_room room = {13 + 3 + 4 + 3, LARGE, 2};
    check_cut("+abcd =1 -4", room, "=1 -4", "+abcd =1");
    check_cut("+abcdef -1 =1 -4", room, "-1 =1 -4", "+abcdef =1");
    check_cut("+abcdefghij =1", room, "+abcdefg =1", "=7 +hij =1"); /* there is nothing to delete */
}

/* Each character takes as many bytes as JSON.stringify makes of it. */
static void test_escapes_are_counted(void **state)
{
    (void)state;
    for (char c = 0; c >= 0 && c < 0x7f; c++) {
        struct op op = {0}, first = {0}, rest = {0};
        const char text[] = {c, 'x'};
        if (c == '\r')
            continue;
        assert_int_equal(op_insert(&op, slice_of(text, 1)), OK);
        const uint32_t room = (uint32_t)json_bytes(&op) + 12; /* of the 13 kept, a comma is used */
        assert_int_equal(op_insert(&op, slice_of(text + 1, 1)), OK);
        for (uint32_t less = 0; less <= 1; less++) {
            assert_int_equal(
                op_cut(op_view(&op), (struct op_room){room + 1 - less, LARGE, LARGE}, &first, &rest), OK);
            assert_int_equal(first.target_points, less ? 1 : 2);
        }
        op_deinit(&op);
        op_deinit(&first);
        op_deinit(&rest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_parts_are_the_whole),
        cmocka_unit_test(test_what_fits_is_not_cut),
        cmocka_unit_test(test_an_insert_is_cut_between_code_points),
        cmocka_unit_test(test_components_are_counted),
        cmocka_unit_test(test_what_must_not_grow_deletes_first),
        cmocka_unit_test(test_escapes_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
