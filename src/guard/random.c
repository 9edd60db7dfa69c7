#include "guard/random.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>

static void random_fill(void *out, int len_bytes)
{
    if (RAND_bytes(out, len_bytes) == 1)
        return;
    fprintf(stderr, "error: the system has no random numbers to give; Kolabpad cannot run without\n");
    abort();
}

struct id128 random_id(void)
{
    struct id128 id;
    random_fill(id.bytes, sizeof(id.bytes));
    return id;
}

uint64_t random_u64(void)
{
    uint64_t value;
    random_fill(&value, sizeof(value));
    return value;
}

static bool is_letter_or_digit(char c)
{
    return c != '-' && c != '_'; /* of base64url's characters */
}

void random_password(char out[PASSWORD_CHARS])
{
    /* A password with other ends is drawn anew as a whole, about one in 16:
     * every one that is left stays as likely as any other. */
    do {
        unsigned char bytes[PASSWORD_CHARS * 3 / 4];
        random_fill(bytes, sizeof(bytes));
        base64url_encode(slice_of(bytes, sizeof(bytes)), out);
    } while (!is_letter_or_digit(out[0]) || !is_letter_or_digit(out[PASSWORD_CHARS - 1]));
}

bool secret_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0);
}
