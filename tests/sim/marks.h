/* marks.h - code points that are each typed once, so that a text shows what
 * became of every edit: nothing may be there twice, and what was acknowledged
 * and not deleted must be there. */
#ifndef KOLABPAD_SIM_MARKS_H
#define KOLABPAD_SIM_MARKS_H

#include "sim/plain.h"

struct marks {
    uint32_t used;  /* how many were given out */
    uint8_t *state; /* of each: MARK_ACKED, MARK_DELETED */
};

void marks_init(struct marks *m);
void marks_deinit(struct marks *m);

/* A code point that nobody typed before; astral. 0 when all are used up. */
uint32_t marks_new(struct marks *m);
/* Points that are no marks are ignored. */
void marks_acked(struct marks *m, struct op_view op); /* all that it inserts */
void marks_deleted(struct marks *m, uint32_t point);

/* The first violation in the text, printed into `out`; false when there is
 * none. What was acknowledged may only be missing unless `acked_must_stay`. */
bool marks_find_violation(const struct marks *m, const struct plain *text, bool acked_must_stay, char *out,
                          size_t out_size);
uint32_t marks_count_acked(const struct marks *m);

#endif
