/* The texts are compared as arrays of code points, without what they begin and end
 * with in common. Then in gaps between anchors, pieces that each text has exactly
 * once: first lines, then words; at last exactly, by the shortest way. */
#include "ot/between.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "base/mem.h"
#include "ot/shortest.h"

enum level { LINES, WORDS, EXACTLY };

/* The operation as far as it is made. */
struct difference {
    struct op op;
    uint32_t at; /* points of the first text that it has walked over */
    struct buf insert;
    int64_t work_left; /* in steps; when there is none, gaps are replaced as a whole */
};

enum { STEP_NS = 3, POINT_NS = 16 }; /* a point: to decode it, and to look at its line and its word */

/* A gap: two parts that stand for each other. `at` is where that of the first text begins. */
struct gap {
    struct points a, b;
    size_t at;
};

/* ---- code points ---- */

static uint32_t next_point(struct slice text, size_t *at)
{
    const uint8_t *p = (const uint8_t *)text.ptr + *at;
    if (p[0] < 0x80)
        return (*at)++, p[0];
    if (p[0] < 0xe0)
        return *at += 2, (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
    if (p[0] < 0xf0)
        return *at += 3, (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
    return *at += 4, (p[0] & 7u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
}

static enum error append_point(struct buf *out, uint32_t point)
{
    char utf8[4];
    size_t len = 0;
    if (point < 0x80) {
        utf8[len++] = (char)point;
    } else if (point < 0x800) {
        utf8[len++] = (char)(0xc0 | point >> 6);
        utf8[len++] = (char)(0x80 | (point & 0x3f));
    } else {
        if (point < 0x10000) {
            utf8[len++] = (char)(0xe0 | point >> 12);
        } else {
            utf8[len++] = (char)(0xf0 | point >> 18);
            utf8[len++] = (char)(0x80 | (point >> 12 & 0x3f));
        }
        utf8[len++] = (char)(0x80 | (point >> 6 & 0x3f));
        utf8[len++] = (char)(0x80 | (point & 0x3f));
    }
    return buf_append(out, slice_of(utf8, len));
}

/* The array is the caller's (mem_free); NULL without memory. */
static uint32_t *decode(struct slice text, size_t *count)
{
    uint32_t *points = mem_alloc((text.len + 1) * sizeof *points);
    *count = 0;
    for (size_t at = 0; points && at < text.len;)
        points[(*count)++] = next_point(text, &at);
    return points;
}

static struct points part(struct points of, size_t from, size_t to)
{
    return (struct points){of.ptr + from, to - from};
}

static bool points_equal(struct points a, struct points b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len * sizeof *a.ptr) == 0);
}

/* ---- the operation ---- */

/* `count` points of the first text, from `at` on, make way for `insert`. */
static enum error replace(struct difference *d, size_t at, size_t count, struct points insert)
{
    enum error err = op_retain(&d->op, (uint32_t)at - d->at);
    buf_clear(&d->insert);
    for (size_t i = 0; !err && i < insert.len; i++)
        err = append_point(&d->insert, insert.ptr[i]);
    if (!err)
        err = op_insert(&d->op, buf_slice(&d->insert));
    if (!err)
        err = op_delete(&d->op, (uint32_t)count);
    d->at = (uint32_t)(at + count);
    return err;
}

static enum error replace_exactly(struct difference *d, struct gap gap)
{
    struct shortest way = {0};
    bool is_found = false;
    enum error err = shortest_find(&way, gap.a, gap.b, &d->work_left, &is_found);
    if (!err && !is_found)
        err = replace(d, gap.at, gap.a.len, gap.b);
    for (size_t i = 0; !err && is_found && i < way.count; i++) {
        const struct step *step = &shortest_steps(&way)[i];
        const struct points insert = part(gap.b, step->y, step->y + step->is_insert);
        err = replace(d, gap.at + step->x, !step->is_insert, insert);
    }
    shortest_deinit(&way);
    return err;
}

/* ---- pieces ---- */

/* White space as JavaScript has it, since the page does the same. */
static bool is_space(uint32_t p)
{
    return (p >= 9 && p <= 13) || p == ' ' || p == 0xa0 || p == 0x1680 || (p >= 0x2000 && p <= 0x200a) ||
           p == 0x2028 || p == 0x2029 || p == 0x202f || p == 0x205f || p == 0x3000 || p == 0xfeff;
}

static bool is_of_a_word(uint32_t p)
{
    return (p >= '0' && p <= '9') || (p >= 'A' && p <= 'Z') || (p >= 'a' && p <= 'z') || p == '_' ||
           (p >= 0xc0 && p <= 0x24f);
}

/* A line with its end, that holds more than space. */
static bool next_line(struct points text, size_t *at, struct points *piece)
{
    while (*at < text.len) {
        const size_t from = *at;
        bool is_blank = true;
        do
            is_blank &= is_space(text.ptr[*at]);
        while (text.ptr[(*at)++] != '\n' && *at < text.len);
        *piece = part(text, from, *at);
        if (!is_blank)
            return true;
    }
    return false;
}

/* A word, or one point that is neither of a word nor space. */
static bool next_word(struct points text, size_t *at, struct points *piece)
{
    while (*at < text.len && is_space(text.ptr[*at]))
        ++*at;
    const size_t from = *at;
    while (*at < text.len && is_of_a_word(text.ptr[*at]))
        ++*at;
    if (*at == from && *at < text.len)
        ++*at;
    *piece = part(text, from, *at);
    return piece->len > 0;
}

static bool next_piece(enum level level, struct points text, size_t *at, struct points *piece)
{
    return level == LINES ? next_line(text, at, piece) : next_word(text, at, piece);
}

/* ---- anchors ---- */

/* A piece of the first text; an anchor where both texts have it once. */
struct anchor {
    struct points piece;
    uint64_t hash;
    size_t in_a, in_b;
    uint32_t count_a, count_b; /* 2: more than once */
};

/* The pieces of the first text in their order, and a table of their numbers + 1 by hash,
 * 0 where it is empty, that is half full at most. */
struct anchors {
    struct anchor *list;
    size_t count;
    uint32_t *slots;
    size_t mask;
    int64_t *work_left;
};

static void anchors_deinit(struct anchors *s)
{
    mem_free(s->list);
    mem_free(s->slots);
}

static enum error anchors_init(struct anchors *s, size_t pieces, int64_t *work_left)
{
    size_t slots = 8;
    while (slots < 2 * pieces)
        slots *= 2;
    *s = (struct anchors){.mask = slots - 1, .work_left = work_left};
    s->list = mem_alloc((pieces + 1) * sizeof *s->list);
    s->slots = mem_alloc(slots * sizeof *s->slots);
    if (!s->list || !s->slots) {
        anchors_deinit(s);
        return ERR_NO_MEMORY;
    }
    memset(s->slots, 0, slots * sizeof *s->slots);
    return OK;
}

/* Any slot, when there is no work left: then no anchor counts. */
static uint32_t *slot_of(struct anchors *s, struct points piece, uint64_t hash)
{
    size_t at = hash & s->mask;
    for (; s->slots[at] && *s->work_left > 0; at = (at + 1) & s->mask) {
        --*s->work_left;
        const struct anchor *known = &s->list[s->slots[at] - 1];
        if (known->hash == hash && points_equal(known->piece, piece))
            break;
    }
    return &s->slots[at];
}

static uint64_t hash_of(struct points piece)
{
    return hash_bytes(0, slice_of(piece.ptr, piece.len * sizeof *piece.ptr));
}

static void note_of_a(struct anchors *s, struct points piece, size_t at)
{
    const uint64_t hash = hash_of(piece);
    uint32_t *slot = slot_of(s, piece, hash);
    if (*slot) {
        s->list[*slot - 1].count_a = 2;
        return;
    }
    s->list[s->count++] = (struct anchor){.piece = piece, .hash = hash, .in_a = at, .count_a = 1};
    *slot = (uint32_t)s->count;
}

static void note_of_b(struct anchors *s, struct points piece, size_t at)
{
    uint32_t *slot = slot_of(s, piece, hash_of(piece));
    if (!*slot)
        return;
    struct anchor *known = &s->list[*slot - 1];
    known->count_b += known->count_b < 2;
    known->in_b = at;
}

/* Leaves those that both texts have once. */
static void leave_common(struct anchors *s)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (s->list[i].count_a == 1 && s->list[i].count_b == 1)
            s->list[kept++] = s->list[i];
    }
    s->count = kept;
}

