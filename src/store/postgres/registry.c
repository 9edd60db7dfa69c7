#include "store/postgres/registry.h"

#include "store/postgres/columns.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { REGISTER_LOCK = 0x4b706d62 /* "Kpmb": only its being the same everywhere matters */ };
enum { LOCK_TIMEOUT_MS = 500, DEADLINE_MIN_MS = 1500 };

/* Who cannot live beside an address $1: see struct rival. */
#define RIVALS                                                                                               \
    " FROM kp_nodes n JOIN kp_beats b USING (incarnation) WHERE n.dead_at IS NULL"                           \
    " AND (n.address = $1::text OR n.address = '' OR $1::text = '')"

#define CONNECTIONS_OF                                                                                       \
    " FROM pg_stat_activity WHERE usename = current_user"                                                    \
    " AND application_name LIKE 'kolabpad ' || $1::int8 || ' %' AND pid <> pg_backend_pid()"

#define MS(interval) "(extract(epoch FROM " interval ") * 1000)::int8"
#define INTERVAL(ms) "(" ms "::int8 * interval '1 millisecond')"

enum statement {
    RIVAL,
    REGISTER,
    SECRET,
    BEAT,
    PEERS,
    CLOCK_WENT_BACK,
    REAP,
    TERMINATE,
    RESIGN,
    WAITING,
    CONNECTIONS,
    SWEEP_PLACEMENT,
    SWEEP_NODES,
    PROMISE,
    STATEMENT_COUNT
};
static const char *const STATEMENTS[STATEMENT_COUNT] = {
    [RIVAL] = "SELECT n.incarnation, n.address, (extract(epoch FROM b.seen_at) * 1000000)::int8,"
              " " MS("clock_timestamp() - b.seen_at") RIVALS " ORDER BY b.seen_at DESC LIMIT 1",
    /* $2 incarnation, $3 version */
    [REGISTER] = "WITH n AS (INSERT INTO kp_nodes (incarnation, address, version, protocol)"
                 " SELECT $2::int8, $1::text, $3::text, 1 WHERE NOT EXISTS (SELECT 1" RIVALS ")"
                 " RETURNING incarnation), l AS (INSERT INTO kp_lanes (incarnation, lane)"
                 " SELECT incarnation, lane FROM n, (VALUES (0::int2), (1::int2)) v (lane))"
                 " INSERT INTO kp_beats (incarnation, seen_at, steady_since)"
                 " SELECT incarnation, clock_timestamp(), clock_timestamp() FROM n RETURNING incarnation",
    [SECRET] = "SELECT value FROM kp_cluster WHERE name = 'secret'",
    /* clang-format off */
    /* $1 incarnation, $2 lease in ms, $3 draining. Whoever was silent for half a lease begins anew to be
       steady, and so does who seems to be from a time that is yet to come. */
    [BEAT] = "UPDATE kp_beats b SET seen_at = clock_timestamp(), draining = $3::bool, steady_since = CASE"
             " WHEN clock_timestamp() - b.seen_at > " INTERVAL("$2") " / 2"
             " OR b.steady_since > clock_timestamp() THEN clock_timestamp()"
             " ELSE b.steady_since END FROM kp_nodes n WHERE b.incarnation = $1::int8"
             " AND n.incarnation = $1::int8 AND n.dead_at IS NULL"
             " RETURNING " MS("clock_timestamp() - b.steady_since") ", " MS("clock_timestamp()"),
    /* clang-format on */
    [PEERS] = "SELECT n.incarnation, n.address, n.version, n.protocol, b.draining,"
              " " MS("clock_timestamp() - b.seen_at") " FROM kp_nodes n JOIN kp_beats b USING (incarnation)"
                                                      " WHERE n.dead_at IS NULL AND n.incarnation <> "
                                                      "$1::int8 ORDER BY n.incarnation LIMIT 64",
    /* Who has beaten in the future has not been silent for as long as that takes to come. */
    [CLOCK_WENT_BACK] = "UPDATE kp_beats SET seen_at = clock_timestamp() WHERE seen_at > clock_timestamp()",
    /* clang-format off */
    /* $1 judge, $2 target, $3 silence, $4 lease, $5 grace, in ms */
    [REAP] = "WITH x AS (SELECT b.incarnation FROM kp_beats b JOIN kp_nodes n USING (incarnation)"
             " WHERE b.incarnation = $2::int8 AND n.dead_at IS NULL"
             " AND b.seen_at < clock_timestamp() - " INTERVAL("$3")
             " AND ($1::int8 = 0 OR EXISTS (SELECT 1 FROM kp_beats me WHERE me.incarnation = $1::int8"
             " AND me.steady_since < clock_timestamp() - " INTERVAL("$4")
             " AND (b.seen_at >= me.steady_since OR me.steady_since < clock_timestamp() - " INTERVAL("$5") ")))),"
             " l AS (UPDATE kp_lanes SET dead = true WHERE incarnation IN (SELECT incarnation FROM x)"
             " RETURNING incarnation)"
             " UPDATE kp_nodes SET dead_at = clock_timestamp() WHERE dead_at IS NULL"
             " AND incarnation IN (SELECT incarnation FROM l) RETURNING incarnation",
    /* clang-format on */
    [TERMINATE] = "SELECT pg_terminate_backend(pid)" CONNECTIONS_OF,
    [CONNECTIONS] = "SELECT count(*)" CONNECTIONS_OF,
    [RESIGN] = "WITH l AS (UPDATE kp_lanes SET dead = true WHERE incarnation = $1::int8)"
               " UPDATE kp_nodes SET dead_at = clock_timestamp() WHERE dead_at IS NULL"
               " AND incarnation = $1::int8",
    [WAITING] =
        "SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND wait_event = 'SyncRep'",
    /* Nothing may point at a life that is deleted: who takes a document over looks whether its owner is dead.
     */
    [SWEEP_PLACEMENT] = "DELETE FROM kp_placement p USING kp_nodes n WHERE n.incarnation = p.owner"
                        " AND n.dead_at < clock_timestamp() - interval '10 minutes'",
    [SWEEP_NODES] = "DELETE FROM kp_nodes n WHERE n.dead_at < clock_timestamp() - interval '10 minutes'"
                    " AND NOT EXISTS (SELECT 1 FROM kp_placement p WHERE p.owner = n.incarnation)",
    /* not what this session says, but what one without words of its own has */
    [PROMISE] = "SELECT reset_val, current_setting('synchronous_standby_names') FROM pg_settings"
                " WHERE name = 'synchronous_commit'",
};

