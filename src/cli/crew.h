/* crew.h - the agents of this program, one for each pad, and the servers they are on. */
#ifndef KOLABPAD_CLI_CREW_H
#define KOLABPAD_CLI_CREW_H

#include "cli/agent.h"

enum { CREW_AGENTS_MAX = 16, CREW_SERVERS_MAX = 4, CREW_NAME_BYTES = 72 };

struct crew {
    uv_loop_t *loop;
    struct password *password;  /* for pads whose address has none */
    char name[CREW_NAME_BYTES]; /* as whom all of them join */
    uint16_t hue;
    void *owner;                       /* of each agent */
    void (*happened)(struct agent *a); /* to each agent */
    struct net nets[CREW_SERVERS_MAX];
    size_t net_count;
    struct agent *agents[CREW_AGENTS_MAX]; /* in the order in which they were opened */
    size_t agent_count;
    struct agent *latest; /* who was asked for last; NULL: none yet */
};

/* The agent in that pad, who joins if need be, anew if that did not go on. NULL, and why in
 * *problem (static), when it cannot be. */
struct agent *crew_agent(struct crew *c, const struct address *address, const char **problem);

/* True while something that was written is on its way. */
bool crew_has_unsent(const struct crew *c);

/* All leave; then everything is let go, once the loop has nothing else on it. */
void crew_leave(struct crew *c);
void crew_deinit(struct crew *c);

#endif
