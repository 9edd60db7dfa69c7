/* outcome.h - how a run ends: everything arrives, and all must be the same. */
#ifndef KOLABPAD_SIM_OUTCOME_H
#define KOLABPAD_SIM_OUTCOME_H

#include "sim/sim.h"

/* The store works, everybody is connected, nobody types any more, and everything
 * arrives. Fails when it does not come to rest. */
void sim_settle(struct sim *sim);

/* Texts, unique code points, people, languages and passwords. Fails where they differ. */
void sim_compare(struct sim *sim);

#endif
