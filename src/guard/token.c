#include "guard/token.h"

#include "guard/random.h"

#include <openssl/sha.h>

_Static_assert(sizeof(struct token_hash) == SHA256_DIGEST_LENGTH, "a hash is a SHA-256");

void token_make(char out[TOKEN_CHARS])
{
    id128_encode(random_id(), out);
}

struct token_hash token_hash_of(struct slice token)
{
    struct token_hash hash;
    SHA256((const unsigned char *)(token.ptr ? token.ptr : ""), token.len, (unsigned char *)hash.bytes);
    return hash;
}

bool token_matches(const struct token_hash *shown, const char expected[sizeof(struct token_hash)])
{
    return secret_equal(slice_of(shown->bytes, sizeof(shown->bytes)),
                        slice_of(expected, sizeof(shown->bytes)));
}
