#include "pad/anchor.h"

#include "text/utf8.h"

/* All the inserts that one operation can bring, sixty times: some hundredths of a second. */
enum { BUDGET_BYTES = 64 << 20 };

/* ---- marks ---- */

static void put_marks(struct anchor_step *step)
{
    struct anchor_mark mark = {.it = op_iter(step->splice.op)};
    const uint32_t stride = step->splice.components / ANCHOR_MARKS_MAX + 1;
    uint32_t since = 0; /* components since the last one */
    for (;;) {
        struct op_iter next = mark.it;
        if (!op_iter_next(&next))
            return;
        if (next.kind == OP_RETAIN && since >= stride && step->mark_count < ANCHOR_MARKS_MAX) {
            step->marks[step->mark_count++] = mark;
            since = 0;
        }
        mark.base += next.kind == OP_INSERT ? 0 : next.points;
        mark.result += next.kind == OP_DELETE ? 0 : next.points;
        mark.it = next;
        since++;
    }
}

void anchor_step_init(struct anchor_step *step, struct op_view op)
{
    step->splice = splice_of(op);
    step->budget_bytes = BUDGET_BYTES;
    step->mark_count = 0;
    if (!step->splice.is_one_place)
        put_marks(step);
}

/* The last mark in front of `at`; all that touches it is behind that. */
static struct anchor_mark mark_before(const struct anchor_step *step, uint32_t at)
{
    uint32_t low = 0, high = step->mark_count; /* marks[low - 1] is in front, marks[high] is not */
    while (low < high) {
        const uint32_t middle = (low + high) / 2;
        if (step->marks[middle].base < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? step->marks[low - 1] : (struct anchor_mark){.it = op_iter(step->splice.op)};
}

/* ---- places ---- */

/* Where `at` is afterwards: behind an insert at it, or in front. */
static uint32_t walk(const struct anchor_step *step, uint32_t at, bool is_behind)
{
    struct anchor_mark w = mark_before(step, at);
    while (op_iter_next(&w.it)) {
        if (w.it.kind == OP_INSERT) {
            if (w.base == at && !is_behind)
                break;
            w.result += w.it.points;
            continue;
        }
        const uint32_t left = at - w.base;
        if (w.it.points > left)
            return w.it.kind == OP_RETAIN ? w.result + left : w.result;
        w.base += w.it.points;
        w.result += w.it.kind == OP_RETAIN ? w.it.points : 0;
    }
    return w.result;
}

static uint32_t place_behind(const struct anchor_step *step, uint32_t at)
{
    return step->splice.is_one_place ? splice_move_caret(&step->splice, at) : walk(step, at, true);
}

static uint32_t place_before(const struct anchor_step *step, uint32_t at)
{
    if (!step->splice.is_one_place)
        return walk(step, at, false);
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

/* Those that may touch `at`: `next_run` gives the first. */
static struct run runs_at(const struct anchor_step *step, uint32_t at)
{
    const struct anchor_mark mark = mark_before(step, at);
    return (struct run){.it = mark.it, .base = mark.base, .result = mark.result};
}

/* ---- lost and found ---- */

/* The run that deletes the last of its text has all of it. */
static void lose(struct anchor *a, const struct anchor_step *step, uint32_t from, uint32_t to)
{
    struct run run = runs_at(step, from);
    a->lost_offset = a->lost_points = 0;
    while (next_run(&run) && run.base <= from) {
        if (run.base + run.deleted < to)
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
    struct run run = runs_at(step, a->from);
    if (a->lost_points == 0 || quote.len == 0)
        return false;
    while (next_run(&run) && run.base <= a->from) {
        const bool is_here = a->from <= run.base + run.deleted;
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
