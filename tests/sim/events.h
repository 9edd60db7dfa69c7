/* events.h - what may happen in a step: what people do, what the network, the
 * server and the store do, and trouble. */
#ifndef KOLABPAD_SIM_EVENTS_H
#define KOLABPAD_SIM_EVENTS_H

#include "sim/sim.h"

/* One event, perhaps some trouble, and a check. */
void sim_step(struct sim *sim);

/* Stops the server in order while people go on typing, and starts it anew. A
 * store that fails at the time recovers in the end. */
void sim_restart_server(struct sim *sim);

#endif
