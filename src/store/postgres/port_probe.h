/* port_probe.h - has the program behind an address gone?
 *
 * When a machine answers "connection refused", nothing listens there: the process has
 * ended, and others need not wait until its lease is over. */
#ifndef KOLABPAD_STORE_POSTGRES_PORT_PROBE_H
#define KOLABPAD_STORE_POSTGRES_PORT_PROBE_H

#include <stdbool.h>

/* True if the address, host:port or [host]:port, refuses a connection. False in all
 * other cases: it takes one, does not answer within 100 ms, or has a name instead of
 * a number, since looking up a name may take longer than a lease. */
bool port_refuses(const char *address);

#endif
