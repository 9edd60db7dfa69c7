/* request_deadline.h - ends connections that never finish a request.
 *
 * The HTTP library ends connections that are silent; one that sends a byte now
 * and then, it would keep for ever. Here each connection has, from its
 * beginning and again from each answer, a fixed time to come up with a whole
 * request. Then its socket is shut, which the library notices.
 *
 * A thread of its own, asleep while no connection waits. */
#ifndef KOLABPAD_NET_REQUEST_DEADLINE_H
#define KOLABPAD_NET_REQUEST_DEADLINE_H

#include "base/error.h"
#include <stdint.h>

struct deadline_watch;
struct deadline; /* of one connection */

enum error deadline_watch_open(int64_t limit_ms, struct deadline_watch **out);
/* Every deadline must have been freed. */
void deadline_watch_close(struct deadline_watch *watch);

/* Starts running; NULL (no memory) is taken by the others as no deadline. */
struct deadline *deadline_new(struct deadline_watch *watch, int fd);
void deadline_pause(struct deadline *d);   /* a request is complete */
void deadline_restart(struct deadline *d); /* it is answered */
/* Before the socket is closed. */
void deadline_free(struct deadline *d);

#endif
