/* token.h - secrets of which only a hash is kept: of links, of owners.
 *
 * A token is 128 random bits in 22 characters of base64url. That cannot be guessed, so one round of
 * SHA-256 without salt is as good as it need be, and makes a key by which a link can be found. */
#ifndef KOLABPAD_GUARD_TOKEN_H
#define KOLABPAD_GUARD_TOKEN_H

#include "base/id128.h"

enum { TOKEN_CHARS = ID128_CHARS };

struct token_hash {
    char bytes[32];
};

/* Does not return without randomness (random.h). */
void token_make(char out[TOKEN_CHARS]);
/* Of anything that somebody says is a token. */
struct token_hash token_hash_of(struct slice token);
/* In a time that does not tell how much of it was right. */
bool token_matches(const struct token_hash *shown, const char expected[sizeof(struct token_hash)]);

#endif
