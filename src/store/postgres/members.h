/* members.h - this server among those that share the database: its life, and the
 * others.
 *
 * A life is a row in kp_nodes with a random number, and one row in kp_lanes for each
 * writing connection: whoever writes locks its lane's row where it is not dead. The
 * others may set `dead`, once and for ever; then this life is over, whatever this
 * server believes. That row is what makes it safe (docs/decisions/092); all below
 * only decides when it happens.
 *
 *     none ──registers──► living ──declared dead, resigns──► over ──members_rejoin──► none
 *
 * A thread of its own beats once a second, or four times in a lease. Who has been silent for a lease is
 * declared dead by the others; for two seconds, if its process has ended: its address refuses connections, or
 * it has no address and no connection to the database. A judge must itself have beaten steadily for a lease,
 * and for two to judge one who has not beaten since: the database may have been away for both, longer than
 * a lease, and the judge have found it first (docs/decisions/096).
 *
 * A server that reaches the database by its beat, but on a lane not for ten seconds of
 * good beats, resigns if there are others: they can serve its documents, and it cannot. A
 * commit that waits for a standby is no such case, since it would wait everywhere, nor is
 * an outage of the database.
 *
 * Two servers with one address are a mistake: the second does not start. Without an
 * address a server must be alone: it waits until no other lives, and while it lives
 * the others wait.
 *
 * Threads. Any, unless a function says otherwise. Events are told on the beating
 * thread, in members_open, or on the thread that notes a death. */
#ifndef KOLABPAD_STORE_POSTGRES_MEMBERS_H
#define KOLABPAD_STORE_POSTGRES_MEMBERS_H

#include "store/message.h"
#include "store/postgres/connection.h"
#include "store/store.h"

enum { LANE_APPENDS, LANE_DOCUMENTS, LANE_COUNT };
enum { MEMBERS_LEASE_MS = 5000 };

struct members;

/* Begins a life, when the tables are there, and the beating. Waits for others where
 * it must (STORE_EVENT_WAITING, STORE_EVENT_LOCKED), asking config->should_stop.
 * Errors are those of store_open. `url`, `known` and `config` are borrowed until members_close. */
enum error members_open(const struct store_config *config, const char *url, struct known_database *known,
                        struct members **out, char message[MESSAGE_BYTES]);
/* Resigns: everything this life owns is free for others. */
void members_close(struct members *m);

/* The life in which a lane may write now. */
struct life {
    uint64_t incarnation; /* 0: none yet; nothing can be written until the next one begins */
    uint32_t number;      /* of the latest rejoin: requests of another number belong to an earlier life */
    bool is_over;
};
struct life members_life(const struct members *m);
/* The same; where the next one is to begin and has not, waits for that, at most AWAIT_LIFE_MS. */
enum { AWAIT_LIFE_MS = 2000 };
struct life members_await_life(struct members *m);

/* A lane found that this life is dead: it is over from now on, and STORE_EVENT_DEAD
 * is told, once. */
void members_note_death(struct members *m, uint64_t incarnation);

/* A lane says after each attempt whether PostgreSQL has answered it, whatever the
 * answer was. That lane's thread. */
void members_note_answer(struct members *m, uint32_t lane, bool has_answered);

/* For engine_ops. */
uint32_t members_peers(const struct members *m, struct store_peer out[STORE_PEERS_MAX]);
struct store_identity members_identity(const struct members *m);
int64_t members_lease_left_ms(const struct members *m);
void members_set_draining(struct members *m);
/* Ends this life, without STORE_EVENT_DEAD: everything it owns is free for others. Waits
 * until that is done, at most RESIGN_TIMEOUT_MS. */
enum { RESIGN_TIMEOUT_MS = 3000 };
void members_resign(struct members *m);
/* Returns at once; the life begins as soon as the beating thread has registered it. */
void members_rejoin(struct members *m, uint32_t life);

#endif
