/* known_database.h - what is remembered of the database, by which a wrong one in its place
 * is known.
 *
 * DATABASE_URL names an address, and an address may come to lead elsewhere: a name that is
 * moved, a proxy that is set up wrongly, a former primary that comes back. Two things are
 * remembered for as long as the process lives.
 *
 * The *fingerprint*: of the secret that was made with the tables (kp_cluster). The database of
 * other servers has another one, and an empty server has none. A backup that is restored has the
 * same, and is ours. The first that is seen is believed: a server that is started knows no other.
 *
 * The newest *timeline*. When a standby takes over it begins one, with a larger number than all
 * before. A former primary takes writes all the same, on its old timeline, and whatever is written
 * there is lost when it is made to follow. Only servers of one database system are compared:
 * copies of each other, which a restored dump is not. Two standbys that were both promoted may be
 * on timelines of the same number and cannot be told apart, and of a server that does not say
 * (relatives of PostgreSQL) nothing is known: that one is used as it is. */
#ifndef KOLABPAD_STORE_POSTGRES_KNOWN_DATABASE_H
#define KOLABPAD_STORE_POSTGRES_KNOWN_DATABASE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct lineage {
    uint64_t system; /* 0: the server does not say */
    uint32_t timeline;
};

enum { FINGERPRINT_CHARS = 64 };
struct fingerprint {
    char hex[FINGERPRINT_CHARS + 1]; /* "": there is none */
};

/* Of all connections to one database. Any thread. */
struct known_database {
    pthread_mutex_t lock;
    struct lineage newest;
    struct fingerprint fingerprint;
};
#define KNOWN_DATABASE_NONE ((struct known_database){.lock = PTHREAD_MUTEX_INITIALIZER})

bool known_database_has_fingerprint(struct known_database *known);
/* Has it another fingerprint than the one that is known, or none? The first is remembered. */
bool known_database_is_another(struct known_database *known, const struct fingerprint *found);

/* Remembers it if it is newer, or of another system: then a backup was restored there. */
void known_database_note(struct known_database *known, struct lineage lineage);
/* Is there a newer one of the same system? */
bool known_database_is_past(struct known_database *known, struct lineage lineage);

#endif
