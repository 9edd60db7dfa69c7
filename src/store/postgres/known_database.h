/* lineage.h - which of several primaries is the one with which the database goes on.
 *
 * When a standby takes over it begins a timeline, with a larger number than all before.
 * A former primary that comes back by itself takes writes all the same, on its old
 * timeline, and whatever is written there is lost when it is made to follow. So the
 * newest timeline that was seen is remembered, and a server on an older one is not used.
 *
 * Only servers of one database system are compared: copies of each other, which a
 * restored dump is not. Two standbys that were both promoted may be on timelines of the
 * same number and cannot be told apart, and of a server that does not say (relatives of
 * PostgreSQL) nothing is known: that one is used as it is. */
#ifndef KOLABPAD_STORE_POSTGRES_LINEAGE_H
#define KOLABPAD_STORE_POSTGRES_LINEAGE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct lineage {
    uint64_t system; /* 0: the server does not say */
    uint32_t timeline;
};

/* The newest that any connection to one database has seen. Any thread. */
struct newest_lineage {
    pthread_mutex_t lock;
    struct lineage seen;
};
#define NEWEST_LINEAGE_NONE ((struct newest_lineage){.lock = PTHREAD_MUTEX_INITIALIZER})

/* Remembers it if it is newer, or of another system: then the database was replaced. */
void newest_lineage_note(struct newest_lineage *newest, struct lineage lineage);
/* Is there a newer one of the same system? */
bool newest_lineage_is_past(struct newest_lineage *newest, struct lineage lineage);

#endif