void registry_init(struct registry *r, const char *url, struct known_database *known, int64_t lease_ms)
{
    *r = (struct registry){
        .pg_config = {.url = url,
                      .known = known,
                      .statements = STATEMENTS,
                      .statement_count = STATEMENT_COUNT,
                      .deadline_ms = lease_ms / 2 > DEADLINE_MIN_MS ? lease_ms / 2 : DEADLINE_MIN_MS}};
    pg_init(&r->connection, &r->pg_config);
}

void registry_connection_name(uint64_t incarnation, const char *part, char out[REGISTRY_NAME_BYTES])
{
    snprintf(out, REGISTRY_NAME_BYTES, "kolabpad %" PRIu64 " %s", incarnation, part);
}

enum reply registry_connect(struct registry *r, const char *name)
{
    if (pg_is_current(&r->connection))
        return REPLY_OK;
    enum reply reply = pg_open(&r->connection, name);
    if (reply)
        return reply;
    char settings[96];
    snprintf(settings, sizeof settings, "SET lock_timeout = %d", LOCK_TIMEOUT_MS);
    pg_send_sql(&r->connection, "SET synchronous_commit = local");
    pg_send_sql(&r->connection, settings);
    reply = pg_end(&r->connection);
    if (reply)
        pg_close(&r->connection);
    return reply;
}

void registry_close(struct registry *r)
{
    pg_close(&r->connection);
}

/* Copies what fits, with an end. */
static void copy_text(char *out, size_t size, const PGresult *result, int row, int column)
{
    struct slice text = column_bytes(result, row, column);
    snprintf(out, size, "%.*s", (int)text.len, text.ptr ? text.ptr : "");
}

static int rows_of(const PGresult *result)
{
    return result ? PQntuples(result) : 0;
}

enum reply registry_register(struct registry *r, const struct store_config *config, uint64_t incarnation,
                             struct rival *rival, uint8_t secret[32])
{
    struct parameters none = {0}, address = {0}, life = {0};
    char lock[64];
    snprintf(lock, sizeof lock, "SELECT pg_advisory_xact_lock(%d)", REGISTER_LOCK);
    put_bytes(&address, config->address.ptr ? config->address : SLICE(""));
    put_bytes(&life, config->address.ptr ? config->address : SLICE(""));
    put_int8(&life, (int64_t)incarnation);
    put_bytes(&life, config->version.ptr ? config->version : SLICE(""));
    pg_send_sql(&r->connection, lock);
    pg_send(&r->connection, RIVAL, &address);
    pg_send(&r->connection, REGISTER, &life);
    pg_send(&r->connection, SECRET, &none);
    pg_next(&r->connection);
    *rival = (struct rival){0};
    const PGresult *found = pg_next(&r->connection);
    if (rows_of(found) > 0) {
        rival->incarnation = (uint64_t)column_int(found, 0, 0);
        copy_text(rival->address, sizeof rival->address, found, 0, 1);
        rival->seen_at_us = column_int(found, 0, 2);
        rival->silent_ms = column_int(found, 0, 3);
    }
    pg_next(&r->connection);
    struct slice value = column_bytes(pg_next(&r->connection), 0, 0);
    if (value.len == 32)
        memcpy(secret, value.ptr, 32);
    return pg_end(&r->connection);
}

