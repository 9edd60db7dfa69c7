/* members.h - this server among those that share the database: its life, and the
 * others.
 *
 * A life is a row in kp_nodes with a random number, and one row in kp_lanes for each
 * writing connection: whoever writes locks its lane's row where it is not dead. The
 * others may set `dead`, once and for ever; then this life is over, whatever this
 * server believes. */
#ifndef KOLABPAD_STORE_POSTGRES_MEMBERS_H
#define KOLABPAD_STORE_POSTGRES_MEMBERS_H

#include "store/message.h"
#include "store/postgres/connection.h"
#include "store/store.h"

enum { LANE_APPENDS, LANE_DOCUMENTS, LANE_COUNT };

struct members;

/* Registers this server, when the tables are there. Waits for another server where
 * only one may run, asking config->should_stop. Errors are those of store_open. `url`
 * is borrowed for life. */
enum error members_open(const struct store_config *config, const char *url, struct members **out,
                        char message[MESSAGE_BYTES]);
/* Resigns: everything this life owns is free for others. */
void members_close(struct members *m);

/* The life in which a lane may write now. Any thread. */
struct life {
    uint64_t incarnation;
    uint32_t number; /* of the latest rejoin: requests of another number belong to an earlier life */
    bool is_over;
};
struct life members_life(const struct members *m);

/* A lane found that this life is dead: it is over from now on, and STORE_EVENT_DEAD
 * is told, once. Any thread. */
void members_note_death(struct members *m, uint64_t incarnation);

/* For engine_ops; any thread. */
uint32_t members_peers(const struct members *m, struct store_peer out[STORE_PEERS_MAX]);
struct store_identity members_identity(const struct members *m);
int64_t members_lease_left_ms(const struct members *m);
void members_set_draining(struct members *m);
void members_rejoin(struct members *m, uint32_t life);

#endif
