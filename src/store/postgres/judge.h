/* judge.h - declaring another server dead: how long it must have been silent, and doing so.
 *
 * The database judges by its own clock and the same patience (registry_reap), so whoever is declared dead
 * wrongly here is not; what is decided here is when it is worth asking. Who is waited for how long, and why:
 * members.h and docs/decisions/096.
 *
 * The beating thread's, and members_open's before that. */
#ifndef KOLABPAD_STORE_POSTGRES_JUDGE_H
#define KOLABPAD_STORE_POSTGRES_JUDGE_H

#include "store/postgres/registry.h"

enum { JUDGE_GONE_MS = 2000 }; /* of silence are enough if a process has ended, as far as can be seen */

struct judge {
    const struct store_config *config; /* borrowed, as is the registry */
    struct registry *registry;         /* connected, whenever something is asked */
    int64_t lease_ms;
};

/* What that server must have let pass. Looks whether its process still exists, once it has been silent for
 * JUDGE_GONE_MS: by its address, or by its connections where it has none. */
struct patience judge_patience(const struct judge *j, uint64_t incarnation, const char *address,
                               int64_t silent_ms);

/* Declares `target` dead if it has been silent for long enough, and tells STORE_EVENT_REAPED. Where something
 * that it has under way is in the way, that is ended, for the next attempt. `judge`: the life that judges,
 * 0: the caller has watched for that long. */
void judge_reap(const struct judge *j, uint64_t judge, uint64_t target, const struct patience *patience);

/* Declares dead whoever has been silent for long enough, of all those that the latest beat of `judge` has
 * seen. */
void judge_peers(const struct judge *j, uint64_t judge, const struct beat *beat);

#endif
