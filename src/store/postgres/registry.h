/* registry.h - the tables that say which servers share the database (kp_nodes,
 * kp_lanes, kp_beats), read and written on a connection of its own.
 *
 * Nothing here waits for a standby, so servers stay members while one is away. That
 * is safe since the log of PostgreSQL is in order: whoever builds on such a row waits
 * for his own commit, and so for the row.
 *
 * Times are the database's own, which are compared with each other only: no clock
 * of a server is read.
 *
 * One thread. Every call is one round trip, and what it answers counts only with
 * REPLY_OK; after REPLY_LOST the connection is closed, and registry_connect opens
 * it again. */
#ifndef KOLABPAD_STORE_POSTGRES_REGISTRY_H
#define KOLABPAD_STORE_POSTGRES_REGISTRY_H

#include "store/postgres/connection.h"
#include "store/postgres/promise.h"
#include "store/store.h"

struct registry {
    struct pg_config pg_config;
    struct pg_connection connection;
};

/* Sets the fields; connects nothing. `url` and
 * `known` are borrowed. A server that does not
 * answer for half a lease is given up, since a beat that comes later is of no use. */
void registry_init(struct registry *r, const char *url, struct known_database *known, int64_t lease_ms);
/* How a connection of a life is called in pg_stat_activity, so that others find it: one of `part`, a lane's
 * number for example. */
enum { REGISTRY_NAME_BYTES = 64 };
void registry_connection_name(uint64_t incarnation, const char *part, char out[REGISTRY_NAME_BYTES]);

/* Connects unless it is connected, to the primary that is known. `name`: how it is called in
 * pg_stat_activity. */
enum reply registry_connect(struct registry *r, const char *name);
void registry_close(struct registry *r);

/* A living server with which another one cannot live: it has the same address, or
 * one of the two has none. */
struct rival {
    uint64_t incarnation; /* 0: there is none */
    char address[256];
    int64_t seen_at_us; /* its latest beat, by the database's clock: changes with every beat */
    int64_t silent_ms;
};

/* Begins a life, unless there is a rival. At most one of several servers that do
 * this at the same time succeeds where they are rivals. `secret` is the cluster's. */
enum reply registry_register(struct registry *r, const struct store_config *config, uint64_t incarnation,
                             struct rival *rival, uint8_t secret[32]);

/* Between two beats, at most: several fit into half a lease, or nobody would count as steady. */
enum { BEAT_MS = 1000 };

struct beat {
    bool is_dead;        /* somebody has declared this life dead, or the database does not know it */
    int64_t steady_ms;   /* for how long this life has beaten without a gap of half a lease */
    int64_t database_ms; /* the database's clock at that moment, since the Unix epoch */
    uint32_t peer_count;
    struct store_peer peers[STORE_PEERS_MAX]; /* by incarnation */
};
/* A sign of life, and a look at the others. */
enum reply registry_beat(struct registry *r, uint64_t incarnation, bool is_draining, int64_t lease_ms,
                         struct beat *out);

/* The database's clock was put back: beats from before that lie in the future, and whoever they are of would
 * be thought alive until then. They count as beats of now. */
enum reply registry_clock_went_back(struct registry *r);

/* What a server must have let pass before it may be declared dead. */
struct patience {
    int64_t silent_ms; /* since its latest beat */
    /* For so long its judge must have beaten steadily: `lease_ms` in any case, `grace_ms`
     * where it has not beaten since the judge began to. Then the database may have been
     * away for both, and it is given the time to find it again. */
    int64_t lease_ms, grace_ms;
};

/* Declares `target` dead if it has been silent for long enough, once and for ever, after
 * waiting for whatever it has under way: what is written after that was not written
 * by it. *is_dead: this call has done so. `judge` 0: the caller has watched for that long.
 * REPLY_LOCKED: it has something under way that does not end, registry_terminate
 * ends it. REPLY_AGAIN: another judge was at work. */
enum reply registry_reap(struct registry *r, uint64_t judge, uint64_t target, const struct patience *patience,
                         bool *is_dead);
/* Ends the connections of a life that do not let go of the fence: its process may
 * stand still in the middle of a statement, which no time-out of PostgreSQL reaches. */
enum reply registry_terminate(struct registry *r, uint64_t target);

/* Ends this life itself, and so gives back all documents at once. Waits like registry_reap. */
enum reply registry_resign(struct registry *r, uint64_t incarnation);

/* How many commits of this role are waiting for a standby. */
enum reply registry_waiting_for_standby(struct registry *r, uint32_t *out);

/* How many connections that life has. */
enum reply registry_connections(struct registry *r, uint64_t target, uint32_t *out);

/* Deletes what is left of lives that have been over for a while. */
enum reply registry_sweep(struct registry *r);

/* What a commit of a lane promises. */
enum reply registry_promise(struct registry *r, struct promise *out);

#endif
