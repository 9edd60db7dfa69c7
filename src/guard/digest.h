/* digest.h - names made of secrets and texts, by SHA-256.
 *
 * The same parts give the same name everywhere and always; other parts give another, and
 * from a name nobody learns the parts. */
#ifndef KOLABPAD_GUARD_DIGEST_H
#define KOLABPAD_GUARD_DIGEST_H

#include "base/id128.h"

/* The first 128 bits of the hash of all parts, each with its length: ("ab", "c") is not
 * ("a", "bc"). Does not return where the library fails, as random.h. */
struct id128 digest_of(const struct slice *parts, size_t count);

#endif
