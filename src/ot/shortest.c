#include "ot/shortest.h"

enum {
    STEPS_MOST = 250,
    MIDDLE = STEPS_MOST + 1, /* where k = 0 is in a row */
    ROW = 2 * STEPS_MOST + 3,
    ROW_WORK = ROW / 8, /* to keep a row, in steps */
    UNREACHED = -2,
};

/* The farthest x on each diagonal, before each number of steps: the trail by which the
 * way is found back. */
struct walk {
    struct points a, b;
    int32_t farthest[ROW];
    struct buf trail; /* rows */
};

static const int32_t *row_of(const struct walk *w, unsigned steps)
{
    return (const int32_t *)(const void *)w->trail.ptr + (size_t)steps * ROW;
}

/* Where diagonal k is reached by one step right, and by one down. */
static int32_t step_right(const struct walk *w, const int32_t *row, int32_t k)
{
    const int32_t left = row[MIDDLE + k - 1];
    return left >= 0 && (size_t)left < w->a.len ? left + 1 : UNREACHED;
}

static int32_t step_down(const struct walk *w, const int32_t *row, int32_t k)
{
    const int32_t above = row[MIDDLE + k + 1];
    return above >= 0 && (int64_t)above - k <= (int64_t)w->b.len ? above : UNREACHED;
}

/* Along what both have. */
static int32_t slide(const struct walk *w, int32_t x, int32_t k)
{
    while (x >= 0 && (size_t)x < w->a.len && (size_t)(x - k) < w->b.len && w->a.ptr[x] == w->b.ptr[x - k])
        x++;
    return x;
}

/* One step more on each diagonal; true when that leads to the end. */
static bool advance(struct walk *w, unsigned steps)
{
    const int32_t *before = row_of(w, steps);
    const int32_t d = (int32_t)steps;
    for (int32_t k = -d; k <= d; k += 2) {
        const int32_t right = step_right(w, before, k), down = step_down(w, before, k);
        const int32_t x = slide(w, d == 0 ? 0 : right > down ? right : down, k);
        w->farthest[MIDDLE + k] = x;
        if (x >= 0 && (size_t)x == w->a.len && (size_t)(x - k) == w->b.len)
            return true;
    }
    return false;
}

/* From the end to the start; the steps come out in their order. */
static enum error walk_back(const struct walk *w, unsigned steps, struct shortest *way)
{
    int32_t x = (int32_t)w->a.len, y = (int32_t)w->b.len;
    const enum error err = buf_reserve(&way->steps, (steps + 1) * sizeof(struct step));
    if (err)
        return err;
    struct step *out = (struct step *)(void *)way->steps.ptr;
    way->count = steps;
    for (unsigned d = steps; d > 0; d--) {
        const int32_t *row = row_of(w, d);
        const int32_t k = x - y;
        const bool is_insert = step_down(w, row, k) >= step_right(w, row, k);
        const int32_t from = is_insert ? k + 1 : k - 1;
        x = row[MIDDLE + from];
        y = x - from;
        out[d - 1] = (struct step){(uint32_t)x, (uint32_t)y, is_insert};
    }
    return OK;
}

static enum error find(struct walk *w, struct shortest *way, int64_t *work_left, bool *is_found)
{
    for (int i = 0; i < ROW; i++)
        w->farthest[i] = UNREACHED;
    for (unsigned d = 0; d <= STEPS_MOST && *work_left > 0; d++) {
        *work_left -= d + ROW_WORK;
        const enum error err = buf_append(&w->trail, slice_of(w->farthest, sizeof w->farthest));
        if (err)
            return err;
        if (advance(w, d)) {
            *is_found = true;
            return walk_back(w, d, way);
        }
    }
    return OK;
}

enum error shortest_find(struct shortest *way, struct points a, struct points b, int64_t *work_left,
                         bool *is_found)
{
    const size_t longer = a.len > b.len ? a.len : b.len, shorter = a.len > b.len ? b.len : a.len;
    *is_found = false;
    if (longer - shorter > STEPS_MOST)
        return OK;
    struct walk w = {.a = a, .b = b};
    const enum error err = find(&w, way, work_left, is_found);
    buf_deinit(&w.trail);
    return err;
}

void shortest_deinit(struct shortest *way)
{
    buf_deinit(&way->steps);
}