static enum error find_common(struct anchors *s, enum level level, struct gap gap, int64_t *work_left)
{
    struct points piece;
    size_t pieces = 0;
    for (size_t at = 0; next_piece(level, gap.a, &at, &piece);)
        pieces++;
    const enum error err = anchors_init(s, pieces, work_left);
    if (err)
        return err;
    for (size_t at = 0; *work_left > 0 && next_piece(level, gap.a, &at, &piece);)
        note_of_a(s, piece, (size_t)(piece.ptr - gap.a.ptr));
    for (size_t at = 0; *work_left > 0 && next_piece(level, gap.b, &at, &piece);)
        note_of_b(s, piece, (size_t)(piece.ptr - gap.b.ptr));
    if (*work_left > 0)
        leave_common(s);
    else
        s->count = 0;
    return OK;
}

/* The number of runs' ends before which an anchor at `in_b` comes, by binary search. */
static size_t place_among(const struct anchors *s, const size_t *ends, size_t count, size_t in_b)
{
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (s->list[ends[middle]].in_b < in_b)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Leaves the most of them that are in the order of both texts: ends[n] is where the best
 * run of n + 1 ends, before[i] what stands before i in its run. */
static enum error leave_rising(struct anchors *s)
{
    if (s->count == 0)
        return OK;
    size_t *ends = mem_alloc(2 * s->count * sizeof *ends);
    if (!ends)
        return ERR_NO_MEMORY;
    size_t *before = ends + s->count, runs = 0;
    for (size_t i = 0; i < s->count; i++) {
        const size_t at = place_among(s, ends, runs, s->list[i].in_b);
        before[i] = at > 0 ? ends[at - 1] : SIZE_MAX;
        ends[at] = i;
        runs += at == runs;
    }
    size_t i = ends[runs - 1];
    for (size_t at = runs; at > 0; i = before[i])
        ends[--at] = i; /* what stood there is in `before` */
    for (size_t at = 0; at < runs; at++)
        s->list[at] = s->list[ends[at]];
    s->count = runs;
    mem_free(ends);
    return OK;
}

/* ---- gaps ---- */

static enum error compare(struct difference *d, enum level level, struct gap gap);

static enum error compare_between(struct difference *d, enum level level, struct gap gap,
                                  const struct anchors *anchors)
{
    size_t at_a = 0, at_b = 0;
    enum error err = OK;
    for (size_t i = 0; !err && i <= anchors->count; i++) {
        const struct anchor *next = i < anchors->count ? &anchors->list[i] : NULL;
        const size_t to_a = next ? next->in_a : gap.a.len, to_b = next ? next->in_b : gap.b.len;
        err = compare(d, level + 1,
                      (struct gap){part(gap.a, at_a, to_a), part(gap.b, at_b, to_b), gap.at + at_a});
        at_a = to_a + (next ? next->piece.len : 0);
        at_b = to_b + (next ? next->piece.len : 0);
    }
    return err;
}

static enum error compare(struct difference *d, enum level level, struct gap gap)
{
    if (points_equal(gap.a, gap.b))
        return OK;
    if (gap.a.len == 0 || gap.b.len == 0 || d->work_left <= 0)
        return replace(d, gap.at, gap.a.len, gap.b);
    if (level == EXACTLY)
        return replace_exactly(d, gap);
    struct anchors anchors;
    enum error err = find_common(&anchors, level, gap, &d->work_left);
    if (err)
        return err;
    err = leave_rising(&anchors);
    if (!err)
        err = compare_between(d, level, gap, &anchors);
    anchors_deinit(&anchors);
    return err;
}

static enum error compare_texts(struct difference *d, struct points a, struct points b)
{
    const size_t most = a.len < b.len ? a.len : b.len;
    size_t start = 0, end = 0;
    while (start < most && a.ptr[start] == b.ptr[start])
        start++;
    while (end < most - start && a.ptr[a.len - 1 - end] == b.ptr[b.len - 1 - end])
        end++;
    const enum error err =
        compare(d, LINES, (struct gap){part(a, start, a.len - end), part(b, start, b.len - end), start});
    return err ? err : op_retain(&d->op, (uint32_t)a.len - d->at);
}

static enum error between(struct slice from, struct slice to, int64_t *work_left, struct op *out)
{
    struct difference d = {.work_left = *work_left};
    struct points a = {0}, b = {0};
    uint32_t *in_a = decode(from, &a.len), *in_b = decode(to, &b.len);
    a.ptr = in_a;
    b.ptr = in_b;
    enum error err = in_a && in_b ? OK : ERR_NO_MEMORY;
    if (!err && (a.len > OP_POINTS_MAX || b.len > OP_POINTS_MAX))
        err = ERR_BAD_OPERATION;
    if (!err)
        err = compare_texts(&d, a, b);
    if (!err) {
        op_deinit(out);
        *out = d.op;
    } else {
        op_deinit(&d.op);
    }
    *work_left = d.work_left;
    buf_deinit(&d.insert);
    mem_free(in_a);
    mem_free(in_b);
    return err;
}

enum error op_between(struct slice from, struct slice to, struct op *out)
{
    int64_t work_left = INT64_MAX;
    return between(from, to, &work_left, out);
}

enum error op_between_bounded(struct slice from, struct slice to, struct op *out, uint64_t *work)
{
    int64_t work_left = BETWEEN_STEPS_MOST;
    const enum error err = between(from, to, &work_left, out);
    *work += (uint64_t)(BETWEEN_STEPS_MOST - work_left) * STEP_NS + (uint64_t)(from.len + to.len) * POINT_NS;
    return err;
}
