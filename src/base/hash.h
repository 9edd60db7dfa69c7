/* hash.h - bytes to a number of 64 bits, for tables and for dealing things out.
 *
 * Every bit of the result depends on every bit of the input and of the seed, so
 * any part of it may be taken: names that differ in their last digit go to
 * different places. With a seed that nobody knows, nobody outside can choose what
 * shares a place. Not for secrets. */
#ifndef KOLABPAD_BASE_HASH_H
#define KOLABPAD_BASE_HASH_H

#include "base/slice.h"

uint64_t hash_bytes(uint64_t seed, struct slice bytes);

/* Mixes the bits of one number: a bijection. */
uint64_t hash_mix(uint64_t number);

#endif
