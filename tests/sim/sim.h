/* sim.h - a run of the simulation: a gateway with its documents, the seats in
 * front of it, and one source of chance for everything.
 *
 *     sim_open ─► step (events.h), as often as the profile says ─► settle, compare (outcome.h) */
#ifndef KOLABPAD_SIM_SIM_H
#define KOLABPAD_SIM_SIM_H

#include "sim/client.h"
#include "sim/gateway.h"

enum {
    SIM_SECOND_MS = 1000,
    SIM_MINUTE_MS = 60 * SIM_SECOND_MS,
    SIM_RETENTION_MS = 10 * SIM_MINUTE_MS,
    SIM_EXPIRY_MS = 24 * 60 * SIM_MINUTE_MS,
};

/* What a run is like. The chances are in 10,000 steps. */
struct profile {
    const char *name;
    unsigned documents, clients, steps;
    unsigned v1_percent;
    unsigned view_percent; /* of the v2 clients: they come by a link for reading */
    unsigned pen;          /* the owner of a document takes the pen, or gives it back */
    unsigned crash, cut, evict, outage, password, restart, expire;
    unsigned bring_back;    /* an earlier text is brought back over HTTP; not of a server that is_lazy */
    unsigned die;           /* a client's process */
    uint32_t message_bytes; /* 0: as the server has it */
    uint32_t document_bytes, history_bytes, v1_history_bytes, uncommitted_bytes;
    unsigned outbox_max;
    bool is_lazy; /* without a journal: a crash takes back what was seen */
};

struct sim_document {
    char id[16];
    struct unique_points points;
    void *oracle;       /* commenting.c */
    struct buf earlier; /* a text that was committed once; empty: none is known */
};

/* A client and the connection it holds. */
struct seat {
    struct sim_client client;
    struct sim_conn *conn; /* NULL: away */
};

struct sim {
    struct random random;
    struct profile profile;
    struct gateway gateway;
    struct sim_document documents[GATEWAY_DOCUMENTS_MAX];
    struct seat *seats;
    uint64_t steps;
    struct {
        uint64_t made, deleted, moved, checked, lost, came_back, compared;
    } comments; /* commenting.h */
};

/* ---- make and let go ---- */

void sim_open(struct sim *sim, const struct profile *profile, struct random random);
void sim_close(struct sim *sim);

/* ---- look ---- */

/* Fails the test, saying where. */
void sim_fail(const struct sim *sim, const char *what);
/* What must hold at any time; notices documents that were deleted. */
void sim_check(struct sim *sim);
bool sim_is_in(const struct seat *seat, const struct sim_document *doc);

/* ---- the network ---- */

/* Harmless when it is connected. */
void sim_connect(struct sim *sim, struct seat *seat);
/* The client gives its connection up; the gateway may get some of what is
 * still on the way, and notices later. */
void sim_hang_up(struct sim *sim, struct seat *seat);
/* The oldest message down arrives. */
void sim_deliver(struct sim *sim, struct seat *seat);
/* The gateway notices those that have nobody at the other end any more. */
void sim_notice_dead(struct sim *sim);

/* ---- the store ---- */

/* Everything that can be is carried out and answered, and the turn ends. */
void sim_answer_everything(struct sim *sim);

#endif
