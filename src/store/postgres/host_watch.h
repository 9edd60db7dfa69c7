/* host_watch.h - what the thread that beats notices about the hosts of DATABASE_URL, and
 * tells: former primaries, and the databases of others (known_database.h).
 *
 * The beating thread only. */
#ifndef KOLABPAD_STORE_POSTGRES_HOST_WATCH_H
#define KOLABPAD_STORE_POSTGRES_HOST_WATCH_H

#include "store/postgres/registry.h"

/* Zeroed at first. */
struct host_watch {
    int told;          /* pg_wrong_host.what of the one that was told of last and is still there */
    bool is_kept_out;  /* the one that can be reached is a wrong one, and that was told */
    int64_t looked_us; /* at the others; 0: never */
};

/* registry_connect as a life's beat, and tells when it fails because of a wrong host, and when it
 * works again after that. */
enum reply host_watch_connect(struct host_watch *w, const struct store_config *config, struct registry *r,
                              uint64_t incarnation);

/* If it is time to: has one of the other hosts taken over, while the one that we have goes
 * on? The lanes follow by themselves. With the registry connected. A host that is silent does
 * not cost the beats that the lease is made of. */
void host_watch_look(struct host_watch *w, const struct store_config *config, struct registry *r,
                     int64_t lease_ms);

#endif
