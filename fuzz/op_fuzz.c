/* link: kp_core kp_alloc */
/* The operation decoder, and the algebra on whatever it lets through.
 *
 * Input: one byte that says where the encoded operation `a` ends, its bytes,
 * and a script that becomes the concurrent `b` and the later `c`. Whatever is
 * decoded must be in normal form, and the laws must hold under every order. */
#include "ot/op.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_POINTS_MAX = 2000, SCRIPT_INSERT_MAX = 8 };

#define CHECK(law)                                                                                           \
    do {                                                                                                     \
        if (!(law))                                                                                          \
            abort();                                                                                         \
    } while (0)

/* An operation over `base_points` from bytes: two bits are the kind, six the count;
 * the text that the bytes do not reach is retained. */
static struct op op_from_script(struct slice script, uint32_t base_points)
{
    static const char letters[] = "aé中😀b\xcc\x81";
    struct op op = {0};
    uint32_t left = base_points;

    for (size_t i = 0; i < script.len; i++) {
        uint8_t byte = (uint8_t)script.ptr[i];
        uint32_t count = (byte >> 2) + 1u, reach = count < left ? count : left;
        if ((byte & 3) >= OP_INSERT) {
            struct slice text = SLICE(letters);
            size_t from = utf8_offset_of_points(text, count % SCRIPT_INSERT_MAX);
            op_insert(&op, slice_from(text, from)); /* refused when it would be too long */
            continue;
        }
        CHECK(((byte & 3) == OP_DELETE ? op_delete(&op, reach) : op_retain(&op, reach)) == OK);
        left -= reach;
    }
    CHECK(op_retain(&op, left) == OK || op.target_points + (uint64_t)left > OP_POINTS_MAX);
    return op;
}

/* Building an operation from its components gives the same bytes: there is
 * one normal form, and this is it. */
static void check_normal_form(struct op_view view)
{
    struct op again = {0};
    struct op_iter it = op_iter(view);
    struct op_view trusted = op_view_trusted(view.code), decoded;

    while (op_iter_next(&it))
        CHECK((it.kind == OP_INSERT   ? op_insert(&again, it.text)
               : it.kind == OP_DELETE ? op_delete(&again, it.points)
                                      : op_retain(&again, it.points)) == OK);
    CHECK(op_equal(op_view(&again), view));
    CHECK(again.base_points == view.base_points && again.target_points == view.target_points);
    CHECK(trusted.base_points == view.base_points && trusted.target_points == view.target_points);
    CHECK(op_decode(view.code, &decoded) == OK);
    op_deinit(&again);
}

static void check_transform(struct op_view a, struct op_view b, enum op_order order)
{
    struct op a1 = {0}, b1 = {0}, rebased = {0}, left = {0}, right = {0};

    if (op_transform(a, b, order, &a1, &b1) != OK) { /* the sums are too large */
        CHECK((uint64_t)a.target_points + b.target_points > OP_POINTS_MAX);
        return;
    }
    CHECK(op_rebase(a, b, order, &rebased) == OK && op_equal(op_view(&rebased), op_view(&a1)));
    CHECK(op_compose(a, op_view(&b1), &left) == OK && op_compose(b, op_view(&a1), &right) == OK);
    CHECK(op_equal(op_view(&left), op_view(&right)));
    check_normal_form(op_view(&a1));
    check_normal_form(op_view(&b1));
    check_normal_form(op_view(&left));
    op_deinit(&a1);
    op_deinit(&b1);
    op_deinit(&rebased);
    op_deinit(&left);
    op_deinit(&right);
}

static struct rope text_of(uint32_t points)
{
    static const char *const letters[] = {"x", "ß", "文", "👩"};
    struct buf text = {0};
    struct rope r;

    for (uint32_t i = 0; i < points; i++)
        CHECK(buf_append(&text, slice_from_cstr(letters[(i >> 3) & 3])) == OK);
    CHECK(rope_from_text(&r, buf_slice(&text)) == OK);
    buf_deinit(&text);
    return r;
}

static void check_same_text(const struct rope *a, const struct rope *b)
{
    struct buf left = {0}, right = {0};

    CHECK(rope_check(a) == NULL && rope_check(b) == NULL);
    CHECK(rope_read(a, 0, a->size.points, &left) == OK && rope_read(b, 0, b->size.points, &right) == OK);
    CHECK(slice_equal(buf_slice(&left), buf_slice(&right)));
    buf_deinit(&left);
    buf_deinit(&right);
}

/* compose is a and then c; invert takes it back. */
static void check_on_text(struct op_view a, struct op_view c)
{
    struct rope in_two = text_of(a.base_points), at_once = text_of(a.base_points),
                base = text_of(a.base_points);
    struct op both = {0}, undo = {0};

    CHECK(op_compose(a, c, &both) == OK);
    CHECK(op_invert(op_view(&both), &base, &undo) == OK);
    CHECK(op_apply(a, &in_two) == OK && op_apply(c, &in_two) == OK);
    CHECK(op_apply(op_view(&both), &at_once) == OK);
    check_same_text(&in_two, &at_once);
    CHECK(op_apply(op_view(&undo), &at_once) == OK);
    check_same_text(&at_once, &base);
    op_deinit(&both);
    op_deinit(&undo);
    rope_deinit(&in_two);
    rope_deinit(&at_once);
    rope_deinit(&base);
}

static void check_carets(struct op_view op)
{
    uint32_t step = op.base_points / 16 + 1, before = 0;

    for (uint32_t at = 0; at <= op.base_points; at += step) {
        uint32_t moved = op_move_caret(op, at);
        CHECK(moved >= before && moved <= op.target_points);
        before = moved;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct op_view a;

    if (size < 1)
        return 0;
    struct slice rest = slice_of(data + 1, size - 1);
    size_t cut = data[0] < rest.len ? data[0] : rest.len;
    if (op_decode(slice_of(rest.ptr, cut), &a) != OK)
        return 0;

    struct slice script = slice_from(rest, cut);
    struct op b = op_from_script(script, a.base_points);
    struct op c = op_from_script(script, a.target_points);
    check_normal_form(a);
    check_carets(a);
    if (b.base_points == a.base_points) /* else it was too long to be finished */
        for (enum op_order order = OP_BY_TEXT; order <= OP_B_FIRST; order++)
            check_transform(a, op_view(&b), order);
    if (c.base_points == a.target_points && a.base_points <= TEXT_POINTS_MAX)
        check_on_text(a, op_view(&c));
    op_deinit(&b);
    op_deinit(&c);
    return 0;
}
