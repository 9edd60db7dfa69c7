/* host.h - DATABASE_URL, one of its hosts at a time.
 *
 * libpq takes a list of hosts, but goes on to the next one after a time-out only
 * in its blocking form. So the list is taken apart here, and each host is given to
 * libpq alone, with the settings that are ours unless the URL says otherwise. */
#ifndef KOLABPAD_STORE_POSTGRES_HOST_H
#define KOLABPAD_STORE_POSTGRES_HOST_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

enum { HOST_DEADLINE_MS = 2 * 1000 };

/* Is the text one that libpq can read? It says no more than that, since libpq's
 * own sentence may quote the password. */
bool host_url_is_valid(const char *url);

/* How many hosts the URL names; 1 when it names none, for libpq's default. 0: it is not valid. */
uint32_t host_count(const char *url);

/* Begins to connect to the host with that index, called `name` in pg_stat_activity.
 * *deadline_ms: how long it may take, connect_timeout or HOST_DEADLINE_MS. NULL:
 * no memory. Blocks no longer than the machine's resolver does. */
PGconn *host_connect(const char *url, uint32_t index, const char *name, int64_t *deadline_ms);

#endif
