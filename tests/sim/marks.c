#include "sim/marks.h"

#include <stdio.h>
#include <stdlib.h>

/* Planes 3 and up: all astral, and none of random_point. */
enum { FIRST_POINT = 0x30000, LAST_POINT = 0x10fffe, MARKS_MAX = LAST_POINT - FIRST_POINT + 1 };
enum { MARK_ACKED = 1, MARK_DELETED = 2 };

void marks_init(struct marks *m)
{
    m->used = 0;
    m->state = calloc(MARKS_MAX, 1);
    if (!m->state)
        abort();
}

void marks_deinit(struct marks *m)
{
    free(m->state);
}

uint32_t marks_new(struct marks *m)
{
    return m->used < MARKS_MAX ? FIRST_POINT + m->used++ : 0;
}

static bool is_mark(const struct marks *m, uint32_t point)
{
    return point >= FIRST_POINT && point < FIRST_POINT + m->used;
}

static void set(struct marks *m, uint32_t point, uint8_t state)
{
    if (is_mark(m, point))
        m->state[point - FIRST_POINT] |= state;
}

static void set_acked(void *arg, uint32_t point)
{
    set(arg, point, MARK_ACKED);
}

void marks_acked(struct marks *m, struct op_view op)
{
    struct op_iter it = op_iter(op);
    while (op_iter_next(&it)) {
        if (it.kind == OP_INSERT)
            utf8_each(it.text, set_acked, m);
    }
}

void marks_deleted(struct marks *m, uint32_t point)
{
    set(m, point, MARK_DELETED);
}

bool marks_find_violation(const struct marks *m, const struct plain *text, bool acked_must_stay, char *out,
                          size_t out_size)
{
    uint8_t *times = calloc(MARKS_MAX, 1);
    if (!times)
        abort();
    bool found = false;
    for (uint32_t i = 0; i < text->len && !found; i++) {
        found = is_mark(m, text->points[i]) && ++times[text->points[i] - FIRST_POINT] > 1;
        if (found)
            snprintf(out, out_size, "mark U+%X is in the text twice", text->points[i]);
    }
    for (uint32_t i = 0; acked_must_stay && i < m->used && !found; i++) {
        found = m->state[i] == MARK_ACKED && times[i] == 0;
        if (found)
            snprintf(out, out_size, "mark U+%X was acknowledged and is lost", FIRST_POINT + i);
    }
    free(times);
    return found;
}

uint32_t marks_count_acked(const struct marks *m)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < m->used; i++)
        count += m->state[i] & MARK_ACKED;
    return count;
}
