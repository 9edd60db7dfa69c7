/* random.h - unguessable bytes, from OpenSSL. */
#ifndef KOLABPAD_GUARD_RANDOM_H
#define KOLABPAD_GUARD_RANDOM_H

#include "base/id128.h"

/* base64url; the first and the last are letters or digits, which chats leave
 * in a link. 2 * log2(62) + 10 * 6 = 71.9 random bits. */
enum { PASSWORD_CHARS = 12 };

/* Without randomness the program cannot keep its promises: these do not
 * return then, they end it with a message. */
struct id128 random_id(void);
uint64_t random_u64(void);
void random_password(char out[PASSWORD_CHARS]);

/* Compares secrets of any length in a time that tells only their lengths. */
bool secret_equal(struct slice a, struct slice b);

#endif
