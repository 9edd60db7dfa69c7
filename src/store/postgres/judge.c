#include "store/postgres/judge.h"

#include "store/event.h"
#include "store/postgres/port_probe.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- patience ----------------------------------------------------------------- */

/* Nobody listens where one has gone that can be reached; one that cannot has at least no
 * connection to the database any more. */
static bool has_gone(const struct judge *j, uint64_t incarnation, const char *address, int64_t silent_ms)
{
    uint32_t connections = 0;
    if (silent_ms < JUDGE_GONE_MS)
        return false;
    if (*address)
        return port_refuses(address);
    return registry_connections(j->registry, incarnation, &connections) == REPLY_OK && connections == 0;
}

/* One that has gone needs no grace: it looks for no database. */
struct patience judge_patience(const struct judge *j, uint64_t incarnation, const char *address,
                               int64_t silent_ms)
{
    const int64_t lease_ms = j->lease_ms;
    if (!has_gone(j, incarnation, address, silent_ms))
        return (struct patience){.silent_ms = lease_ms, .lease_ms = lease_ms, .grace_ms = 2 * lease_ms};
    return (struct patience){.silent_ms = lease_ms < JUDGE_GONE_MS ? lease_ms : JUDGE_GONE_MS,
                             .lease_ms = lease_ms,
                             .grace_ms = lease_ms};
}

/* ---- reaping ------------------------------------------------------------------ */

/* By the number that it has in GET /api/cluster. */
static void tell_reaped(const struct judge *j, uint64_t target)
{
    char name[24];
    snprintf(name, sizeof name, "%" PRIu64, target);
    event_tell(j->config, STORE_EVENT_REAPED, 0, 1, (struct slice){0}, name);
}

void judge_reap(const struct judge *j, uint64_t judge, uint64_t target, const struct patience *patience)
{
    bool is_dead;
    enum reply reply = registry_reap(j->registry, judge, target, patience, &is_dead);
    if (reply == REPLY_LOCKED)
        registry_terminate(j->registry, target);
    if (is_dead)
        tell_reaped(j, target);
}

/* The database judges by the same, and by its own clock; this saves asking it in vain. */
static bool may_be_dead(const struct patience *p, int64_t silent_ms, int64_t steady_ms)
{
    const bool has_beaten_since = silent_ms <= steady_ms;
    return silent_ms >= p->silent_ms && steady_ms >= (has_beaten_since ? p->lease_ms : p->grace_ms);
}

static bool has_future_beat(const struct beat *beat)
{
    bool has = false;
    for (uint32_t i = 0; i < beat->peer_count; i++)
        has |= beat->peers[i].silent_ms < 0;
    return has;
}

void judge_peers(const struct judge *j, uint64_t judge, const struct beat *beat)
{
    if (has_future_beat(beat) && registry_clock_went_back(j->registry))
        return;
    const int64_t steady_ms = beat->steady_ms;
    if (steady_ms < j->lease_ms)
        return;
    for (uint32_t i = 0; i < beat->peer_count; i++) {
        const struct store_peer *peer = &beat->peers[i];
        struct patience patience = judge_patience(j, peer->incarnation, peer->address, peer->silent_ms);
        if (may_be_dead(&patience, peer->silent_ms, steady_ms))
            judge_reap(j, judge, peer->incarnation, &patience);
    }
}
