/* request_deadline.h - ends connections that never finish a request.
 *
 * The HTTP library ends connections that are silent, but would keep one that
 * sends a byte now and then for ever. So each connection has, from its beginning
 * and again from each answer, a fixed time to send a whole request. When it has
 * passed the socket is shut down, which the library notices.
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
