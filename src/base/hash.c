#include "base/hash.h"

uint64_t hash_mix(uint64_t number)
{
    number = (number ^ (number >> 33)) * UINT64_C(0xff51afd7ed558ccd);
    number = (number ^ (number >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
    return number ^ (number >> 33);
}

/* FNV-1a moves the last bytes into few bits only; mixing spreads them over all. */
uint64_t hash_bytes(uint64_t seed, struct slice bytes)
{
    uint64_t hash = UINT64_C(14695981039346656037) ^ seed;
    for (size_t i = 0; i < bytes.len; i++)
        hash = (hash ^ (unsigned char)bytes.ptr[i]) * UINT64_C(1099511628211);
    return hash_mix(hash);
}
