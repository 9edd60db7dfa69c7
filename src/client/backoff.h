/* backoff.h - how long to wait before the next attempt to connect: randomised, since after
 * a restart every client of a server waits for the same thing. */
#ifndef KOLABPAD_CLIENT_BACKOFF_H
#define KOLABPAD_CLIENT_BACKOFF_H

#include "client/closing.h"

#include <stdbool.h>
#include <stdint.h>

struct backoff {
    uint64_t random;    /* the state of its numbers */
    unsigned attempts;  /* in a row that led to nothing */
    int64_t once_at_ms; /* when RETRY_ONCE was last asked for; means something while was_once */
    bool was_once;
};

struct backoff backoff_of(uint64_t seed);
/* A connection was made and answered. */
void backoff_reset(struct backoff *b);
/* The pause in milliseconds; -1: there is none before the user wants it. */
int64_t backoff_next_ms(struct backoff *b, enum retry retry, int64_t now_ms);

#endif
