/* unique_points.h - code points that are each typed once, so that a text shows
 * what became of every edit: none may be there twice that was not brought back, and
 * each that was acknowledged and not deleted must be there. */
#ifndef KOLABPAD_SIM_UNIQUE_POINTS_H
#define KOLABPAD_SIM_UNIQUE_POINTS_H

#include "sim/reference_text.h"

struct unique_points {
    uint32_t used;  /* how many were given out */
    uint8_t *state; /* of each: POINT_ACKED, POINT_MAY_BE_MISSING */
};

void unique_points_init(struct unique_points *u);
void unique_points_deinit(struct unique_points *u);

/* A code point that nobody typed before; astral. 0 when all are used up. */
uint32_t unique_points_next(struct unique_points *u);
/* Points that are not unique ones are ignored. */
void unique_points_acked(struct unique_points *u, struct op_view op); /* all that it inserts */
void unique_points_deleted(struct unique_points *u, uint32_t point);
/* Somebody may put it in again who had read it before it was deleted. */
void unique_points_brought_back(struct unique_points *u, uint32_t point);
/* The document was deleted: all that were given out may be missing. */
void unique_points_expired(struct unique_points *u);

/* The first violation in the text, printed into `out`; false when there is
 * none. Acknowledged ones may be missing unless `acked_must_stay`. */
bool unique_points_find_violation(const struct unique_points *u, const struct reference_text *text,
                                  bool acked_must_stay, char *out, size_t out_size);
uint32_t unique_points_count_acked(const struct unique_points *u);

#endif
