#include "sim/unique_points.h"

#include <stdio.h>
#include <stdlib.h>

/* Planes 3 and up: all astral, and none of random_point. */
enum { FIRST_POINT = 0x30000, LAST_POINT = 0x10fffe, POINTS_MAX = LAST_POINT - FIRST_POINT + 1 };
enum { POINT_ACKED = 1, POINT_MAY_BE_MISSING = 2, POINT_MAY_BE_DOUBLED = 4 };

void unique_points_init(struct unique_points *u)
{
    u->used = 0;
    u->state = calloc(POINTS_MAX, 1);
    if (!u->state)
        abort();
}

void unique_points_deinit(struct unique_points *u)
{
    free(u->state);
}

uint32_t unique_points_next(struct unique_points *u)
{
    return u->used < POINTS_MAX ? FIRST_POINT + u->used++ : 0;
}

static bool is_unique(const struct unique_points *u, uint32_t point)
{
    return point >= FIRST_POINT && point < FIRST_POINT + u->used;
}

static void set(struct unique_points *u, uint32_t point, uint8_t state)
{
    if (is_unique(u, point))
        u->state[point - FIRST_POINT] |= state;
}

static void set_acked(void *arg, uint32_t point)
{
    set(arg, point, POINT_ACKED);
}

void unique_points_acked(struct unique_points *u, struct op_view op)
{
    struct op_iter it = op_iter(op);
    while (op_iter_next(&it)) {
        if (it.kind == OP_INSERT)
            utf8_each(it.text, set_acked, u);
    }
}

void unique_points_deleted(struct unique_points *u, uint32_t point)
{
    set(u, point, POINT_MAY_BE_MISSING);
}

void unique_points_brought_back(struct unique_points *u, uint32_t point)
{
    set(u, point, POINT_MAY_BE_MISSING | POINT_MAY_BE_DOUBLED);
}

void unique_points_expired(struct unique_points *u)
{
    for (uint32_t i = 0; i < u->used; i++)
        u->state[i] |= POINT_MAY_BE_MISSING;
}

bool unique_points_find_violation(const struct unique_points *u, const struct reference_text *text,
                                  bool acked_must_stay, char *out, size_t out_size)
{
    uint8_t *times = calloc(POINTS_MAX, 1);
    if (!times)
        abort();
    bool found = false;
    for (uint32_t i = 0; i < text->len && !found; i++) {
        if (!is_unique(u, text->points[i]))
            continue;
        const uint32_t point = text->points[i] - FIRST_POINT;
        times[point] += times[point] < 2;
        found = times[point] > 1 && !(u->state[point] & POINT_MAY_BE_DOUBLED);
        if (found)
            snprintf(out, out_size, "U+%X is in the text twice", text->points[i]);
    }
    for (uint32_t i = 0; acked_must_stay && i < u->used && !found; i++) {
        found = u->state[i] == POINT_ACKED && times[i] == 0;
        if (found)
            snprintf(out, out_size, "U+%X was acknowledged and is lost", FIRST_POINT + i);
    }
    free(times);
    return found;
}

uint32_t unique_points_count_acked(const struct unique_points *u)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < u->used; i++)
        count += u->state[i] & POINT_ACKED;
    return count;
}
