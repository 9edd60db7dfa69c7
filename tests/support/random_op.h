/* random_op.h - random operations; see random.h for the seed.
 *
 * Two generators, because one alone has blind spots: `random_op` writes
 * components down blindly, `random_edits` composes what a person does, one
 * caret at a time, so that sequential and adjacent edits are frequent. */
#ifndef KOLABPAD_TESTS_RANDOM_OP_H
#define KOLABPAD_TESTS_RANDOM_OP_H

#include "ot/op.h"
#include "support/random.h"

static inline void random_must(enum error err)
{
    if (err)
        abort();
}

static inline void random_insert(struct random *r, struct op *op, uint32_t points_max)
{
    struct buf text = {0};

    random_text(r, 1 + random_below(r, points_max), &text);
    random_must(op_insert(op, buf_slice(&text)));
    buf_deinit(&text);
}

/* Components of random kinds and sizes over a text of `base_points`. */
static inline void random_components(struct random *r, uint32_t base_points, struct op *out)
{
    uint32_t size_max = random_one_in(r, 3) ? 40 : 4;

    for (uint32_t left = base_points; left > 0 || random_one_in(r, 2);) {
        uint32_t count = 1 + random_below(r, size_max);
        count = count < left ? count : left;
        switch (random_below(r, 3)) {
        case 0:
            random_must(op_retain(out, count));
            left -= count;
            break;
        case 1:
            random_must(op_delete(out, count));
            left -= count;
            break;
        default:
            random_insert(r, out, 3);
        }
    }
}

/* One keystroke, paste or cut at `at`. */
static inline void random_edit(struct random *r, uint32_t points, uint32_t at, struct op *out)
{
    uint32_t count = 1 + random_below(r, random_one_in(r, 4) ? 20 : 1);
    uint32_t behind = points - at;

    random_must(op_retain(out, at));
    if (!random_one_in(r, 3))
        random_insert(r, out, count);
    if (behind && random_one_in(r, 2)) {
        count = count < behind ? count : behind;
        random_must(op_delete(out, count));
        behind -= count;
    }
    random_must(op_retain(out, behind));
}

/* A few edits of one person, composed. */
static inline void random_edits(struct random *r, uint32_t base_points, struct op *out)
{
    uint32_t at = random_below(r, base_points + 1);

    random_must(op_retain(out, base_points));
    for (uint32_t n = 1 + random_below(r, 4); n > 0; n--) {
        struct op edit = {0}, both = {0};
        uint32_t size = out->target_points;
        at = random_one_in(r, 4) ? random_below(r, size + 1) : at < size ? at : size;
        random_edit(r, size, at, &edit);
        at = op_move_caret(op_view(&edit), at);
        random_must(op_compose(op_view(out), op_view(&edit), &both));
        op_deinit(&edit);
        op_deinit(out);
        *out = both;
    }
}

static inline void random_op(struct random *r, uint32_t base_points, struct op *out)
{
    if (random_one_in(r, 2))
        random_components(r, base_points, out);
    else
        random_edits(r, base_points, out);
}

#endif
