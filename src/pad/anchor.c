#include "pad/anchor.h"

#include "text/utf8.h"

/* All the inserts that one operation can bring, sixty times: some hundredths of a second. */
enum { BUDGET_BYTES = 64 << 20 };

struct anchor_step anchor_step_of(struct op_view op)
{
    return (struct anchor_step){.splice = splice_of(op), .budget_bytes = BUDGET_BYTES};
}

/* ---- places ---- */

/* As op_move_caret, but an insert at the place comes behind it. */
static uint32_t move_before(struct op_view op, uint32_t at)
{
    struct op_iter it = op_iter(op);
    uint32_t left = at, moved = 0; /* base text still before it; result text walked over */
    while (op_iter_next(&it)) {
        if (it.kind == OP_INSERT) {
            if (left == 0)
                return moved;
            moved += it.points;
        } else if (it.points > left) {
            return it.kind == OP_RETAIN ? moved + left : moved;
        } else {
            left -= it.points;
            moved += it.kind == OP_RETAIN ? it.points : 0;
        }
    }
    return moved;
}

static uint32_t place_behind(const struct anchor_step *step, uint32_t at)
{
    return splice_move_caret(&step->splice, at);
}

static uint32_t place_before(const struct anchor_step *step, uint32_t at)
{
    if (!step->splice.is_one_place)
        return move_before(step->splice.op, at);
    return at <= step->splice.at ? at : place_behind(step, at);
}

/* ---- runs: what an operation deletes in one place, and inserts there ---- */

struct run {
    struct op_iter it;
    bool is_at_component; /* `it` stands at one that is not used yet */
    uint32_t base;        /* where it is in the text before, */
    uint32_t result;      /* and after: where the insert begins */
    uint32_t deleted;
    struct slice inserted; /* NULL ptr: nothing */
    uint32_t inserted_points;
};

static bool next_component(struct run *run)
{
    const bool is_there = run->is_at_component || op_iter_next(&run->it);
    run->is_at_component = false;
    return is_there;
}

/* An insert stands before the delete at its place (normal form). */
static bool next_run(struct run *run)
{
    run->base += run->deleted;
    run->result += run->inserted_points;
    run->deleted = run->inserted_points = 0;
    run->inserted = (struct slice){0};
    while (next_component(run)) {
        if (run->it.kind == OP_RETAIN && (run->inserted.ptr || run->deleted > 0)) {
            run->is_at_component = true;
            return true;
        }
        if (run->it.kind == OP_RETAIN) {
            run->base += run->it.points;
            run->result += run->it.points;
        } else if (run->it.kind == OP_INSERT) {
            run->inserted = run->it.text;
            run->inserted_points = run->it.points;
        } else {
            run->deleted = run->it.points;
        }
    }
    return run->inserted.ptr || run->deleted > 0;
}

static struct run runs_of(const struct anchor_step *step)
{
    return (struct run){.it = op_iter(step->splice.op)};
}

/* ---- lost and found ---- */

/* The run that deletes the last of its text has all of it. */
static void lose(struct anchor *a, const struct anchor_step *step, uint32_t from, uint32_t to)
{
    struct run run = runs_of(step);
    a->lost_offset = a->lost_points = 0;
    while (next_run(&run)) {
        if (run.base > from || run.base + run.deleted < to)
            continue;
        a->lost_offset = from - run.base;
        a->lost_points = to - from;
        return;
    }
}

static bool has_quote_at(struct anchor_step *step, const struct anchor *a, const struct run *run,
                         struct slice quote)
{
    if (run->inserted_points < a->lost_offset + a->lost_points || run->inserted.len > step->budget_bytes)
        return false;
    step->budget_bytes -= run->inserted.len;
    const struct slice text = slice_from(run->inserted, utf8_offset_of_points(run->inserted, a->lost_offset));
    if (text.len < quote.len || !slice_equal(slice_of(text.ptr, quote.len), quote))
        return false;
    /* Of a piece that is longer than its quote, the start is what can be compared. */
    const uint32_t quoted = utf8_measure(quote).points;
    return quoted == a->lost_points || (quoted == QUOTE_POINTS_MAX && a->lost_points > quoted);
}

static bool find(struct anchor *a, struct anchor_step *step, struct slice quote)
{
    struct run run = runs_of(step);
    if (a->lost_points == 0 || quote.len == 0)
        return false;
    while (next_run(&run)) {
        const bool is_here = run.base <= a->from && a->from <= run.base + run.deleted;
        if (!is_here || !run.inserted.ptr || !has_quote_at(step, a, &run, quote))
            continue;
        const uint32_t from = run.result + a->lost_offset;
        *a = (struct anchor){.from = from, .to = from + a->lost_points};
        return true;
    }
    return false;
}

/* ---- all of it ---- */

bool anchor_move(struct anchor *a, struct anchor_step *step, struct slice quote)
{
    const uint32_t from = a->from, to = a->to;
    if (anchor_is_detached(a)) {
        if (find(a, step, quote))
            return true;
        a->from = a->to = place_before(step, from);
        return false;
    }
    a->from = place_behind(step, from);
    a->to = place_before(step, to);
    if (!anchor_is_detached(a))
        return false;
    a->from = a->to;
    lose(a, step, from, to);
    return false;
}
