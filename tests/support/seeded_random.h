/* seeded_random.h - guard/random.h for a test that must be replayable: a program
 * that links it (and not only includes it) gets ids and passwords that follow
 * from a seed, instead of OpenSSL's. */
#ifndef KOLABPAD_TESTS_SEEDED_RANDOM_H
#define KOLABPAD_TESTS_SEEDED_RANDOM_H

#include "guard/random.h"

/* What comes next depends on nothing else. */
void seeded_random_start(uint64_t seed);

#endif
