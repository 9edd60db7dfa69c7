/* gateway.h - the simulated server around one pad: connections, a storage
 * thread that commits late and in groups, crashes.
 *
 * It does what src/app does with a pad, in the same order: read, apply,
 * journal, commit, tell. */
#ifndef KOLABPAD_SIM_GATEWAY_H
#define KOLABPAD_SIM_GATEWAY_H

#include "sim/wire.h"
#include "support/random.h"
#include "support/shelf.h"

/* One connection, between a client (while it holds on) and the gateway (until
 * it notices). */
struct sim_conn {
    struct link link; /* in gateway->conns */
    struct pad_peer peer;
    struct wire_pipe up, down;
    struct pad_welcome welcome;
    struct buf snapshot; /* as it was when the peer joined */
    bool said_hello, is_welcomed, is_closed;
    bool is_stalled; /* its network delivers nothing down */
    bool has_client; /* somebody is at the other end */
};

struct sim_write;

struct gateway {
    struct pad pad;
    struct pad_limits limits;
    struct shelf shelf;
    struct link writes; /* struct sim_write: handed to the storage thread, not committed */
    struct link conns;
    int64_t now_ms;
    uint64_t epochs_begun;
    bool is_lazy;        /* no journal: everything counts as committed at once */
    unsigned outbox_max; /* messages that may wait for one connection */
    uint64_t told_operations, closed_conns, refused, resumed, snapshots;
};

void gateway_open(struct gateway *g);
void gateway_close(struct gateway *g);

struct sim_conn *gateway_accept(struct gateway *g);
/* The gateway notices that nobody is at the other end. */
void gateway_drop(struct gateway *g, struct sim_conn *conn);

/* Takes one message of the connection. */
void gateway_receive(struct gateway *g, struct sim_conn *conn);
/* Tells everyone what may be told and fits. */
void gateway_tell(struct gateway *g);

/* Hands what is new to the storage thread. */
void gateway_journal(struct gateway *g);
void gateway_snapshot(struct gateway *g, unsigned tail);
/* The storage thread commits the oldest writes. */
void gateway_commit(struct gateway *g, unsigned count);

void gateway_tick(struct gateway *g, int64_t later_ms);
/* The process dies: what was not committed is lost. The clients notice. */
void gateway_crash(struct gateway *g);
/* Nobody is there: the document leaves memory and comes back. */
void gateway_evict(struct gateway *g);

#endif
