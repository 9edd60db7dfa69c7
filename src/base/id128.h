/* id128.h - 128 random bits that name a tab, an epoch or a pad.
 *
 * On the wire an id128 is 22 characters of base64url (RFC 4648 section 5, no
 * padding). The randomness comes from the caller: the core has no source. */
#ifndef KOLABPAD_BASE_ID128_H
#define KOLABPAD_BASE_ID128_H

#include "base/buf.h"

struct id128 {
    uint8_t bytes[16];
};

enum { ID128_CHARS = 22 };

bool id128_equal(struct id128 a, struct id128 b);
bool id128_is_zero(struct id128 id);

/* Exactly 22 base64url characters, or false. */
bool id128_decode(struct slice text, struct id128 *out);
void id128_encode(struct id128 id, char out[ID128_CHARS]);

/* base64url without padding of any bytes; writes (len * 4 + 2) / 3 characters. */
size_t base64url_encode(struct slice bytes, char *out);

#endif