static void read_peer(const PGresult *result, int row, struct store_peer *out)
{
    *out = (struct store_peer){
        .incarnation = (uint64_t)column_int(result, row, 0),
        .protocol = (uint32_t)column_int(result, row, 3),
        .is_draining = column_bool(result, row, 4),
        .silent_ms = column_int(result, row, 5),
    };
    copy_text(out->address, sizeof out->address, result, row, 1);
    copy_text(out->version, sizeof out->version, result, row, 2);
}

enum reply registry_beat(struct registry *r, uint64_t incarnation, bool is_draining, int64_t lease_ms,
                         struct beat *out)
{
    struct parameters me = {0}, others = {0};
    put_int8(&me, (int64_t)incarnation);
    put_int8(&me, lease_ms);
    put_bool(&me, is_draining);
    put_int8(&others, (int64_t)incarnation);
    pg_send(&r->connection, BEAT, &me);
    pg_send(&r->connection, PEERS, &others);
    const PGresult *beat = pg_next(&r->connection);
    out->is_dead = rows_of(beat) == 0;
    out->steady_ms = beat ? column_int(beat, 0, 0) : 0;
    out->database_ms = beat ? column_int(beat, 0, 1) : 0;
    const PGresult *peers = pg_next(&r->connection);
    out->peer_count = 0;
    for (int row = 0; row < rows_of(peers) && out->peer_count < STORE_PEERS_MAX; row++)
        read_peer(peers, row, &out->peers[out->peer_count++]);
    return pg_end(&r->connection);
}

enum reply registry_clock_went_back(struct registry *r)
{
    struct parameters none = {0};
    return pg_run(&r->connection, CLOCK_WENT_BACK, &none, NULL);
}

enum reply registry_reap(struct registry *r, uint64_t judge, uint64_t target, const struct patience *patience,
                         bool *is_dead)
{
    struct parameters p = {0};
    uint64_t rows = 0;
    put_int8(&p, (int64_t)judge);
    put_int8(&p, (int64_t)target);
    put_int8(&p, patience->silent_ms);
    put_int8(&p, patience->lease_ms);
    put_int8(&p, patience->grace_ms);
    enum reply reply = pg_run(&r->connection, REAP, &p, &rows);
    *is_dead = reply == REPLY_OK && rows > 0;
    return reply;
}

static enum reply run_for(struct registry *r, enum statement statement, uint64_t incarnation)
{
    struct parameters p = {0};
    put_int8(&p, (int64_t)incarnation);
    return pg_run(&r->connection, statement, &p, NULL);
}

enum reply registry_terminate(struct registry *r, uint64_t target)
{
    return run_for(r, TERMINATE, target);
}

enum reply registry_resign(struct registry *r, uint64_t incarnation)
{
    return run_for(r, RESIGN, incarnation);
}

static enum reply count(struct registry *r, enum statement statement, const struct parameters *p,
                        uint32_t *out)
{
    pg_send(&r->connection, statement, p);
    const PGresult *result = pg_next(&r->connection);
    *out = result ? (uint32_t)column_int(result, 0, 0) : 0;
    return pg_end(&r->connection);
}

enum reply registry_waiting_for_standby(struct registry *r, uint32_t *out)
{
    struct parameters none = {0};
    return count(r, WAITING, &none, out);
}

enum reply registry_connections(struct registry *r, uint64_t target, uint32_t *out)
{
    struct parameters p = {0};
    put_int8(&p, (int64_t)target);
    return count(r, CONNECTIONS, &p, out);
}

enum reply registry_sweep(struct registry *r)
{
    struct parameters none = {0};
    pg_send(&r->connection, SWEEP_PLACEMENT, &none);
    pg_send(&r->connection, SWEEP_NODES, &none);
    return pg_end(&r->connection);
}

enum reply registry_promise(struct registry *r, struct promise *out)
{
    struct parameters none = {0};
    pg_send(&r->connection, PROMISE, &none);
    const PGresult *result = pg_next(&r->connection);
    if (rows_of(result) > 0) {
        copy_text(out->synchronous_commit, sizeof out->synchronous_commit, result, 0, 0);
        copy_text(out->standby_names, sizeof out->standby_names, result, 0, 1);
    }
    return pg_end(&r->connection);
}
