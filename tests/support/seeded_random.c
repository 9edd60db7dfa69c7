#include "support/seeded_random.h"

#include "support/random.h"

#include <string.h>

static struct random source;

void seeded_random_start(uint64_t seed)
{
    source.state = seed;
}

uint64_t random_u64(void)
{
    return random_next(&source);
}

struct id128 random_id(void)
{
    uint64_t halves[2] = {random_u64(), random_u64()};
    struct id128 id;
    memcpy(id.bytes, halves, sizeof id.bytes);
    return id;
}

void random_password(char out[PASSWORD_CHARS])
{
    for (unsigned i = 0; i < PASSWORD_CHARS; i++)
        out[i] = (char)('a' + random_below(&source, 26));
}

bool secret_equal(struct slice a, struct slice b)
{
    return slice_equal(a, b);
}
