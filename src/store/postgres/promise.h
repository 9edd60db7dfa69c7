/* promise.h - what a committed edit survives, as PostgreSQL is set up. */
#ifndef KOLABPAD_STORE_POSTGRES_PROMISE_H
#define KOLABPAD_STORE_POSTGRES_PROMISE_H

#include <stdint.h>

enum { PROMISE_BYTES = 96 };

struct promise {
    char synchronous_commit[32]; /* of a session without words of its own */
    char standby_names[256];     /* synchronous_standby_names */
};

/* How many standbys a commit waits for: the number in "FIRST 2 (a, b, c)", "ANY 1 (…)"
 * or "2 (…)", 1 for a list without one, 0 for none. */
uint32_t promise_standbys(const struct promise *p);

/* Completes "A committed edit is …". */
void promise_sentence(const struct promise *p, char out[PROMISE_BYTES]);

#endif
