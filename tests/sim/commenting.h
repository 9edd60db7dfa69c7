/* commenting.h - comments in the simulation: made and deleted at random places while all type, and where they
 * must be.
 *
 * Beside each document stands an oracle that marks characters (support/marked_text.h). It is moved over what
 * is committed, as the pad's own history has it; where that does not reach back to what the oracle has seen
 * (a crash, an eviction) it begins anew from what the server says. */
#ifndef KOLABPAD_SIM_COMMENTING_H
#define KOLABPAD_SIM_COMMENTING_H

#include "sim/sim.h"

/* Somebody comments on a piece of a text, or deletes what is there. */
void somebody_comments(struct sim *sim);
/* Every place is where the oracle has it. */
void commenting_check(struct sim *sim);
/* In the end: every client that follows knows the same places. */
void commenting_compare(struct sim *sim);
void commenting_deinit(struct sim *sim);

#endif
